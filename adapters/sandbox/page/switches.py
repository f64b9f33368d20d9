"""The switches of the page: what may go wrong in the worlds, each with one line on what to expect."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.carrier import Receipts
from adapters.sandbox.faults import Fault
from adapters.sandbox.page.worlds import Worlds

_COPIES = 2  # beside the one that is due: every text is announced three times
_SEND = "messages.create"


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """One thing that may go wrong."""

    name: str
    title: str
    expect: str
    turn: Callable[[Worlds, bool], Awaitable[None]]
    excludes: str | None = None  # the switch that turns off when this one turns on


class Switches:
    """Turn them, and remember which are on."""

    def __init__(self, worlds: Worlds) -> None:
        self._worlds = worlds
        self._on: set[str] = set()

    async def turn(self, name: str, on: bool) -> None:
        """Turn one on or off; KeyError for a name that none has."""
        switch = _BY_NAME[name]
        if on and switch.excludes in self._on:
            await self.turn(switch.excludes, False)
        if on is not (name in self._on):
            await switch.turn(self._worlds, on)
            (self._on.add if on else self._on.discard)(name)

    async def calm(self) -> None:
        """Turn everything off."""
        for name in sorted(self._on):
            await self.turn(name, False)

    def show(self) -> list[dict[str, Any]]:
        return [
            {"name": each.name, "title": each.title, "expect": each.expect, "on": each.name in self._on}
            for each in _ALL
        ]


async def _slack_down(worlds: Worlds, on: bool) -> None:
    await (worlds.workspace.down() if on else worlds.workspace.up())


async def _carrier_down(worlds: Worlds, on: bool) -> None:
    await (worlds.carrier.down() if on else worlds.carrier.up())


async def _carrier_silent(worlds: Worlds, on: bool) -> None:
    worlds.carrier.faults.always(_SEND, Fault.SILENT if on else None)


async def _duplicates(worlds: Worlds, on: bool) -> None:
    worlds.carrier.mischief.duplicates = _COPIES if on else 0
    worlds.workspace.event_faults.duplicate = on


async def _late_receipts(worlds: Worlds, on: bool) -> None:
    worlds.carrier.delivery.receipts = Receipts.LATE if on else Receipts.PROMPT


async def _no_receipts(worlds: Worlds, on: bool) -> None:
    worlds.carrier.delivery.receipts = Receipts.NEVER if on else Receipts.PROMPT


async def _mail_down(worlds: Worlds, on: bool) -> None:
    await (worlds.mailbox.down() if on else worlds.mailbox.up())


async def _share_channel(worlds: Worlds, on: bool) -> None:
    people, channel = worlds.workspace.people, worlds.cast.lines[0].channel
    await (people.share_channel(channel) if on else people.unshare_channel(channel))


_ALL = (
    Switch(
        name="slack-down",
        title="Slack is down",
        expect="Texts are kept; they appear in order when it is back.",
        turn=_slack_down,
    ),
    Switch(
        name="duplicates",
        title="Everything arrives again",
        expect="Each text is announced 3×, each Slack event 2×; nothing doubles.",
        turn=_duplicates,
    ),
    Switch(
        name="silent",
        title="Accepted, then silent",
        expect="A reply goes out, the carrier never says so: no second text.",
        turn=_carrier_silent,
    ),
    Switch(
        name="carrier-down",
        title="Carrier is down",
        expect="Replies wait, marked as queued, and go out afterwards.",
        turn=_carrier_down,
    ),
    Switch(
        name="late-receipts",
        title="Receipts come late",
        expect="A reply stays “sent” for 20 minutes, then “delivered”.",
        turn=_late_receipts,
        excludes="no-receipts",
    ),
    Switch(
        name="no-receipts",
        title="Receipts never come",
        expect="A reply says “sent”, and claims no more than that.",
        turn=_no_receipts,
        excludes="late-receipts",
    ),
    Switch(
        name="mail-down",
        title="Mail server is down",
        expect="The digest waits, and arrives once.",
        turn=_mail_down,
    ),
    Switch(
        name="shared-channel",
        title="The channel is shared",
        expect="People of another company can write in the first channel.",
        turn=_share_channel,
    ),
)
_BY_NAME = {each.name: each for each in _ALL}
