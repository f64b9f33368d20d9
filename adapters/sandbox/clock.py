"""A clock that can be moved forward, so that ten minutes pass at the press of a button.

It satisfies the bridge's Clock contract. `running` lets real time pass as well (the demonstration); frozen, time passes
only by `forward` (the tests), and whoever sleeps wakes when his moment is reached.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class MovableClock:
    """Tell a time that `forward` moves; aware, UTC, never backwards."""

    def __init__(self, start: datetime = START, *, running: bool = False) -> None:
        self._start = start
        self._running = running
        self._moved = timedelta()
        self._zero = time.monotonic()
        self._sleepers: set[asyncio.Event] = set()

    def now(self) -> datetime:
        passed = timedelta(seconds=time.monotonic() - self._zero) if self._running else timedelta()
        return self._start + self._moved + passed

    def forward(self, duration: timedelta) -> None:
        """Let `duration` pass at once and wake everybody whose moment has come."""
        self._moved += duration
        for sleeper in self._sleepers:
            sleeper.set()

    async def sleep(self, duration: timedelta) -> None:
        due = self.now() + duration
        woken = asyncio.Event()
        self._sleepers.add(woken)
        try:
            while (left := due - self.now()) > timedelta():
                woken.clear()
                await self._wait(woken, left)
        finally:
            self._sleepers.discard(woken)

    async def _wait(self, woken: asyncio.Event, left: timedelta) -> None:
        try:
            async with asyncio.timeout(left.total_seconds() if self._running else None):
                await woken.wait()
        except TimeoutError:
            return
