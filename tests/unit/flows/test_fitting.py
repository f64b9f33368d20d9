"""The pictures of a reply are made fit before it goes out; what was made smaller, or cannot be, is said."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bridge.domain.command import FitPictures, SendSms
from bridge.domain.message import Media, MediaState, encoded_size
from bridge.domain.notice import Case
from bridge.domain.outbox import EntryState, Outcome, Settlement, WishKind
from bridge.domain.parcel import room
from bridge.domain.phrase import Action
from bridge.errors import Reason
from bridge.ports import Ledger
from tests.unit.flows.books import MINUTE, SECOND, Answer, Books, did, file, plan

FIT = WishKind.FIT_FILES
PNG = Media(digest="png", type="image/png", content=b"\x89PNG\r\n\x1a\n" + bytes(900_000))
SMALL_PNG = Media(digest="small", type="image/png", content=b"\x89PNG\r\n\x1a\n")
PRINT = Media(digest="print", type="image/jpeg", content=b"\xff\xd8\xff" + bytes(1000))
CAT = file(name="cat.png", type="image/png")


@pytest.fixture
async def talk(books: Books) -> Books:
    """Let there be a thread already."""
    await books.texts()
    await books.goes_out()
    books.forward(MINUTE)
    return books


def developed(books: Books, *pictures: Media) -> Answer:
    """Let the darkroom make these of the pictures of a reply."""
    return books.except_for(FIT, Settlement(outcome=Outcome.SENT, fitted=pictures))


def spoilt(books: Books, reason: Reason | None, *done: Media) -> Answer:
    return books.except_for(FIT, Settlement(outcome=Outcome.PERMANENT, reason=reason, fitted=done))


def sent(books: Books) -> list[SendSms]:
    return [one.command for one in books.outgoing if isinstance(one.command, SendSms)]


async def granted(books: Books) -> list[str]:
    """Return the digests of what the carrier may fetch for the last reply that was sent."""

    def look(ledger: Ledger, now: datetime) -> list[str]:
        found = [ledger.media.granted(token, now) for token in sent(books)[-1].media_tokens]
        return [media.digest for media in found if media]

    return await books.do(look)


async def test_pictures_are_made_fit_once_they_are_all_here_and_go_out_as_they_were_made(talk: Books) -> None:
    talk.media = SMALL_PNG
    await talk.replies("Look", files=(CAT, file(2, name="dog.png")))

    await talk.goes_out(developed(talk, PRINT, PRINT))

    order = [one.entry.kind for one in talk.outgoing if one.entry.lane.startswith("main/")]
    assert order == [WishKind.FETCH_FILE, WishKind.FETCH_FILE, FIT, WishKind.SEND_SMS]
    (fit,) = talk.of_kind(FIT)
    assert fit.command == FitPictures(pictures=(SMALL_PNG, SMALL_PNG), room=room("Look", 500_000))
    assert fit.entry.destination == "pictures"
    assert await granted(talk) == ["print", "print"]


async def test_no_later_reply_overtakes_pictures_that_are_being_made_fit(talk: Books) -> None:
    await talk.replies("Look", files=(CAT,))
    await talk.replies("And this?")

    await talk.goes_out(talk.except_for(FIT, None))
    early = talk.sms()
    await talk.settles(talk.of_kind(FIT)[0], talk.well(talk.of_kind(FIT)[0]))
    await talk.goes_out()

    assert (early, talk.sms()) == ([], ["Look", "And this?"])


async def test_an_original_is_forgotten_once_nothing_refers_to_it(talk: Books) -> None:
    talk.media = SMALL_PNG
    await talk.replies("Look", files=(CAT,))
    await talk.goes_out(developed(talk, PRINT))

    await talk.do(lambda ledger, now: ledger.media.forget())

    assert await talk.look(lambda ledger: ledger.media.get("small")) is None
    assert await talk.look(lambda ledger: ledger.media.get("print")) == PRINT


async def test_a_mere_conversion_is_not_worth_a_note(talk: Books) -> None:
    talk.media = SMALL_PNG
    await talk.replies("Look", files=(CAT,))

    await talk.goes_out(developed(talk, PRINT))

    assert talk.notices() == []


async def test_what_had_to_be_made_smaller_is_said_once_for_all_files_of_a_reply(talk: Books) -> None:
    talk.media = PNG
    await talk.replies("Look", files=(CAT, file(2, name="dog.png")))

    await talk.goes_out(developed(talk, PRINT, PRINT))

    assert talk.notices() == [Case.FILES_SHRUNK]
    assert "cat.png 900 kB → 1 kB, dog.png 900 kB → 1 kB" in talk.notes()[0]


@pytest.mark.parametrize(
    ("reason", "case", "words"),
    [
        (Reason.TOO_LARGE, Case.FILE_TOO_LARGE, "cat.png (900 kB) cannot be made small enough"),
        (Reason.TOO_LARGE, Case.FILE_TOO_LARGE, "at most 500 kB"),
        (Reason.UNSUPPORTED_MEDIA, Case.UNSUPPORTED_FILE, "cat.png (image/png)"),
        (Reason.REJECTED, Case.FILE_UNREADABLE, '"cat.png"'),
        (None, Case.FILE_UNREADABLE, '"cat.png"'),
    ],
)
async def test_a_picture_that_cannot_be_made_fit_is_said_and_the_words_wait_for_a_decision(
    talk: Books, reason: Reason | None, case: Case, words: str
) -> None:
    talk.media = PNG
    reply = await talk.replies("Look", files=(CAT,))

    await talk.goes_out(spoilt(talk, reason))

    assert talk.sms() == []
    assert talk.notices() == [case]
    assert words in talk.notes()[0]
    await talk.presses(Action.SEND_WITHOUT_FILES, (await talk.sendings(reply))[-1].token)
    await talk.goes_out()
    assert [(one.text, one.media_tokens) for one in sent(talk)] == [("Look", ())]


async def test_the_one_that_cannot_be_made_fit_is_named(talk: Books) -> None:
    await talk.replies("Look", files=(CAT, file(2, name="dog.png")))

    await talk.goes_out(spoilt(talk, Reason.REJECTED, PRINT))

    assert "dog.png" in talk.notes()[0]
    assert "cat.png" not in talk.notes()[0]


async def test_what_is_no_picture_is_refused_before_anything_is_made(talk: Books) -> None:
    talk.media = Media(digest="odd", type="application/octet-stream", content=b"PK and so on")
    await talk.replies("Look", files=(file(name="plan.docx", type="application/vnd.ms-word"),))

    await talk.goes_out()

    assert talk.of_kind(FIT) == []
    assert talk.notices() == [Case.UNSUPPORTED_FILE]
    assert "plan.docx (application/vnd.ms-word)" in talk.notes()[0]


async def test_what_calls_itself_a_picture_and_is_none_is_refused(talk: Books) -> None:
    talk.media = Media(digest="odd", type="application/octet-stream", content=b"MZ")
    await talk.replies("Look", files=(file(name="cat.jpg"),))

    await talk.goes_out()

    assert talk.notices() == [Case.UNSUPPORTED_FILE]


async def test_more_than_can_be_held_at_once_is_refused_with_its_size(talk: Books) -> None:
    talk.media = Media(digest="vast", type="image/png", content=bytes(26_000_000))
    await talk.replies("Look", files=(CAT, file(2, name="dog.png")))

    await talk.goes_out()

    assert talk.of_kind(FIT) == []
    assert talk.notices() == [Case.FILE_TOO_LARGE]


async def test_where_converting_is_off_nothing_is_made(talk: Books) -> None:
    talk.plan = plan(did(converts=False))
    await talk.replies("Look", files=(CAT,))

    await talk.goes_out()

    assert talk.of_kind(FIT) == []
    assert talk.sms() == ["Look"]


async def test_a_reply_that_is_deleted_before_has_nothing_made(talk: Books) -> None:
    talk.plan = plan(did(), hold=5 * SECOND)
    reply = await talk.replies("Look", files=(CAT,))
    (fetch,) = [one for one in await talk.takes() if one.entry.kind is WishKind.FETCH_FILE]
    await talk.deletes(reply)
    await talk.settles(fetch, talk.well(fetch))

    said = await talk.goes_out()

    assert not any(isinstance(one, FitPictures) for one in said)
    assert talk.sms() == []


async def test_a_reply_that_is_changed_while_it_waits_keeps_its_pictures_and_is_measured_anew(talk: Books) -> None:
    talk.plan = plan(did(), hold=5 * SECOND)
    talk.media = SMALL_PNG
    reply = await talk.replies("Look", files=(CAT,))
    await talk.goes_out(developed(talk, PRINT))

    await talk.edits(reply, "Look at this")
    talk.forward(6 * SECOND)
    await talk.goes_out()

    assert [one.command.room for one in talk.of_kind(FIT) if isinstance(one.command, FitPictures)] == [
        room("Look", 500_000),
        room("Look at this", 500_000),
    ]
    assert talk.sms() == ["Look at this"]
    assert await granted(talk) == ["print"]


async def test_a_reply_with_an_unfit_file_is_held_back_again_when_its_words_change(talk: Books) -> None:
    talk.media = Media(digest="pdf", type="application/pdf", content=b"%PDF-")
    reply = await talk.replies("Look", files=(file(name="terms.pdf"),))
    await talk.goes_out()

    await talk.edits(reply, "Look at this")
    await talk.goes_out()

    assert talk.sms() == []
    await talk.presses(Action.SEND_WITHOUT_FILES, (await talk.sendings(reply))[-1].token)
    await talk.goes_out()
    assert [(one.text, one.media_tokens) for one in sent(talk)] == [("Look at this", ())]


async def test_what_was_interrupted_is_made_once_more(talk: Books) -> None:
    await talk.replies("Look", files=(CAT,))
    await talk.goes_out(talk.at_first(FIT, Settlement(outcome=Outcome.INTERRUPTED)))

    talk.forward(timedelta(minutes=1))
    await talk.goes_out()

    assert len(talk.of_kind(FIT)) == 2
    assert talk.sms() == ["Look"]


@pytest.mark.parametrize("is_made", [True, False])
async def test_a_number_that_left_the_configuration_meanwhile_says_nothing(talk: Books, is_made: bool) -> None:
    await talk.replies("Look", files=(CAT,))
    await talk.goes_out(talk.except_for(FIT, None))
    (taken,) = talk.of_kind(FIT)
    talk.plan = type(talk.plan)(dids=(), abilities=talk.plan.abilities)

    await talk.settles(taken, talk.well(taken) if is_made else Settlement(outcome=Outcome.PERMANENT))

    assert (await talk.entry(taken.entry.id)).state is (EntryState.SENT if is_made else EntryState.FAILED)
    assert await talk.takes() == []
    assert talk.notices() == []


async def test_pictures_that_retention_has_taken_meanwhile_are_not_made(talk: Books) -> None:
    reply = await talk.replies("Look", files=(CAT,))
    await talk.goes_out(talk.at_first(FIT, Settlement(outcome=Outcome.TRANSIENT)))
    (kept,) = await talk.look(lambda ledger: ledger.messages.attachments(reply))
    await talk.do(lambda ledger, now: ledger.messages.attach(replace(kept, digest="gone")))

    talk.forward(MINUTE)
    await talk.goes_out()

    assert len(talk.of_kind(FIT)) == 1


async def test_what_is_said_of_more_files_than_there_are_is_no_reason_to_hold_back(talk: Books) -> None:
    await talk.replies("Look", files=(CAT,))

    await talk.goes_out(spoilt(talk, Reason.REJECTED, PRINT, PRINT))

    assert talk.notices() == []


async def test_a_message_is_never_larger_than_its_limit_when_pictures_keep_to_their_shares(talk: Books) -> None:
    reply = await talk.replies("Look", files=(CAT,))
    await talk.goes_out()

    attachments = await talk.look(lambda ledger: ledger.messages.attachments(reply))

    assert [one.state for one in attachments] == [MediaState.KEPT]
    assert encoded_size("Look", [one.size for one in attachments]) <= 500_000
