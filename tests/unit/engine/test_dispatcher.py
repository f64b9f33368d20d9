"""Wishes are put to their door, several lanes at once, and what became of them is written down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from bridge.domain.command import AmendPost, FetchMedia, MarkPost, PostToThread, SendMail, SendSms, UploadFile
from bridge.domain.notice import Case
from bridge.domain.outbox import EntryState, OutboxEntry, Outcome, Settlement
from bridge.engine.pacer import Manner
from bridge.errors import Blocked, Permanent, PortError, Reason, StoreBusy, Transient, Uncertain
from bridge.flows import deliver
from bridge.ports import Worlds
from tests.fakes import RecordingCarrier, RecordingChat
from tests.unit.engine.conftest import Works
from tests.unit.flows.books import ANN, BOB, MINUTE, SECOND, file

WAIT = 10  # seconds; a safety net that no test reaches


@asynccontextmanager
async def running(works: Works) -> AsyncIterator[None]:
    """Let the dispatcher speak, and stop it as the daemon does."""
    dispatcher = works.dispatcher()
    task = asyncio.create_task(dispatcher.run())
    try:
        yield
    finally:
        dispatcher.stop()
        async with asyncio.timeout(WAIT):
            await task


async def opened(works: Works, *numbers: Any) -> None:
    """Let these people's threads be open, and all that could be said be said."""
    for number in numbers or (ANN,):
        await works.books.texts(sender=number)
    await works.books.goes_out()
    works.clock.forward(MINUTE)


async def one_attempt(works: Works) -> None:
    """Take what can be taken, put it to the doors once, and write down what became of it."""
    dispatcher = works.dispatcher()
    for taken in await works.books.takes():
        works.pacer.begin(taken.entry.destination)
        await dispatcher._fulfil(taken)


def raising(error: BaseException) -> Any:
    async def before(wish: object) -> None:
        raise error

    return before


async def nothing_special(wish: object) -> None: ...


async def queued(works: Works) -> str:
    await opened(works)
    return await works.books.replies("Yes")


async def sms_of(works: Works, reply: str) -> OutboxEntry:
    return (await works.books.sendings(reply))[0]


async def hears(works: Works, door: RecordingCarrier | RecordingChat, count: int) -> list[Any]:
    """Move the clock on until this door has heard so much."""
    async with asyncio.timeout(WAIT):
        while len(door.heard) < count:
            works.clock.forward(SECOND)
            await works.books.look(lambda ledger: None)
    return door.heard


async def test_every_kind_of_wish_reaches_its_door(works: Works) -> None:
    async with running(works):
        await works.books.texts("Look", files=(file(),))
        posted, uploaded = await hears(works, works.chat, 2)
        await works.books.replies("Nice", files=(file(2, name="cat.jpg"),))
        fetched, sent = await hears(works, works.carrier, 2)
        said = await hears(works, works.chat, 5)

    assert isinstance(posted, PostToThread)
    assert isinstance(uploaded, UploadFile)
    assert isinstance(fetched, FetchMedia)
    assert isinstance(sent, SendSms)
    assert {type(one) for one in said[2:]} >= {AmendPost, MarkPost, FetchMedia}


async def test_a_mail_that_went_is_remembered_with_what_it_contained(works: Works) -> None:
    await works.books.texts("One")
    works.clock.forward(11 * MINUTE)
    await works.books.summarizes()

    async with running(works):
        (mail,) = await works.mail.has_heard(1)

    assert isinstance(mail, SendMail)
    assert await works.books.look(lambda ledger: ledger.digests.memberships()) == {("desk@example.com", "main:1")}


async def test_what_was_acknowledged_while_the_mail_was_being_handed_over_is_not_in_it(works: Works) -> None:
    await works.books.texts("One", sender=ANN)
    await works.books.texts("Two", sender=BOB)
    await works.books.goes_out()
    works.clock.forward(11 * MINUTE)
    await works.books.summarizes()

    async def acknowledged_meanwhile(wish: object) -> None:
        await works.books.reacts(await works.books.root(ANN))

    works.mail.before = acknowledged_meanwhile
    async with running(works):
        (mail,) = await works.mail.has_heard(1)

    assert [text.message.text for talk in mail.conversations for text in talk.texts] == ["Two"]
    assert {message for _, message in await works.books.look(lambda ledger: ledger.digests.memberships())} == {"main:2"}


@pytest.mark.parametrize(
    ("error", "state", "pause"),
    [
        (Transient("429", timedelta(seconds=7)), EntryState.READY, timedelta(seconds=7)),
        (Transient("503"), EntryState.READY, timedelta(seconds=2)),
        (Transient("429", timedelta(days=2)), EntryState.READY, timedelta(hours=1)),
        (Blocked("401", "Renew the token."), EntryState.READY, deliver.BLOCKED_PAUSE),
        (Permanent("21211", Reason.INVALID_NUMBER), EntryState.FAILED, None),
        (Uncertain("cut"), EntryState.TRYING, None),
        (PortError("of no kind"), EntryState.TRYING, None),
    ],
)
async def test_what_a_door_raises_decides_what_becomes_of_the_wish(
    works: Works, error: PortError, state: EntryState, pause: timedelta | None
) -> None:
    reply = await queued(works)
    works.carrier.before = raising(error)

    await one_attempt(works)

    entry = await sms_of(works, reply)
    assert entry.state is state
    assert pause is None or entry.due_at == works.clock.now() + pause


async def test_a_door_that_is_silent_for_too_long_leaves_it_unclear(works: Works) -> None:
    works.pacer.manners = {"": Manner(), "main": Manner(timeout=timedelta(), settling=65 * SECOND)}
    reply = await queued(works)
    works.carrier.before = lambda wish: asyncio.Event().wait()

    await one_attempt(works)

    entry = await sms_of(works, reply)
    assert entry.state is EntryState.TRYING
    assert entry.ask_at == works.clock.now() + 65 * SECOND


async def test_a_wish_that_is_none_any_more_is_not_spoken(works: Works) -> None:
    await queued(works)

    async def stop(wish: object) -> None:
        await works.books.texts("STOP")

    works.carrier.before = stop

    await one_attempt(works)

    await works.books.goes_out()
    assert works.carrier.heard == []
    assert Case.OPTED_OUT in works.books.notices()


async def test_a_post_from_an_old_claim_is_not_spoken_but_later(works: Works) -> None:
    await works.books.texts()

    async def oversleep(wish: object) -> None:
        works.clock.forward(MINUTE)

    works.chat.before = oversleep

    await one_attempt(works)

    assert works.chat.heard == []
    assert len(await works.books.takes()) == 1


async def test_retry_after_and_a_block_pause_the_whole_destination(works: Works) -> None:
    await queued(works)
    works.carrier.before = raising(Transient("429", timedelta(seconds=7)))
    await one_attempt(works)
    after_429 = works.pacer.room("main/+14155550100", works.clock.now())
    works.clock.forward(8 * SECOND)
    works.carrier.before = raising(Blocked("401", "Pay."))

    await one_attempt(works)

    assert after_429 == 0
    assert works.pacer.room("main/+14155550100", works.clock.now()) == 0
    assert works.pacer.next_room(["main/+14155550100"]) == works.clock.now() + deliver.BLOCKED_PAUSE


async def test_an_unclear_send_holds_up_only_its_own_lane(works: Works) -> None:
    await queued(works)
    works.carrier.before = raising(Uncertain("cut"))

    await one_attempt(works)

    assert works.pacer.room("main/+14155550100", works.clock.now()) > 0


async def test_a_chat_that_asks_for_patience_does_not_hold_up_the_carriers_line(works: Works) -> None:
    await opened(works)
    await works.books.replies("Look", files=(file(name="cat.jpg"),))
    works.chat.before = raising(Transient("ratelimited", timedelta(hours=1)))

    await one_attempt(works)

    assert works.pacer.room("main/+14155550100", works.clock.now()) > 0


async def test_one_destination_that_hangs_delays_no_other(works: Works) -> None:
    await opened(works, ANN, BOB)
    await works.books.replies("Yes")
    hung = asyncio.Event()

    async def hang(wish: object) -> None:
        await hung.wait()

    works.carrier.before = hang
    async with running(works):
        await works.books.texts("Hello?", sender=BOB)
        await works.chat.has_heard(1)
        heard_meanwhile = list(works.carrier.heard)
        hung.set()
        await works.carrier.has_heard(1)

    assert heard_meanwhile == []


async def test_lanes_of_one_destination_are_served_side_by_side_each_in_order(works: Works) -> None:
    await opened(works, ANN, BOB)
    for words in ("One", "Two"):
        await works.books.replies(words, to=(ANN,))
        await works.books.replies(words, to=(BOB,))

    async with running(works):
        sent = await works.carrier.has_heard(4)

    assert [one.text for one in sent if one.to == (ANN,)] == ["One", "Two"]
    assert [one.text for one in sent if one.to == (BOB,)] == ["One", "Two"]


async def test_the_end_of_a_call_lets_the_next_begin_where_there_was_no_room(works: Works) -> None:
    await opened(works, ANN, BOB)
    works.pacer.manners = {"": Manner(), "main": Manner(at_once=1)}
    for number in (ANN, BOB):
        await works.books.replies("Yes", to=(number,))

    async with running(works):  # and the clock stands still
        sent = await works.carrier.has_heard(2)

    assert {one.to for one in sent} == {(ANN,), (BOB,)}


async def test_a_store_that_is_busy_for_a_while_cuts_no_call_and_is_looked_into_again(works: Works) -> None:
    await opened(works)
    await works.books.replies("Yes")
    asked, answered, ended, refused = (asyncio.Event() for _ in range(4))

    async def slow(wish: object) -> None:
        asked.set()
        await answered.wait()
        ended.set()

    class Stumbling(SqliteStore):
        """The real store, whose look after the first fails as it does on a full disk."""

        def park(self, work: Any) -> Any:
            if not asked.is_set() or refused.is_set():
                return works.store.park(work)
            refused.set()
            outcome = asyncio.get_running_loop().create_future()
            outcome.set_exception(StoreBusy("full"))
            return SimpleNamespace(outcome=outcome, hurry=lambda: None, withdraw=lambda: None)

        async def transact(self, work: Any) -> Any:
            return await works.store.transact(work)

    works.carrier.before = slow
    dispatcher = works.dispatcher()
    dispatcher.store = Stumbling(Path("unused"), works.clock)
    task = asyncio.create_task(dispatcher.run())
    async with asyncio.timeout(WAIT):
        await asked.wait()
        for number, said in enumerate(("Hello?", "Hello??"), 1):
            await works.books.texts(said, sender=BOB)
            while len(works.chat.heard) < number:
                works.clock.forward(SECOND)
                await works.books.look(lambda ledger: None)
        answered.set()
        dispatcher.stop()
        await task

    assert refused.is_set()
    assert ended.is_set()


async def test_a_stop_does_not_wait_for_a_store_that_is_busy(works: Works) -> None:
    waits = asyncio.Event()

    class Watched(MovableClock):
        async def sleep(self, duration: timedelta) -> None:
            waits.set()
            await super().sleep(duration)

    await works.store.aclose()
    dispatcher = works.dispatcher()
    dispatcher.clock = Watched()
    task = asyncio.create_task(dispatcher.run())

    async with asyncio.timeout(WAIT):
        await waits.wait()
        dispatcher.stop()
        await task

    assert task.done()


async def test_what_is_under_way_is_settled_before_it_stops(works: Works) -> None:
    reply = await queued(works)
    asked, answered = asyncio.Event(), asyncio.Event()

    async def slow(wish: object) -> None:
        asked.set()
        await answered.wait()

    works.carrier.before = slow
    dispatcher = works.dispatcher()
    task = asyncio.create_task(dispatcher.run())
    async with asyncio.timeout(WAIT):
        await asked.wait()
        dispatcher.stop()
        answered.set()
        await task

    assert (await sms_of(works, reply)).state is EntryState.SENT


async def test_it_wakes_when_something_becomes_due(works: Works) -> None:
    await queued(works)
    works.carrier.before = raising(Transient("503"))
    await one_attempt(works)
    works.carrier.before = nothing_special

    async with running(works):
        await hears(works, works.carrier, 1)

    assert [one.text for one in works.carrier.heard] == ["Yes"]


async def test_a_result_that_comes_after_the_claim_was_lost_changes_nothing(works: Works) -> None:
    reply = await queued(works)
    entries = [one for one in await works.books.takes() if isinstance(one.command, SendSms)]
    await works.books.settles(entries[0], Settlement(outcome=Outcome.PERMANENT, reason=Reason.LANDLINE))
    works.pacer.begin(entries[0].entry.destination)

    await works.dispatcher()._fulfil(entries[0])

    assert works.carrier.heard == []
    assert (await sms_of(works, reply)).state is EntryState.FAILED


async def test_a_queued_reply_of_a_carrier_that_left_the_configuration_stops_nobody_else(works: Works) -> None:
    await queued(works)
    works.worlds = Worlds(chat=works.chat, mail=works.mail, carriers={}, darkroom=works.darkroom)

    async with running(works):
        await works.books.texts("Hello?", sender=BOB)
        await works.chat.has_heard(2)
