"""Daemons that are asked to end in the middle of everything, and what the worlds had heard once all was settled."""

import asyncio
import itertools
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bench.phone import MARK, sender
from proof.callers import Callers
from proof.ferry import Ferry
from proof.lives import Lives, living
from proof.town import CHANNEL, DATABASE, DID, Town, opened_town
from tests.stories.language import shown

_SENDERS = 50
_TEXTS = 500  # of each life
_UNDER_WAY = 150  # thanked for, when the end comes
_REPLIES = 10  # in each life
_HANGING = 2  # calls to each world that are not answered when the end comes
_POLITE = 0.3  # seconds between the first signal and the second
_AT_ONCE = 5.0  # seconds, on a busy machine
_LONGEST = 240.0  # seconds until everything is settled
_LOOK = 0.2

_TRYING = "SELECT token FROM entry WHERE state = 'trying' AND kind IN ('show-message', 'say-note', 'send-sms')"
_OPEN = "SELECT count(*) FROM entry WHERE state IN ('ready', 'trying', 'asked', 'held')"


@dataclass(kw_only=True)
class Scene:
    """A daemon under load between its worlds."""

    folder: Path
    town: Town
    lives: Lives
    callers: Callers
    slack: Ferry
    carrier: Ferry
    calling: list[asyncio.Task[None]] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def work(self) -> None:
        """Start a daemon and bring it into full swing, with some calls open that will not be answered."""
        await self.lives.begin()
        texts = list(itertools.islice(self.numbers, _TEXTS))
        before = len(self.callers.acked)
        self.calling.append(asyncio.create_task(self.callers.call(texts)))
        await _until(lambda: len(self._threads) >= _REPLIES and len(self.callers.acked) >= before + _UNDER_WAY)
        for ferry in (self.slack, self.carrier):
            ferry.hang(_HANGING)
        for thread in self._threads[:_REPLIES]:
            self.replies.append(f"Answer {len(self.replies)}")
            await self.town.slack.people.say("U0DESK", CHANNEL, self.replies[-1], thread_ts=thread)
        await _until(lambda: self.slack.hung.is_set() and self.carrier.hung.is_set())

    @property
    def _threads(self) -> list[str]:
        return [root.ts for root in self.town.slack.roots(CHANNEL)]

    def open_attempts(self) -> set[str]:
        """Name the sends of which the store does not know how they ended."""
        with closing(sqlite3.connect(self.folder / DATABASE)) as connection:
            return {token for (token,) in connection.execute(_TRYING)}

    @property
    def unanswered(self) -> set[str]:
        return self.slack.unanswered | self.carrier.unanswered

    async def settle(self) -> None:
        """Let a last daemon work until nothing is left to do."""
        await self.lives.begin()
        await asyncio.gather(*self.calling)
        await _until(lambda: not self._unfinished())

    def _unfinished(self) -> int:
        with closing(sqlite3.connect(f"file:{self.folder / DATABASE}?mode=ro", uri=True)) as connection:
            (count,) = connection.execute(_OPEN).fetchone()
        return int(count)

    def heard(self) -> Counter[str]:
        """Count how often the worlds heard each text and each reply."""
        posts = [post for root in self._threads for post in self.town.slack.thread(CHANNEL, root)]
        texts = Counter(number for post in posts for number in {mark[1] for mark in MARK.findall(shown(post))})
        phones = (self.town.carrier.phone(sender(number)) for number in range(_SENDERS))
        return texts + Counter(reply for phone in phones for reply in phone.texts(DID))

    def said(self) -> set[str]:
        return {str(number) for number in self.callers.acked} | set(self.replies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a daemon ended, and what it left behind."""

    seconds: float
    code: int
    hanging: int  # sends that the worlds never answer
    ambiguous: int  # all others of which it is not known how they ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Parting:
    """What came of asking nicely, and of asking twice."""

    polite: Ending
    hasty: Ending
    said: int
    lost: int
    doubled: int

    @property
    def is_clean(self) -> bool:
        """Whether it ended as it should, its haste apart, and whether nobody missed or met anything twice."""
        harm = self.polite.code or self.polite.ambiguous or self.lost or self.doubled
        return not harm and self.said > 0 and self.hasty.seconds < _AT_ONCE


@asynccontextmanager
async def _opened(folder: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as closing_down:
        town = await closing_down.enter_async_context(opened_town())
        ferries = {}
        for name, url, calls in (
            ("slack", town.slack.api_url, b"chat.postMessage"),
            ("carrier", town.carrier.api_url, b"StatusCallback"),
        ):
            ferries[name] = Ferry(urlsplit(url).port or 0, calls)
            await ferries[name].start()
            closing_down.push_async_callback(ferries[name].aclose)
        slack, carrier = ferries["slack"], ferries["carrier"]
        settings = town.settings(folder, slack=f"{slack.url}/api/", carrier=carrier.url, posts_per_minute=0)
        lives = await closing_down.enter_async_context(living(Lives(settings, town.secrets)))
        callers = Callers(lambda: lives.address)
        yield Scene(folder=folder, town=town, lives=lives, callers=callers, slack=slack, carrier=carrier)


async def parted(folder: Path) -> Parting:
    """End one daemon by one signal and the next by two; let a third settle everything, and compare."""
    async with _opened(folder) as scene:
        await scene.work()
        polite = await _ended(scene, signal.SIGTERM)
        await scene.work()
        scene.lives.send(signal.SIGTERM)
        await asyncio.sleep(_POLITE)
        hasty = await _ended(scene, signal.SIGTERM)
        await scene.settle()
        heard, said = scene.heard(), scene.said()
    doubled = sum(count - 1 for count in heard.values())
    return Parting(polite=polite, hasty=hasty, said=len(said), lost=len(said - set(heard)), doubled=doubled)


async def killed(folder: Path) -> Ending:
    """Kill a daemon in the same moment instead."""
    async with _opened(folder) as scene:
        await scene.work()
        ending = await _ended(scene, signal.SIGKILL)
        for calling in scene.calling:
            calling.cancel()
        await asyncio.gather(*scene.calling, return_exceptions=True)
    return ending


async def _ended(scene: Scene, signal_number: int) -> Ending:
    began = time.monotonic()
    scene.lives.send(signal_number)
    code = await scene.lives.gone()
    seconds = time.monotonic() - began
    left, unanswered = scene.open_attempts(), scene.unanswered
    return Ending(seconds=seconds, code=code, hanging=len(left & unanswered), ambiguous=len(left - unanswered))


async def _until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(_LONGEST):
        while not is_so():  # noqa: ASYNC110 - the file of another process rings no bell
            await asyncio.sleep(_LOOK)
