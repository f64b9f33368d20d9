"""Safety: every answer after a sync, and nothing lost or said twice after a kill, a limit, an outage."""

import shutil
import signal
import time
from collections.abc import Iterator

from bench.bench import Bench
from bench.caller import Done
from bench.figure import Figure
from bench.house import House
from bench.phone import PATH
from bench.place import wait_until
from bench.trace import CALLS, Trace
from bench.world import Heard

_ATTACHED = 10.0  # seconds
_AT_A_TIME = 120.0  # texts a second, while faults happen
_FELT = 0.5  # of the trouble, by which something must have been late, or there was none


def synced(bench: Bench) -> Iterator[Figure]:
    """The share of answers before which the store's journal was synced, after their request had been read."""
    if not shutil.which("strace"):
        yield Figure(name="answers after a sync", values=(0.0,), unit="%", note="not measured: strace is not installed")
        return
    path = bench.place.new_folder() / "trace.txt"
    house = bench.house()
    attach = ["strace", "-qq", "-f", "-y", "-s", "64", "-e", f"trace={CALLS}", "-o", str(path), "-p", str(house.pid)]
    tracer = bench.place.start(attach)
    wait_until(lambda: path.exists() and path.stat().st_size > 0, _ATTACHED)
    done = bench.call(bench.job(house.url, count=bench.scale.synced))
    tracer.process.send_signal(signal.SIGINT)  # it lets the daemon go
    tracer.process.wait(_ATTACHED)
    house.end()
    trace = Trace()
    with path.open(errors="replace") as lines:
        trace.read(lines)
    note = f"{trace.answers} answers seen, {len(done.acked)} acknowledged"
    share = 100 * trace.synced / trace.answers if trace.answers else 0.0
    yield Figure(name="answers after a sync", values=(share,), unit="%", floor=100, note=note)


def killed(bench: Bench) -> Iterator[Figure]:
    """What was acknowledged and never shown, or shown twice, after a kill in the middle of the load and a new start."""
    config = bench.config()
    house = bench.house(config=config)
    bench.world.behave(delay=0.05)
    bench.warm_calls(house.url)
    job = bench.job(house.url + PATH, seconds=bench.scale.killed_after + 0.5)
    calling = bench.place.calling(job)
    time.sleep(bench.scale.killed_after)
    house.kill()
    done = bench.place.finished(calling, job)
    house = bench.house(config=config)
    bench.world.behave()
    yield from _accounted("a kill", done, bench.drained(job.run, len(done.acked)))
    house.end()


def limited(bench: Bench) -> Iterator[Figure]:
    """What was acknowledged and never shown, or shown twice, while Slack refused more for some seconds."""
    yield from _through(bench, "Slack's limits", limited=bench.scale.limited_seconds)


def outage(bench: Bench) -> Iterator[Figure]:
    """What was acknowledged and never shown, or shown twice, where Slack was gone for a while."""
    yield from _through(bench, "an outage of Slack", down=bench.scale.down_seconds)


def _through(bench: Bench, what: str, **trouble: float) -> Iterator[Figure]:
    house: House = bench.house()
    bench.warm(house.url)
    seconds = bench.scale.trouble_seconds
    job = bench.job(house.url + PATH, rate=_AT_A_TIME, seconds=2 * seconds + sum(trouble.values()))
    calling = bench.place.calling(job)
    time.sleep(seconds)
    bench.world.behave(**trouble)
    done = bench.place.finished(calling, job)
    heard = bench.drained(job.run, len(done.acked))
    if heard.slowest < _FELT * 1000 * sum(trouble.values()):
        raise RuntimeError(f"{what} made nothing late: it was none")
    yield from _accounted(what, done, heard)
    house.end()


def _accounted(what: str, done: Done, heard: Heard) -> Iterator[Figure]:
    lost = set(done.acked) - set(heard.numbers)
    note = (
        f"{len(done.acked):,} acknowledged, the slowest shown after {heard.slowest / 1000:.1f} s, "
        f"all {heard.last_at - done.ended:.1f} s after the last call"
    )
    yield Figure(name=f"lost after {what}", values=(len(lost),), unit="texts", floor=0, is_most=True, note=note)
    yield Figure(name=f"doubled after {what}", values=(heard.doubled,), unit="posts", floor=0, is_most=True)
