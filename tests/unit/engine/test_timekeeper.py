"""What happens by the clock."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from bridge.domain.outbox import WishKind
from bridge.engine.recovery import Recovery
from bridge.engine.timekeeper import CATCH_UP_EVERY, CATCH_UP_FIRST, FORGET_EVERY, INDEX_EVERY, Timekeeper
from tests.unit.engine.conftest import Works
from tests.unit.flows.books import DESK, MINUTE, SECOND, plan

WAIT = 10  # seconds; a safety net that no test reaches


def keeper(works: Works, recovery: Recovery | None = None) -> Timekeeper:
    recovery = recovery or works.recovery()
    return Timekeeper(works.store, works.books.plan, works.worlds, recovery, works.intake(), works.clock, dict)


@asynccontextmanager
async def running(work: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(works: Works, is_so: Callable[[], Awaitable[bool]], step: timedelta = 5 * SECOND) -> None:
    """Move the clock on in steps until it is so; every look takes a turn of the store, so nobody waits in real time."""
    async with asyncio.timeout(WAIT):
        while not await is_so():
            works.clock.forward(step)


async def test_what_is_due_is_frozen_and_the_admins_are_warned(works: Works) -> None:
    works.books.plan = plan(admins=(DESK,))
    await works.books.texts()
    await works.books.goes_out()
    await works.books.do(lambda ledger, now: ledger.audit.note("a", "It is broken.", now))

    async def both_are_there() -> bool:
        await works.books.takes()
        await asyncio.sleep(0)
        for one in works.books.of_kind(WishKind.SEND_WARNING):
            await works.books.settles(one, works.books.well(one))
        return bool(works.books.of_kind(WishKind.SEND_DIGEST))

    async with running(keeper(works).digests):
        await until(works, both_are_there, MINUTE)

    assert works.books.of_kind(WishKind.SEND_WARNING)


async def test_open_attempts_are_asked_about_all_day(works: Works) -> None:
    await works.books.texts()
    await works.books.goes_out(lambda taken: None)

    async def was_asked_twice() -> bool:
        await works.books.look(lambda ledger: None)
        return len(works.chat.looked) >= 2

    async with running(keeper(works).questions):
        await until(works, was_asked_twice)


async def read_back(works: Works, times: int, recovery: Recovery, step: timedelta) -> None:
    async def was_read() -> bool:
        await works.books.look(lambda ledger: None)
        return len(works.carrier.looked) + len(works.chat.looked) >= times

    async with running(keeper(works, recovery).catching_up):
        await until(works, was_read, step)


async def test_carriers_are_read_back_soon_after_the_start_and_every_quarter_of_an_hour(works: Works) -> None:
    recovery = works.recovery()
    await recovery.catch_up_all(works.intake(), MINUTE)
    started = works.clock.now()

    await read_back(works, 2, recovery, MINUTE)

    assert works.clock.now() - started >= CATCH_UP_FIRST + CATCH_UP_EVERY
    assert works.chat.looked == []


async def test_a_gap_in_the_chat_and_a_wish_are_read_back_at_once(works: Works) -> None:
    await works.books.texts()
    await works.books.goes_out()
    recovery = works.recovery()
    await recovery.catch_up_all(works.intake(), MINUTE)
    works.chat.gaps.set()
    recovery.want("twilio/main")

    await read_back(works, 2, recovery, timedelta())

    assert (len(works.chat.looked), len(works.carrier.looked)) == (1, 1)
    assert not works.chat.gaps.is_set()


async def test_what_is_old_is_forgotten_every_hour(works: Works) -> None:
    message = await works.books.texts()
    works.clock.forward(timedelta(days=31))

    async def is_forgotten() -> bool:
        return (await works.books.message(message.id)).text == ""

    async with running(keeper(works).forgetting):
        await until(works, is_forgotten, FORGET_EVERY)


async def test_what_came_in_is_put_into_the_index_all_day(works: Works) -> None:
    async def are_indexed(texts: int) -> bool:
        found = await works.books.look(lambda ledger: ledger.search.indexed(["bicycle"], None, 9))
        return len(found) == texts

    async with running(keeper(works).indexing):
        for texts in (1, 2):
            await works.books.texts("A bicycle")
            await until(works, partial(are_indexed, texts), INDEX_EVERY)
