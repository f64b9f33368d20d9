"""What a town under siege suffered: lost, doubled, out of order; asked of the worlds, once daemons had time to end."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.sandbox.workspace.nouns import Message
from proof.books import learnt, open_entries
from proof.order import is_excused
from proof.siege import Siege
from proof.talk import DESK, QUIET, Talk
from tests.faults.truth import Verdict, judge, mailed
from tests.stories.language import CHANNEL, DID, House, buttons

_ARRIVED, _AGAIN = "It arrived", "Send again"
_PRESS_AGAIN_SECONDS = 3


@dataclass(kw_only=True)
class Toll:
    """The figures of one siege."""

    kills: int
    kills_on_attempts: int
    died: int
    lanes: int  # phones and threads, each with an order of its own
    texts: int
    replies: int
    faults: int
    asked: int
    mails: int
    repeated: int  # mails of a Message-ID that had come before
    lost: list[str]
    doubled_sms: list[str]
    doubled_posts: list[str]
    doubled_digests: list[str]
    out_of_order: list[str]  # although the daemons knew the right order
    learnt_late: list[str]  # in the order in which they came to know it, after a call was lost or refused
    left_open: list[str]

    @property
    def harm(self) -> dict[str, int]:
        """Every figure that must be nothing."""
        return {
            "lost": len(self.lost),
            "doubled SMS": len(self.doubled_sms),
            "doubled posts": len(self.doubled_posts),
            "doubled digests": len(self.doubled_digests),
            "out of order": len(self.out_of_order),
            "left open": len(self.left_open),
            "ended by themselves": self.died,
        }

    @property
    def details(self) -> list[str]:
        found = self.lost + self.doubled_sms + self.doubled_posts + self.doubled_digests
        return found + self.out_of_order + self.left_open

    def __str__(self) -> str:
        harm = ", ".join(f"{what} {count}" for what, count in self.harm.items())
        return (
            f"{self.kills} kills, {self.kills_on_attempts} on an open attempt, {self.texts} texts in, "
            f"{self.replies} replies out, {self.faults} faults, {self.mails} digests, {self.repeated} repeated under "
            f"the same Message-ID, {self.asked} replies asked about, {len(self.learnt_late)} learnt late; {harm}"
        )


@dataclass
class Reckoning:
    """Let daemons end their work, answer what they ask, and count."""

    siege: Siege
    _pressed: dict[str, float] = field(default_factory=dict)

    async def toll(self, seconds: float) -> Toll:
        """Wait until nothing is open and nothing is missing, or so long, and count."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._is_settled():
                    await self.decide()
                    if not self._judged().lost:
                        self.siege.lift()  # what is left are marks and cards
                    await asyncio.sleep(1)
        return self._counted()

    async def decide(self) -> None:
        """Answer every question as a person would who asks the phone's owner; press again where nothing happened."""
        now = asyncio.get_running_loop().time()
        for phone, note, number in _questions(self.siege.house, self.siege.talk):
            if now - self._pressed.get(note.ts, 0) > _PRESS_AGAIN_SECONDS:
                self._pressed[note.ts] = now
                has_it = len(self.siege.house.carrier.phone(phone).texts(DID)) > number
                action = buttons(note, _ARRIVED if has_it else _AGAIN)[0]["action_id"]
                await self.siege.house.slack.interactions.press(DESK, CHANNEL, note.ts, action)

    def _is_settled(self) -> bool:
        return not open_entries(self.siege.books) and not self._judged().lost

    def _judged(self) -> Verdict:
        house, talk = self.siege.house, self.siege.talk
        verdict = judge(house, talk.said, {DID: CHANNEL})
        waiting = [words for phone in QUIET for words in talk.said.texts.get((phone, DID), [])]
        verdict.lost += [f"digest: {words}" for words in set(waiting) - set(mailed(house, "desk"))]
        return verdict

    def _counted(self) -> Toll:
        siege, verdict = self.siege, self._judged()
        known = {_place(*which): texts for which, texts in learnt(siege.books).items()}
        mails = siege.house.mail.inbox("desk@example.com")
        digests = {mail.message_id for mail in mails}
        quiet = {words for phone in QUIET for words in siege.talk.said.texts.get((phone, DID), [])}
        told = Counter(words for words in mailed(siege.house, "desk") if words in quiet)
        return Toll(
            kills=siege.kills,
            kills_on_attempts=siege.kills_on_attempts,
            died=siege.died,
            lanes=len(siege.talk.said.texts) + len(siege.talk.said.replies),
            texts=siege.talk.texts,
            replies=siege.talk.replies,
            faults=siege.faults,
            asked=len(self._pressed),
            mails=len(digests),
            repeated=len(mails) - len(digests),
            lost=verdict.lost,
            doubled_sms=[one for one in verdict.doubled if one.startswith("phone")],
            doubled_posts=[one for one in verdict.doubled if not one.startswith("phone")],
            doubled_digests=[words for words, count in told.items() if count > 1],
            out_of_order=[str(one) for one in verdict.misplaced if not is_excused(one, known[one.where])],
            learnt_late=[one.where for one in verdict.misplaced if is_excused(one, known[one.where])],
            left_open=open_entries(siege.books),
        )


def _place(direction: str, phone: str) -> str:
    """Name a phone or a thread as a verdict does."""
    return f"{'thread' if direction == 'in' else 'phone'} {phone[-4:]}"


def _questions(house: House, talk: Talk) -> Iterator[tuple[str, Message, int]]:
    """Give the notes that still have their buttons, each with its phone and which of its replies is unclear."""
    for phone, stamps in talk.stamps.items():
        posts = house.slack.thread(CHANNEL, talk.thread(phone))
        unclear = [stamps.index(post.ts) for post in posts if "question" in post.reactions and post.ts in stamps]
        notes = [post for post in posts if buttons(post, _AGAIN)]
        if unclear and notes:
            yield phone, notes[-1], unclear[-1]
