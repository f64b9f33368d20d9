"""A person pressed a button under one of our notes; of two presses that ask for the same, the first counts."""

import pytest

from bridge.domain.command import AmendPost, MarkPost, Note
from bridge.domain.conversation import ConsentState
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import LongText
from bridge.domain.ids import MessageId
from bridge.domain.notice import Case
from bridge.domain.outbox import EntryState, OutboxEntry, Outcome, Settlement, WishKind
from bridge.domain.phrase import Action, Mark
from bridge.errors import Reason
from bridge.flows import rescue
from tests.unit.flows.books import ANN, BEN, EVE, MINUTE, Books, did, file, plan

SMS = WishKind.SEND_SMS
REFUSED = Settlement(outcome=Outcome.PERMANENT, reason=Reason.UNREACHABLE)


async def opened(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    books.forward(MINUTE)


async def held(books: Books) -> tuple[MessageId, OutboxEntry]:
    await opened(books)
    reply = await books.replies("a" * 500)
    await books.goes_out()
    return reply, (await books.sendings(reply))[0]


async def asked(books: Books) -> tuple[MessageId, OutboxEntry]:
    """Let a reply be unclear, with another one waiting behind it."""
    await opened(books)
    reply = await books.replies("One")
    await books.replies("Two")
    await books.goes_out(books.except_for(SMS, None))
    (entry,) = await books.sendings(reply)
    await books.do(lambda ledger, now: rescue.cannot_tell(ledger, books.plan, entry, "cut", now))
    await books.goes_out()
    return reply, entry


async def failed(books: Books, text: str = "One", answer: Settlement = REFUSED) -> tuple[MessageId, OutboxEntry]:
    await opened(books)
    reply = await books.replies(text)
    await books.goes_out(books.except_for(SMS, answer))
    return reply, (await books.sendings(reply))[0]


async def decided(books: Books) -> list[str]:
    """Return what our notes have become."""
    said = await books.goes_out()
    return [str(one.content.phrase) for one in said if isinstance(one, AmendPost) and isinstance(one.content, Note)]


async def test_send_now_sends_what_was_held_and_the_note_says_who_decided(books: Books) -> None:
    _, entry = await held(books)

    await books.presses(Action.SEND_NOW, entry.token, EVE)

    (note,) = await decided(books)
    assert EVE in note
    assert "had this reply sent" in note
    assert books.sms() == ["a" * 500]


async def test_cancel_ends_what_was_held(books: Books) -> None:
    _, entry = await held(books)

    await books.presses(Action.CANCEL, entry.token)

    said = await books.goes_out()
    assert [one.mark for one in said if isinstance(one, MarkPost)] == [Mark.CANCELLED]
    assert books.sms() == []


@pytest.mark.parametrize(
    ("first", "second", "sent"),
    [(Action.SEND_NOW, Action.SEND_NOW, 1), (Action.SEND_NOW, Action.CANCEL, 1), (Action.CANCEL, Action.SEND_NOW, 0)],
)
@pytest.mark.parametrize("is_sent_between", [True, False])
async def test_of_two_decisions_on_a_held_reply_the_first_counts(
    books: Books, first: Action, second: Action, sent: int, is_sent_between: bool
) -> None:
    _, entry = await held(books)
    await books.presses(first, entry.token, BEN)
    notes = await decided(books) if is_sent_between else []

    await books.presses(second, entry.token, EVE)

    notes += await decided(books)
    assert len(books.sms()) == sent
    assert [BEN in note for note in notes] == [True]


async def test_all_parts_of_a_split_reply_are_decided_together(books: Books) -> None:
    books.plan = plan(did(long_text=LongText.SPLIT))
    _, entry = await held(books)

    await books.presses(Action.SEND_NOW, entry.token)

    await books.goes_out()
    assert [text[:5] for text in books.sms()] == ["(1/4)", "(2/4)", "(3/4)", "(4/4)"]


async def test_stop_after_the_question_withdraws_what_is_sent_now(books: Books) -> None:
    _, entry = await held(books)
    await books.texts("STOP")

    await books.presses(Action.SEND_NOW, entry.token)

    await books.goes_out()
    assert books.sms() == []
    assert Case.OPTED_OUT in books.notices()


async def test_arrived_settles_an_unclear_reply_and_lets_the_next_go(books: Books) -> None:
    _, entry = await asked(books)

    await books.presses(Action.ARRIVED, entry.token)

    await books.goes_out()
    assert books.sms() == ["One", "Two"]
    assert (await books.entry(entry.id)).status is DeliveryStatus.SENT


async def test_send_again_repeats_an_unclear_reply_before_those_that_waited(books: Books) -> None:
    _, entry = await asked(books)

    await books.presses(Action.SEND_AGAIN, entry.token)

    await books.goes_out()
    assert books.sms() == ["One", "One", "Two"]


@pytest.mark.parametrize("second", [Action.SEND_AGAIN, Action.ARRIVED])
async def test_of_two_decisions_on_an_unclear_reply_the_first_counts(books: Books, second: Action) -> None:
    _, entry = await asked(books)
    await books.presses(Action.SEND_AGAIN, entry.token, BEN)

    await books.presses(second, entry.token, EVE)

    assert len(await decided(books)) == 1
    assert books.sms() == ["One", "One", "Two"]


async def test_retry_sends_a_failed_reply_once_more_under_a_name_of_its_own(books: Books) -> None:
    reply, entry = await failed(books)

    await books.presses(Action.RETRY, entry.token)

    await books.goes_out()
    assert books.sms() == ["One", "One"]
    first, second = await books.sendings(reply)
    assert first.token != second.token
    assert (first.state, second.state) == (EntryState.FAILED, EntryState.SENT)


async def test_two_who_retry_send_it_once(books: Books) -> None:
    _, entry = await failed(books)
    await books.presses(Action.RETRY, entry.token, BEN)

    await books.presses(Action.RETRY, entry.token, EVE)

    await books.goes_out()
    await books.presses(Action.RETRY, entry.token, EVE)
    await books.goes_out()
    assert books.sms() == ["One", "One"]


async def test_a_retry_that_fails_can_be_retried_by_its_own_note(books: Books) -> None:
    reply, entry = await failed(books)
    await books.presses(Action.RETRY, entry.token)
    await books.goes_out(books.except_for(SMS, REFUSED))

    await books.presses(Action.RETRY, (await books.sendings(reply))[-1].token)

    await books.goes_out()
    assert books.sms() == ["One"] * 3
    assert books.notices() == [Case.SEND_FAILED] * 2


async def test_only_the_failed_part_of_a_split_reply_is_retried(books: Books) -> None:
    books.plan = plan(did(long_text=LongText.SPLIT))
    await opened(books)
    reply = await books.replies("a" * 200)
    await books.goes_out(books.at_first(SMS, REFUSED))
    first, second = await books.sendings(reply)

    await books.presses(Action.RETRY, second.token)
    await books.presses(Action.RETRY, first.token)

    await books.goes_out()
    assert [text[:5] for text in books.sms()] == ["(1/2)", "(2/2)", "(1/2)"]


async def test_retry_of_what_has_arrived_does_nothing(books: Books) -> None:
    await opened(books)
    reply = await books.replies()
    await books.goes_out()

    await books.presses(Action.RETRY, (await books.sendings(reply))[0].token)

    assert await books.goes_out() == []


async def test_retry_for_a_number_that_left_the_configuration_does_nothing(books: Books) -> None:
    _, entry = await failed(books)
    books.plan = plan(did(number=ANN))

    await books.presses(Action.RETRY, entry.token)

    assert await books.goes_out() == []


async def test_retry_of_words_without_their_file_leaves_the_file_behind(books: Books) -> None:
    await opened(books)
    reply = await books.replies("Look", files=(file(name="cat.jpg"),), unfit_files=("terms.pdf",))
    await books.goes_out()
    (waiting,) = await books.sendings(reply)
    await books.presses(Action.SEND_WITHOUT_FILES, waiting.token)
    await books.goes_out(books.except_for(SMS, REFUSED))

    await books.presses(Action.RETRY, waiting.token)

    await books.goes_out()
    assert books.sms() == ["Look", "Look"]
    assert all("media_tokens=()" in str(one.command) for one in books.of_kind(SMS))


async def test_retry_after_stop_sends_nothing_and_says_why(books: Books) -> None:
    _, entry = await failed(books)
    await books.texts("STOP")

    await books.presses(Action.RETRY, entry.token)

    await books.goes_out()
    assert books.sms() == ["One"]
    consent = await books.look(lambda ledger: ledger.consents.get(books.plan.dids[0].number, ANN))
    assert consent
    assert consent.state is ConsentState.WITHDRAWN
    assert Case.OPTED_OUT in books.notices()


async def test_a_press_without_its_post_decides_likewise(books: Books) -> None:
    _, entry = await held(books)

    await books.presses(Action.SEND_NOW, entry.token, post=None)

    assert await decided(books) == []
    assert len(books.sms()) == 1


@pytest.mark.parametrize("action", [one for one in Action if one is not Action.ACKNOWLEDGE])
async def test_a_value_that_is_not_in_our_table_decides_nothing(books: Books, action: Action) -> None:
    await held(books)

    await books.presses(action, "guessed")

    assert await books.goes_out() == []


@pytest.mark.parametrize("action", [Action.SEND_NOW, Action.ARRIVED, Action.RETRY])
async def test_the_name_of_a_wish_that_is_no_sms_decides_nothing(books: Books, action: Action) -> None:
    await opened(books)
    shown = books.of_kind(WishKind.SHOW_MESSAGE)[0].entry

    await books.presses(action, shown.token)

    assert await books.goes_out() == []


async def test_a_button_that_is_none_of_a_questions_decides_nothing(books: Books) -> None:
    _, entry = await asked(books)

    await books.presses(Action.NAME, entry.token)

    assert (await books.entry(entry.id)).state is EntryState.ASKED
