"""A house whose daemon may die at any moment and rises again at once, on the disk as it was.

Time passes here only when nothing moves any more, so that every run of a story takes the same way.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.mailbox import MailWorld
from adapters.sandbox.workspace import Workspace
from adapters.sqlite import SqliteStore
from bridge.errors import StoreBusy
from bridge.ports import Ledger
from config.assemble import built
from config.settings import Settings
from tests.faults.doom import DATABASE, Doom, Life, MortalStore
from tests.faults.doors import mortal
from tests.stories.language import CHANNEL, DID, OTHER_DID, PUBLIC, House

_STEP = timedelta(seconds=20)
_MOST_STEPS = 180  # an hour
_PARTING_SECONDS = 3
_ERRAND_SECONDS, _REST_SECONDS, _RISING_SECONDS = 0.2, 3, 30
_CALM = 3  # so often in a row nothing may be under way before it counts as rest
_OPEN = "SELECT kind || ' ' || state FROM entry WHERE state IN ('ready', 'trying', 'asked', 'held') ORDER BY position"
_REPEATED = "SELECT id FROM entry WHERE kind = 'send-digest' AND is_repeat"


@dataclass(kw_only=True)
class MortalHouse(House):
    """A house that `doom` hangs over."""

    doom: Doom
    patience: timedelta = timedelta(seconds=20)  # with the carrier
    life: Life = field(init=False)
    _alive: asyncio.Event = field(default_factory=asyncio.Event)
    may_rise: asyncio.Event = field(default_factory=asyncio.Event)
    ends_within: float = 30  # seconds
    comes_again: bool = False  # the carrier tells anew what nobody thanked it for, once somebody is there again
    _lives: int = 0
    _given_up: set[int] = field(default_factory=set)  # deliveries that a dead daemon will never acknowledge
    _store: MortalStore = field(init=False)

    def settings(self) -> Settings:
        settings = super().settings()
        carriers = {name: one.model_copy(update={"timeout": self.patience}) for name, one in settings.carriers.items()}
        return settings.model_copy(update={"carriers": carriers})

    async def _run(self, ready: asyncio.Event) -> None:
        self._lives += 1
        async with built(self.settings(), self.clock) as (daemon, server):
            self.life = Life(self.doom, self.path, self.path.parent / f"life-{self._lives + 1}")
            assert isinstance(daemon.store, SqliteStore)
            daemon.store = self._store = MortalStore(daemon.store, self.life)
            daemon.worlds = mortal(daemon.worlds, self.life)
            self._daemon = daemon

            def opened() -> None:
                self.carrier.route(PUBLIC, server.base_url)
                self._alive.set()
                ready.set()

            await daemon.run(self._stop, opened)

    async def close(self) -> None:
        """Stop the daemon as SIGTERM does; TimeoutError if it does not end by itself."""
        self._stop.set()
        running, self._running = self._running, None
        if running:
            _, late = await asyncio.wait({running}, timeout=self.ends_within)
            if late:
                await _ended(running)
                await _workers_ended()
                raise TimeoutError("the daemon does not end")
            await running

    async def undertake(self) -> None:
        """Take away what has died, and start it again on what it left on disk."""
        while True:
            await self.life.died.wait()
            self._alive.clear()
            assert self._running
            await _ended(self._running)
            self._given_up |= {id(each.tries[-1]) for each in self.slack.deliveries if each.tries}
            self.path = self.life.image
            await self.may_rise.wait()
            try:
                await self.open()
            except asyncio.CancelledError:
                if not self.life.is_dead:  # else it has died again at once
                    raise
            if self.comes_again:
                await self._tell_again()

    async def _tell_again(self) -> None:
        told = [attempt for attempt in self.carrier.attempts if attempt.kind == "message"]
        for sid in dict.fromkeys(attempt.sid for attempt in told):
            if all(attempt.problem for attempt in told if attempt.sid == sid):
                await self.carrier.deliver_again(sid)

    async def read(self, look: Callable[[Ledger], Any]) -> Any:
        while True:
            await self._alive.wait()
            with suppress(StoreBusy):  # it has just died
                return await self._store.look(look)

    @property
    def _is_busy(self) -> bool:
        underway = any(
            each.tries and each.tries[-1].ended_at is None and id(each.tries[-1]) not in self._given_up
            for each in self.slack.deliveries
            if not each.is_settled
        )
        return self.life.is_dead or self.life.under_way > 0 or underway

    async def rest(self) -> None:
        """Wait until everything has happened for which no time needs to pass.

        What still moves after some seconds waits for time: a parcel, say, that a dying socket has swallowed.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_REST_SECONDS):
                await self._calm()
        async with asyncio.timeout(_RISING_SECONDS):
            await self._alive.wait()

    async def _calm(self) -> None:
        calm = 0
        while calm < _CALM:
            await self._alive.wait()
            await self.slack.wait_for(lambda: self.life.is_dead or self.slack.sockets.ready)
            await self._carrier_settled()
            await self.read(lambda ledger: None)
            calm = 0 if self._is_busy else calm + 1

    async def _carrier_settled(self) -> None:
        """Wait for its errands, but not for those that wait for time to pass."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_ERRAND_SECONDS):
                await self.carrier.settled()

    async def until(self, is_seen: Callable[[], object]) -> None:
        """Let things happen, and time pass where nothing happens without it, until this is seen."""
        for _ in range(_MOST_STEPS):
            await self.rest()
            if is_seen():
                return
            await self.forward(seconds=_STEP.total_seconds())
        raise AssertionError(f"it never came about; open: {self.unfinished()}")

    async def finish(self) -> None:
        """Let time pass until nothing is open any more, here or on its way to us."""
        await self.until(lambda: not self.unfinished() and self.slack.courier.is_idle)

    def unfinished(self) -> list[str]:
        return unfinished(self.path)

    def repeated_mails(self) -> int:
        """Return how many digests nobody could tell to have been taken, so that they were said once more."""
        return len(_read(self.path, _REPEATED))


async def _ended(running: asyncio.Task[None]) -> None:
    """Cancel what runs on, and again where it tries to part in good order."""
    while not running.done():
        running.cancel()
        await asyncio.wait({running}, timeout=_PARTING_SECONDS)


async def _workers_ended() -> None:
    """End what a daemon that was cut short has left at work."""
    workers = [
        task for task in asyncio.all_tasks() if getattr(task.get_coro(), "__qualname__", "") == "Supervisor.keep"
    ]
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)


def unfinished(folder: Path) -> list[str]:
    """Return what is left in the outbox, from the file itself."""
    return _read(folder, _OPEN)


def _read(folder: Path, query: str) -> list[str]:
    with closing(sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True)) as connection:
        return [row for (row,) in connection.execute(query)]


@asynccontextmanager
async def mortal_house(path: Path, doom: Doom, *, from_birth: bool = False, **more: Any) -> AsyncIterator[MortalHouse]:
    """Open the worlds, which never die, and a daemon between them, which may: once it has come to rest, or at once."""
    clock = MovableClock()
    carrier = CarrierWorld(clock, dids=(DID, OTHER_DID))
    slack = Workspace(clock, paced=False)
    mail = MailWorld(clock, mailboxes=("desk@example.com", "ben@example.com"))
    slack.add_user("desk", id="U0DESK", real_name="Front desk", email="desk@example.com")
    slack.add_user("ben", id="U0BEN", real_name="Ben", email="ben@example.com")
    slack.add_channel("texts", id=CHANNEL)
    slack.add_channel("service", id="C0SERVICE")
    first = path / "life-1"
    first.mkdir(parents=True)
    house = MortalHouse(path=first, clock=clock, carrier=carrier, slack=slack, mail=mail, doom=doom, **more)
    async with AsyncExitStack() as worlds:
        for world in (carrier, slack, mail):
            await world.start()
            worlds.push_async_callback(world.aclose)
        carrier.webhook_url = f"{PUBLIC}/carriers/main/message#rc=3&rp=all"
        house.may_rise.set()
        if from_birth:
            doom.arm()
        await house.open()
        worlds.push_async_callback(house.close)
        undertaker = asyncio.create_task(house.undertake())
        try:
            if not from_birth:
                await house.rest()
                doom.arm()
            yield house
        finally:
            doom.disarm()
            undertaker.cancel()
            ended = await asyncio.gather(undertaker, return_exceptions=True)
            if isinstance(ended[0], Exception):
                raise ended[0]
        await house.is_audited()
