"""Growth: what a store of a million texts costs against one of a thousand."""

import asyncio
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from adapters.sqlite import SqliteStore
from bench.bench import Bench
from bench.figure import Figure, ratio
from bench.fill import DIDS, fill
from bench.house import SECRETS
from bridge.domain.dialplan import Abilities, DialPlan
from bridge.domain.event import InboundSms
from bridge.domain.ids import EventKey
from bridge.domain.phone import PhoneNumber
from bridge.engine.clock import SystemClock
from bridge.flows import deliver, receive, summarize
from bridge.ports import Ledger
from config.read import read
from config.settings import dial_plan

_TIMES = 300
_LATER = timedelta(hours=1)  # when digests are due
_ABILITIES = Abilities(groups=False, media=True, receipts=True, lists=True, max_characters=1600, max_files=10)


class _Undo(Exception):
    """Take back what was only timed."""


def growth(bench: Bench) -> Iterator[Figure]:
    """What a full store costs against a small one: intake, the next entry, the next digest, the start."""
    began = time.monotonic()
    stores = {"few": _filled(bench, bench.scale.few), "many": _filled(bench, bench.scale.many)}
    took = time.monotonic() - began
    size = stores["many"].with_name("bridge.db").stat().st_size / 2**20
    values: defaultdict[str, list[float]] = defaultdict(list)
    for name, config in stores.items():
        entries, digests = asyncio.run(_looked(config))
        values[f"{name} entry"] += entries
        values[f"{name} digest"] += digests
    for _ in range(bench.scale.repetitions):
        for name, config in stores.items():
            _timed(bench, config, name, values)
    note = f"{bench.scale.many:,} texts, {size:,.0f} MiB, filled in {took:.0f} s, against {bench.scale.few:,}"
    yield ratio("intake of a full store", values["many rate"], values["few rate"], floor=0.9, aim=0.97, note=note)
    yield _times("the next entry", values, "entry", bench.scale.repetitions)
    yield _times("the next digest", values, "digest", bench.scale.repetitions)
    yield Figure(name="start of a full store", values=tuple(values["many start"]), unit="s", floor=2, is_most=True)
    yield Figure(name="start of a small store", values=tuple(values["few start"]), unit="s", floor=2, is_most=True)


def _times(what: str, values: dict[str, list[float]], key: str, repetitions: int) -> Figure:
    """Compare what is typical: single moments wander by more than any store does."""
    ours, theirs = (_typical(values[f"{size} {key}"], repetitions) for size in ("many", "few"))
    note = f"{statistics.median(ours):.0f} µs against {statistics.median(theirs):.0f} µs"
    return ratio(f"{what} of a full store", ours, theirs, floor=1.5, is_most=True, note=note)


def _typical(values: list[float], parts: int) -> list[float]:
    """Return the median of each part of the values."""
    size = len(values) // parts
    return [statistics.median(values[at * size : (at + 1) * size]) for at in range(parts)]


def _filled(bench: Bench, count: int) -> Path:
    config = bench.config(DIDS)
    fill(config.with_name("bridge.db"), count)
    return config


def _timed(bench: Bench, config: Path, name: str, values: dict[str, list[float]]) -> None:
    house = bench.house(config=config)
    values[f"{name} start"].append(house.seconds_to_ready)
    bench.warm_calls(house.url, dids=DIDS)
    done = bench.call(bench.job(house.url, seconds=bench.scale.intake_seconds, dids=DIDS))
    values[f"{name} rate"].append(done.per_second)
    house.end()


async def _looked(config: Path) -> tuple[list[float], list[float]]:
    """Time how long the store needs to find the next entry, and who gets which digest; microseconds."""
    plan = dial_plan(read(config, SECRETS), {"main": _ABILITIES})
    store = SqliteStore(config.with_name("bridge.db"), SystemClock())
    await store.open()
    try:
        entries, digests = _Timer(store), _Timer(store)
        for number in range(_TIMES):
            await store.transact(partial(_receive, plan, number))
            await entries.time(partial(_take, plan))
            if number % 10 == 0:
                await digests.time(partial(_digest, plan))
        return entries.took, digests.took
    finally:
        await store.aclose()


@dataclass(slots=True)
class _Timer:
    """Times works in the store's own thread, without their commit, and takes them back."""

    store: SqliteStore
    took: list[float]

    def __init__(self, store: SqliteStore) -> None:
        self.store, self.took = store, []

    async def time(self, work: Callable[[Ledger, datetime], object]) -> None:
        def timed(ledger: Ledger, now: datetime) -> None:
            began = time.perf_counter()
            work(ledger, now)
            self.took.append((time.perf_counter() - began) * 1e6)
            raise _Undo

        try:
            await self.store.transact(timed)
        except _Undo:
            return


def _receive(plan: DialPlan, number: int, ledger: Ledger, now: datetime) -> None:
    ours = plan.dids[number % len(plan.dids)].number
    theirs = PhoneNumber(f"+1646555{number:04d}")
    key = EventKey(f"twilio:main:bench/{number}/{now.isoformat()}")
    receive.sms(ledger, plan, InboundSms(key=key, did=ours, sender=theirs, text="hello"), now)


def _take(plan: DialPlan, ledger: Ledger, now: datetime) -> None:
    left = [1]  # one entry, from whichever destination comes first

    def room(destination: str, at: datetime) -> int:
        return left.pop() if left else 0

    deliver.take(ledger, plan, "bench", room, lambda _: _LATER, now)


def _digest(plan: DialPlan, ledger: Ledger, now: datetime) -> None:
    summarize.unacknowledged(ledger, plan, now + _LATER)
