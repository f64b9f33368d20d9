"""The auditor looks every minute, believes what it sees twice, and knows what cannot be written down."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bridge.domain.invariant import Invariant
from bridge.engine.auditor import EVERY, SOON, Auditor
from bridge.errors import StoreBusy
from bridge.ports import Ledger, Parked, Room, Store
from bridge.wording.admin import WALL_CLOCK
from tests.unit.engine.conftest import Works
from tests.unit.engine.test_timekeeper import running

ENOUGH = Room(500_000_000, 1_000_000_000)
HOUR = timedelta(hours=1)


class Disk:
    """The real store, on a disk that may be full."""

    def __init__(self, store: Store, room: Room | None = ENOUGH) -> None:
        self.store = store
        self.left = room
        self.is_full = False
        self.looks = 0

    async def transact(self, work: Callable[[Ledger, datetime], Any]) -> Any:
        self.looks += 1
        if self.is_full:
            raise StoreBusy("database or disk is full")
        return await self.store.transact(work)

    def park(self, work: Callable[[Ledger, datetime], Any]) -> Parked[Any]:
        return self.store.park(work)

    async def room(self) -> Room | None:
        return self.left

    async def aclose(self) -> None: ...


def auditor(works: Works, disk: Disk, drifts: Callable[[], Mapping[str, timedelta]] = dict) -> Auditor:
    return Auditor(disk, works.books.plan, works.clock, "host", drifts, HOUR)


async def begun(works: Works) -> None:
    await works.recovery().begin()


async def told(works: Works) -> list[str]:
    return [trouble.key for trouble in await works.books.look(lambda ledger: ledger.audit.troubles())]


async def test_all_is_well_in_a_house_where_all_is_well(works: Works) -> None:
    await begun(works)
    one = auditor(works, Disk(works.store))

    await one.look()
    await one.look()

    assert one.violated == frozenset()
    assert await told(works) == []


async def test_what_two_looks_agree_on_is_told_and_taken_back_when_it_is_well_again(works: Works) -> None:
    await begun(works)
    disk = Disk(works.store, Room(90_000_000, 200_000_000))
    one = auditor(works, disk)
    await one.look()
    once = one.violated
    await one.look()
    twice, troubles = one.violated, await told(works)
    disk.left = ENOUGH
    await one.look()

    assert once == frozenset()
    assert twice == {Invariant.DISK_SPACE}
    assert troubles == ["audit/host/disk-space"]
    assert one.violated == frozenset()
    assert await told(works) == []


async def test_a_disk_is_nearly_full_by_its_share_or_by_what_is_left(works: Works) -> None:
    await begun(works)
    for left in (Room(9_000_000_000, 100_000_000_000), Room(99_000_000, 200_000_000), Room(0, 0)):
        one = auditor(works, Disk(works.store, left))
        await one.look()
        await one.look()
        assert one.violated == {Invariant.DISK_SPACE}

    of_the_server = auditor(works, Disk(works.store, None))
    await of_the_server.look()
    await of_the_server.look()
    assert of_the_server.violated == frozenset()


async def test_a_clock_that_is_a_minute_apart_is_told_with_whose_it_is_apart_from(works: Works) -> None:
    await begun(works)
    drifts = {"slack": timedelta(seconds=61), "main": timedelta(seconds=-60), WALL_CLOCK: timedelta()}
    one = auditor(works, Disk(works.store), lambda: drifts)
    await one.look()
    await one.look()

    (trouble,) = await works.books.look(lambda ledger: ledger.audit.troubles())
    assert one.violated == {Invariant.CLOCK_DRIFT}
    assert "1 min ahead of slack." in trouble.what


async def test_a_store_that_refuses_is_known_at_once_and_told_when_it_takes_that_again(works: Works) -> None:
    await begun(works)
    disk = Disk(works.store)
    one = auditor(works, disk)
    one.suspect("database or disk is full")
    at_once = one.violated
    disk.is_full = True
    await one.look()
    during = one.violated
    disk.is_full = False
    await one.look()

    (trouble,) = await works.books.look(lambda ledger: ledger.audit.troubles())
    assert at_once == during == {Invariant.STORE_REFUSES}
    assert one.violated == frozenset()
    assert trouble.key == "audit/host/store-refuses"
    assert "database or disk is full" in trouble.what


async def test_a_store_that_was_slow_once_and_takes_things_is_no_finding(works: Works) -> None:
    await begun(works)
    one = auditor(works, Disk(works.store))
    one.suspect("")
    await one.look()

    assert one.violated == frozenset()
    assert await told(works) == []


async def test_it_looks_every_minute_and_soon_after_the_store_has_refused_something(works: Works) -> None:
    await begun(works)
    disk = Disk(works.store)
    one = auditor(works, disk)

    async def looks_after(duration: timedelta) -> int:
        works.clock.forward(duration)
        for _ in range(3):
            await works.books.look(lambda ledger: None)
            await asyncio.sleep(0)
        return disk.looks

    async with running(one.run):
        await asyncio.sleep(0)
        early = await looks_after(SOON)
        first = await looks_after(EVERY - SOON)
        one.suspect("")
        soon = await looks_after(SOON)
        disk.is_full = True
        one.suspect("")
        refused = [await looks_after(SOON) for _ in range(3)]

    assert (early, first, soon) == (0, 1, 2)
    assert refused == [3, 4, 5]
