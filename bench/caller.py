"""The carrier's side of the webhooks, as a process of its own: calls by turns over some connections, or by the clock.

It reads what to do as JSON from its first argument, and writes what came of it as JSON into the file that the second
names. No call is repeated.
"""

import asyncio
import gc
import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import uvloop

from bench.phone import Phones

_PATIENCE = 15.0  # seconds that a carrier waits for an answer
_AGAIN = 0.05  # seconds until a new connection is tried


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to call. With a rate, calls follow the clock; without, each connection calls again once it is answered."""

    url: str
    run: str
    count: int = 10_000_000
    seconds: float = 3600.0
    connections: int = 16
    rate: float = 0.0
    senders: int = 50
    dids: int = 1

    def written(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of it; moments are seconds of the monotonic clock, durations milliseconds."""

    began: float
    ended: float
    acked: list[int]
    p50: float
    p99: float
    errors: dict[str, int]

    @property
    def per_second(self) -> float:
        return len(self.acked) / (self.ended - self.began)


class Line(asyncio.Protocol):
    """One connection, with at most one request under way."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop has classes of its own

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError("cut"))

    async def call(self, request: bytes) -> int:
        """Send a request and return the status of the answer."""
        if self.transport is None:
            raise ConnectionError("no connection")
        self._buffer = b""
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, blank, body = self._buffer.partition(b"\r\n\r\n")
        if not blank or self._answer is None or self._answer.done():
            return
        status, head = int(head[9:12]), head.lower()
        _, named, rest = head.partition(b"\r\ncontent-length:")
        if len(body) < (int(rest.partition(b"\r\n")[0]) if named else 0):
            return
        if b"\r\nconnection: close" in head and self.transport:
            self.transport.close()
            self.transport = None
        self._answer.set_result(status)


@dataclass(slots=True)
class Caller:
    """Carry out one job."""

    job: Job
    acked: list[int] = field(default_factory=list)
    took: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    _phones: Phones = field(init=False)
    _idle: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        job = self.job
        self._phones = Phones(url=job.url, run=job.run, senders=job.senders, dids=job.dids)

    async def work(self) -> Done:
        gc.freeze()
        began = time.monotonic()
        await (self._by_the_clock(began) if self.job.rate else self._by_turns(began))
        ended = time.monotonic()
        took = sorted(self.took) or [0.0]
        return Done(
            began=began,
            ended=ended,
            acked=self.acked,
            p50=took[len(took) // 2],
            p99=took[len(took) * 99 // 100],
            errors=dict(self.errors),
        )

    async def _by_turns(self, began: float) -> None:
        numbers = iter(range(self.job.count))
        until = began + self.job.seconds

        async def turns() -> None:
            for number in numbers:
                if time.monotonic() >= until:
                    return
                await self._call(number, time.monotonic_ns())

        await asyncio.gather(*(turns() for _ in range(self.job.connections)))

    async def _by_the_clock(self, began: float) -> None:
        """Call at fixed moments; what is late counts from the moment when it was to be said."""
        async with asyncio.TaskGroup() as calls:
            for number in range(min(self.job.count, int(self.job.rate * self.job.seconds))):
                due = began + number / self.job.rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                calls.create_task(self._call(number, int(due * 1e9)))

    async def _call(self, number: int, said_at: int) -> None:
        try:
            line = self._idle.pop() if self._idle else await self._connect()
            async with asyncio.timeout(_PATIENCE):
                status = await line.call(self._phones.request(number, said_at))
        except (OSError, TimeoutError) as error:
            self.errors[type(error).__name__] += 1
            await asyncio.sleep(_AGAIN)
            return
        if 200 <= status < 300:
            self.acked.append(number)
            self.took.append((time.monotonic_ns() - said_at) / 1e6)
        else:
            self.errors[str(status)] += 1
        if line.transport is not None:
            self._idle.append(line)

    async def _connect(self) -> Line:
        place = urlsplit(self.job.url)
        assert place.hostname
        assert place.port
        _, line = await asyncio.get_running_loop().create_connection(Line, place.hostname, place.port)
        return line


def main() -> None:
    """Do the job of the command line."""
    caller = Caller(Job(**json.loads(sys.argv[1])))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        done = runner.run(caller.work())
    Path(sys.argv[2]).write_text(json.dumps(asdict(done)))


if __name__ == "__main__":
    main()
