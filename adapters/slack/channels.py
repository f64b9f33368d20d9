"""Our channels: who can see each, and whether another company can, where nothing is posted unless an admin allows."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.slack.api import SlackApi
from adapters.slack.errands import Errands
from adapters.slack.names import Json
from bridge.domain.ids import ChannelRef
from bridge.domain.standing import Place, Standing
from bridge.errors import Blocked, Permanent, PortError, Reason
from bridge.ports import Clock
from bridge.wording import chat

_FRESH_FOR = timedelta(minutes=5)
_AGAIN = timedelta(minutes=1)  # after an answer that could not be had
_KEPT_FOR = timedelta(hours=1)  # and used where Slack does not answer
_AT_MOST_SECONDS = 1.0  # of the three for which a trigger serves


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Who is in a channel; of a public one that need not be known, because every member can come in."""

    members: frozenset[str] | None
    is_shared: bool  # with another company
    since: datetime


class Channels:
    """Know who is in the channels that the configuration names."""

    def __init__(self, api: SlackApi, clock: Clock, errands: Errands, refs: frozenset[ChannelRef]) -> None:
        self._api = api
        self._clock = clock
        self._errands = errands
        self._refs = refs
        self._known: dict[ChannelRef, _Known] = {}
        self._asking: dict[ChannelRef, asyncio.Event] = {}
        self._failed: dict[ChannelRef, datetime] = {}
        self._is_stale = False

    def learn(self) -> None:
        """Ask for all that is not known, or not for certain any more."""
        for ref in self._refs:
            is_due = self._is_stale or self._age(ref) >= _FRESH_FOR
            if is_due and ref not in self._asking and not self._has_just_failed(ref):
                self._asking[ref] = asyncio.Event()
                self._errands.run(self._ask(ref, self._asking[ref]))
        self._is_stale = False

    def look_again(self) -> None:
        """Ask for everything anew: somebody has shared a channel, or has stopped to."""
        self._is_stale = True
        self.learn()

    async def check(self, ref: ChannelRef) -> None:
        """Raise `Blocked` where another company would read what we post, unless our admin has allowed that."""
        if self._age(ref) >= _FRESH_FOR:
            self.learn()
        if ref in self._refs and self._age(ref) >= _KEPT_FOR:
            await self._wait()
        known = self._known.get(ref)
        if known and known.is_shared and ref not in self._api.settings.shared_channels:
            raise Blocked(f"{ref}: shared with another company", chat.unshare())

    async def check_place(self, ref: ChannelRef, channel: str) -> None:
        """Raise `Permanent` with MOVED where `ref` is another channel; a name that leads nowhere may be this one."""
        here = self._api.known_channel(ref)
        if not here and not self._has_just_failed(ref):
            try:
                here = await self._api.channel(ref)
            except PortError:
                self._failed[ref] = self._clock.now()
        if here and here != channel:
            raise Permanent(f"{ref}: the thread is in another channel", Reason.MOVED)

    def is_ours(self, channel: str) -> bool:
        """Tell whether one of our numbers may speak in this channel; where a name is not known yet, any may be it."""
        return not self._refs or not {channel, ""}.isdisjoint(map(self._api.known_channel, self._refs))

    async def seen_by(self, person: str, standing: Standing) -> frozenset[ChannelRef]:
        """Give the channels that a person can see; one of which nobody knows in a second is none."""
        self.learn()
        await self._wait()
        return frozenset(ref for ref in self._refs if self._is_seen(ref, person, standing))

    async def _wait(self) -> None:
        """Wait a moment for what is being asked and not known at all."""
        unknown = [done.wait() for ref, done in self._asking.items() if self._age(ref) >= _KEPT_FOR]
        if unknown:
            await asyncio.wait([asyncio.ensure_future(one) for one in unknown], timeout=_AT_MOST_SECONDS)

    def _is_seen(self, ref: ChannelRef, person: str, standing: Standing) -> bool:
        if self._age(ref) >= _KEPT_FOR:
            return False
        members = self._known[ref].members
        return standing.place is Place.MEMBER if members is None else person in members

    def _has_just_failed(self, ref: ChannelRef) -> bool:
        failed = self._failed.get(ref)
        return failed is not None and self._clock.now() - failed < _AGAIN

    def _age(self, ref: ChannelRef) -> timedelta:
        known = self._known.get(ref)
        return self._clock.now() - known.since if known else timedelta.max

    async def _ask(self, ref: ChannelRef, done: asyncio.Event) -> None:
        try:
            self._known[ref] = await self._read(ref)
        except PortError:  # what was known serves for an hour; then nobody sees it
            self._failed[ref] = self._clock.now()
        finally:
            del self._asking[ref]
            done.set()

    async def _read(self, ref: ChannelRef) -> _Known:
        id_ = await self._api.channel(ref)
        answer = await self._api.read("conversations.info", {"channel": id_})
        told = answer.get("channel")
        channel: Json = told if isinstance(told, dict) else {}
        members = None if channel.get("is_private") is False else await self._members(id_)
        return _Known(members=members, is_shared=channel.get("is_ext_shared") is True, since=self._clock.now())

    async def _members(self, id_: str) -> frozenset[str]:
        members: set[str] = set()
        async for page in self._api.answers("conversations.members", {"channel": id_}):
            found = page.get("members")
            members.update(map(str, found if isinstance(found, list) else ()))
        return frozenset(members)
