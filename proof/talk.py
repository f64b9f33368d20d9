"""Twelve conversations at once: phones text, people answer, and some phones are answered by nobody but a reaction.

Many texts are equal on purpose, so that nobody can tell them apart by their words.
"""

import asyncio
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.truth import Said, mailed, told_in
from tests.stories.language import CHANNEL, DID, House, shown

PHONES = [f"+121255501{number}" for number in range(60, 72)]
QUIET = PHONES[-3:]  # nobody answers them, so every text of theirs goes into a digest
DESK = "U0DESK"
_ALIKE = ("ok", "ok", "thanks", "on my way")
_CHANCE_ALIKE = 0.4
_QUIET_PAUSE = 6  # times as long between the texts of a quiet phone


@dataclass(kw_only=True)
class Talk:
    """Who says what when; `pause` is the mean time between two utterances of one conversation."""

    house: House
    lot: random.Random
    pause: float
    said: Said = field(default_factory=Said)
    stamps: dict[str, list[str]] = field(default_factory=dict)  # of the replies to each phone, as Slack stamped them
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)
    _threads: dict[str, str] = field(default_factory=dict)

    @property
    def messages(self) -> int:
        return self.texts + self.replies

    @property
    def texts(self) -> int:
        return sum(map(len, self.said.texts.values()))

    @property
    def replies(self) -> int:
        return sum(map(len, self.said.replies.values()))

    async def go_on(self, messages: int, by_now: Callable[[], int]) -> None:
        """Talk in all conversations until there are so many messages; never be ahead of how many there may be by now.

        So a machine that is slow to start daemons is not flooded meanwhile.
        """
        async with asyncio.TaskGroup() as tasks:
            for phone in PHONES:
                tasks.create_task(self._converse(phone, messages, by_now))

    async def _converse(self, phone: str, messages: int, by_now: Callable[[], int]) -> None:
        pause = self.pause * (_QUIET_PAUSE if phone in QUIET else 1)
        while self.messages < messages:
            await asyncio.sleep(self.lot.uniform(0.5, 1.5) * pause)
            if self.messages >= by_now():
                continue
            if phone in QUIET:
                await self._text(phone, f"Text {next(self._numbers)}")
                await self._react(phone)
            elif self.thread(phone) and self.lot.random() < 0.5:
                await self._reply(phone, self._words("Answer"))
            else:
                await self._text(phone, self._words("Text"))

    def _words(self, what: str) -> str:
        is_alike = self.lot.random() < _CHANCE_ALIKE
        return self.lot.choice(_ALIKE) if is_alike else f"{what} {next(self._numbers)}"

    async def _text(self, phone: str, words: str) -> None:
        """Text, and say no more before the carrier has delivered it or has given up."""
        self.said.text((phone, DID), words)
        await self.house.carrier.text(phone, DID, words)

    async def _reply(self, phone: str, words: str) -> None:
        self.said.reply((phone, DID), words)
        stamp = await self.house.slack.people.say(DESK, CHANNEL, words, thread_ts=self.thread(phone))
        self.stamps.setdefault(phone, []).append(stamp)

    async def _react(self, phone: str) -> None:
        """Acknowledge as far as digests have told without a gap, as people do who have read them."""
        thread, told = self.thread(phone), set(mailed(self.house, "desk"))
        posts = self.house.slack.thread(CHANNEL, thread) if thread else []
        texts = self.said.texts[phone, DID]
        is_told = [bool(said) and told.issuperset(said) for said in (told_in(post, texts) for post in posts)]
        known = [post for post, _ in itertools.takewhile(lambda each: each[1], zip(posts, is_told, strict=True))]
        if len(known) > 1:  # on the first post it would stand for all that is shown
            await self.house.slack.people.react(DESK, CHANNEL, known[-1].ts, "eyes")

    def thread(self, phone: str) -> str:
        """Return the first post of this phone's thread, or nothing."""
        if phone not in self._threads:
            found = (root.ts for root in self.house.roots() if root.bot_id and phone[-4:] in shown(root))
            self._threads[phone] = next(found, "")
        if not self._threads[phone]:
            del self._threads[phone]
            return ""
        return self._threads[phone]
