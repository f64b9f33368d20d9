"""A conversation written out: what stands in the file, and what the file is called."""

from datetime import UTC, datetime

import pytest

from bridge.domain.ids import PersonRef
from bridge.domain.phrase import Mark
from bridge.domain.query import Enclosure, Peer, TranscriptView, Utterance
from bridge.wording import erase, export

AT = datetime(2026, 12, 1, 3, 4, 5, tzinfo=UTC)
ADA, BOB, LUNA = (
    Peer(number="+14155550123", name="Ada"),
    Peer(number="+442079460123", name=""),
    Peer(number="LUNA", name=""),
)


def view(*people: Peer, timezone: str = "America/New_York") -> TranscriptView:
    return TranscriptView(people=people, label="Main line", number="+14155550100", timezone=timezone)


@pytest.mark.parametrize(
    ("people", "name"),
    [
        ((ADA,), "texts-with-4155550123-2026-11-30.txt"),
        ((BOB,), "texts-with-442079460123-2026-11-30.txt"),
        ((LUNA,), "texts-with-LUNA-2026-11-30.txt"),
        ((Peer(number="../é", name=""),), "texts-with-nobody-2026-11-30.txt"),
        ((ADA, BOB), "texts-with-a-group-2026-11-30.txt"),
    ],
)
def test_the_file_is_named_after_the_number_and_the_day_of_the_place(people: tuple[Peer, ...], name: str) -> None:
    assert export.file_name(view(*people), AT) == name


def test_it_begins_with_whose_texts_these_are() -> None:
    assert export.heading(view(ADA, BOB), AT) == (
        "Texts between Main line · (415) 555-0100 and Ada · (415) 555-0123, +44 20 7946 0123\n"
        "Written out on 2026-11-30 22:04:05 EST\n"
    )


def test_a_text_of_somebody_outside_is_written_line_by_line_with_its_files() -> None:
    files = (
        Enclosure(name="cat.jpg", type="image/jpeg", is_kept=True),
        Enclosure(name="a.bin", type="", is_kept=False),
        Enclosure(name="", type="image/jpeg", is_kept=False),
    )
    said = Utterance(at=AT, by=ADA, text="One\nTwo", is_kept=True, enclosures=files)

    assert export.utterance(said, view(ADA, timezone="UTC"), {}) == (
        "\n2026-12-01 03:04:05 UTC  Ada · (415) 555-0123\n    One\n    Two\n    [cat.jpg, image/jpeg]\n"
        "    [a.bin, unknown type, not kept]\n    [a file, no longer kept]\n"
    )


@pytest.mark.parametrize(("called", "who"), [({"U1": "Ben"}, "Ben"), ({}, "U1")])
def test_one_of_ours_has_its_author_and_how_far_it_came(called: dict[str, str], who: str) -> None:
    said = Utterance(at=AT, by=PersonRef("U1"), text="", is_kept=False, mark=Mark.DELIVERED)

    written = export.utterance(said, view(ADA, timezone="UTC"), called)

    assert written == f"\n2026-12-01 03:04:05 UTC  {who} (delivered)\n    (no longer kept)\n"


@pytest.mark.parametrize("mark", list(Mark))
def test_every_state_has_a_word(mark: Mark) -> None:
    said = Utterance(at=AT, by=PersonRef("U1"), text="Hello", is_kept=True, mark=mark)

    assert "U1 (" in export.utterance(said, view(ADA), {})


def test_a_picture_without_words_has_no_line_of_its_own() -> None:
    said = Utterance(
        at=AT, by=ADA, text="", is_kept=True, enclosures=(Enclosure(name="a.jpg", type="image/jpeg", is_kept=True),)
    )

    assert export.utterance(said, view(ADA), {}).count("\n    ") == 1


def test_one_and_many_are_told_apart_when_all_is_deleted() -> None:
    told = "".join(map(str, erase.done("0142", PersonRef("U1"), 1, 0, 1_041, 2)[:1]))

    assert "1 text, 0 files, 1,041 posts. 2 posts could not be deleted here." in told
