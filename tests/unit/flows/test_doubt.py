"""After a restore: what may have happened in the life that it undid is asked about before it is said."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bridge.domain.delivery import DeliveryStatus
from bridge.domain.ids import MessageId
from bridge.domain.notice import Case
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry, Outcome, Settlement, WishKind
from bridge.domain.phrase import Action, Mark
from bridge.flows import doubt, rescue
from bridge.ports import Ledger
from tests.unit.flows.books import ANN, MINUTE, SECOND, Books, file

HOUR = timedelta(hours=1)


async def restored(books: Books) -> None:
    """Begin the life after a restore, a moment later."""

    def work(ledger: Ledger, now: datetime) -> None:
        ledger.epoch.declare()
        doubt.begin(ledger, now)

    books.forward(MINUTE)
    await books.do(work)


async def a_thread(books: Books) -> None:
    """Have a conversation in which everything is said."""
    await books.texts()
    await books.goes_out()


async def read_back(books: Books, text: str = "Yes", **more: Any) -> OutboxEntry:
    """Find a reply from before the restore, and return the SMS that is asked about."""
    said_at = books.clock.now() - 10 * MINUTE
    reply = await books.replies(text, said_at=said_at, read_back=True, **more)
    return (await books.sendings(reply))[0]


async def asked_about(books: Books) -> list[OutboxEntry]:
    """Take what may be taken, and return what its world is asked about."""
    await books.goes_out()
    return await books.do(lambda ledger, now: ledger.outbox.unresolved(now, 50))


async def absent(books: Books, entry: OutboxEntry) -> None:
    await books.do(lambda ledger, now: rescue.did_not_happen(ledger, books.plan, entry, now))


async def unclear(books: Books, entry: OutboxEntry) -> None:
    await books.do(lambda ledger, now: rescue.cannot_tell(ledger, books.plan, entry, "two of them", now))


async def found(books: Books, entry: OutboxEntry) -> None:
    sent = Settlement(outcome=Outcome.SENT, ref="SM7")
    await books.do(lambda ledger, now: rescue.happened(ledger, books.plan, entry, sent, now))


async def test_a_start_without_a_restore_doubts_nothing(books: Books) -> None:
    await books.texts()

    await books.do(lambda ledger, now: doubt.begin(ledger, now))

    assert await books.goes_out()
    assert await books.look(lambda ledger: ledger.audit.troubles()) == []


async def test_a_restore_is_told_once_and_no_more_at_the_next_start(books: Books) -> None:
    await books.texts()
    await restored(books)
    (trouble,) = await books.look(lambda ledger: ledger.audit.troubles())

    await books.do(lambda ledger, now: doubt.begin(ledger, now))

    assert "restored from a backup. What waited in it (1) is" in trouble.what
    assert await books.look(lambda ledger: ledger.audit.troubles()) == []


async def test_what_waited_is_looked_for_from_when_it_was_enqueued(books: Books) -> None:
    text = await books.texts()
    await restored(books)

    (entry,) = await asked_about(books)

    assert books.outgoing == []
    assert (entry.kind, entry.unsure_since) == (WishKind.SHOW_MESSAGE, text.received_at)


async def test_a_post_that_is_not_there_is_posted(books: Books) -> None:
    await books.texts()
    await restored(books)
    books.forward(MINUTE)
    (entry,) = await asked_about(books)

    await absent(books, entry)

    assert [one.entry.kind for one in books.outgoing] == []
    assert len(await books.goes_out()) == 1


async def test_right_after_the_start_one_look_is_not_enough(books: Books) -> None:
    await books.texts()
    await restored(books)
    (entry,) = await asked_about(books)

    await absent(books, entry)

    assert (await books.entry(entry.id)).looks == 1
    assert await books.goes_out() == []


async def test_a_post_of_which_slack_cannot_tell_is_said_once_and_says_so(books: Books) -> None:
    await books.texts()
    await restored(books)
    (entry,) = await asked_about(books)

    await unclear(books, entry)

    (post,) = await books.goes_out()
    assert getattr(post, "may_repeat", None) is True


async def test_a_reply_that_waited_and_was_found_is_sent(books: Books) -> None:
    await a_thread(books)
    reply = await books.replies()
    await restored(books)
    (entry,) = [one for one in await asked_about(books) if one.kind is WishKind.SEND_SMS]

    await found(books, entry)

    assert books.sms() == []
    assert [(one.state, one.ref) for one in await books.sendings(reply)] == [(EntryState.SENT, "SM7")]


@pytest.mark.parametrize("decision", [Action.SEND_NOW, Action.CANCEL])
async def test_a_reply_that_the_carrier_does_not_have_waits_for_a_word(books: Books, decision: Action) -> None:
    await a_thread(books)
    await restored(books)
    reply = await read_back(books)
    books.forward(MINUTE)
    (entry,) = await asked_about(books)

    await absent(books, entry)
    await books.goes_out()
    held = await books.entry(reply.id)
    await books.presses(decision, entry.token)
    await books.goes_out()

    assert held.state is EntryState.HELD
    assert books.notices() == [Case.ASK_RESTORED]
    assert books.sms() == (["Yes"] if decision is Action.SEND_NOW else [])


async def test_a_reply_of_which_the_carrier_cannot_tell_is_asked_about(books: Books) -> None:
    await a_thread(books)
    await restored(books)
    await read_back(books)
    (entry,) = await asked_about(books)

    await unclear(books, entry)
    await books.goes_out()

    assert (await books.entry(entry.id)).state is EntryState.ASKED
    assert books.notices() == [Case.SEND_UNCLEAR]
    assert books.sms() == []


@pytest.mark.parametrize(("mark", "status"), [(Mark.SENT, "sent"), (Mark.DELIVERED, "delivered")])
@pytest.mark.parametrize("answer", [absent, unclear])
async def test_a_reply_whose_mark_says_that_it_went_out_is_believed(
    books: Books, mark: Mark, status: str, answer: object
) -> None:
    await a_thread(books)
    await restored(books)
    await read_back(books, mark=mark)
    books.forward(MINUTE)
    (entry,) = await asked_about(books)

    assert callable(answer)
    await answer(books, entry)
    await books.goes_out()

    present = await books.entry(entry.id)
    assert present.state is EntryState.SENT
    assert entry.status == status
    assert books.notices() == []
    assert books.sms() == []


async def test_a_reply_that_was_not_to_be_sent_is_not_asked_about(books: Books) -> None:
    await a_thread(books)
    await restored(books)

    reply = await read_back(books, mark=Mark.CANCELLED)

    assert await asked_about(books) == []
    assert (await books.entry(reply.id)).state is EntryState.CANCELLED
    assert books.notices() == []


async def test_a_reply_held_for_its_file_that_went_out_without_it_is_done(books: Books) -> None:
    await a_thread(books)
    await restored(books)

    reply = await read_back(books, unfit_files=("plan.dwg",), mark=Mark.DELIVERED)

    present = await books.entry(reply.id)
    assert (present.state, present.status) == (EntryState.SENT, DeliveryStatus.DELIVERED)


async def test_a_reply_that_was_held_and_may_have_been_released_is_looked_for_when_it_is_released(books: Books) -> None:
    await a_thread(books)
    reply = await books.replies(unfit_files=("plan.dwg",))
    await restored(books)
    (held,) = await books.sendings(reply)

    await books.presses(Action.SEND_WITHOUT_FILES, held.token)

    assert [one.id for one in await asked_about(books) if one.kind is WishKind.SEND_SMS] == [held.id]
    assert books.sms() == []


async def test_what_was_asked_about_before_is_looked_for_and_asked_about_anew(books: Books) -> None:
    await a_thread(books)
    await books.replies()
    await books.goes_out(books.except_for(WishKind.SEND_SMS, Settlement(outcome=Outcome.UNCERTAIN)))
    (first,) = books.of_kind(WishKind.SEND_SMS)
    await unclear(books, first.entry)
    await books.goes_out()
    await restored(books)

    (entry,) = [one for one in await asked_about(books) if one.kind is WishKind.SEND_SMS]
    await unclear(books, entry)
    await books.goes_out()

    assert (await books.entry(entry.id)).state is EntryState.ASKED
    assert books.notices() == [Case.SEND_UNCLEAR, Case.SEND_UNCLEAR]


async def test_a_stop_that_came_later_does_not_make_a_reply_unsent(books: Books) -> None:
    await a_thread(books)
    await restored(books)
    await books.withdraws(ANN)

    await read_back(books)

    (entry,) = await asked_about(books)
    assert entry.kind is WishKind.SEND_SMS
    assert books.notices() == []


async def test_a_reply_that_is_told_live_after_the_restore_is_sent_at_once(books: Books) -> None:
    await a_thread(books)
    await restored(books)
    books.forward(SECOND)

    await books.replies()
    await books.goes_out()

    assert books.sms() == ["Yes"]


async def test_a_reply_that_is_read_back_from_the_moment_of_the_restore_may_be_older_by_another_clock(
    books: Books,
) -> None:
    await a_thread(books)
    await restored(books)
    said_at = books.clock.now()
    books.forward(MINUTE)

    await books.replies(said_at=said_at, read_back=True)

    assert [one.kind for one in await asked_about(books)] == [WishKind.SEND_SMS]
    assert books.sms() == []


async def test_a_text_from_before_the_restore_is_looked_for_and_a_later_one_is_shown(books: Books) -> None:
    await a_thread(books)
    await restored(books)
    early = await books.texts("Early", said_at=books.clock.now() - HOUR)

    (entry,) = await asked_about(books)
    await found(books, entry)
    await books.texts("Late")
    await books.goes_out()

    assert entry.unsure_since == early.said_at
    assert [one.entry.subject for one in books.of_kind(WishKind.SHOW_MESSAGE)][1:] == [f"main:{books.count - 1}"]


async def test_a_picture_of_a_text_from_before_the_restore_is_looked_for_too(books: Books) -> None:
    await a_thread(books)
    await restored(books)
    await books.texts("", said_at=books.clock.now() - HOUR, files=(file(),))

    entries = await asked_about(books)

    assert [one.kind for one in entries] == [WishKind.SHOW_MESSAGE, WishKind.UPLOAD_FILE]
    assert all(one.unsure_since for one in entries)


async def test_what_is_said_of_a_keyword_from_before_the_restore_is_looked_for(books: Books) -> None:
    await a_thread(books)
    await restored(books)
    await books.texts("STOP", said_at=books.clock.now() - HOUR)
    (shown,) = await asked_about(books)
    await found(books, shown)

    (said,) = await asked_about(books)

    assert said.kind is WishKind.SAY_NOTE
    assert books.notices() == []


async def test_a_receipt_settles_even_what_waits_for_a_word(books: Books) -> None:
    await a_thread(books)
    await restored(books)
    reply = await read_back(books)
    held = EntryChange(state=EntryState.HELD, status=DeliveryStatus.HELD, is_sure=True)
    await books.do(lambda ledger, now: ledger.outbox.alter(reply.id, held))

    await books.receipt(DeliveryStatus.DELIVERED, token=reply.token)

    present = await books.entry(reply.id)
    assert (present.state, present.status) == (EntryState.SENT, DeliveryStatus.DELIVERED)


async def test_a_question_that_somebody_else_has_settled_meanwhile_is_not_asked(books: Books) -> None:
    await a_thread(books)
    await restored(books)
    await read_back(books)
    books.forward(MINUTE)
    (entry,) = await asked_about(books)
    await found(books, entry)

    await absent(books, entry)
    await books.goes_out()

    assert books.notices() == []


async def test_a_reply_whose_number_has_left_the_configuration_is_held_without_a_question(books: Books) -> None:
    await a_thread(books)
    await restored(books)
    await read_back(books)
    books.forward(MINUTE)
    (entry,) = await asked_about(books)
    books.plan = type(books.plan)(dids=(), people=(), abilities={})

    await absent(books, entry)

    assert (await books.entry(entry.id)).state is EntryState.HELD
    assert await books.look(lambda ledger: ledger.messages.get(MessageId(entry.subject)))


async def test_the_digests_of_the_new_life_have_names_that_the_undone_one_cannot_have_used(books: Books) -> None:
    await a_thread(books)
    await restored(books)
    books.forward(20 * MINUTE)

    await books.summarizes()
    await books.goes_out()

    (digest,) = books.of_kind(WishKind.SEND_DIGEST)
    assert digest.entry.subject.startswith("digest/desk@example.com/restored at ")
