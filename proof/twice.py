"""One signed webhook, sent again and again, also to the daemon's next life, and what came of it."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.phone import Phones
from proof.kills import bodies
from proof.lives import THE_DAEMON, Lives, living
from proof.strangers import exceed
from proof.town import CHANNEL, DATABASE, Town, opened_town
from tests.stories.language import shown

_TIMES = 100
_AT_ONCE = 20
_PATIENCE = 30.0  # seconds until a post must be there
_STEP = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a webhook that was sent so often has done: requests on record, texts taken from them, posts that show it."""

    sent: int
    statuses: set[int]
    requests: int
    texts: int
    posts: int

    @property
    def is_once(self) -> bool:
        return self.statuses == {200} and self.requests == self.texts == self.posts == 1

    def __str__(self) -> str:
        told = "/".join(map(str, sorted(self.statuses)))
        return f"sent {self.sent} times, answered {told}: {self.requests} kept, {self.texts} texts, {self.posts} posts"


async def repeated(folder: Path, python: Sequence[str] = THE_DAEMON) -> Effect:
    """Send it a hundred times, restart the daemon, send it a hundred times again."""
    statuses: set[int] = set()
    async with opened_town() as town, living(Lives(town.settings(folder), town.secrets, python)) as lives:
        for _ in range(2):
            await lives.begin()
            request = Phones(url=lives.address, run="twice").request(1, 0)
            for _ in range(_TIMES // _AT_ONCE):
                statuses |= set(await asyncio.gather(*(exceed(lives.address, [request]) for _ in range(_AT_ONCE))))
            await _shown(town)
            await lives.stop()
        posts = _posts(town)
    requests = len(bodies(folder / DATABASE))
    return Effect(sent=2 * _TIMES, statuses=statuses, requests=requests, texts=_texts(folder / DATABASE), posts=posts)


def _texts(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM message").fetchone()[0])


def _posts(town: Town) -> int:
    return sum("~twice.1.0~" in shown(message) for message in town.slack.state.messages[CHANNEL].values())


async def _shown(town: Town) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not _posts(town):  # noqa: ASYNC110 - the world is looked at from outside, as everywhere in the proofs
            await asyncio.sleep(_STEP)
