"""Where a daemon can die, and its death: every commit and every call of a port is a point, before it and after it.

The wrapper here delegates to the real store, those in `doors` to the real doors. From its death on a life reaches no
world, and no disk that anybody will read again: what the next life finds is a copy of the files, made in that moment.
"""

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Generic, Never, TypeVar

from adapters.sqlite import SqliteStore
from bridge.ports import Ledger, Parked, Room

T = TypeVar("T")
DATABASE = "bridge.db"
_FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}.lock")


class Doom:
    """Name and count the points that a story passes, over all lives, and strike at the chosen ones.

    Each of `strikes` is how many points the next life passes, the last of which it dies at; no more, no death.
    """

    def __init__(self, *strikes: int) -> None:
        self.passed: list[str] = []
        self.deaths: list[str] = []
        self._strikes = list(strikes)
        self._left = 0

    def arm(self) -> None:
        """Begin to count anew, for the next strike."""
        self.passed.clear()
        self._left = self._strikes.pop(0) if self._strikes else 0

    def disarm(self) -> None:
        """Strike no more."""
        self._strikes.clear()
        self._left = 0

    def hits(self, point: str) -> bool:
        self.passed.append(point)
        self._left -= 1
        if self._left != 0:
            return False
        self.deaths.append(f"{point} (number {len(self.passed)})")
        self.arm()
        return True


class Life:
    """One daemon from its start to its death."""

    def __init__(self, doom: Doom, path: Path, image: Path) -> None:
        self.image = image  # the folder in which the next life finds what was on disk
        self.died = asyncio.Event()
        self.is_dead = False
        self.under_way = 0  # commits and calls that have begun and not ended
        self._doom = doom
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._one_at_a_time = threading.Lock()  # the store has a thread of its own

    def passes(self, point: str) -> None:
        """Go on, or die, unless that has happened elsewhere meanwhile."""
        with self._one_at_a_time:
            self.check()
            if self._doom.hits(point):
                self._die()

    def check(self) -> None:
        """Let nothing go on in a dead daemon: a cancellation is what nobody may catch."""
        if self.is_dead:
            raise asyncio.CancelledError

    def _die(self) -> Never:
        self.is_dead = True
        self.image.mkdir()
        for name in _FILES:
            if (self._path / name).exists():
                shutil.copy(self._path / name, self.image / name)
        self._loop.call_soon_threadsafe(self.died.set)
        raise asyncio.CancelledError

    @contextmanager
    def call(self, name: str) -> Iterator[None]:
        """Hold a call of a port between its two points; what it raises is an answer too."""
        self.passes(f"before {name}")
        self.under_way += 1
        try:
            yield
        except (asyncio.CancelledError, GeneratorExit):
            raise
        except BaseException:
            self.passes(f"after {name}")
            raise
        else:
            self.passes(f"after {name}")
        finally:
            self.under_way -= 1


class MortalStore:
    """The real store. A work that writes nothing is no commit, and no point."""

    def __init__(self, store: SqliteStore, life: Life) -> None:
        self._store = store
        self._life = life

    async def transact(self, work: Callable[[Ledger, datetime], T]) -> T:
        self._life.check()
        mortal = _MortalWork(work, self._life, self._store)
        self._life.under_way += 1
        try:
            result = await self._store.transact(mortal)
        finally:
            self._life.under_way -= 1
        mortal.is_durable()
        return result

    def park(self, work: Callable[[Ledger, datetime], T]) -> "_MortalParked[T]":
        self._life.check()
        mortal = _MortalWork(work, self._life, self._store)
        return _MortalParked(self._store.park(mortal), mortal)

    async def look(self, look: Callable[[Ledger], T]) -> T:
        """Read for the test: no point, and not under way."""
        return await self._store.transact(lambda ledger, now: look(ledger))

    async def room(self) -> Room:
        return await self._store.room()

    async def aclose(self) -> None:
        await self._store.aclose()


class _MortalWork(Generic[T]):
    """A work of a store, between its two points."""

    def __init__(self, work: Callable[[Ledger, datetime], T], life: Life, store: SqliteStore) -> None:
        self._work = work
        self._life = life
        self._store = store
        self._has_written = False

    def __call__(self, ledger: Ledger, now: datetime) -> T:
        connection = self._store._file.connection  # nothing else tells whether a work has written
        before = connection.total_changes
        result = self._work(ledger, now)
        self._has_written = connection.total_changes > before
        if self._has_written:
            self._life.passes(f"before the commit of {_name(self._work)}")
        return result

    def is_durable(self) -> None:
        if self._has_written:
            self._life.passes(f"after the commit of {_name(self._work)}")
        self._life.check()


class _MortalParked(Generic[T]):
    """A parked work, whose outcome is heard only by the living."""

    def __init__(self, parked: Parked[T], work: _MortalWork[T]) -> None:
        self._parked = parked
        self._work = work
        self.outcome = asyncio.ensure_future(self._heard())
        self.hurry = parked.hurry
        self.withdraw = parked.withdraw

    async def _heard(self) -> T:
        result = await self._parked.outcome
        self._work.is_durable()
        return result


def _name(work: Callable[..., object]) -> str:
    function = work.func if isinstance(work, partial) else work
    return getattr(function, "__name__", "a work").strip("_")
