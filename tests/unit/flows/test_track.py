"""A receipt moves an SMS forward, never back, whenever it comes."""

from dataclasses import replace

import pytest

from bridge.domain.command import AmendPost, MarkPost, Note
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.notice import Case
from bridge.domain.outbox import EntryState, Outcome, Settlement, WishKind
from bridge.domain.phrase import Action, Mark
from bridge.flows import rescue
from bridge.flows.deliver import Taken
from tests.unit.flows.books import MINUTE, Books


async def under_way(books: Books) -> Taken:
    """Let a reply be handed to the carrier, whose answer is not there yet."""
    await books.texts()
    await books.goes_out()
    books.forward(MINUTE)
    await books.replies()
    await books.goes_out(books.except_for(WishKind.SEND_SMS, None))
    return books.of_kind(WishKind.SEND_SMS)[0]


async def sent(books: Books) -> Taken:
    taken = await under_way(books)
    await books.settles(taken, Settlement(outcome=Outcome.SENT, ref="SM1"))
    await books.goes_out()
    return taken


async def last_mark(books: Books) -> Mark:
    await books.goes_out()
    command = books.of_kind(WishKind.MARK_REPLY)[-1].command
    assert isinstance(command, MarkPost)
    return command.mark


@pytest.mark.parametrize("by", ["token", "ref"])
async def test_a_receipt_moves_the_mark(books: Books, by: str) -> None:
    taken = await sent(books)

    await books.receipt(DeliveryStatus.DELIVERED, token=taken.entry.token if by == "token" else None)

    assert await last_mark(books) is Mark.DELIVERED


async def test_a_late_lower_receipt_changes_nothing(books: Books) -> None:
    await sent(books)
    await books.receipt(DeliveryStatus.DELIVERED)
    await books.goes_out()

    for late in (DeliveryStatus.QUEUED, DeliveryStatus.SENT, DeliveryStatus.FAILED):
        await books.receipt(late)

    assert await books.goes_out() == []
    assert await last_mark(books) is Mark.DELIVERED


async def test_a_failure_is_said_once_with_a_way_to_retry(books: Books) -> None:
    taken = await sent(books)

    await books.receipt(DeliveryStatus.FAILED)
    await books.receipt(DeliveryStatus.FAILED)

    assert await last_mark(books) is Mark.FAILED
    assert books.notices() == [Case.SEND_FAILED]
    assert taken.entry.token in books.notes()[0]
    assert "30003" in books.notes()[0]


@pytest.mark.parametrize(("status", "mark"), [(DeliveryStatus.QUEUED, Mark.SENT), (DeliveryStatus.FAILED, Mark.FAILED)])
async def test_a_receipt_with_our_token_that_overtakes_the_answer_counts(
    books: Books, status: DeliveryStatus, mark: Mark
) -> None:
    taken = await under_way(books)

    await books.receipt(status, token=taken.entry.token)

    assert not await books.settles(taken, Settlement(outcome=Outcome.SENT, ref="SM1"))
    assert await last_mark(books) is mark
    assert (await books.entry(taken.entry.id)).ref == "SM1"


async def test_a_receipt_without_our_token_that_overtakes_the_answer_waits_for_it(books: Books) -> None:
    taken = await under_way(books)
    await books.receipt(DeliveryStatus.DELIVERED)
    await books.receipt(DeliveryStatus.SENT)

    await books.settles(taken, Settlement(outcome=Outcome.SENT, ref="SM1"))

    assert await last_mark(books) is Mark.DELIVERED


async def test_a_receipt_for_an_sms_of_somebody_else_is_only_kept(books: Books) -> None:
    await sent(books)

    await books.receipt(DeliveryStatus.FAILED, ref="SM99")

    assert await books.goes_out() == []


async def test_a_receipt_settles_what_a_person_was_asked_about_and_frees_the_lane(books: Books) -> None:
    taken = await under_way(books)
    await books.do(lambda ledger, now: rescue.cannot_tell(ledger, books.plan, taken.entry, "cut", now))
    await books.replies("Next")
    await books.goes_out()
    assert books.sms() == ["Yes"]

    await books.receipt(DeliveryStatus.SENT, token=taken.entry.token)

    await books.goes_out()
    assert books.sms() == ["Yes", "Next"]
    assert (await books.entry(taken.entry.id)).state is EntryState.SENT


async def test_a_question_that_a_receipt_has_answered_is_taken_back(books: Books) -> None:
    taken = await under_way(books)
    await books.do(lambda ledger, now: rescue.cannot_tell(ledger, books.plan, taken.entry, "cut", now))
    await books.goes_out()

    await books.receipt(DeliveryStatus.SENT, token=taken.entry.token)

    amended = {one.post: one.content for one in await books.goes_out() if isinstance(one, AmendPost)}
    notes = {post: content.buttons for post, content in amended.items() if isinstance(content, Note)}
    assert list(notes.values()) == [()]
    assert notes.keys() <= set(books.posts)


async def test_a_question_that_was_answered_before_it_was_put_is_not_put(books: Books) -> None:
    taken = await under_way(books)
    await books.do(lambda ledger, now: rescue.cannot_tell(ledger, books.plan, taken.entry, "cut", now))

    await books.receipt(DeliveryStatus.SENT, token=taken.entry.token)

    await books.goes_out()
    assert books.notices() == []


async def test_a_receipt_for_what_was_to_be_tried_again_proves_that_it_went_out(books: Books) -> None:
    taken = await under_way(books)
    await books.settles(taken, Settlement(outcome=Outcome.TRANSIENT))

    await books.receipt(DeliveryStatus.DELIVERED, token=taken.entry.token)

    books.forward(10 * MINUTE)
    await books.goes_out()
    assert books.sms() == ["Yes"]
    assert await last_mark(books) is Mark.DELIVERED


async def test_a_cancelled_reply_stays_cancelled(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    reply = await books.replies("a" * 500)
    await books.goes_out()
    (held,) = await books.sendings(reply)
    await books.presses(Action.CANCEL, held.token)

    await books.receipt(DeliveryStatus.DELIVERED, token=held.token)

    assert (await books.entry(held.id)).state is EntryState.CANCELLED


async def test_a_failure_of_a_number_that_left_the_configuration_is_marked_though_it_cannot_be_said(
    books: Books,
) -> None:
    await sent(books)
    books.plan = replace(books.plan, dids=())

    await books.receipt(DeliveryStatus.FAILED)

    assert await last_mark(books) is Mark.FAILED
    assert books.notices() == []
