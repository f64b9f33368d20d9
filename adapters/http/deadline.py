"""An alarm that nearly every request puts off: it moves no timer of the loop unless it must ring earlier."""

import asyncio
from collections.abc import Callable
from datetime import timedelta


class Deadline:
    """Ring once when the time is over, unless it was set anew or stopped before."""

    __slots__ = ("_at", "_due", "_loop", "_ring", "_timer")

    def __init__(self, ring: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._ring = ring
        self._due: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._at = 0.0  # when the timer wakes us, to look whether it is due

    def set(self, patience: timedelta) -> None:
        self._due = due = self._loop.time() + patience.total_seconds()
        if self._timer is None:
            self._wind(due)
        elif due < self._at:
            self._timer.cancel()
            self._wind(due)

    def stop(self) -> None:
        self._due = None

    def end(self) -> None:
        """Stop for good, and leave nothing behind in the loop."""
        self._due = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _wind(self, at: float) -> None:
        self._at = at
        self._timer = self._loop.call_at(at, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._due is None:
            return
        if self._due > self._loop.time():
            self._wind(self._due)
            return
        self._due = None
        self._ring()
