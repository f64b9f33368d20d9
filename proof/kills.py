"""Kills of the daemon in the middle of its intake, and what its disk holds afterwards of what it thanked for."""

import asyncio
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from proof.callers import Callers
from proof.lives import THE_DAEMON, Lives, living
from proof.town import DATABASE, opened_town

_SEED = 1
_BODIES = "SELECT body FROM sighting WHERE source LIKE 'twilio/%'"
_LIFE = (0.2, 0.8)  # seconds from ready to killed


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """What the kills cost."""

    kills: int
    tries: int
    acked: int
    rows: int
    distinct: int
    missing: int

    @property
    def is_nothing_lost(self) -> bool:
        return self.missing == 0 and self.rows == self.distinct >= self.acked > 0 < self.kills

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.tries:,} tries, {self.acked:,} thanked for, {self.missing} of them missing; "
            f"{self.rows:,} rows, {self.distinct:,} distinct"
        )


def bodies(path: Path) -> list[bytes]:
    """Return every raw request of the carrier that this store holds, as it came."""
    with closing(sqlite3.connect(path)) as connection:
        return [body for (body,) in connection.execute(_BODIES)]


async def killed(folder: Path, texts: int, seconds: float, python: Sequence[str] = THE_DAEMON) -> Toll:
    """Tell so many texts, or as many as fit into this time, to daemons that are killed again and again."""
    lot, kills = random.Random(_SEED), 0
    async with opened_town() as town, living(Lives(town.settings(folder), town.secrets, python)) as lives:
        callers = Callers(lambda: lives.address)
        calling = asyncio.create_task(callers.call(_numbers(texts, seconds)))
        while not calling.done():
            await lives.begin()
            await asyncio.wait({calling}, timeout=lot.uniform(*_LIFE))
            await lives.kill()
            kills += 1
        await calling
    kept = bodies(folder / DATABASE)
    distinct = set(kept)
    missing = sum(callers.body(number) not in distinct for number in callers.acked)
    return Toll(
        kills=kills,
        tries=callers.tries,
        acked=len(callers.acked),
        rows=len(kept),
        distinct=len(distinct),
        missing=missing,
    )


def _numbers(texts: int, seconds: float) -> Iterator[int]:
    until = time.monotonic() + seconds
    for number in range(texts):
        if time.monotonic() > until:
            return
        yield number
