"""After a restart or a gap: what became of every open attempt, and what was missed."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bridge.domain.command import PostToThread, SendMail, SendSms
from bridge.domain.event import InboundSms, RawEvent
from bridge.domain.ids import CarrierRef, EventKey, PostRef
from bridge.domain.message import Posted
from bridge.domain.notice import Case
from bridge.domain.outbox import EntryState, Outcome, Settlement, WishKind
from bridge.engine.recovery import GIVE_UP_ASKING, OVERLAP, READ_AGAIN
from bridge.errors import Blocked, PortError, StoreBusy, Transient, Uncertain, WireError
from bridge.flows.deliver import Taken
from bridge.ports import Answer, Worlds
from tests.unit.engine.conftest import Works
from tests.unit.flows.books import ANN, DID, MINUTE, SECOND, Books, file

SHOW, SMS, DIGEST = WishKind.SHOW_MESSAGE, WishKind.SEND_SMS, WishKind.SEND_DIGEST
HOUR = timedelta(hours=1)
UNCLEAR = Settlement(outcome=Outcome.UNCERTAIN)


async def interrupted(books: Books, kind: WishKind) -> Taken:
    """Leave one wish of this kind open, and let the time to ask about it come."""
    await books.texts(files=(file(),) if kind is WishKind.FETCH_MEDIA else ())
    if kind in (SMS, DIGEST):
        await books.goes_out()
        books.forward(11 * MINUTE)
    if kind is SMS:
        await books.replies()
    if kind is DIGEST:
        await books.summarizes()
    await books.goes_out(books.except_for(kind, None))
    books.forward(MINUTE)
    return books.of_kind(kind)[-1]


def found(ref: str, at: Any) -> Posted:
    return Posted(ref=PostRef(ref), posted_at=at, link="")


# --- what became of it ------------------------------------------------------------------------------------------------


async def test_a_post_that_is_found_is_taken_for_the_answer(works: Works) -> None:
    await interrupted(works.books, SHOW)
    works.chat.finds = lambda wish: found("C1/found", works.clock.now())

    assert await works.recovery().reconcile() == 1

    assert await works.books.root() == "C1/found"
    assert await works.recovery().reconcile() == 0
    assert isinstance(works.chat.looked[0], PostToThread)


async def test_an_sms_that_is_found_is_sent(works: Works) -> None:
    taken = await interrupted(works.books, SMS)
    works.carrier.finds = lambda wish: CarrierRef("SM7")

    await works.recovery().reconcile()

    assert (await works.books.entry(taken.entry.id)).state is EntryState.SENT
    assert works.carrier.looked == [SendSms(did=DID, to=(ANN,), text="Yes")]


async def test_an_sms_that_is_missing_twice_is_sent_once_more(works: Works) -> None:
    taken = await interrupted(works.books, SMS)

    await works.recovery().reconcile()
    at_once = await works.recovery().reconcile()
    works.clock.forward(30 * SECOND)
    await works.recovery().reconcile()

    assert at_once == 0
    assert (await works.books.entry(taken.entry.id)).state is EntryState.READY


async def test_an_sms_that_nobody_can_tell_of_is_asked_about(works: Works) -> None:
    await interrupted(works.books, SMS)
    works.carrier.finds = lambda wish: Uncertain("two of them")

    await works.recovery().reconcile()

    await works.books.goes_out()
    assert works.books.notices() == [Case.SEND_UNCLEAR]
    assert works.books.sms() == ["Yes"]


async def test_a_mail_that_nobody_can_tell_of_is_sent_once_more_and_then_taken_for_sent(works: Works) -> None:
    first = await interrupted(works.books, DIGEST)
    await works.books.settles(first, UNCLEAR)
    works.clock.forward(MINUTE)
    works.mail.finds = lambda wish: Uncertain("no copy mailbox")

    await works.recovery().reconcile()
    await works.books.goes_out(works.books.except_for(DIGEST, UNCLEAR))
    works.clock.forward(MINUTE)
    await works.recovery().reconcile()

    assert len(works.books.of_kind(DIGEST)) == 2
    assert (await works.books.entry(first.entry.id)).state is EntryState.SENT
    assert all(isinstance(wish, SendMail) for wish in works.mail.looked)


async def test_what_is_harmless_twice_is_simply_done_again(works: Works) -> None:
    taken = await interrupted(works.books, WishKind.FETCH_MEDIA)

    assert await works.recovery().reconcile() == 1

    assert (await works.books.entry(taken.entry.id)).state is EntryState.READY
    assert works.carrier.looked == []


async def test_a_digest_that_was_acknowledged_meanwhile_cannot_be_asked_about_and_is_let_go(works: Works) -> None:
    taken = await interrupted(works.books, DIGEST)
    await works.books.reacts(await works.books.root())

    assert await works.recovery().reconcile() == 0
    await works.books.goes_out()

    assert (await works.books.entry(taken.entry.id)).state is EntryState.CANCELLED


async def test_a_world_that_cannot_be_asked_now_is_asked_again_later(works: Works) -> None:
    taken = await interrupted(works.books, SMS)
    works.carrier.finds = lambda wish: Transient("503")

    await works.recovery().reconcile()
    at_once = await works.recovery().reconcile()
    works.clock.forward(30 * SECOND)

    assert at_once == 0
    assert await works.recovery().reconcile() == 1
    assert (await works.books.entry(taken.entry.id)).state is EntryState.TRYING


async def test_an_sms_whose_carrier_cannot_be_asked_for_long_is_asked_about(works: Works) -> None:
    taken = await interrupted(works.books, SMS)
    works.carrier.finds = lambda wish: Transient("503")
    works.clock.forward(GIVE_UP_ASKING)

    await works.recovery().reconcile()

    assert (await works.books.entry(taken.entry.id)).state is EntryState.ASKED


async def test_of_a_chat_that_cannot_be_asked_for_long_the_admin_is_told_until_it_can(works: Works) -> None:
    await interrupted(works.books, SHOW)
    works.chat.finds = lambda wish: Transient("404")
    await works.recovery().reconcile()
    at_first = await works.books.look(lambda ledger: ledger.audit.troubles())
    works.clock.forward(GIVE_UP_ASKING)

    await works.recovery().reconcile()
    told = await works.books.look(lambda ledger: ledger.audit.troubles())
    works.chat.finds = lambda wish: found("C1/found", works.clock.now())
    works.clock.forward(MINUTE)
    await works.recovery().reconcile()

    assert at_first == []
    assert ["404" in one.what for one in told] == [True]
    assert await works.books.look(lambda ledger: ledger.audit.troubles()) == []


async def outage(works: Works, cannot_be_asked: Exception | None) -> list[str]:
    """Let Slack be away for an hour: posts end unclear, look-ups fail. Then it is back, and shows what?"""
    await works.books.texts("Hello")
    for _ in range(60):
        await works.books.goes_out(lambda taken: UNCLEAR)
        works.chat.finds = lambda wish: cannot_be_asked
        await works.recovery().reconcile()
        works.clock.forward(MINUTE)
    works.chat.finds = lambda wish: None
    shown: list[str] = []
    for _ in range(4):
        await works.recovery().reconcile()
        shown += [str(one) for one in await works.books.goes_out()]
        works.clock.forward(MINUTE)
    return shown


async def test_after_an_hour_in_which_the_chat_could_be_asked_a_text_is_shown(works: Works) -> None:
    assert len(await outage(works, None)) >= 1


async def test_after_an_hour_in_which_the_chat_could_not_even_be_asked_a_text_is_shown(works: Works) -> None:
    shown = await outage(works, Transient("503"))

    assert len(shown) >= 1


async def test_a_wish_that_was_open_at_three_deaths_is_set_aside_and_not_asked_about(works: Works) -> None:
    taken = await interrupted(works.books, SHOW)
    for _ in range(2):
        works.chat.finds = lambda wish: None
        await works.recovery().reconcile()
        works.clock.forward(MINUTE)
        await works.recovery().reconcile()
        await works.books.goes_out(works.books.except_for(SHOW, None))
        works.clock.forward(MINUTE)

    looked = len(works.chat.looked)
    await works.recovery().reconcile()

    state = (await works.books.entry(taken.entry.id)).state
    assert state in (EntryState.FAILED, EntryState.TRYING)
    assert len(works.chat.looked) - looked == (state is EntryState.TRYING)


async def test_a_reply_of_a_carrier_that_left_the_configuration_is_asked_about(works: Works) -> None:
    taken = await interrupted(works.books, SMS)
    works.worlds = Worlds(chat=works.chat, mail=works.mail, carriers={}, darkroom=works.darkroom)

    await works.recovery().reconcile()

    assert (await works.books.entry(taken.entry.id)).state is EntryState.ASKED


# --- what was missed --------------------------------------------------------------------------------------------------


def missed_text(number: int) -> tuple[RawEvent, InboundSms]:
    key = EventKey(f"main:missed {number}")
    return (
        RawEvent(source="twilio/main", keys=(key,), body=b""),
        InboundSms(key=key, did=DID, sender=ANN, text=f"Missed {number}"),
    )


class Busy:
    async def accept(self, raw: RawEvent, read: object) -> Answer:
        return Answer.BUSY


async def test_at_the_very_first_start_nothing_can_have_been_missed(works: Works) -> None:
    await works.recovery().catch_up_all(works.intake(), MINUTE)

    assert works.carrier.looked == works.chat.looked == []


async def test_what_was_missed_is_read_back_with_some_overlap_and_known_texts_fall_through(works: Works) -> None:
    recovery = works.recovery()
    await recovery.catch_up_all(works.intake(), MINUTE)
    started = works.clock.now()
    works.clock.forward(HOUR)
    works.carrier.past = [missed_text(1), missed_text(2)]

    await recovery.catch_up_all(works.intake(), MINUTE)
    works.clock.forward(HOUR)
    await recovery.catch_up_all(works.intake(), MINUTE)

    assert works.carrier.looked == [(DID, started - OVERLAP), (DID, started + HOUR - OVERLAP)]
    assert await works.books.unacknowledged() == ["main:missed 1", "main:missed 2"]
    assert recovery.wanted == set()


async def test_the_chat_is_read_back_thread_by_thread_if_there_are_any(works: Works) -> None:
    recovery = works.recovery()
    await recovery.catch_up("slack", works.intake())
    await recovery.catch_up("slack", works.intake())
    without_threads = list(works.chat.looked)
    await works.books.texts()
    await works.books.goes_out()

    assert await recovery.catch_up("slack", works.intake())

    assert without_threads == []
    ((threads, _),) = works.chat.looked
    assert threads == (await works.books.root(),)


@pytest.mark.parametrize("source", ["main", "slack"])
async def test_what_could_not_be_read_to_the_end_is_read_from_the_same_point_again(works: Works, source: str) -> None:
    await works.books.texts()
    await works.books.goes_out()
    recovery = works.recovery()
    await recovery.catch_up(source, works.intake())
    works.clock.forward(HOUR)
    works.carrier.trouble = works.chat.trouble = Transient("503")

    was_read = await recovery.catch_up(source, works.intake())
    works.carrier.trouble = works.chat.trouble = None
    works.clock.forward(HOUR)
    await recovery.catch_up(source, works.intake())

    assert not was_read
    looked = works.carrier.looked if source == "main" else works.chat.looked
    assert looked[0][1] == looked[1][1]


@pytest.mark.parametrize("source", ["main", "slack"])
async def test_a_busy_store_ends_a_reading_which_is_wanted_again(works: Works, source: str) -> None:
    await works.books.texts()
    await works.books.goes_out()
    recovery = works.recovery()
    await recovery.catch_up_all(works.intake(), MINUTE)
    works.carrier.past = works.chat.past = [missed_text(1)]

    recovery.want(f"twilio/{source}")
    await recovery.catch_up_wanted(Busy())

    assert recovery.wanted == {source}
    assert not recovery.stir.is_set()
    works.books.forward(timedelta(seconds=30))
    await recovery.catch_up_wanted(works.intake())
    assert recovery.wanted == set()


async def test_a_chat_that_can_be_read_again_is_told_at_once_what_waits_for_it(works: Works) -> None:
    await works.books.texts()
    (taken,) = await works.books.takes()
    away = Settlement(outcome=Outcome.TRANSIENT, retry_after=5 * MINUTE)
    await works.books.settles(taken, away)
    recovery = works.recovery()
    recovery.want("slack")

    await recovery.catch_up_wanted(works.intake())

    (again,) = await works.books.takes()
    assert again.entry.id == taken.entry.id


async def test_what_cannot_be_read_at_the_start_is_tried_again_until_it_can(works: Works) -> None:
    recovery = works.recovery()
    await recovery.catch_up_all(works.intake(), MINUTE)
    works.carrier.trouble, works.carrier.past = Transient("503"), [missed_text(1)]

    reading = asyncio.create_task(recovery.catch_up_all(works.intake(), MINUTE))
    while not works.carrier.looked:
        await works.books.look(lambda ledger: None)
    works.carrier.trouble = None
    while not reading.done():
        works.clock.forward(READ_AGAIN)
        await works.books.look(lambda ledger: None)

    assert await works.books.unacknowledged() == ["main:missed 1"]
    assert recovery.wanted == set()


@pytest.mark.parametrize(
    ("trouble", "within"), [(Transient("503"), READ_AGAIN), (Blocked("401", "Renew the token."), MINUTE)]
)
async def test_what_cannot_be_read_in_time_or_before_somebody_repairs_it_is_wanted(
    works: Works, trouble: PortError, within: timedelta
) -> None:
    recovery = works.recovery()
    await recovery.catch_up_all(works.intake(), MINUTE)
    works.carrier.trouble = trouble

    await recovery.catch_up_all(works.intake(), within)

    assert recovery.wanted == {"main"}


async def test_what_is_read_back_and_cannot_be_understood_is_kept_like_live(works: Works) -> None:
    recovery = works.recovery()
    await recovery.catch_up_all(works.intake(), MINUTE)
    raw, _ = missed_text(1)
    works.carrier.past = [(raw, WireError("no Body"))]

    await recovery.catch_up_all(works.intake(), MINUTE)

    status = await works.books.do(lambda ledger, now: ledger.audit.status(now))
    assert status.counts["poison"] == 1


async def test_a_reading_that_fails_unexpectedly_is_still_wanted(works: Works) -> None:
    recovery = works.recovery()
    await recovery.catch_up_all(works.intake(), MINUTE)
    works.carrier.trouble = StoreBusy("disk full")
    recovery.want("twilio/main")

    await recovery.catch_up_wanted(works.intake())

    assert recovery.wanted == {"main"}
