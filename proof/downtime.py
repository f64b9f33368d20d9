"""Two hours in which we are down ourselves, by a clock moved by hand: what was said meanwhile, and what comes of it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from adapters.sandbox.workspace.nouns import Message
from tests.faults.truth import Misplaced, Said, Verdict, judge
from tests.stories.language import ADA, BOB, CHANNEL, CY, DID, House, Thread, buttons, opened_house, shown

AWAY = timedelta(hours=2)
ROUNDS = 12  # in each a text of an old phone, one of a new one, and a reply
LATE = timedelta(minutes=15)  # a reply that is found later is asked about
DUE = timedelta(minutes=10)  # acknowledge_within
PUNCTUAL = timedelta(minutes=2)  # the window in which digests are gathered, and the mail's own time
_MOST_STEPS, _PATIENCE = 20, 0.5  # real seconds in each
_SEND_NOW = "Send now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Downtime:
    """What was found once we were back."""

    texts: int
    replies: int
    unmarked: int  # texts and questions that do not say when they were really said
    asked: int  # late replies that a person was asked about; and how many should have been
    late: int
    is_acknowledged: bool  # by a reaction that nobody of us saw
    digest_after: timedelta | None  # from our return to the first digest of what was missed
    verdict: Verdict

    @property
    def misplaced(self) -> list[Misplaced]:
        """Return what stands in the wrong place of a thread; replies go when people decide, in no order of ours."""
        return [found for found in self.verdict.misplaced if found.where.startswith("thread")]

    @property
    def is_recovered(self) -> bool:
        found = self.verdict
        harm = found.lost or found.doubled or self.misplaced or self.unmarked
        return not harm and self.asked == self.late > 0 and self.is_acknowledged

    @property
    def is_punctual(self) -> bool:
        return self.digest_after is not None and DUE <= self.digest_after <= DUE + PUNCTUAL

    def __str__(self) -> str:
        found, after = self.verdict, self.digest_after
        digest = f"{after.total_seconds() / 60:.1f} min after our return" if after is not None else "never"
        return (
            f"{self.texts} texts, {self.replies} replies ({self.asked} of {self.late} late ones asked about), a "
            f"reaction{'' if self.is_acknowledged else ' (not found)'}: {len(found.lost)} lost, {len(found.doubled)} "
            f"doubled, {len(self.misplaced)} out of order, {self.unmarked} without their real time; digest {digest}"
        )


@dataclass(kw_only=True)
class _Scene:
    """The house, and what was said to it, and when."""

    house: House
    said: Said
    moments: dict[str, datetime]
    late: list[str]

    def text(self, phone: str, words: str) -> str:
        self.moments[words] = self.house.clock.now()
        return self.said.text((phone, DID), words)

    async def meanwhile(self, thread: Thread) -> None:
        """Let people and phones go on, and nobody tell us of it."""
        self.house.carrier.mischief.drop = True
        for number in range(ROUNDS):
            for phone in (ADA, CY):
                await self.house.phone(phone).texts(self.text(phone, f"Text {number} of {phone[-2:]}"))
            words = self.said.reply((ADA, DID), f"Answer {number}")
            self.moments[words] = self.house.clock.now()
            await self.house.agent().replies(thread, words)
            self.house.clock.forward(AWAY / ROUNDS)
        self.house.carrier.mischief.drop = False
        back = self.house.clock.now()
        self.late = [words for words in self._answers if back - self.moments[words] > LATE]

    @property
    def _answers(self) -> Sequence[str]:
        return self.said.replies[ADA, DID]

    async def settle(self, is_seen: Callable[[], object]) -> None:
        """Let things happen, and time pass where nothing happens without it, until this is seen or is late."""
        for _ in range(_MOST_STEPS):
            try:
                await self.house.slack.wait_for(is_seen, _PATIENCE)
                return
            except TimeoutError:
                await self.house.forward(seconds=10)

    def unshown(self) -> list[str]:
        return [words for words in judge(self.house, self.said, {DID: CHANNEL}).lost if words.startswith("thread")]

    def questions(self, thread: Thread) -> list[Message]:
        return [note for note in thread.messages if buttons(note, _SEND_NOW)]

    async def decide(self, thread: Thread) -> int:
        """Have every reply sent that we are asked about, in their order; return how many questions say their moment."""
        notes = [note for words in self.late for note in self.questions(thread) if self._is_dated(note, words)]
        for note in notes:
            await self.house.agent().presses(thread, note.ts, _SEND_NOW)
        await self.settle(lambda: not judge(self.house, self.said, {DID: CHANNEL}).lost)
        return len(notes)

    def unmarked(self) -> int:
        """Count the texts of the downtime whose posts do not say when they were sent."""
        posts = [post for root in self.house.roots() for post in self.house.slack.thread(CHANNEL, root.ts)]
        texts = [words for words in self.moments if words.startswith("Text")]
        dated = {words for words in texts for post in posts if words in shown(post) and self._is_dated(post, words)}
        return len(set(texts) - dated)

    def _is_dated(self, post: Message, words: str) -> bool:
        return f"{self.moments[words]:%Y-%m-%d %H:%M} UTC" in shown(post)


async def down(folder: Path) -> Downtime:
    """Go down for two hours, come back, be restarted, and see what people see."""
    async with opened_house(folder) as house:
        scene = _Scene(house=house, said=Said(), moments={}, late=[])
        for phone in (ADA, BOB):
            await house.phone(phone).texts(scene.said.text((phone, DID), f"Before of {phone[-2:]}"))
        thread, bobs = await house.thread(ADA), await house.thread(BOB)
        await house.forward(minutes=1)
        await house.close()
        await house.agent("U0DESK").reacts(bobs)
        await scene.meanwhile(thread)
        back = house.clock.now()
        await house.open()
        await scene.settle(lambda: not scene.unshown() and len(scene.questions(thread)) >= len(scene.late))
        asked = await scene.decide(thread)
        digest_after = await _digest(house, back)
        await house.restart()
        await house.forward(minutes=3)
        return Downtime(
            texts=len(scene.moments) - ROUNDS,
            replies=ROUNDS,
            unmarked=scene.unmarked(),
            asked=asked,
            late=len(scene.late),
            is_acknowledged="Acknowledged by" in shown(bobs.card),
            digest_after=digest_after,
            verdict=judge(house, scene.said, {DID: CHANNEL}),
        )


async def _digest(house: House, back: datetime) -> timedelta | None:
    """Let time pass until what was missed is told by mail; return how long after our return that was."""

    def told() -> list[datetime]:
        return [mail.at for mail in house.mail.inbox("desk@example.com") if "Text 0" in (mail.text or "")]

    while house.clock.now() < back + DUE + PUNCTUAL and not told():
        await house.forward(seconds=20)
        with suppress(TimeoutError):
            await house.mail.wait_for(lambda: bool(told()), _PATIENCE)
    return told()[0] - back if told() else None
