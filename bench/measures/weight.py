"""Weight: what the daemon costs while nothing happens, how much memory it takes, and whether that grows."""

import time
from collections.abc import Iterator

from bench.bench import Bench
from bench.figure import Figure

_SETTLED = 3.0  # seconds after which an idle daemon is idle
_CHANNELS = 200
_STEPS = 5


def idle(bench: Bench) -> Iterator[Figure]:
    """How much of a core an idle daemon takes, connected to Slack by two sockets."""
    house = bench.house()
    time.sleep(_SETTLED)
    before, began = house.cpu_seconds(), time.monotonic()
    time.sleep(bench.scale.idle_seconds)
    share = 100 * (house.cpu_seconds() - before) / (time.monotonic() - began)
    weight = house.pss()
    house.end()
    yield Figure(name="idle, of a core", values=(share,), unit="%", floor=0.5, is_most=True)
    yield Figure(name="memory idle (PSS)", values=(weight,), unit="MiB", floor=100, aim=70, is_most=True)


def memory(bench: Bench) -> Iterator[Figure]:
    """How much memory it takes under load, and how much more after many texts."""
    house = bench.house(dids=_CHANNELS)
    bench.warm(house.url, dids=_CHANNELS)
    weights = []
    for _ in range(_STEPS):
        count = bench.scale.weighed // _STEPS
        job = bench.job(house.url, count=count, dids=_CHANNELS, senders=_CHANNELS)
        done = bench.call(job)
        weights.append(house.pss())
        bench.drained(job.run, len(done.acked))
        weights.append(house.pss())
        bench.world.forget()
    house.end()
    note = f"{bench.scale.weighed:,} texts; while they come, and once they are shown"
    yield Figure(name="memory under load (PSS)", values=tuple(weights), unit="MiB", floor=140, is_most=True, note=note)
    growth = weights[-1] - weights[1]
    between = f"from {bench.scale.weighed // _STEPS:,} texts to {bench.scale.weighed:,}"
    yield Figure(name="growth of memory", values=(growth,), unit="MiB", floor=8, is_most=True, note=between)
