"""The time of this machine, which passes evenly whatever its clock is set to. Everything else asks a Clock for it.

What is due in ten minutes is due when ten minutes have passed. The wall clock is read once, at the start; from then on
time is counted by the clock that nobody can set, and that goes on while the machine sleeps.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from bridge.ports import Hear
from bridge.wording import admin as admin_words

MOST_DRIFT = timedelta(seconds=60)
REMEMBERED = timedelta(minutes=30)  # what a world's clock said; carriers are heard every quarter of an hour

_COUNTING = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)  # the first one is Linux's


def _counted() -> timedelta:
    return timedelta(seconds=time.clock_gettime(_COUNTING))


class SystemClock:
    """Count from the wall clock's time at the start, and follow it forward later only where a world confirms it.

    A machine that was stopped from outside wakes up behind; its wall clock is then set right, and we with it. One whose
    wall clock is set wrong goes on counting. It never goes back: what has happened has happened.
    """

    def __init__(self) -> None:
        self._began = self._wall()  # the wall clock's time at the zero of the counting clock
        self._worlds: dict[str, tuple[timedelta, datetime]] = {}  # when each was heard, and its time at that zero

    def now(self) -> datetime:
        return self._began + _counted()

    async def sleep(self, duration: timedelta) -> None:
        await asyncio.sleep(max(0.0, duration.total_seconds()))

    def hears(self, source: str) -> Hear:
        """Return what this world's time is told to."""
        return partial(self._hear, source)

    def drifts(self) -> Mapping[str, timedelta]:
        """Return how far our time is ahead of the wall clock's, and of every world's that was heard lately."""
        lately = _counted() - REMEMBERED
        worlds = {source: self._began - began for source, (heard, began) in self._worlds.items() if heard > lately}
        return {admin_words.WALL_CLOCK: self._began - self._wall(), **worlds}

    def _wall(self) -> datetime:
        return datetime.now(UTC) - _counted()

    def _hear(self, source: str, told: datetime) -> None:
        world = told - _counted()
        self._worlds[source] = (_counted(), world)
        wall = self._wall()
        if world - self._began > MOST_DRIFT and abs(wall - world) <= MOST_DRIFT:
            self._began = wall
