"""An hour without Slack, by a clock that is moved by hand: what came meanwhile, and how it goes out afterwards."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from adapters.sandbox.mailbox.mail import Mail
from tests.faults.truth import Said, Verdict, judge
from tests.stories.language import CHANNEL, DID, House, opened_house

AWAY = timedelta(hours=1)
PHONES = [f"+121255501{number:02}" for number in range(40, 60)]
BURST = 3  # posts that may go at once after a pause
UNDER_WAY = 4  # posts that may be under way while the clock is moved, and so be heard late
LONGEST_WAIT = timedelta(minutes=22)  # acknowledge_within, an interval, a window, and a minute for the mail itself
NOTICED = timedelta(minutes=1)  # so long a listener may be down before anybody is told
_NEW = re.compile(r"^NEW · .*\n  \| (.*)$", re.MULTILINE)  # a text that a digest lists for the first time
_SILENT = "Slack has been unreachable"
_MOST_STEPS = 2_000
_AT_HAND, _NOT_YET = 1.0, 0.05  # real seconds for a post that is due, and for one that may be


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What was seen of it."""

    texts: int
    stored: int
    digests: int
    silent_digests: int  # that do not say why the threads are empty
    late: int  # texts of which a digest told too late, or never
    drained_in: timedelta
    crowding: float  # posts beyond one a second, in the worst span of time
    verdict: Verdict

    @property
    def is_heard_once(self) -> bool:
        harm = self.verdict.lost or self.verdict.doubled or self.verdict.misplaced
        return not harm and self.stored == self.texts

    @property
    def is_told_of(self) -> bool:
        return self.digests > 0 and not self.silent_digests and not self.late

    @property
    def is_in_pace(self) -> bool:
        return self.crowding <= BURST + UNDER_WAY and self.drained_in.total_seconds() <= 1.2 * self.texts

    def __str__(self) -> str:
        found = self.verdict
        return (
            f"{self.texts} texts, {self.stored} stored; {self.digests} digests, {self.silent_digests} of them without "
            f"the reason, {self.late} texts told late; drained in {self.drained_in.total_seconds():.0f} s, at most "
            f"{self.crowding:.0f} posts ahead of one a second; {len(found.lost)} lost, {len(found.doubled)} doubled, "
            f"{len(found.misplaced)} out of order"
        )


async def absent(folder: Path, texts: int, posts_per_minute: int = 60) -> Absence:
    """Take Slack away for an hour, in which so many texts come, and bring it back."""
    said, came = Said(), dict[str, datetime]()
    async with opened_house(folder, slack={"posts_per_minute": posts_per_minute, "burst": BURST}) as house:
        await house.slack.down()
        gone = house.clock.now()
        for number in range(texts):
            phone = PHONES[number % len(PHONES)]
            words = said.text((phone, DID), f"Text {number}")
            came[words] = house.clock.now()
            await house.phone(phone).texts(words)
            await house.forward(seconds=AWAY.total_seconds() / texts)
        back, mails = house.clock.now(), house.mail.inbox("desk@example.com")
        stored = (await house.read(lambda ledger: ledger.audit.status(back))).counts["messages"]
        told_late = _late(house, came, back)
        await house.slack.up()
        posts = await _drained(house, texts)
        return Absence(
            texts=texts,
            stored=stored,
            digests=len(mails),
            silent_digests=sum(_SILENT not in (mail.text or "") for mail in mails if mail.at > gone + NOTICED),
            late=told_late,
            drained_in=posts[-1] - back,
            crowding=_crowding(posts),
            verdict=judge(house, said, {DID: CHANNEL}),
        )


def _late(house: House, came: dict[str, datetime], until: datetime) -> int:
    """Count the texts that no digest told of within the longest wait."""
    told = {words: mail.at for mail in house.mail.inbox("desk@example.com") for words in _new(mail)}
    return sum(told.get(words, until) - at > LONGEST_WAIT for words, at in came.items())


def _new(mail: Mail) -> list[str]:
    return _NEW.findall(mail.text or "")


async def _drained(house: House, texts: int) -> list[datetime]:
    """Let a second pass, and what is due in it happen, until all is shown; return when each post came."""
    for _ in range(_MOST_STEPS):
        before = len(_posts(house))
        if before >= texts:
            break
        await house.forward(seconds=1)
        due = await house.read(lambda ledger: ledger.outbox.destinations(house.clock.now()))
        await _next_post(house, before, _AT_HAND if f"slack/{CHANNEL}" in due else _NOT_YET)
    return _posts(house)


async def _next_post(house: House, before: int, patience: float) -> None:
    with suppress(TimeoutError):
        await house.slack.wait_for(lambda: len(_posts(house)) > before, patience)


def _posts(house: House) -> list[datetime]:
    return [call.at for call in house.slack.heard if call.method == "chat.postMessage" and call.outcome == "ok"]


def _crowding(posts: Sequence[datetime]) -> float:
    """Return by how many posts the worst span of time held more than one a second."""
    worst, ahead = 0.0, 0.0
    for before, at in zip((*posts[:1], *posts), posts, strict=False):
        ahead = max(0.0, ahead - (at - before).total_seconds()) + 1
        worst = max(worst, ahead)
    return worst
