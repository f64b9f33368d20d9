"""What was said and done in threads while we could not hear it: replies of people, and the reactions on our posts."""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from adapters.slack import concerns, names, plain, wire
from adapters.slack.api import SlackApi
from adapters.slack.channels import Channels
from adapters.slack.names import SLACKBOT, Identity, Json
from adapters.slack.people import People
from bridge.domain.event import ChatEvent, RawEvent
from bridge.domain.ids import PersonRef, ThreadRef
from bridge.errors import Blocked, Permanent, Reason, Transient, WireError
from bridge.ports import Clock

Found = tuple[RawEvent, ChatEvent | WireError]

_TRIES = 6
_AGAIN = timedelta(seconds=1)  # where nothing was said of how long to wait
_MANY = 5  # threads of one channel, from which on reading the channel first is the shorter way
_REACTED_WITHIN = timedelta(days=31)  # how old a post of ours may be whose reactions still matter


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A message, and the moment before it was read."""

    message: Json
    at: datetime


class History:
    """Read threads back; where there are many, the channel is read first, for a root tells whether anybody answered."""

    def __init__(self, api: SlackApi, people: People, channels: Channels, clock: Clock) -> None:
        self._api = api
        self._people = people
        self._channels = channels
        self._clock = clock

    async def read(self, threads: Sequence[ThreadRef], since: datetime) -> AsyncIterator[Found]:
        """Give, thread by thread and oldest first, what people replied since then and the present reaction sets.

        A reaction leaves no trace in its thread's root, so a thread with later posts of ours is read in any case.
        """
        me = await self._api.me()
        roots = {f"{channel}/{ts}": root async for channel, ts, root in self._roots(threads)}
        for thread in dict.fromkeys(threads):
            for found in await self._in(thread, roots.get(thread), since, me):
                yield found

    async def _in(self, thread: ThreadRef, root: _Seen | None, since: datetime, me: Identity) -> list[Found]:
        """Read a thread; one in a channel that we have left, only as far as that can be."""
        try:
            return await self._thread(thread, root, since, me)
        except Blocked:
            if self._channels.is_ours(names.parts(thread)[0]):
                raise
            return []

    async def _roots(self, threads: Sequence[ThreadRef]) -> AsyncIterator[tuple[str, str, _Seen]]:
        """Find the roots of many threads among their channels' messages; one that is not found is read as a thread."""
        for channel, stamps in _by_channel(threads).items():
            if len(stamps) < _MANY or not self._channels.is_ours(channel):
                continue
            at = self._clock.now()
            wanted = {"channel": channel, "oldest": min(stamps), "latest": max(stamps), "inclusive": True}
            pages = self._api.pages("conversations.history", "messages", wanted, read=self._read)
            said = [message async for message in pages]
            if not any(message.get("reply_count") for message in said):
                continue  # nobody answered anything here, or this server does not count: only the threads can tell
            for message in said:
                if message.get("ts") in stamps:
                    yield channel, str(message["ts"]), _Seen(message=message, at=at)

    async def _thread(self, thread: ThreadRef, root: _Seen | None, since: datetime, me: Identity) -> list[Found]:
        channel, ts = names.parts(thread)
        if root and _is_quiet(root.message, since, me):
            return [await self._found(root, channel, me)] if me.is_me(root.message) else []
        found: list[Found] = []
        for seen in await self._messages(channel, ts):
            if me.is_me(seen.message):
                found.append(await self._found(seen, channel, me))
            elif concerns.is_reply(seen.message, me) and str(seen.message["ts"]) >= names.stamp(since):
                called = await self._people.names(plain.people_in(seen.message))
                standing = await self._people.standing(str(seen.message["user"]))
                found.append(wire.reply_read_back(seen.message, channel, called, me, standing))
                found += wire.edit_read_back(seen.message, channel, called, me)
        return found

    async def _messages(self, channel: str, ts: str) -> list[_Seen]:
        """Read a thread, its root included, which may come with every page; nothing, if it is gone."""
        at = self._clock.now()
        oldest = names.stamp(at - _REACTED_WITHIN)
        wanted = {"channel": channel, "ts": ts, "oldest": oldest, "inclusive": True}
        seen: dict[str, _Seen] = {}
        try:
            async for message in self._api.pages("conversations.replies", "messages", wanted, read=self._read):
                if isinstance(message.get("ts"), str):
                    seen[message["ts"]] = _Seen(message=message, at=at)
        except Permanent as error:
            if error.reason is not Reason.GONE:
                raise
        return [seen[stamp] for stamp in sorted(seen)]

    async def _found(self, seen: _Seen, channel: str, me: Identity) -> Found:
        reacted = {person for person, _ in wire.reactors(seen.message)} - {me.user_id, SLACKBOT}
        bots = {person for person in sorted(reacted) if await self._people.is_bot(person)}
        ignored = frozenset(bots | {me.user_id, SLACKBOT})
        standings = {PersonRef(person): await self._people.standing(person) for person in sorted(reacted - ignored)}
        return wire.reaction_set(seen.message, channel, seen.at, standings, ignored=ignored)

    async def _read(self, method: str, params: Mapping[str, Any]) -> Json:
        """Read one page, a few times where Slack fails, waiting as long as it asks us to.

        Many pages make one reading: with one failure in three it would hardly ever come to an end otherwise.
        """
        for _ in range(_TRIES):
            try:
                return await self._api.read(method, params)
            except Transient as error:
                await self._clock.sleep(error.retry_after or _AGAIN)
        return await self._api.read(method, params)


def _by_channel(threads: Sequence[ThreadRef]) -> dict[str, frozenset[str]]:
    stamps: dict[str, set[str]] = defaultdict(set)
    for channel, ts in map(names.parts, threads):
        stamps[channel].add(ts)
    return {channel: frozenset(found) for channel, found in stamps.items()}


def _is_quiet(root: Json, since: datetime, me: Identity) -> bool:
    """Tell that the root alone is worth looking at: nobody answered since, and no later post of ours could bear a mark.

    Slack names only some of those who answered; unless it names all of them, we may be among the others.
    """
    if not root.get("reply_count"):
        return not root.get("latest_reply")
    authors, count = root.get("reply_users"), root.get("reply_users_count")
    all_named = isinstance(authors, list) and len(authors) == count and me.user_id not in authors
    return all_named and str(root.get("latest_reply") or "9") < names.stamp(since)
