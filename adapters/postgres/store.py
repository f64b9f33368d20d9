"""The store: hands works to a few threads with a connection each; the database decides between those that collide.

What the works do stands in `ledger`. A work that collides is undone and run again. Whatever makes an entry ready tells
all daemons by `NOTIFY`; that is a hint, and looking each second is the net.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import Any, Never, TypeVar

import psycopg
from psycopg import AsyncConnection, Connection
from psycopg.pq import TransactionStatus

from adapters.postgres.ledger import PostgresLedger
from adapters.postgres.opening import NAME, NETWORK, Row, connect, is_pooled, prepare
from adapters.store.job import Job, Parked
from bridge.errors import StoreBusy
from bridge.ports import Clock, Ledger

T = TypeVar("T")

_CONNECTIONS = 6
_MOST_WAITING = 10_000
_MOST_RUNS = 8  # of one work that collides again and again
_POLL = timedelta(seconds=1)
_CHANNEL = "sms_bridge_work"

# By the standard's classes of errors. Of these no single work is to blame, so it is not acknowledged.
_COLLISION = "40"
_TROUBLES = (
    _COLLISION,
    "08",  # the connection
    "53",  # room on the disk, memory, connections
    "55P03",  # somebody's lock
    "57",  # the server stops, or has given the statement up
    "58",  # its disk
    "25006",  # it takes no writes: a standby
    "25P03",  # we were idle within a transaction: the machine slept
)


class PostgresStore:
    """A store in one database, for any number of daemons. Open it before use, from the loop that uses it."""

    def __init__(self, url: str, clock: Clock, *, is_server_time: bool, lock_timeout_ms: int = 2000) -> None:
        self._url = url
        self._clock = clock
        self._is_server_time = is_server_time
        self._lock_timeout_ms = lock_timeout_ms
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._waiting = 0
        self._parked: list[Job] = []
        self._has_stirred = True  # entries may wait from before
        self._is_open = False
        self._last = datetime.min.replace(tzinfo=UTC)
        self._last_lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._ours: set[int] = set()  # the server's processes that serve our connections
        self._tasks: list[asyncio.Task[Never]] = []
        self._secret: bytes
        self._is_pooled: bool
        self._loop: asyncio.AbstractEventLoop

    async def open(self) -> None:
        """Bring the schema up to date; raise `StoreBusy`, `SchemaMismatch` or `ConfigError` where it cannot be."""
        self._loop = asyncio.get_running_loop()
        self._secret = await asyncio.to_thread(self._prepare)
        self._is_open = True
        for number in range(_CONNECTIONS):
            thread = threading.Thread(target=self._live, name=f"store {number}", daemon=True)
            thread.start()
            self._threads.append(thread)
        self._tasks = [asyncio.create_task(self._poll())]
        if not self._is_pooled:  # a pooler gives the ear that we lend to whoever comes next
            self._tasks.append(asyncio.create_task(self._listen()))

    def _prepare(self) -> bytes:
        connection, begin = connect(self._url, lock_timeout_ms=self._lock_timeout_ms)
        with contextlib.closing(connection):
            self._is_pooled = is_pooled(connection)
            return prepare(connection, begin)

    async def transact(self, work: Callable[[Ledger, datetime], T]) -> T:
        """Run it in one of our threads and return once it is durable; whoever stops waiting does not undo it."""
        if not self._is_open:
            raise StoreBusy("the database is closed")
        if self._waiting >= _MOST_WAITING:
            raise StoreBusy(f"the database does not keep up: {_MOST_WAITING} transactions wait")
        future: asyncio.Future[T] = self._loop.create_future()
        self._hand_in(Job(work, future))
        return await future

    def park(self, work: Callable[[Ledger, datetime], T]) -> Parked[T]:
        """Keep a work, to be run right after the next commit that makes an entry ready."""
        job = Job(work, self._loop.create_future())
        self._parked.append(job)
        if not self._is_open:
            self._drop_parked()
        elif self._has_stirred:
            self._hurry()
        return Parked(job, self._parked, self._hurry)

    async def room(self) -> None:
        """Say nothing: the disk is the server's, and its operator watches it."""

    async def aclose(self) -> None:
        """Finish what was handed in, and leave."""
        if self._is_open:
            self._is_open = False
            self._drop_parked()
            for _ in self._threads:
                self._queue.put(None)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.shield(asyncio.gather(*(asyncio.to_thread(thread.join) for thread in self._threads)))

    def _hand_in(self, job: Job) -> None:
        self._waiting += 1
        self._queue.put(job)

    def _hurry(self) -> None:
        """Run what is parked now."""
        with contextlib.suppress(IndexError):
            self._hand_in(self._parked.pop())
            self._has_stirred = False

    def _drop_parked(self) -> None:
        with contextlib.suppress(IndexError):
            self._parked.pop().fail(StoreBusy("the database is closed"))

    async def _poll(self) -> Never:
        """Look each second whether another daemon has brought something."""
        while True:
            await self._clock.sleep(_POLL)
            self._arrive()

    async def _listen(self) -> Never:
        """Hear of other daemons' commits; a connection that breaks is made anew, and polling bridges the gap."""
        while True:
            with contextlib.suppress(psycopg.Error):
                async with await self._ear() as connection:
                    await connection.execute(f"LISTEN {_CHANNEL}")
                    async for note in connection.notifies():
                        if note.pid not in self._ours:
                            self._arrive()
            await self._clock.sleep(_POLL)

    async def _ear(self) -> AsyncConnection[Any]:
        """Connect; whoever is cancelled meanwhile waits for it and closes: psycopg would leave it at the server."""
        opening = psycopg.AsyncConnection.connect(self._url, autocommit=True, application_name=NAME, **NETWORK)
        connecting, is_handed_over = asyncio.ensure_future(opening), False
        try:
            connection = await asyncio.shield(connecting)
            is_handed_over = True
        finally:
            if not is_handed_over:
                with contextlib.suppress(psycopg.Error):
                    await (await connecting).close()
        return connection

    def _arrive(self) -> None:
        """There may be something to do that none of our own works has brought."""
        self._has_stirred = True
        self._hurry()

    def _tell(self, job: Job, has_stirred: bool) -> None:
        self._waiting -= 1
        if has_stirred:
            self._arrive()
        job.resolve()

    # --- From here on in one of the store's own threads ---------------------------------------------------------------

    def _live(self) -> None:
        line = _Line(self._url, self._lock_timeout_ms, self._secret, self._ours)
        try:
            while job := self._queue.get():
                has_stirred = self._run(job, line)
                self._loop.call_soon_threadsafe(self._tell, job, has_stirred)
        finally:
            line.close()

    def _run(self, job: Job, line: "_Line") -> bool:
        """Run a work until it is committed or has failed for good; tell whether it brought something to do."""
        for _ in range(_MOST_RUNS):
            with job:
                job.result = line.transact(job.work, self._tick)
            if not _state(job.error).startswith(_COLLISION):
                break
        if _is_trouble(job.error):
            job.error = _busy(job.error)
        return job.error is None and line.has_stirred

    def _tick(self, server: datetime) -> datetime:
        """Return the moment of this transaction, never before that of an earlier one here."""
        now = server.astimezone(UTC) if self._is_server_time else self._clock.now()
        with self._last_lock:
            self._last = max(self._last, now)
            return self._last


def _state(error: BaseException | None) -> str:
    """Return the standard's code of an error; nothing for what the server did not raise."""
    return (error.sqlstate or "") if isinstance(error, psycopg.Error) else ""


def _is_trouble(error: BaseException | None) -> bool:
    """Tell whether the database is to blame, or the way to it; then the error has no code."""
    is_unheard = isinstance(error, psycopg.OperationalError | psycopg.InterfaceError) and not error.sqlstate
    return is_unheard or _state(error).startswith(_TROUBLES)


def _busy(error: BaseException | None) -> StoreBusy:
    busy = StoreBusy(f"the database does not take it now: {error}")
    busy.__cause__ = error
    return busy


class _Line:
    """One thread's connection, made anew when it has broken, and the ledger over it."""

    def __init__(self, url: str, lock_timeout_ms: int, secret: bytes, ours: set[int]) -> None:
        self._url = url
        self._ours = ours
        self._lock_timeout_ms = lock_timeout_ms
        self._secret = secret
        self._connection: Connection[Row] | None = None
        self._begin: bytes
        self._ledger: PostgresLedger

    @property
    def has_stirred(self) -> bool:
        return self._ledger.outbox.has_stirred

    def transact(self, work: Callable[[Ledger, datetime], T], tick: Callable[[datetime], datetime]) -> T:
        """Run it in one transaction; whatever is raised has undone all of it, unless the commit itself was cut."""
        connection = self._connected()
        ledger = self._ledger
        try:
            told = connection.execute(self._begin)
            told.nextset()
            now = ledger.begin(tick(told.fetchall()[0][0]))
            result = work(ledger, now)
            if ledger.database_error is not None and _is_trouble(ledger.database_error):  # a work has swallowed it
                raise ledger.database_error
            if ledger.outbox.has_stirred:
                connection.execute(f"NOTIFY {_CHANNEL}")
            connection.execute("COMMIT")
        except BaseException:
            self._undo()
            raise
        return result

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _connected(self) -> Connection[Row]:
        if self._connection is None or self._connection.closed:
            self._connection, self._begin = connect(self._url, lock_timeout_ms=self._lock_timeout_ms)
            self._ours.add(self._connection.info.backend_pid)
            self._ledger = PostgresLedger(self._connection, self._secret)
        return self._connection

    def _undo(self) -> None:
        """Roll back; a connection that cannot even do that is given up."""
        connection = self._connection
        if connection is None:
            return
        try:
            if connection.info.transaction_status is not TransactionStatus.IDLE:
                connection.execute("ROLLBACK")
        except psycopg.Error:
            connection.close()
