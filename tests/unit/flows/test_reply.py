"""What a person writes in a thread becomes a message, and an SMS, or the reason why not."""

from datetime import timedelta

import pytest

from bridge.domain.command import MarkPost, PostToThread, SendSms
from bridge.domain.dialplan import LongText
from bridge.domain.event import ThreadReply
from bridge.domain.ids import EventKey, MessageId, PostRef, ThreadRef
from bridge.domain.notice import Case
from bridge.domain.outbox import EntryState, WishKind
from bridge.domain.phone import SenderName
from bridge.domain.phrase import Action, Mark
from bridge.errors import Reason
from bridge.flows import compose, reply
from tests.unit.flows.books import ANN, BEN, BOB, DID, MINUTE, Books, did, file, plan


async def opened(books: Books) -> None:
    """Let Ann's first text be shown in a thread."""
    await books.texts("Are you open?")
    await books.goes_out()
    books.forward(MINUTE)


async def mark(books: Books, message: MessageId) -> Mark:
    kept = await books.message(message)
    return await books.look(lambda ledger: compose.mark_of(ledger, kept))


async def test_a_reply_goes_out_as_one_text_and_is_marked(books: Books) -> None:
    await opened(books)

    written = await books.replies("Yes, until six")

    said = await books.goes_out()
    assert [one for one in said if isinstance(one, SendSms)] == [SendSms(did=DID, to=(ANN,), text="Yes, until six")]
    marks = [one.mark for one in said if isinstance(one, MarkPost)]
    assert marks[-1] is Mark.SENT
    assert (await books.message(written)).refusal is None


async def test_a_reply_acknowledges_what_its_author_could_see(books: Books) -> None:
    await opened(books)

    await books.replies()

    assert await books.unacknowledged() == []


async def test_a_reply_does_not_acknowledge_a_text_that_was_not_shown_yet(books: Books) -> None:
    await opened(books)
    unseen = await books.texts("And on Monday?")

    await books.replies("Yes")

    assert await books.unacknowledged() == [unseen.id]


async def test_a_reply_read_back_late_does_not_acknowledge_a_text_that_came_after_it(books: Books) -> None:
    await opened(books)
    moment = books.clock.now()
    books.forward(MINUTE)
    later = await books.texts("Hello?")
    await books.goes_out()
    books.forward(MINUTE)

    await books.replies("Yes", said_at=moment, read_back=True)

    assert await books.unacknowledged() == [later.id]


async def test_words_in_a_thread_that_is_not_ours_are_none_of_our_business(books: Books) -> None:
    await opened(books)

    written = await books.replies(thread=ThreadRef("C1/other"))

    assert await books.look(lambda ledger: ledger.messages.get(written)) is None
    assert await books.goes_out() == []


@pytest.mark.parametrize("thread", ["", "C1/other"])
async def test_a_reply_is_ours_where_its_thread_is(books: Books, thread: str) -> None:
    await opened(books)
    root = await books.root()
    event = ThreadReply(
        key=EventKey("slack:9"),
        thread=ThreadRef(thread or root),
        post=PostRef("C1/9"),
        author=BEN,
        text="Yes",
        said_at=books.clock.now(),
    )

    assert await books.look(lambda ledger: reply.is_ours(ledger, event)) is (not thread)


async def test_a_reply_in_the_old_thread_of_a_conversation_is_not_lost(books: Books) -> None:
    await opened(books)
    old = await books.root()
    talk = await books.conversation()
    await books.do(lambda ledger, now: ledger.conversations.set_thread(talk.id, None, ""))
    await books.texts("Hello?")
    await books.goes_out()

    await books.replies("Yes", thread=ThreadRef(old))

    await books.goes_out()
    assert books.sms() == ["Yes"]


async def test_a_reply_to_a_number_that_left_the_configuration_acknowledges_and_sends_nothing(books: Books) -> None:
    await opened(books)
    books.plan = plan(did(number=BOB))

    written = await books.replies()

    await books.goes_out()
    assert books.sms() == []
    assert (await books.message(written)).refusal is Reason.REJECTED
    assert await books.unacknowledged() == []


async def test_a_reply_to_a_number_that_left_the_configuration_is_marked_as_failed(books: Books) -> None:
    await opened(books)
    books.plan = plan(did(number=BOB))

    await books.replies()

    assert [one.mark for one in await books.goes_out() if isinstance(one, MarkPost)] == [Mark.FAILED]


async def test_a_reply_with_nothing_in_it_is_refused_in_words(books: Books) -> None:
    await opened(books)

    written = await books.replies(" \n ")

    await books.goes_out()
    assert (books.notices(), books.sms()) == ([Case.EMPTY_REPLY], [])
    assert await mark(books, written) is Mark.FAILED


async def test_a_reply_to_a_sender_without_a_number_is_refused_in_words(books: Books) -> None:
    sender = SenderName("ACMEBANK")
    await books.texts(sender=sender)
    await books.goes_out()

    await books.replies(to=(sender,))

    await books.goes_out()
    assert (books.notices(), books.sms()) == ([Case.NOT_REPLIABLE], [])


async def test_a_reply_to_somebody_who_said_stop_is_refused_and_after_start_goes_out(books: Books) -> None:
    await opened(books)
    await books.texts("STOP")
    await books.replies("Too late")
    await books.texts("START")
    await books.replies("Welcome back")

    await books.goes_out()

    assert books.notices() == [Case.STOPPED, Case.OPTED_OUT, Case.STARTED]
    assert books.sms() == ["Welcome back"]


async def test_consent_is_per_number_of_ours(books: Books) -> None:
    await opened(books)
    other = did(number=BOB)
    books.plan = plan(did(), other)
    await books.texts("STOP", did=other.number)

    await books.replies()

    await books.goes_out()
    assert books.sms() == ["Yes"]


@pytest.mark.parametrize(
    ("long_text", "text", "sent"),
    [
        (LongText.SEGMENTS, "a" * 161, ["a" * 161]),
        (LongText.SEGMENTS, "a" * 1601, ["(1/2) " + "a" * 1594, "(2/2) aaaaaaa"]),
        (LongText.SPLIT, "a" * 160, ["a" * 160]),
        (LongText.SPLIT, "a" * 161, ["(1/2) " + "a" * 154, "(2/2) aaaaaaa"]),
        (LongText.MMS, "a" * 500, ["a" * 500]),
        (LongText.REFUSE, "a" * 160, ["a" * 160]),
        (LongText.REFUSE, "a" * 161, []),
    ],
)
async def test_a_long_reply_is_treated_as_its_number_says(
    books: Books, long_text: LongText, text: str, sent: list[str]
) -> None:
    books.plan = plan(did(long_text=long_text), ask_over_segments=20)
    await opened(books)

    await books.replies(text)

    said = [one for one in await books.goes_out() if isinstance(one, SendSms)]
    assert [one.text for one in said] == sent
    assert [one.as_mms for one in said] == [long_text is LongText.MMS] * len(sent)
    assert books.notices() == ([] if sent else [Case.TOO_LONG])


@pytest.mark.parametrize(("characters", "is_asked"), [(459, False), (460, True)])
async def test_over_three_segments_the_author_is_asked_first(books: Books, characters: int, is_asked: bool) -> None:
    await opened(books)

    written = await books.replies("a" * characters)

    await books.goes_out()
    assert books.notices() == [Case.ASK_LONG] * is_asked
    assert len(books.sms()) == (not is_asked)
    assert await mark(books, written) is (Mark.HELD if is_asked else Mark.SENT)


async def test_a_held_reply_holds_up_no_later_one(books: Books) -> None:
    await opened(books)
    await books.replies("a" * 500)
    await books.replies("Short")

    await books.goes_out()

    assert books.sms() == ["Short"]


async def test_an_mms_is_never_asked_about_for_its_length(books: Books) -> None:
    await opened(books)
    await books.replies("a" * 500, files=(file(name="cat.jpg"),))

    await books.goes_out()

    assert books.sms() == ["a" * 500]


@pytest.mark.parametrize(
    ("age", "read_back", "is_asked"),
    [(15, True, False), (16, True, True), (16, False, False)],
)
async def test_a_reply_found_late_by_catch_up_is_asked_about(
    books: Books, age: int, read_back: bool, is_asked: bool
) -> None:
    await opened(books)

    await books.replies(said_at=books.clock.now() - age * MINUTE, read_back=read_back)

    await books.goes_out()
    assert books.notices() == [Case.ASK_LATE] * is_asked
    assert len(books.sms()) == (not is_asked)


async def test_the_files_of_a_reply_go_out_with_it_and_no_later_reply_overtakes_them(books: Books) -> None:
    await opened(books)
    await books.replies("Look", files=(file(1, name="cat.jpg"), file(2, name="dog.jpg")))
    await books.replies("Nice?")

    sent = [one for one in await books.goes_out() if isinstance(one, SendSms)]

    assert [(one.text, len(one.media_tokens)) for one in sent] == [("Look", 2), ("Nice?", 0)]


async def test_a_reply_that_is_only_a_picture_goes_out(books: Books) -> None:
    await opened(books)
    await books.replies("", files=(file(name="cat.jpg"),))

    (sent,) = [one for one in await books.goes_out() if isinstance(one, SendSms)]

    assert (sent.text, len(sent.media_tokens)) == ("", 1)


async def test_a_file_that_may_not_be_fetched_is_refused_and_the_words_wait_for_a_decision(books: Books) -> None:
    await opened(books)
    written = await books.replies("The terms", unfit_files=("terms.pdf",))
    await books.goes_out()

    (held,) = await books.sendings(written)
    await books.presses(Action.SEND_WITHOUT_FILES, held.token)

    await books.goes_out()
    assert books.notices() == [Case.UNSUPPORTED_FILE]
    assert "terms.pdf" in books.notes()[0]
    assert books.sms() == ["The terms"]


async def test_a_file_without_words_that_may_not_be_fetched_leaves_nothing_to_decide(books: Books) -> None:
    await opened(books)

    written = await books.replies("", unfit_files=("terms.pdf",))

    (note,) = [one for one in await books.goes_out() if isinstance(one, PostToThread)]
    assert not getattr(note.content, "buttons", None)
    assert await books.sendings(written) == []


async def test_a_file_without_words_that_may_not_be_fetched_is_marked_as_failed(books: Books) -> None:
    await opened(books)

    written = await books.replies("", unfit_files=("terms.pdf",))

    assert await mark(books, written) is Mark.FAILED


async def test_all_words_of_a_long_reply_go_out_without_its_file(books: Books) -> None:
    await opened(books)
    written = await books.replies("a" * 2000, unfit_files=("terms.pdf",))
    await books.goes_out()

    held = await books.sendings(written)
    await books.presses(Action.SEND_WITHOUT_FILES, held[0].token)

    await books.goes_out()
    assert "".join(books.sms()).count("a") == 2000


async def test_a_reply_is_kept_once_it_is_queued_even_if_the_carrier_is_away(books: Books) -> None:
    await opened(books)
    await books.replies("Later")
    (taken,) = [one for one in await books.takes() if one.entry.kind is WishKind.SEND_SMS]

    books.forward(timedelta(days=1))

    assert (await books.entry(taken.entry.id)).state is EntryState.TRYING


async def test_a_reply_that_is_read_back_goes_before_one_that_was_said_after_it(books: Books) -> None:
    await books.texts("Hello")
    await books.goes_out()
    earlier = books.clock.now()
    books.forward(MINUTE)
    await books.replies("Second")

    await books.replies("First", said_at=earlier, read_back=True)

    sent = [one.text for one in await books.goes_out() if isinstance(one, SendSms)]
    assert sent == ["First", "Second"]
