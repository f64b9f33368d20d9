"""What is under way when data is deleted, and what comes late: neither brings anything of it back."""

from dataclasses import replace
from datetime import datetime

import pytest

from bridge.domain.aside import Aside
from bridge.domain.command import PostToThread, SendSms
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.erasure import Stage
from bridge.domain.event import OwnerChosen, RawEvent, ReminderWished, ReplyEdited, SmsComposed
from bridge.domain.ids import ChannelRef, EntryId, EntryToken, EventKey, MessageId
from bridge.domain.outbox import EntryState, OutboxEntry, Outcome, Settlement, WishKind
from bridge.domain.phrase import Action
from bridge.domain.query import AskFind, AskTalk
from bridge.errors import Reason
from bridge.flows import converse, deliver, erase, initiate, own, postpone, remind, rescue, revise, survey
from bridge.ports import Ledger
from tests.unit.flows.books import ANN, BEN, EVE, MINUTE, Books, did, plan
from tests.unit.flows.erasing import ADMIN, ODD, all_of_it, deletions, erasure, goes_on, is_sms, orders, stage, talk
from tests.unit.flows.erasing import admins as admins

# What is under way


async def test_what_waits_is_dropped_and_marked_as_not_sent(admins: Books) -> None:
    await admins.texts("Hello")
    await admins.goes_out()
    written = await admins.replies("On my way")

    assert await orders(admins) == {}
    await all_of_it(admins)

    (entry,) = await admins.sendings(written)
    assert (entry.state, entry.status) == (EntryState.CANCELLED, DeliveryStatus.CANCELLED)
    assert admins.sms() == []


async def test_planned_texts_and_reminders_of_it_go_too(admins: Books) -> None:
    await admins.texts()
    await admins.goes_out()
    talk_id = (await admins.conversation()).id
    soon = admins.clock.now() + 60 * MINUTE

    def plans(ledger: Ledger, now: datetime) -> Aside | None:
        reminder = ReminderWished(key=EventKey("r"), conversation=talk_id, due_at=soon, note="Call Ann", person=BEN)
        text = SmsComposed(
            key=EventKey("f/sent"),
            form=EventKey("f"),
            conversation=talk_id,
            text="It is ready",
            send_at=soon,
            person=BEN,
            channels=frozenset({ChannelRef("C1")}),
        )
        return remind.by_form(ledger, admins.plan, reminder, now) or initiate.sms(ledger, admins.plan, text, now)

    assert await admins.do(plans) is None
    await orders(admins)
    await all_of_it(admins)
    admins.forward(90 * MINUTE)
    await admins.do(lambda ledger, now: postpone.due(ledger, admins.plan, now))

    await admins.goes_out()
    said = [one.command.content for one in admins.outgoing if isinstance(one.command, PostToThread)]
    assert (admins.sms(), "Call Ann" in str(said)) == ([], False)


async def test_an_sms_that_is_being_tried_is_left_to_its_end_and_its_words_go_afterwards(admins: Books) -> None:
    await admins.texts("Hello")
    await admins.goes_out()
    written = await admins.replies("On my way")
    (tried,) = [one for one in await admins.takes() if await is_sms(admins, one)]

    assert await orders(admins) == {}
    await goes_on(admins)
    assert (await stage(admins), (await admins.message(written)).text) == (Stage.CALMING, "On my way")
    await admins.settles(tried, Settlement(outcome=Outcome.SENT, ref="SM9"))
    await all_of_it(admins)

    (entry,) = await admins.sendings(written)
    assert (entry.state, (await admins.message(written)).text) == (EntryState.SENT, "")


async def test_before_its_first_octet_an_sms_is_no_wish_any_more(admins: Books) -> None:
    await admins.texts("Hello")
    await admins.goes_out()
    await admins.replies("On my way")
    (tried,) = [one for one in await admins.takes() if isinstance(one.command, SendSms)]

    assert await orders(admins) == {}

    assert await admins.do(lambda ledger, now: deliver.still_due(ledger, admins.plan, tried.entry, now)) is None


async def test_an_unclear_sms_is_decided_by_nobody_any_more(admins: Books) -> None:
    await admins.texts("Hello")
    await admins.goes_out()
    written = await admins.replies("On my way")
    await admins.goes_out(admins.except_for(WishKind.SEND_SMS, ODD))
    (entry,) = await admins.sendings(written)
    await admins.do(lambda ledger, now: rescue.cannot_tell(ledger, admins.plan, entry, "no list", now))
    await admins.goes_out()

    assert await orders(admins) == {}
    await all_of_it(admins)

    (entry,) = await admins.sendings(written)
    assert entry.state is EntryState.CANCELLED


async def test_a_post_of_which_nobody_knows_whether_it_stands_is_found_first_and_deleted(admins: Books) -> None:
    await admins.texts("Hello")
    (taken,) = await admins.takes()
    await admins.settles(taken, ODD)

    assert await orders(admins) == {}
    await goes_on(admins)
    assert await stage(admins) is Stage.CALMING
    found = Settlement(outcome=Outcome.SENT, ref="C1/lost", posted_at=admins.clock.now(), link="")
    entry = await admins.entry(taken.entry.id)
    admins.posts.append(found.ref)
    await admins.do(lambda ledger, now: rescue.happened(ledger, admins.plan, entry, found, now))
    (said,) = await all_of_it(admins)

    assert [one.entry.subject for one in admins.of_kind(WishKind.DELETE_POST)] == ["C1/lost"]
    assert "1 text, 0 files, 1 post" in str(said.content)


async def test_a_post_that_cannot_be_deleted_is_counted_as_one_that_stays(admins: Books) -> None:
    await talk(admins)
    refused = Settlement(outcome=Outcome.PERMANENT, detail="chat.delete: no", reason=Reason.REJECTED)
    gone = replace(refused, reason=Reason.GONE)

    assert await orders(admins) == {}
    await goes_on(admins)
    await admins.goes_out(deletions(admins, refused, gone))
    (said,) = await all_of_it(admins)

    assert "2 texts, 1 file, 1 post. 1 post could not be deleted here" in str(said.content)
    assert len(await admins.look(lambda ledger: ledger.audit.troubles())) == 1


async def test_what_became_of_a_post_of_no_erasure_is_nothing(admins: Books) -> None:
    await talk(admins)
    entry = replace(admins.outgoing[0].entry, detail="form:never")

    await admins.look(lambda ledger: erase.post_settled(ledger, entry, None))

    assert await admins.look(lambda ledger: ledger.posts.get(admins.posts[0])) is not None  # type: ignore[arg-type]


# What comes late


async def test_the_next_text_opens_another_conversation_each_time(admins: Books) -> None:
    ids = []
    for _ in range(3):
        await admins.texts("Hello")
        await admins.goes_out()
        current = await admins.do(lambda ledger, now: converse.between(ledger, admins.plan.dids[0], (ANN,), now))
        ids.append(current.id)
        assert await orders(admins, within=current.id) == {}
        if len(ids) != 2:  # whether it is done or not
            await all_of_it(admins)

    assert len(set(ids)) == 3


async def test_a_text_that_comes_meanwhile_is_kept_and_shown_in_a_new_thread(admins: Books) -> None:
    await talk(admins)
    assert await orders(admins) == {}
    await goes_on(admins)

    await admins.texts("It is me again")
    said = await all_of_it(admins)

    (root,) = [one for one in said if "It is me again" in str(one.content)]
    assert root.thread is None
    assert "secret" not in str(root.content)


async def test_a_reply_in_the_old_thread_is_nobodys_and_so_is_what_its_authors_change(admins: Books) -> None:
    await talk(admins)
    (written,) = admins.said
    old = (await admins.conversation()).thread
    assert old
    assert await orders(admins) == {}

    await admins.replies("Too late", thread=old)
    known = ReplyEdited(key=EventKey("edit"), reply=admins.said[written])

    assert not await admins.look(lambda ledger: revise.is_known(ledger, known))
    assert not await admins.look(lambda ledger: revise.is_ours(ledger, known))
    await admins.turns(MessageId(written), is_note=True)
    assert "no reply in one of our threads" in str(admins.asides[-1].phrase)
    assert admins.sms() == ["A secret of Ben's"]


async def test_reactions_buttons_and_choices_of_its_menu_do_nothing_any_more(admins: Books) -> None:
    conversation = await talk(admins)
    (entry,) = await admins.sendings(next(iter(admins.said)))
    assert await orders(admins) == {}

    await admins.reacts(admins.posts[0])
    await admins.presses(Action.ACKNOWLEDGE, conversation.id)
    await admins.presses(Action.MUTE, conversation.id)
    await admins.presses(Action.RETRY, entry.token)
    chosen = OwnerChosen(key=EventKey("own"), conversation=conversation.id, owner=EVE, person=BEN)
    aside = await admins.do(lambda ledger, now: own.by_form(ledger, admins.plan, chosen, now))

    assert "being deleted" in str(admins.asides[-1].phrase)
    assert aside
    assert aside.wrong
    left = await admins.look(lambda ledger: ledger.conversations.get(conversation.id))
    assert left
    assert (left.owner, left.waiting_since, left.course) == (BEN, None, "open")
    assert await admins.unacknowledged() == []
    assert len(await admins.sendings(next(iter(admins.said)))) == 1


async def test_it_is_found_by_nobody_and_its_menu_opens_nothing(admins: Books) -> None:
    conversation = await talk(admins)
    assert await orders(admins) == {}

    asked = AskFind(words="secret", channels=frozenset({did().channel}))
    by_number = replace(asked, words="0142")
    found = [
        (await admins.look(lambda ledger, one=one: survey.found(ledger, admins.plan, one))).found  # type: ignore[misc]
        for one in (asked, by_number)
    ]
    view = await admins.look(
        lambda ledger: survey.talk(ledger, admins.plan, AskTalk(conversation=conversation.id, person=BEN))
    )

    assert found == [(), ()]
    assert view.people == ()


async def test_a_receipt_that_comes_late_is_heeded_and_its_request_blanked(admins: Books) -> None:
    await talk(admins)
    assert await orders(admins) == {}
    await all_of_it(admins)
    key = EventKey(f"receipt:{admins.count + 1}")
    raw = RawEvent(source="main", keys=(key,), body=b"To=%2B12125550142")
    await admins.do(lambda ledger, now: ledger.sightings.first(raw, now))

    (entry,) = await admins.sendings(next(iter(admins.said)))
    await admins.receipt(DeliveryStatus.FAILED, token=entry.token)

    (entry,) = await admins.sendings(next(iter(admins.said)))
    assert entry.status is DeliveryStatus.FAILED
    assert await admins.goes_out() == [] or all(not isinstance(one, PostToThread) for one in admins.outgoing[-1:])
    assert await admins.do(lambda ledger, now: ledger.sightings.forget(now + MINUTE, 99)) == 0


async def test_nothing_is_said_of_it_even_where_a_wish_was_left_over(admins: Books) -> None:
    """A wish that a former release has made meanwhile, or that a restore has brought back."""
    conversation = await talk(admins)
    assert await orders(admins) == {}
    await all_of_it(admins)
    before = len(admins.outgoing)

    def leave_over(ledger: Ledger, now: datetime) -> None:
        for kind, subject in (
            (WishKind.SHOW_MESSAGE, "main:1"),
            (WishKind.SAY_NOTE, conversation.id),
            (WishKind.SEND_SMS, next(iter(admins.said))),
        ):
            left = replace(
                admins.outgoing[0].entry,
                id=EntryId(f"left/{kind}"),
                token=EntryToken(kind),
                lane=f"slack/C1:{kind}",
                kind=kind,
                subject=subject,
                detail='{"case": "help-asked"}',
                state=EntryState.READY,
                fence=0,
            )
            ledger.outbox.enqueue(left)

    await admins.do(leave_over)

    await admins.goes_out()
    assert len(admins.outgoing) == before


async def test_without_an_erasure_there_is_nothing_to_do(books: Books) -> None:
    assert await goes_on(books) == 0


async def test_a_bridge_whose_admins_have_no_place_in_the_chat_has_nobody_who_may(books: Books) -> None:
    books.plan = plan(did(), admins=(replace(ADMIN, slack=None),))

    assert not erase.may_order(books.plan, BEN)


async def test_the_words_of_its_texts_are_overwritten_before_it_is_told(admins: Books) -> None:
    for text in ("One", "Two"):
        await admins.texts(text)
        await admins.look(lambda ledger: ledger.search.index(9))
    await admins.goes_out()

    assert await orders(admins) == {}
    await all_of_it(admins)

    assert not await admins.look(lambda ledger: ledger.search.overwrite())


async def test_what_failed_meanwhile_is_said_in_no_thread(admins: Books) -> None:
    await talk(admins)
    (entry,) = await admins.sendings(next(iter(admins.said)))
    assert await orders(admins) == {}

    await admins.receipt(DeliveryStatus.FAILED, token=entry.token)

    assert not any(isinstance(one, PostToThread) for one in await admins.goes_out())


async def test_what_another_daemon_has_done_meanwhile_is_done(admins: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    await talk(admins)
    assert await orders(admins) == {}
    found = await erasure(admins)
    assert found

    def meanwhile(ledger: Ledger, now: datetime) -> bool:
        def finished(outbox: object, lane: str) -> list[OutboxEntry]:
            ledger.erasures.put(replace(found, stage=Stage.DONE))
            return []

        monkeypatch.setattr(type(ledger.outbox), "untried", finished)
        return erase.proceed(ledger, now)

    assert await admins.do(meanwhile)
    assert await erasure(admins) is None
