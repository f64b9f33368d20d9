"""A Slack that lets us in no more, by a clock moved by hand: who hears of it, and what is shown once it is mended."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.faults.truth import Said, Verdict, judge
from tests.stories.language import ADA, BOB, CHANNEL, DID, House, opened_house

TOLD_WITHIN = timedelta(minutes=10)
_SOON, _TEXTS = 3, 20  # texts, one a minute, before another trouble comes, and before all is mended
_MOST_STEPS = 120  # of ten seconds each, until all is shown
_ADMIN = "ben@example.com"

Deed = Callable[[House], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockout:
    """What was seen of it."""

    told_after: timedelta | None  # None if no admin was
    shown_meanwhile: int
    verdict: Verdict

    @property
    def is_held(self) -> bool:
        """Whether the admin was told in time, and everything was shown once, in order, when all was mended."""
        found = self.verdict
        harm = found.lost or found.doubled or found.misplaced or self.shown_meanwhile
        return not harm and self.told_after is not None and self.told_after <= TOLD_WITHIN

    def __str__(self) -> str:
        told = f"{self.told_after.total_seconds() / 60:.1f} min" if self.told_after is not None else "never"
        found = self.verdict
        return f"{told}, {len(found.lost)} lost, {len(found.doubled)} doubled, {len(found.misplaced)} out of order"


async def _revoke(house: House) -> None:
    house.slack.switches.token_error = "token_revoked"


async def _renew(house: House) -> None:
    house.slack.switches.token_error = None


async def _archive(house: House) -> None:
    await house.slack.people.archive("U0DESK", CHANNEL)


async def _unarchive(house: House) -> None:
    house.slack.people.channel(CHANNEL).is_archived = False


async def _remove(house: House) -> None:
    await house.slack.people.remove_bot(CHANNEL)


async def _invite(house: House) -> None:
    await house.slack.people.invite_bot(CHANNEL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What is done to us, the word by which Slack says so, and how it is mended."""

    begin: Deed
    word: str
    mend: Deed


REVOKED = Trouble(begin=_revoke, word="token_revoked", mend=_renew)
ARCHIVED = Trouble(begin=_archive, word="is_archived", mend=_unarchive)
REMOVED = Trouble(begin=_remove, word="not_in_channel", mend=_invite)
CASES: Mapping[str, tuple[Trouble, ...]] = {
    "token revoked": (REVOKED,),
    "channel archived": (ARCHIVED,),
    "bot removed": (REMOVED,),
    "archived, and meanwhile revoked": (ARCHIVED, REVOKED),
}


async def locked_out(folder: Path, troubles: tuple[Trouble, ...]) -> Lockout:
    """Let one trouble come after another, minutes apart, texts go on meanwhile, and all of it be mended in the end."""
    said = Said()
    async with opened_house(folder, bridge={"admins": ["Ben"]}) as house:
        await house.phone(ADA).texts(said.text((ADA, DID), "Before"))
        await house.thread(ADA)
        await house.forward(minutes=1)
        began = house.clock.now()
        for trouble in troubles:
            began = house.clock.now()
            await trouble.begin(house)
            await _text(house, said, _TEXTS if trouble is troubles[-1] else _SOON)
        shown_meanwhile = sum(len(house.slack.thread(CHANNEL, root.ts)) for root in house.roots()) - 1
        told_at = _told_at(house, troubles[-1].word)
        for trouble in troubles:
            await trouble.mend(house)
        await _settled(house, said)
        return Lockout(
            told_after=told_at - began if told_at else None,
            shown_meanwhile=shown_meanwhile,
            verdict=judge(house, said, {DID: CHANNEL}),
        )


async def _text(house: House, said: Said, texts: int) -> None:
    for number in range(texts):
        pair = (ADA if number % 2 else BOB), DID
        await house.phone(*pair).texts(said.text(pair, f"Text {sum(map(len, said.texts.values()))}"))
        await house.forward(minutes=1)


def _told_at(house: House, word: str) -> datetime | None:
    return next((mail.at for mail in house.mail.inbox(_ADMIN) if word in (mail.text or "")), None)


async def _settled(house: House, said: Said) -> None:
    """Let time pass until everything is shown, or until that would come too late."""
    for _ in range(_MOST_STEPS):
        if not judge(house, said, {DID: CHANNEL}).lost:
            return
        await house.forward(seconds=10)
