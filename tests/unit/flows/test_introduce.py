"""Who stands in a contact card is shown below the file, and named once somebody says so; a hostile one does no harm."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from bridge.domain import vcard
from bridge.domain.command import AmendPost, Note, PostToThread
from bridge.domain.contact import Line, Source
from bridge.domain.message import Media
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import Outcome, Settlement, WishKind
from bridge.domain.phone import Address
from bridge.domain.phrase import Action
from bridge.domain.standing import Place, Standing
from bridge.errors import Reason
from bridge.flows import name
from tests.unit.flows.books import ANN, BEN, BOB, DID, EVE, MINUTE, SECOND, Books, did, file, plan

KIND = "text/x-vcard"


def card(called: str, *phones: str, more: str = "") -> str:
    numbers = "".join(f"TEL;TYPE=CELL:{phone}\r\n" for phone in phones)
    return f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{called}\r\n{numbers}{more}END:VCARD\r\n"


BOBS = card("Bob Anders", "(212) 555-0143")


async def comes(books: Books, content: str | bytes, kind: str = KIND) -> None:
    """Let a file come with a text, and everything go out that follows from it."""
    octets = content if isinstance(content, bytes) else content.encode()
    books.media = Media(digest=f"card {len(octets)}", type="text/vcard", content=octets)
    await books.texts("Call him", files=(file(type=kind),))
    await books.goes_out()
    for _ in range(2):
        books.forward(MINUTE)
        await books.goes_out()


def notes(books: Books) -> list[Notice]:
    found = [Notice.unpacked(one) for one in books.notes()]
    return [one for one in found if one.case is Case.CONTACT_CARD]


async def saves(books: Books, **more: object) -> None:
    await books.presses(Action.SAVE_CONTACT, notes(books)[-1].about, **more)  # type: ignore[arg-type]


async def called(books: Books, address: Address) -> str | None:
    return await books.look(lambda ledger: name.of(ledger, books.plan, address))


def told(books: Books) -> str:
    return "".join(str(piece) for piece in books.asides[-1].phrase)


async def test_who_stands_in_a_card_is_shown_in_its_thread_after_the_file_with_a_button(books: Books) -> None:
    await comes(books, BOBS)

    (notice,) = notes(books)
    posts = [one for one in books.outgoing if one.entry.kind in (WishKind.UPLOAD_FILE, WishKind.SAY_NOTE)]
    assert [one.entry.kind for one in posts] == [WishKind.UPLOAD_FILE, WishKind.SAY_NOTE]
    assert (notice.detail, notice.reason) == ("Bob Anders · (212) 555-0143", "")
    assert isinstance(command := posts[1].command, PostToThread)
    assert isinstance(command.content, Note)
    assert command.thread == await books.root()
    assert [one.action for one in command.content.buttons] == [Action.SAVE_CONTACT]


async def test_a_press_names_everybody_as_the_presser_had_and_the_note_says_who_did(books: Books) -> None:
    await comes(books, BOBS + card("Cat Ames", "212-555-0144"))

    await saves(books)

    kept = await books.look(lambda ledger: ledger.contacts.of([BOB]))
    assert [(one.name, one.source, one.by) for one in kept] == [("Bob Anders", Source.PERSON, BEN)]
    assert "2 names" in told(books)
    (amended,) = [one for one in await books.goes_out() if isinstance(one, AmendPost) and one.post == "C1/note"]
    assert isinstance(amended.content, Note)
    assert amended.content.buttons == ()
    assert "Cat Ames" in str(amended.content.phrase)


async def test_of_two_who_press_the_note_tells_of_the_first(books: Books) -> None:
    await comes(books, BOBS)

    await saves(books)
    await saves(books, person=EVE)

    amended = [one for one in await books.goes_out() if isinstance(one, AmendPost) and one.post == "C1/note"]
    assert [BEN in str(one.content) for one in amended] == [True]


async def test_a_name_of_the_configuration_stays_the_one_that_is_shown(books: Books) -> None:
    books.plan = plan(contacts={BOB: "Bob (configured)"})
    await comes(books, BOBS)
    await saves(books)
    alone = told(books)
    await comes(books, BOBS + card("Ann Moss", ANN.value))
    await saves(books)

    assert "bridge.toml calls this number Bob (configured)" in alone
    assert "2 names" in told(books)
    assert "other names for 1 of them" in told(books)
    assert await called(books, BOB) == "Bob (configured)"


async def test_whoever_may_not_answer_saves_nothing(books: Books) -> None:
    await comes(books, BOBS)

    await saves(books, standing=Standing(place=Place.GUEST))

    assert await called(books, BOB) is None
    assert books.asides[-1].phrase


async def test_a_card_that_is_no_longer_kept_is_not_saved_and_the_presser_is_told(books: Books) -> None:
    await comes(books, BOBS)
    books.forward(books.plan.retention)
    await books.look(lambda ledger: ledger.messages.forget(DID, books.clock.now(), 10))
    await books.look(lambda ledger: ledger.media.forget())

    await saves(books)

    assert "no longer kept" in told(books)
    assert await called(books, BOB) is None


async def test_where_the_file_cannot_be_shown_the_names_are_all_the_same(books: Books) -> None:
    refused = Settlement(outcome=Outcome.PERMANENT, reason=Reason.TOO_LARGE, detail="too large")
    books.media = Media(digest="card", type="text/vcard", content=BOBS.encode())
    await books.texts("Call him", files=(file(type=KIND),))
    for _ in range(3):
        await books.goes_out(books.except_for(WishKind.UPLOAD_FILE, refused))
        books.forward(MINUTE)

    assert [one.detail for one in notes(books)] == ["Bob Anders · (212) 555-0143"]


@pytest.mark.parametrize("value", ["", "nothing", "no conversation", "a b c"])
async def test_a_press_that_names_no_card_saves_nothing(books: Books, value: str) -> None:
    await comes(books, BOBS)

    await books.presses(Action.SAVE_CONTACT, value)

    assert told(books)
    assert await called(books, BOB) is None


QUOTED = "FN;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Bj=C3=B6rn =\r\nAmes\r\n"
SHOWN = {
    "of version 2.1": (f"BEGIN:VCARD\r\nVERSION:2.1\r\n{QUOTED}TEL;CELL:2125550143\r\nEND:VCARD", "Björn Ames"),
    "with folded lines": ("BEGIN:VCARD\nFN:Bob And\n ers\nTEL:212555\n 0143\nEND:VCARD", "Bob Anders"),
    "in another encoding": (card("Björn Ames", BOB.value).encode("cp1252"), "Björn Ames"),
    "in two octets a character": (card("Björn Ames", BOB.value).encode("utf-16"), "Björn Ames"),
    "with a picture": (card("Bob Anders", BOB.value, more=f"PHOTO;ENCODING=b:{'A' * 400_000}\r\n"), "Bob Anders"),
    "with the same number twice": (card("Bob Anders", BOB.value, BOB.value), "Bob Anders"),
    "with a number of ours": (card("Bob Anders", DID.value, BOB.value), "Bob Anders"),
    "with hidden characters": (card("\u202eBob\x00 Anders", BOB.value), "[U+202E]Bob Anders"),
    "with a formula": (card("=@Bob Anders", BOB.value), "Bob Anders"),
    "that never ends": (card("Bob Anders", BOB.value).replace("END:VCARD", ""), "Bob Anders"),
}


@pytest.mark.parametrize(("content", "shown"), SHOWN.values(), ids=SHOWN)
async def test_a_card_is_shown(books: Books, content: str | bytes, shown: str) -> None:
    await comes(books, content)

    assert [(one.detail, one.reason) for one in notes(books)] == [(f"{shown} · (212) 555-0143", "")]


NOT_SHOWN = {
    "without a name": (card("", BOB.value), KIND),
    "without a number": (card("Bob Anders"), KIND),
    "with a number of ours alone": (card("The desk", DID.value), KIND),
    "with a name that is too long": (card("B" * 81, BOB.value), KIND),
    "that is none": ("<html>", KIND),
    "of no octets": ("", KIND),
}


@pytest.mark.parametrize(("content", "kind"), NOT_SHOWN.values(), ids=NOT_SHOWN)
async def test_a_card_is_a_file_only(books: Books, content: str, kind: str) -> None:
    await comes(books, content, kind)

    assert notes(books) == []
    assert len(books.of_kind(WishKind.UPLOAD_FILE)) == 1


MANY = "".join(card(f"Number {number}", f"+1212555{number:04}") for number in range(100, 200)) * 300
LARGE = {
    "of many cards": MANY,
    "with a large picture and another card behind it": card(
        "Number 100", "2125550100", more=f"PHOTO:{'A' * 10_000_000}\r\n"
    )
    + MANY,
    "of one endless line": card("Number 100", "2125550100") + "TEL;" * 2_000_000 + MANY,
    "of short lines": card("Number 100", "2125550100") + "X:\n" * 3_000_000 + MANY,
}


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
async def test_of_a_large_file_little_is_read_and_the_first_ten_are_shown(
    books: Books, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    lines = vcard.lines

    def noted(text: str) -> Iterator[Line]:
        read.append(text)
        return lines(text)

    monkeypatch.setattr(vcard, "lines", noted)

    await comes(books, content)

    (notice,) = notes(books)
    assert notice.detail.startswith("Number 100 · (212) 555-0100")
    assert len(notice.detail.splitlines()) <= 10
    assert notice.reason
    assert [len(text) <= 300_000 and text.count("\n") < 5_000 for text in read] == [True]


async def test_a_reply_with_a_card_introduces_nobody(books: Books) -> None:
    books.plan = plan(did(converts=False))
    await books.texts()
    await books.goes_out()
    books.media = replace(books.media, type="text/vcard", content=BOBS.encode())
    await books.replies("Here", files=(file(type=KIND, name="bob.vcf"),))
    books.forward(SECOND)
    await books.goes_out()

    assert notes(books) == []
