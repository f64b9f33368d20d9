"""A file that was fetched joins its message; one that cannot be had, or not be sent, is said in the thread."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.domain.command import MarkPost, PostToThread, UploadFile
from bridge.domain.message import Media, MediaState
from bridge.domain.notice import Case
from bridge.domain.outbox import Outcome, Settlement, WishKind
from bridge.domain.phrase import Action, Mark
from bridge.errors import Reason
from bridge.flows import attach, rescue
from bridge.flows.deliver import TELL_OF_WAITING
from tests.unit.flows.books import JPEG, MINUTE, SECOND, Books, did, file, plan

GONE = Settlement(outcome=Outcome.PERMANENT, reason=Reason.GONE, detail="404")
PDF = Media(digest="pdf", type="application/pdf", content=b"%PDF-")
BIG = Media(digest="big", type="image/gif", content=b"GIF89a" * 100_000)
PNG = Media(digest="png", type="image/png", content=b"\x89PNG\r\n\x1a\n")
ODD = Media(digest="odd", type="application/octet-stream", content=b"??")


async def opened(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    books.forward(MINUTE)


async def test_a_fetched_picture_is_kept_and_uploaded_into_the_thread(books: Books) -> None:
    message = await books.texts("Look", files=(file(), file(2)))

    await books.goes_out()
    books.forward(MINUTE)
    await books.goes_out()

    uploads = [one.command for one in books.of_kind(WishKind.UPLOAD_FILE) if isinstance(one.command, UploadFile)]
    assert [(one.name, one.media, one.thread) for one in uploads] == [
        ("picture-1.jpg", JPEG, await books.root()),
        ("picture-2.jpg", JPEG, await books.root()),
    ]
    (kept, _) = await books.look(lambda ledger: ledger.messages.attachments(message.id))
    assert (kept.state, kept.type, kept.size) == (MediaState.KEPT, "image/jpeg", len(JPEG.content))


async def test_a_picture_that_cannot_be_had_is_said_and_the_text_is_shown_all_the_same(books: Books) -> None:
    message = await books.texts("Look", files=(file(),))

    await books.goes_out(books.except_for(WishKind.FETCH_MEDIA, GONE))

    assert len(books.of_kind(WishKind.SHOW_MESSAGE)) == 1
    assert books.notices() == [Case.PICTURE_REFUSED]
    (lost,) = await books.look(lambda ledger: ledger.messages.attachments(message.id))
    assert lost.state is MediaState.REFUSED


async def test_a_refusal_without_a_reason_is_said_too(books: Books) -> None:
    await books.texts("Look", files=(file(),))

    await books.goes_out(books.except_for(WishKind.FETCH_MEDIA, Settlement(outcome=Outcome.PERMANENT)))

    assert "no longer exists" in books.notes()[0]


@pytest.mark.parametrize(
    ("media", "case", "words"),
    [
        (PDF, Case.UNSUPPORTED_FILE, "cat.jpg (application/pdf)"),
        (ODD, Case.UNSUPPORTED_FILE, '"cat.jpg"'),
        (BIG, Case.FILE_TOO_LARGE, "500 kB"),
        (PNG, Case.UNSUPPORTED_FILE, "cat.jpg (image/png)"),
    ],
)
async def test_a_file_that_cannot_be_texted_is_said_and_the_words_wait_for_a_decision(
    books: Books, media: Media, case: Case, words: str
) -> None:
    books.plan = plan(did(converts=False))
    await opened(books)
    books.media = media
    reply = await books.replies("Look", files=(file(name="cat.jpg"),))

    said = await books.goes_out()

    assert books.sms() == []
    assert books.notices() == [case]
    assert words in books.notes()[0]
    assert [one.mark for one in said if isinstance(one, MarkPost)][-1] is Mark.HELD
    await books.presses(Action.SEND_WITHOUT_FILES, (await books.sendings(reply))[-1].token)
    await books.goes_out()
    assert books.sms() == ["Look"]


async def test_a_file_that_cannot_be_fetched_from_the_chat_is_said_once_all_are_there(books: Books) -> None:
    await opened(books)
    await books.replies("Look", files=(file(1, name="cat.jpg"), file(2, name="dog.jpg")))

    await books.goes_out(books.at_first(WishKind.FETCH_FILE, GONE))

    assert books.sms() == []
    assert books.notices() == [Case.FILE_UNREACHABLE]
    assert "cat.jpg" in books.notes()[0]


async def test_a_picture_without_words_that_cannot_be_texted_leaves_nothing_to_decide(books: Books) -> None:
    await opened(books)
    books.media = PDF
    reply = await books.replies("", files=(file(name="cat.jpg"),))

    said = await books.goes_out()

    (entry,) = await books.sendings(reply)
    assert entry.status == "failed"
    assert [one.mark for one in said if isinstance(one, MarkPost)][-1] is Mark.FAILED
    assert '"about"' not in books.notes()[0]


async def test_all_words_of_a_long_reply_go_out_without_the_file_that_cannot_be_texted(books: Books) -> None:
    await opened(books)
    books.media = PDF
    reply = await books.replies("a" * 2000, files=(file(name="cat.jpg"),))
    await books.goes_out()

    await books.presses(Action.SEND_WITHOUT_FILES, (await books.sendings(reply))[-1].token)

    await books.goes_out()
    assert "".join(books.sms()).count("a") == 2000


async def test_the_whole_message_is_measured_against_the_limit_of_the_number(books: Books) -> None:
    books.plan = plan(did(max_mms_bytes=800, converts=False))
    await opened(books)
    await books.replies("a", files=(file(name="cat.jpg"),))
    await books.replies("a" * 400, files=(file(2, name="dog.jpg"),))

    await books.goes_out()

    assert books.sms() == ["a"]
    assert books.notices() == [Case.FILE_TOO_LARGE]


@pytest.mark.parametrize("settlement", [None, GONE], ids=["fetched", "refused"])
async def test_a_file_of_a_number_that_left_the_configuration_is_kept_and_not_uploaded(
    books: Books, settlement: Settlement | None
) -> None:
    await books.texts("Look", files=(file(),))
    taken = await books.takes()
    (fetch,) = [one for one in taken if one.entry.kind is WishKind.FETCH_MEDIA]
    books.plan = type(books.plan)(dids=(), abilities=books.plan.abilities)

    await books.settles(fetch, settlement or books.well(fetch))

    books.forward(timedelta(hours=1))
    assert await books.takes() == []


@pytest.mark.parametrize("is_fetched", [True, False])
async def test_a_file_that_no_message_knows_is_let_be(books: Books, is_fetched: bool) -> None:
    await books.texts("Look", files=(file(),))
    (fetch,) = [one for one in await books.takes() if one.entry.kind is WishKind.FETCH_MEDIA]
    stranger = replace(fetch.entry, part=7)

    if is_fetched:
        await books.do(lambda ledger, now: attach.fetched(ledger, books.plan, stranger, JPEG, now))
    else:
        await books.do(lambda ledger, now: attach.refused(ledger, books.plan, stranger, GONE, now))

    await books.goes_out()
    assert books.of_kind(WishKind.UPLOAD_FILE) == []


async def fetched_in_vain(books: Books, outcome: Outcome, tries: int) -> None:
    await books.texts("Look", files=(file(),))
    for _ in range(tries):
        await books.goes_out(books.except_for(WishKind.FETCH_MEDIA, Settlement(outcome=outcome)))
        books.forward(6 * MINUTE)


@pytest.mark.parametrize("more", [-1, 0, 3])
async def test_a_file_that_does_not_come_is_told_of_once_after_some_tries(books: Books, more: int) -> None:
    await fetched_in_vain(books, Outcome.TRANSIENT, TELL_OF_WAITING + more)

    await books.goes_out(books.except_for(WishKind.FETCH_MEDIA, None))
    assert books.notices() == [Case.PICTURE_LATE] * (more >= 0)


async def test_a_file_that_times_out_is_told_of_likewise(books: Books) -> None:
    await fetched_in_vain(books, Outcome.UNCERTAIN, TELL_OF_WAITING)

    await books.goes_out(books.except_for(WishKind.FETCH_MEDIA, None))
    assert books.notices() == [Case.PICTURE_LATE]


async def test_a_file_waits_for_the_thread_of_its_text(books: Books) -> None:
    await books.texts("Look", files=(file(),))
    await books.goes_out(books.except_for(WishKind.SHOW_MESSAGE, Settlement(outcome=Outcome.TRANSIENT)))
    books.forward(10 * SECOND)

    said = await books.goes_out()
    books.forward(10 * SECOND)
    said += await books.goes_out()

    assert [type(one) for one in said] == [PostToThread, UploadFile]


async def test_a_file_that_had_to_wait_for_its_thread_is_not_given_up_at_the_first_doubt(books: Books) -> None:
    await books.texts("Look", files=(file(),))
    away = books.except_for(WishKind.SHOW_MESSAGE, Settlement(outcome=Outcome.TRANSIENT, retry_after=10 * SECOND))
    for _ in range(5):
        await books.goes_out(away)
        books.forward(SECOND)
    books.forward(MINUTE)
    await books.goes_out(books.except_for(WishKind.UPLOAD_FILE, Settlement(outcome=Outcome.UNCERTAIN)))
    books.forward(MINUTE)
    await books.goes_out(books.except_for(WishKind.UPLOAD_FILE, Settlement(outcome=Outcome.UNCERTAIN)))

    (upload,) = books.of_kind(WishKind.UPLOAD_FILE)
    is_given_up = await books.do(lambda ledger, now: rescue.set_aside(ledger, books.plan, upload.entry, now))

    assert not is_given_up


async def test_more_files_than_one_message_takes_are_refused_with_both_numbers(books: Books) -> None:
    await opened(books)
    await books.replies("Look", files=tuple(file(number, name=f"{number}.jpg") for number in range(1, 12)))

    await books.goes_out()

    assert books.sms() == []
    assert books.notices() == [Case.FILE_TOO_LARGE]
    assert "11 files" in books.notes()[0]
