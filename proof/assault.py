"""The real daemon under assault: slow strangers, and such as say too much, while a carrier calls with its webhooks."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.caller import Caller, Done, Job
from bench.phone import PATH
from proof.callers import Callers
from proof.lives import THE_DAEMON, Lives, living
from proof.strangers import Memory, dawdlers, exceed, excesses
from proof.town import opened_town

_HONEST = 20.0  # webhooks a second
_DRIPPING = 400  # bodies of which only the last octet is missing; the others come two at a time
_AT_ONCE = 2
_MOST = 64_000_000  # octets that one stranger says at most


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """What came of slow connections, by how many seconds each lasted, and of the honest ones meanwhile."""

    lasted: list[float]
    left: int
    honest: Done

    def __str__(self) -> str:
        worst = f"the last after {max(self.lasted):.1f} s" if self.lasted else "none"
        told = f"{len(self.lasted)} of {len(self.lasted) + self.left} closed, {worst}"
        honest = f"{len(self.honest.acked)} webhooks meanwhile, p99 {self.honest.p99:.0f} ms"
        return f"{told}; {honest}, {sum(self.honest.errors.values())} errors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """What came of excesses: the answers by excess, and the memory that they took."""

    answers: dict[str, set[int]]
    allowed: dict[str, set[int]]
    megabytes: float
    is_well: bool

    @property
    def is_refused(self) -> bool:
        return all(self.answers[name] <= self.allowed[name] for name in self.allowed)

    def __str__(self) -> str:
        told = ", ".join(f"{name}: {'/'.join(map(str, sorted(each)))}" for name, each in self.answers.items())
        return f"{told}; memory grew by {self.megabytes:.0f} MB at most"


async def slow(folder: Path, count: int, seconds: float, python: Sequence[str] = THE_DAEMON) -> Patient:
    """Let strangers dawdle, and count who was closed within this time."""
    async with opened_town() as town, living(Lives(town.settings(folder), town.secrets, python)) as lives:
        await lives.begin()
        job = Job(url=lives.address + PATH, run="edge", rate=_HONEST, seconds=seconds, connections=4)
        honest, lasted = await asyncio.gather(Caller(job).work(), dawdlers(lives.address, count, seconds))
    closed = [each for each in lasted if each is not None]
    return Patient(lasted=closed, left=len(lasted) - len(closed), honest=honest)


async def fed(folder: Path, python: Sequence[str] = THE_DAEMON) -> Fed:
    """Say far too much in every way, and look at what it costs."""
    answers: dict[str, set[int]] = {}
    async with opened_town() as town, living(Lives(town.settings(folder), town.secrets, python)) as lives:
        await lives.begin()
        callers = Callers(lambda: lives.address)
        await callers.call(range(100))
        memory = Memory(lives.pid)
        for name in excesses(_MOST):
            count = _DRIPPING if name == "nearly whole" else _AT_ONCE
            told = await asyncio.gather(*(exceed(lives.address, excesses(_MOST)[name][1]) for _ in range(count)))
            answers[name] = set(told)
        growth = memory.growth
        await callers.call([100])
    allowed = {name: statuses for name, (statuses, _) in excesses(0).items()}
    return Fed(answers=answers, allowed=allowed, megabytes=growth, is_well=100 in callers.acked)
