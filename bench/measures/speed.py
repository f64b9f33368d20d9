"""Speed: texts taken in durably, texts shown in Slack, and how soon; each against a program that keeps nothing."""

from collections import defaultdict
from collections.abc import Iterator

from bench.bench import Bench
from bench.figure import Figure, ratio

_CHANNELS = 200
_SLOW_SLACK = 0.05  # seconds
_PER_SECOND = 20.0  # of the open loop

Values = defaultdict[str, list[float]]


def intake(bench: Bench) -> Iterator[Figure]:
    """Durable acknowledged webhooks a second while Slack is slow, against one that only checks the signature."""
    bare, values = bench.program("bare"), Values(list)
    bench.warm_calls(bare)
    bench.world.behave(delay=_SLOW_SLACK)
    for _ in range(bench.scale.repetitions):
        house = bench.house()
        bench.warm_calls(house.url)
        for name, url in (("bare", bare), ("house", house.url)):
            before = house.cpu_seconds()
            done = bench.call(bench.job(url, seconds=bench.scale.intake_seconds))
            values[name].append(done.per_second)
            if name == "house":
                values["micros"].append((house.cpu_seconds() - before) / max(1, len(done.acked)) * 1e6)
                values["errors"].append(sum(done.errors.values()))
        house.kill()
    bench.world.behave()
    bench.world.forget()
    errors = f"{int(sum(values['errors']))} not taken"
    yield ratio("taken in / only checked", values["house"], values["bare"], floor=0.40, aim=0.60, note=errors)
    yield _rate("only checked (C)", values["bare"])
    yield _rate("taken in, Slack after 50 ms", values["house"])
    yield _figure("processor for one taken in", values["micros"], "µs")


def forwarding(bench: Bench) -> Iterator[Figure]:
    """Texts taken in and shown a second, over many channels, against the forwarder."""
    forwarder, values = bench.program("forwarder", bench.world.slack), Values(list)
    bench.warm(forwarder, dids=_CHANNELS)
    for _ in range(bench.scale.repetitions):
        house = bench.house(dids=_CHANNELS)
        bench.warm(house.url, dids=_CHANNELS)
        for name, url in (("forwarder", forwarder), ("house", house.url)):
            before = house.cpu_seconds()
            job = bench.job(url, count=bench.scale.forwarded, dids=_CHANNELS, senders=_CHANNELS)
            done = bench.call(job)
            heard = bench.drained(job.run, len(done.acked))
            values[name].append(heard.count / (heard.last_at - done.began))
            values[f"{name} missing"].append(len(done.acked) - heard.count)
            if name == "house":
                values["micros"].append((house.cpu_seconds() - before) / max(1, heard.count) * 1e6)
        house.end()
        bench.world.forget()
    missing = f"{int(sum(values['house missing']))} missing"
    yield ratio("forwarded / forwarder", values["house"], values["forwarder"], floor=0.7, aim=1.05, note=missing)
    yield _rate("forwarder, which keeps nothing", values["forwarder"])
    yield _rate(f"forwarded, {_CHANNELS} channels", values["house"])
    yield _figure("processor for one forwarded", values["micros"], "µs")


def promptness(bench: Bench) -> Iterator[Figure]:
    """How long from webhook to post at twenty a second, against the forwarder."""
    forwarder, values = bench.program("forwarder", bench.world.slack), Values(list)
    house = bench.house()
    bench.warm(forwarder)
    bench.warm(house.url)
    for _ in range(bench.scale.repetitions):
        for name, url in (("forwarder", forwarder), ("house", house.url)):
            job = bench.job(url, rate=_PER_SECOND, seconds=bench.scale.open_seconds)
            heard = bench.drained(job.run, len(bench.call(job).acked))
            values[f"{name} p50"].append(heard.p50)
            values[f"{name} p99"].append(heard.p99)
    house.end()
    for point in ("p50", "p99"):
        ours, theirs = values[f"house {point}"], values[f"forwarder {point}"]
        yield ratio(f"end to end {point} / forwarder", ours, theirs, floor=1.5, aim=1.15, is_most=True)
        yield _figure(f"end to end {point}", ours, "ms")
        yield _figure(f"end to end {point}, forwarder", theirs, "ms")


def _rate(name: str, values: list[float]) -> Figure:
    return _figure(name, values, "1/s")


def _figure(name: str, values: list[float], unit: str) -> Figure:
    return Figure(name=name, values=tuple(values), unit=unit)
