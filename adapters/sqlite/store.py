"""The store: hands works to the one thread that owns the one connection, several works to a commit.

What the works do stands in `ledger`, and how the file is opened in `opening`.
"""

import asyncio
import contextlib
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from adapters.sqlite.backup import Draft, draft
from adapters.sqlite.ledger import SqliteLedger
from adapters.sqlite.opening import StoreFile, open_file
from adapters.store.job import Job, Parked
from bridge.domain.backup import Backup
from bridge.errors import StoreBusy
from bridge.ports import Clock, Ledger, Room

T = TypeVar("T")

_GROUP = 64  # works to a commit: a commit costs one sync, however many share it
_PATIENCE = timedelta(seconds=5)  # with another process that holds a lock on the file
_MOST_WAITING = 10_000  # works that may wait, while another process locks the file or the disk is full

# Of these no single work is to blame, so no work of the group is acknowledged.
_TROUBLES_OF_THE_FILE = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PROTOCOL,
    )
)


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _nothing(ledger: Ledger, now: datetime) -> None:
    """Do nothing."""


def _resolve(works: list[Job]) -> None:
    for job in works:
        job.resolve()


class SqliteStore:
    """A store in one file, for one daemon. Open it before use, and use it from the loop that opened it."""

    def __init__(self, path: Path, clock: Clock, *, patience: timedelta = _PATIENCE) -> None:
        self._path = path
        self._patience = patience
        self._clock = clock
        self._handed_in: list[Job] = []  # in this turn of the loop
        self._waiting = 0  # works that were handed in and are not answered
        self._queue: SimpleQueue[list[Job]] = SimpleQueue()  # of groups; an empty one is the end
        self._copies: SimpleQueue[tuple[Draft, Job]] = SimpleQueue()  # backups to be written
        self._parked: list[Job] = []  # one at most; whichever thread takes it out runs it
        self._has_stirred = True  # entries may wait from before
        self._is_open = False
        self._last = datetime.min.replace(tzinfo=UTC)
        self._thread = threading.Thread(target=self._live, name="store", daemon=True)
        self._file: StoreFile
        self._ledger: SqliteLedger
        self._loop: asyncio.AbstractEventLoop

    async def open(self) -> None:
        """Lock, check and migrate the file; raise `StoreBusy`, `SchemaMismatch` or `ConfigError` where it cannot be."""
        self._loop = asyncio.get_running_loop()
        self._file = await asyncio.to_thread(open_file, self._path, self._patience)
        self._ledger = SqliteLedger(self._file.connection)
        self._thread.start()
        self._is_open = True

    async def transact(self, work: Callable[[Ledger, datetime], T]) -> T:
        """Run it in the store's thread and return once it is durable; whoever stops waiting does not undo it."""
        if not self._is_open:
            raise StoreBusy(f"{self._path} is closed")
        if self._waiting >= _MOST_WAITING:
            raise StoreBusy(f"{self._path} does not keep up: {_MOST_WAITING} transactions wait")
        future: asyncio.Future[T] = self._loop.create_future()
        self._hand_in(Job(work, future))
        return await future

    def park(self, work: Callable[[Ledger, datetime], T]) -> Parked[T]:
        """Keep a work for the next group that makes an entry ready, in whose commit it is run."""
        job = Job(work, self._loop.create_future())
        self._parked.append(job)
        if not self._is_open:
            self._drop_parked()
        elif self._has_stirred:
            self._hurry()
        return Parked(job, self._parked, self._hurry)

    async def room(self) -> Room:
        usage = await asyncio.to_thread(shutil.disk_usage, self._path.parent)
        return Room(usage.free, usage.total)

    async def aclose(self) -> None:
        """Finish what was handed in, leave one complete file, and release it."""
        if self._is_open:
            self._is_open = False
            self._drop_parked()
            self._hand_over()
            self._queue.put([])
        if self._thread.ident is not None:
            await asyncio.shield(asyncio.to_thread(self._thread.join))

    async def back_up(self, target: Path, *, force: bool) -> Backup:
        """Write a backup while everything goes on; raise `ConfigError` or `BackupFailed`.

        Whoever stops waiting does not stop it.
        """
        return await asyncio.shield(asyncio.ensure_future(self._back_up(target, force=force)))

    async def _back_up(self, target: Path, *, force: bool) -> Backup:
        copy = await asyncio.to_thread(draft, self._path, target, force=force)
        job = Job(_nothing, self._loop.create_future())
        self._copies.put((copy, job))
        try:
            await self.transact(_nothing)  # it wakes the thread
            await job.future
            return await asyncio.to_thread(copy.finish)
        finally:
            copy.discard()

    def _hand_in(self, job: Job) -> None:
        """Hand a work over with all others of this turn of the loop, so that the two threads wake each other once."""
        self._waiting += 1
        self._handed_in.append(job)
        if len(self._handed_in) == 1:
            self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        works, self._handed_in = self._handed_in, []
        for at in range(0, len(works), _GROUP):
            self._queue.put(works[at : at + _GROUP])

    def _hurry(self) -> None:
        """Run what is parked now."""
        with contextlib.suppress(IndexError):
            self._hand_in(self._parked.pop())
            self._has_stirred = False

    def _drop_parked(self) -> None:
        with contextlib.suppress(IndexError):
            self._parked.pop().fail(StoreBusy(f"{self._path} is closed"))

    def _tell(self, group: "_Group") -> None:
        """Tell everybody what came of his work; whoever parked one gets a turn of the loop ahead of the others."""
        self._waiting -= len(group.works)
        if group.has_stirred:
            self._has_stirred = True
            self._hurry()
        if group.parked:
            group.parked.resolve()
            self._loop.call_soon(_resolve, group.works)
        else:
            _resolve(group.works)

    # --- From here on in the store's own thread -----------------------------------------------------------------------

    def _live(self) -> None:
        try:
            while works := self._gather():
                self._serve(works)
                while not self._copies.empty():
                    self._copy(*self._copies.get())
        finally:
            self._file.close()

    def _serve(self, works: list[Job]) -> None:
        group = _Group(works)
        self._commit(group)
        self._loop.call_soon_threadsafe(self._tell, group)

    def _copy(self, copy: Draft, job: Job) -> None:
        """Copy the database, a megabyte at a time, and serve a group of works in between, if there is one.

        SQLite writes what this very connection changes meanwhile into the copy too.
        """
        with job:
            copy.copy(self._file.connection, self._serve_one)
        self._loop.call_soon_threadsafe(job.resolve)

    def _serve_one(self) -> None:
        if self._queue.empty():
            return
        works = self._gather()
        if not works:
            self._queue.put(works)  # the end comes after this
            raise StoreBusy(f"{self._path} is being closed")
        self._serve(works)

    def _gather(self) -> list[Job]:
        """Wait for works and take along what waits behind them, at most a group; none is the end."""
        works = self._queue.get()
        while works and len(works) < _GROUP:
            try:
                more = self._queue.get_nowait()
            except Empty:
                break
            if not more:
                self._queue.put(more)  # the end comes after this group
                break
            works += more
        return works

    def _commit(self, group: "_Group") -> None:
        """Run the works in one transaction, so that nobody is told of what is not durable.

        Nearly always all of them succeed, so they run without savepoints first; if one raises, all is undone and they
        run again, each in a savepoint of its own.
        """
        error = self._commit_at_once(group)
        if isinstance(error, sqlite3.Error) and _code(error) in _TROUBLES_OF_THE_FILE:
            self._give_up(group, error)
        elif error is not None:
            self._commit_apart(group)
        group.has_stirred = self._ledger.outbox.has_stirred

    def _commit_at_once(self, group: "_Group") -> BaseException | None:
        """Commit all of them together; return what was raised instead, after undoing everything."""
        execute, inner = self._file.connection.execute, self._ledger.inner
        whole = Job(_nothing, group.works[0].future)
        inner.database_error = None
        with whole:
            execute("BEGIN IMMEDIATE")
            now = self._tick()
            for job in self._in_turn(group):
                job.result = job.work(self._ledger, now)
            if inner.database_error is not None:  # a work has swallowed it
                raise inner.database_error
            execute("COMMIT")
        if whole.error is not None:
            self._undo()
        return whole.error

    def _commit_apart(self, group: "_Group") -> None:
        execute = self._file.connection.execute
        try:
            execute("BEGIN IMMEDIATE")
            now = self._tick()
            for job in self._in_turn(group):
                self._run(job, now)
            execute("COMMIT")
        except sqlite3.Error as error:
            self._give_up(group, error)

    def _in_turn(self, group: "_Group") -> Iterator[Job]:
        """Give out the works, and at last the parked one, if they have brought something for it."""
        outbox = self._ledger.outbox
        outbox.has_stirred = False
        yield from group.works
        if outbox.has_stirred and not group.parked:
            with contextlib.suppress(IndexError):
                group.parked = self._parked.pop()
        if group.parked:
            outbox.has_stirred = False
            yield group.parked

    def _undo(self) -> None:
        with contextlib.suppress(sqlite3.Error):
            if self._file.connection.in_transaction:
                self._file.connection.execute("ROLLBACK")

    def _run(self, job: Job, now: datetime) -> None:
        """Run one work in a savepoint of its own; raise only what is no fault of the work."""
        execute, inner = self._file.connection.execute, self._ledger.inner
        inner.database_error = None
        execute("SAVEPOINT work")
        with job:
            job.result = job.work(self._ledger, now)
        error = job.error if isinstance(job.error, sqlite3.Error) else inner.database_error
        if error is not None and self._is_trouble_of_the_file(error):
            raise error
        if job.error is not None:
            execute("ROLLBACK TO work")
        execute("RELEASE work")

    def _is_trouble_of_the_file(self, error: sqlite3.Error) -> bool:
        return _code(error) in _TROUBLES_OF_THE_FILE or not self._file.connection.in_transaction

    def _give_up(self, group: "_Group", error: sqlite3.Error) -> None:
        self._undo()
        for job in group.works + ([group.parked] if group.parked else []):
            job.error = StoreBusy(f"{self._path} does not take it now: {error}")
            job.error.__cause__ = error

    def _tick(self) -> datetime:
        """Return the moment of this transaction, never before that of the last one."""
        self._last = self._ledger.now = max(self._last, self._clock.now())
        return self._last


@dataclass(slots=True)
class _Group:
    """The works of one commit, and the parked one for which they have brought something."""

    works: list[Job]
    parked: Job | None = None
    has_stirred: bool = False  # there is something to do for the next parked work
