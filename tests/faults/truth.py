"""What the worlds themselves say afterwards: which texts are missing, which came twice, which stand in the wrong place.

Nothing of ours is asked here.
"""

import html
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from adapters.sandbox.mailbox.mail import Mail
from adapters.sandbox.workspace.nouns import Message
from tests.stories.language import House, shown

Pair = tuple[str, str]  # a phone, and the number of ours that it talks to

_WAITS = "This reply waits"  # may be said wherever a carrier does not answer
_NEW = re.compile(r"^NEW · .*\n  \| (.*)$", re.MULTILINE)  # a text that a digest lists for the first time


@dataclass(slots=True)
class Said:
    """What people said in the course of a story, in their order."""

    texts: dict[Pair, list[str]] = field(default_factory=dict)  # by phones
    replies: dict[Pair, list[str]] = field(default_factory=dict)  # by people in Slack
    pictures: Counter[Pair] = field(default_factory=Counter)
    at_once: set[str] = field(default_factory=set)  # texts sent in one moment: nobody promises which comes first

    def text(self, pair: Pair, words: str) -> str:
        self.texts.setdefault(pair, []).append(words)
        return words

    def reply(self, pair: Pair, words: str) -> str:
        self.replies.setdefault(pair, []).append(words)
        return words


class Misplaced(NamedTuple):
    """What stands at one place in another order than it was said in."""

    where: str
    said: tuple[str, ...]
    found: tuple[str, ...]


@dataclass(slots=True)
class Verdict:
    """What is wrong. An empty one is what every test hopes for, and no control."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    misplaced: list[Misplaced] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)  # what was said and nobody asked for

    def compare(self, where: str, expected: Sequence[str], found: Sequence[str], at_once: Collection[str] = ()) -> None:
        """Compare what should stand at one place with what stands there."""
        wanted, there = Counter(expected), Counter(found)
        self.lost += [f"{where}: {words}" for words in (wanted - there).elements()]
        self.doubled += [f"{where}: {words}" for words in (there - wanted).elements()]
        if wanted == there and _order(expected, at_once) != _order(found, at_once):
            self.misplaced.append(Misplaced(where, tuple(expected), tuple(found)))

    @property
    def harm(self) -> int:
        return len(self.lost) + len(self.doubled)


def judge(house: House, said: Said, channels: dict[str, str]) -> Verdict:
    """Look at every phone and every thread; `channels` by the number of ours that they show."""
    verdict = Verdict()
    for (phone, did), replies in said.replies.items():
        verdict.compare(f"phone {phone[-4:]}", replies, house.carrier.phone(phone).texts(did))
    for pair in said.texts:
        _judge_thread(verdict, house, said, pair, channels[pair[1]])
    return verdict


def _judge_thread(verdict: Verdict, house: House, said: Said, pair: Pair, channel: str) -> None:
    last, texts = pair[0][-4:], said.texts[pair]
    posts = [
        post
        for root in house.roots(channel)
        if last in shown(root)
        for post in house.slack.thread(channel, root.ts)
        if post.user == house.slack.bot_user_id
    ]
    threads = sum(post.thread_ts is None for post in posts)
    verdict.doubled += [f"thread {last}"] * (threads - 1)
    verdict.compare(f"thread {last}", texts, [words for post in posts for words in told_in(post, texts)], said.at_once)
    files = [post for post in posts if post.files]
    verdict.compare(f"files {last}", ["file"] * said.pictures[pair], ["file"] * len(files))
    verdict.strange += [
        f"thread {last}: {shown(post)}"
        for post in posts
        if "may repeat" in shown(post) or not (post.files or told_in(post, texts) or _WAITS in shown(post))
    ]


def _order(texts: Sequence[str], at_once: Collection[str]) -> list[str]:
    return ["at once" if text in at_once else text for text in texts]


def told_in(post: Message, texts: Sequence[str]) -> list[str]:
    """Return which of these texts a post says, each as often and in the order in which it does: it may say several."""
    return [line for line in html.unescape(post.text).split("\n") if line in texts]


def judge_mails(verdict: Verdict, house: House, name: str, waiting: Sequence[str], *, may_repeat: int) -> None:
    """Every waiting text is new in one digest; so many digests, of which nobody could tell, may have come twice."""
    mails = _inbox(house, name)
    repeated = len(mails) - len({mail.message_id for mail in mails})
    verdict.doubled += [f"mail to {name}"] * max(0, repeated - may_repeat)
    told = [words for words in mailed(house, name) if words in waiting]
    verdict.compare(f"mail to {name}", sorted(waiting), sorted(told))


def mailed(house: House, name: str) -> list[str]:
    """Return the texts that this person was told of for the first time, digest by digest.

    A repetition leaves out what was acknowledged meanwhile.
    """
    told: dict[str | None, dict[str, None]] = {}
    for mail in _inbox(house, name):
        told.setdefault(mail.message_id, {}).update(dict.fromkeys(_NEW.findall(mail.text or "")))
    return [words for texts in told.values() for words in texts]


def _inbox(house: House, name: str) -> list[Mail]:
    return house.mail.inbox(f"{name}@example.com")
