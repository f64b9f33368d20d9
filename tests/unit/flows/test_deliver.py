"""The life of an outbox entry: taken, asked about a last time, and settled as whatever became of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.domain.command import AmendPost, Card, MarkPost, Note, PostToThread, SendSms
from bridge.domain.conversation import ConsentState
from bridge.domain.notice import Case
from bridge.domain.outbox import FRESH, EntryState, Outcome, Settlement, WishKind, backoff
from bridge.domain.phrase import Mark
from bridge.errors import Reason
from bridge.flows import deliver
from bridge.flows.deliver import Taken
from tests.unit.flows.books import ABILITIES, ANN, BOB, DID, MINUTE, SECOND, Books, kinds, plan

GONE = Settlement(outcome=Outcome.PERMANENT, reason=Reason.GONE, detail="thread_not_found")


async def sending(books: Books, text: str = "Yes") -> Taken:
    """Let a reply be claimed for the carrier."""
    await books.texts()
    await books.goes_out()
    books.forward(MINUTE)
    await books.replies(text)
    await books.goes_out(books.except_for(WishKind.SEND_SMS, None))
    return books.of_kind(WishKind.SEND_SMS)[-1]


async def due(books: Books, taken: Taken) -> object:
    return await books.do(lambda ledger, now: deliver.still_due(ledger, books.plan, taken.entry, now))


async def marks(books: Books) -> list[Mark]:
    return [one.mark for one in await books.goes_out() if isinstance(one, MarkPost)]


# --- taking -----------------------------------------------------------------------------------------------------------


async def test_only_what_there_is_room_for_is_taken(books: Books) -> None:
    await books.texts(sender=ANN)
    await books.texts(sender=BOB)

    one = await books.do(
        lambda ledger, now: deliver.take(ledger, books.plan, "me", lambda to, now: 1, lambda to: MINUTE, now)
    )
    none = await books.do(
        lambda ledger, now: deliver.take(ledger, books.plan, "me", lambda to, now: 0, lambda to: MINUTE, now)
    )

    assert (len(one.taken), len(none.taken)) == (1, 0)
    assert one.full == none.full == {"slack/C1"}


async def test_a_lane_says_one_thing_after_the_other(books: Books) -> None:
    await books.texts("One")
    await books.texts("Two")
    await books.texts("Three", sender=BOB)

    taken = await books.takes()

    assert len(taken) == 2
    assert await books.takes() == []


async def test_stop_between_queueing_and_sending_withdraws_the_reply_and_says_so(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    books.forward(MINUTE)
    reply = await books.replies("Yes")
    await books.texts("STOP")

    seen = await marks(books)

    assert books.sms() == []
    assert seen[-1] is Mark.FAILED
    assert books.notices() == [Case.STOPPED, Case.OPTED_OUT]
    assert (await books.sendings(reply))[0].state is EntryState.CANCELLED


async def test_stop_after_a_reply_was_claimed_withdraws_it_before_the_first_byte(books: Books) -> None:
    taken = await sending(books)
    await books.texts("STOP")

    last_word = await due(books, taken)
    await books.settles(taken, Settlement(outcome=Outcome.WITHDRAWN))

    await books.goes_out()
    assert last_word is None
    assert books.notices() == [Case.STOPPED, Case.OPTED_OUT]
    assert (await books.entry(taken.entry.id)).state is EntryState.CANCELLED


async def test_a_reply_withdrawn_by_stop_holds_no_later_reply_up(books: Books) -> None:
    first = await sending(books)
    await books.settles(first, Settlement(outcome=Outcome.SENT, ref="SM1"))
    await books.replies("Two")
    await books.texts("STOP")
    await books.goes_out()
    await books.texts("START")
    await books.replies("Three")

    await books.goes_out()

    assert books.sms() == ["Yes", "Three"]


async def test_the_note_about_a_withdrawn_group_reply_names_who_said_stop(books: Books) -> None:
    books.plan = plan(abilities={"main": replace(ABILITIES, groups=True)})
    await books.texts(sender=ANN, others=(BOB,))
    await books.goes_out()
    await books.replies("Both", to=(ANN, BOB))
    await books.texts("STOP", sender=BOB)

    await books.goes_out()

    (note,) = [note for note in books.notes() if Case.OPTED_OUT in note]
    assert BOB.value in note


# --- the last question --------------------------------------------------------------------------------------------


async def test_the_last_question_is_answered_with_the_wish_as_it_is_now(books: Books) -> None:
    taken = await sending(books)

    assert await due(books, taken) == SendSms(did=DID, to=(ANN,), text="Yes")


@pytest.mark.parametrize(("slept", "is_due"), [(FRESH, True), (FRESH + SECOND, False)])
async def test_an_old_claim_is_given_back_unsent(books: Books, slept: timedelta, is_due: bool) -> None:
    taken = await sending(books)

    books.forward(slept)

    assert (await due(books, taken) is not None) is is_due


async def test_an_old_claim_that_was_given_back_is_tried_again(books: Books) -> None:
    taken = await sending(books)
    books.forward(MINUTE)

    await books.settles(taken, Settlement(outcome=Outcome.WITHDRAWN))

    assert kinds(await books.takes()) == [WishKind.SEND_SMS]


async def test_a_claim_that_another_has_by_now_is_void(books: Books) -> None:
    taken = await sending(books)
    await books.settles(taken, Settlement(outcome=Outcome.TRANSIENT))
    books.forward(5 * SECOND)
    (again,) = await books.takes()

    assert await due(books, taken) is None
    assert await due(books, again) is not None
    assert not await books.settles(taken, Settlement(outcome=Outcome.SENT, ref="SM1"))


async def test_an_entry_that_is_gone_is_not_due(books: Books) -> None:
    taken = await sending(books)
    stranger = Taken(entry=replace(taken.entry, id=type(taken.entry.id)("nothing/of/ours")), command=taken.command)

    assert await due(books, stranger) is None


# --- settling -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settlement", "pause"),
    [
        (Settlement(outcome=Outcome.TRANSIENT), backoff(1)),
        (Settlement(outcome=Outcome.TRANSIENT, retry_after=7 * SECOND), 7 * SECOND),
        (Settlement(outcome=Outcome.TRANSIENT, retry_after=timedelta()), backoff(1)),
        (Settlement(outcome=Outcome.BLOCKED, remedy="Pay."), deliver.BLOCKED_PAUSE),
    ],
)
async def test_what_surely_did_not_happen_is_tried_again_after_a_pause(
    books: Books, settlement: Settlement, pause: timedelta
) -> None:
    taken = await sending(books)

    await books.settles(taken, settlement)

    entry = await books.entry(taken.entry.id)
    assert (entry.state, entry.due_at) == (EntryState.READY, books.clock.now() + pause)
    books.forward(pause)
    assert kinds(await books.takes()) == [WishKind.SEND_SMS]


async def test_what_may_have_happened_is_not_said_again_before_it_was_asked_about(books: Books) -> None:
    taken = await sending(books)

    await books.settles(taken, Settlement(outcome=Outcome.UNCERTAIN))

    entry = await books.entry(taken.entry.id)
    assert (entry.state, entry.ask_at) == (EntryState.TRYING, books.clock.now() + deliver.SECOND_LOOK)
    books.forward(timedelta(days=1))
    assert await books.takes() == []


async def test_the_settling_time_of_the_world_is_waited_for_before_asking(books: Books) -> None:
    taken = await sending(books)

    await books.settles(taken, Settlement(outcome=Outcome.UNCERTAIN, retry_after=MINUTE))

    assert (await books.entry(taken.entry.id)).ask_at == books.clock.now() + MINUTE


async def test_what_is_harmless_twice_is_simply_done_again_in_doubt(books: Books) -> None:
    await sending(books)
    await books.settles(books.of_kind(WishKind.SEND_SMS)[0], Settlement(outcome=Outcome.SENT, ref="SM1"))
    await books.goes_out(books.except_for(WishKind.MARK_REPLY, Settlement(outcome=Outcome.UNCERTAIN)))

    books.forward(10 * SECOND)

    assert await marks(books) == [Mark.SENT]


async def test_a_blocked_destination_is_told_to_the_admin_without_numbers_until_it_works_again(books: Books) -> None:
    taken = await sending(books)
    await books.settles(taken, Settlement(outcome=Outcome.BLOCKED, detail="20003", remedy="Renew the token."))
    (trouble,) = await books.look(lambda ledger: ledger.audit.troubles())
    books.forward(MINUTE)

    await books.goes_out()

    assert "Renew the token." in trouble.what
    assert "555" not in trouble.what
    assert await books.look(lambda ledger: ledger.audit.troubles()) == []


async def test_what_blocks_after_the_first_cause_was_mended_is_news_to_the_admin(books: Books) -> None:
    blocked = Settlement(outcome=Outcome.BLOCKED, detail="is_archived", remedy="Unarchive it.")
    await books.texts()
    (first,) = await books.takes()
    await books.settles(first, blocked)
    await books.do(lambda ledger, now: ledger.audit.mailed(now))
    books.forward(MINUTE)
    (second,) = await books.takes()
    await books.settles(second, blocked)
    told_again = await books.look(lambda ledger: ledger.audit.unmailed())
    books.forward(MINUTE)
    (third,) = await books.takes()

    await books.settles(third, replace(blocked, detail="token_revoked", remedy="Reinstall it."))

    assert told_again == []
    (news,) = await books.look(lambda ledger: ledger.audit.unmailed())
    assert "Reinstall it." in news.what


async def test_a_refused_sms_is_marked_and_said_with_its_reason(books: Books) -> None:
    taken = await sending(books)

    await books.settles(taken, Settlement(outcome=Outcome.PERMANENT, reason=Reason.LANDLINE, detail="21614"))

    assert await marks(books) == [Mark.FAILED]
    assert books.notices() == [Case.SEND_FAILED]
    assert Reason.LANDLINE in books.notes()[0]


async def test_what_the_carrier_knows_of_a_stop_we_know_too(books: Books) -> None:
    taken = await sending(books)
    await books.settles(taken, Settlement(outcome=Outcome.PERMANENT, reason=Reason.OPTED_OUT, detail="21610"))

    consent = await books.look(lambda ledger: ledger.consents.get(DID, ANN))
    await books.replies("Again")
    await books.goes_out()

    assert consent
    assert consent.state is ConsentState.WITHDRAWN
    assert books.sms() == ["Yes"]
    assert books.notices() == [Case.SEND_FAILED, Case.OPTED_OUT]


async def test_of_a_group_it_is_not_known_who_said_stop_to_the_carrier(books: Books) -> None:
    books.plan = plan(abilities={"main": replace(ABILITIES, groups=True)})
    await books.texts(sender=ANN, others=(BOB,))
    await books.goes_out()
    await books.replies("Both", to=(ANN, BOB))
    refused = Settlement(outcome=Outcome.PERMANENT, reason=Reason.OPTED_OUT)

    await books.goes_out(books.except_for(WishKind.SEND_SMS, refused))

    assert await books.look(lambda ledger: ledger.consents.get(DID, ANN)) is None
    assert await books.look(lambda ledger: ledger.consents.get(DID, BOB)) is None


async def test_a_post_that_slack_refuses_is_told_to_the_admin_and_holds_nothing_up(books: Books) -> None:
    await books.texts("One")
    await books.texts("Two")
    refused = Settlement(outcome=Outcome.PERMANENT, reason=Reason.REJECTED, detail="invalid_blocks")

    said = await books.goes_out(lambda taken: refused if "One" in str(taken.command) else books.well(taken))

    assert len(said) == 2
    (trouble,) = await books.look(lambda ledger: ledger.audit.troubles())
    assert "invalid_blocks" in trouble.what


@pytest.mark.parametrize(("reason", "troubles"), [(Reason.GONE, 0), (Reason.REJECTED, 1)])
async def test_a_mark_on_a_post_that_somebody_deleted_is_let_go_and_any_other_refusal_told(
    books: Books, reason: Reason, troubles: int
) -> None:
    await sending(books)
    refused = Settlement(outcome=Outcome.PERMANENT, reason=reason, detail="no")
    await books.settles(books.of_kind(WishKind.SEND_SMS)[0], Settlement(outcome=Outcome.SENT, ref="SM1"))

    await books.goes_out(books.except_for(WishKind.MARK_REPLY, refused))

    assert len(await books.look(lambda ledger: ledger.audit.troubles())) == troubles


# --- threads ------------------------------------------------------------------------------------------------------


async def reopened(books: Books) -> None:
    """Let the first post be deleted in Slack, and a second text come."""
    await books.texts("One")
    await books.goes_out()
    await books.reacts(await books.root())
    await books.goes_out()
    books.forward(MINUTE)
    await books.texts("Two")
    await books.goes_out(books.at_first(WishKind.SHOW_MESSAGE, GONE))


async def test_a_thread_whose_first_post_was_deleted_is_opened_anew(books: Books) -> None:
    await reopened(books)

    first, gone, again = (one.command for one in books.of_kind(WishKind.SHOW_MESSAGE))

    assert isinstance(first, PostToThread)
    assert isinstance(gone, PostToThread)
    assert isinstance(again, PostToThread)
    assert (first.thread, gone.thread, again.thread) == (None, books.posts[0], None)
    assert isinstance(again.content, Card)
    assert again.content.text == "Two"
    assert await books.root() == books.posts[-1]


async def test_the_first_post_of_a_thread_opened_anew_keeps_the_text_that_opened_it(books: Books) -> None:
    await reopened(books)

    await books.reacts(await books.root())

    (amendment,) = [one for one in await books.goes_out() if isinstance(one, AmendPost)]
    assert isinstance(amendment.content, Card)
    assert amendment.content.text == "Two"


async def test_a_note_in_a_deleted_thread_opens_a_new_one_with_the_last_text_and_stands_below_it(books: Books) -> None:
    await books.texts("One")
    await books.goes_out()
    await books.replies(" ")

    await books.goes_out(books.at_first(WishKind.SAY_NOTE, GONE))
    await books.goes_out()

    first, note = [one.command for one in books.outgoing if isinstance(one.command, PostToThread)][-2:]
    assert isinstance(first.content, Card)
    assert first.content.text == "One"
    assert isinstance(note.content, Note)
    assert await books.root() == books.posts[-2]


async def test_a_thread_that_was_acknowledged_before_it_was_known_says_so_at_once(books: Books) -> None:
    await books.texts("One")
    (opening,) = await books.takes()
    books.forward(SECOND)
    talk = await books.conversation()
    await books.do(lambda ledger, now: ledger.conversations.set_covered(talk.id, 99, None))

    await books.settles(opening, books.well(opening))

    (amendment,) = [one for one in await books.goes_out() if isinstance(one, AmendPost)]
    assert isinstance(amendment.content, Card)
    assert not amendment.content.is_waiting


async def test_a_post_without_a_name_opens_no_thread(books: Books) -> None:
    await books.texts("One")
    (opening,) = await books.takes()

    await books.settles(opening, Settlement(outcome=Outcome.SENT))

    assert (await books.conversation()).thread is None


async def test_a_post_without_a_moment_is_taken_to_be_shown_now(books: Books) -> None:
    await books.texts("One")
    (opening,) = await books.takes()

    await books.settles(opening, Settlement(outcome=Outcome.SENT, ref="C1/first"))

    talk = await books.conversation()
    assert await books.do(lambda ledger, now: ledger.posts.shown_at(talk.id, now)) > 0
