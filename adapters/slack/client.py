"""The chat's door: what the bridge asks of Slack, each wish one call, said once and recognised again by its key."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Never

from adapters.http import HttpServer
from adapters.slack import names, refusals, render, wire
from adapters.slack.api import SlackApi
from adapters.slack.channels import Channels
from adapters.slack.errands import Errands
from adapters.slack.exports import Exports
from adapters.slack.files import Files, carries
from adapters.slack.history import History
from adapters.slack.listener import Listener
from adapters.slack.names import Json
from adapters.slack.people import People
from adapters.slack.settings import SlackSettings
from bridge.domain.command import AmendPost, DeletePost, FetchMedia, MarkPost, PostToThread, UploadFile
from bridge.domain.event import ChatEvent, RawEvent
from bridge.domain.ids import ChannelRef, EntryToken, ThreadRef
from bridge.domain.message import Media, Posted
from bridge.errors import Blocked, Permanent, Reason, Uncertain, WireError
from bridge.ports import Clock, Desk, Hear, Intake, StillDue

_NEWEST = 200  # posts of a channel that are looked at whatever their time
_BEFORE = timedelta(seconds=60)  # how far our clock may be ahead of Slack's when we look for a post of ours


class SlackChat:
    """One workspace, seen through one app.

    `state` says in words how listening goes. `gaps` is set whenever a connection is back after events may have been
    missed: whoever catches up waits for it, clears it, and reads the history.
    """

    def __init__(
        self,
        settings: SlackSettings,
        *,
        clock: Clock,
        server: HttpServer | None = None,
        groups: frozenset[str] = frozenset(),
        channels: frozenset[ChannelRef] = frozenset(),
        timeout_seconds: float = 15,
        ping_seconds: float = 10,
        hear: Hear = lambda told: None,
    ) -> None:
        self._api = SlackApi(settings, timeout_seconds=timeout_seconds, hear=hear)
        people = self._people = People(self._api, clock, groups)
        self._errands = Errands()
        seen = self._seen = Channels(self._api, clock, self._errands, channels)
        self._files = Files(self._api, clock)
        self._history = History(self._api, people, seen, clock)
        exports = Exports(self._api, people, seen, self._files, clock)
        self._listener = Listener(self._api, people, seen, exports, self._errands, clock, ping_seconds=ping_seconds)
        if settings.mode == "http" and server is not None:
            server.mount("/slack/events", self._listener.receive, limit=1_048_576)

    @property
    def state(self) -> str:
        return self._listener.state

    @property
    def gaps(self) -> asyncio.Event:
        return self._listener.gaps

    async def aclose(self) -> None:
        """Close the connections for calls; `listen` closes its own when it is cancelled."""
        await self._errands.aclose()
        await self._people.aclose()
        await self._api.aclose()

    async def listen(self, intake: Intake, desk: Desk) -> Never:
        await self._listener.run(intake, desk)

    async def post(self, post: PostToThread, key: EntryToken, still_due: StillDue[PostToThread]) -> Posted | None:
        await self._seen.check(post.channel)
        await self._place(post)  # What must be looked up first is looked up before the last question.
        await self._api.me()
        wish = await still_due()
        if wish is None:
            return None
        channel, thread_ts = await self._place(wish)
        answer = await self._api.post("chat.postMessage", render.post_body(wish, key, channel, thread_ts))
        return await self._posted(answer, str(answer.get("channel") or channel), thread_ts)

    async def upload(self, file: UploadFile, key: EntryToken, still_due: StillDue[UploadFile]) -> Posted | None:
        await self._seen.check(file.channel)
        await self._place(file)
        await self._api.me()
        shared = await self._files.share(file, key, still_due)
        return await self._posted(shared.message, shared.channel, shared.thread_ts) if shared else None

    async def amend(self, amendment: AmendPost) -> None:
        channel, ts = names.parts(amendment.post)
        try:
            await self._api.post("chat.update", render.amend_body(amendment, channel, ts), harmless=True)
        except Blocked as error:
            if self._seen.is_ours(channel):
                raise
            raise Permanent(str(error), Reason.MOVED) from error  # nobody is to mend a channel that we have left

    async def delete(self, deletion: DeletePost) -> None:
        """Look at it first: whose it is, and which files it shows.

        The files go first: they outlive the message, and nobody could name them any more.
        """
        channel, ts = names.parts(deletion.post)
        message = await self._seen_at(channel, ts)
        me = await self._api.me()
        if message and not me.is_me(message):
            raise Permanent("a person's own message", Reason.FOREIGN)
        await self._files.delete(message)
        place = {"channel": channel, "ts": ts}
        await self._api.order("chat.delete", place, harmless=True, fine=("message_not_found",))

    async def _seen_at(self, channel: str, ts: str) -> Json:
        """Give a message; an empty one where it cannot be read, or is gone."""
        try:
            answer = await self._api.read("conversations.replies", {"channel": channel, "ts": ts, "limit": 1})
        except (Blocked, Permanent):
            return {}
        messages = answer.get("messages")
        found = [one for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
        return next((one for one in found if one.get("ts") == ts), {})

    async def mark(self, mark: MarkPost) -> None:
        """Set the new mark before the old go, so that the reply never stands without one.

        Which were set is asked, not remembered: another daemon, or this one before its restart, may have set them.
        """
        channel, ts = names.parts(mark.post)
        emoji, place = wire.MARKS[mark.mark], {"channel": channel, "timestamp": ts}
        await self._api.order("reactions.add", place | {"name": emoji}, harmless=True, fine=("already_reacted",))
        me = await self._api.me()
        try:
            answer = await self._api.read("reactions.get", place | {"full": True})
        except (Blocked, Permanent):
            return  # which of ours are there cannot be had: the new one stands, and that is what counts
        message = answer.get("message")
        ours = {name for who, name in wire.reactors(message if isinstance(message, dict) else {}) if who == me.user_id}
        for old in sorted(ours.intersection(wire.MARKS.values()) - {emoji}):
            await self._api.order("reactions.remove", place | {"name": old}, harmless=True, fine=("no_reaction",))

    async def find(self, wish: PostToThread | UploadFile, key: EntryToken, since: datetime) -> Posted | None:
        """Look through the thread, or the channel for a lost first post, from a minute before the first attempt."""
        channel, thread_ts = names.parts(wish.thread) if wish.thread else (await self._api.channel(wish.channel), None)
        try:
            async for message in self._recent(channel, thread_ts, since - _BEFORE):
                # A note for which a first post had to be made has both under its key.
                if message.get("ts") != thread_ts and _is_it(message, wish, key):
                    return await self._posted(message, channel, thread_ts)
        except Blocked as error:
            if wire.refusal(error.__cause__) in refusals.UNREADABLE:
                raise Uncertain(str(error)) from error
            raise
        except Permanent as error:
            if error.reason is not Reason.GONE:
                raise
        return None

    async def fetch(self, media: FetchMedia) -> Media:
        return await self._files.fetch(media)

    def history(
        self, threads: Sequence[ThreadRef], since: datetime
    ) -> AsyncIterator[tuple[RawEvent, ChatEvent | WireError]]:
        return self._history.read(threads, since)

    async def _place(self, wish: PostToThread | UploadFile) -> tuple[str, str | None]:
        """Tell where it is said. `Permanent` with MOVED where its thread stands in another channel by now."""
        if not wish.thread:
            return await self._api.channel(wish.channel), None
        await self._seen.check_place(wish.channel, names.parts(wish.thread)[0])
        return names.parts(wish.thread)

    def _recent(self, channel: str, thread_ts: str | None, since: datetime) -> AsyncIterator[Json]:
        wanted = {"channel": channel, "include_all_metadata": True}
        if thread_ts:
            return self._api.pages("conversations.replies", "messages", wanted | {"ts": thread_ts})
        return _down_to(names.stamp(since), self._api.pages("conversations.history", "messages", wanted))

    async def _posted(self, message: Json, channel: str, thread_ts: str | None) -> Posted:
        ts = message.get("ts")
        try:
            posted_at = names.moment(ts)
        except WireError as error:
            raise Uncertain("Slack answered without saying where the post is") from error
        link = names.link(await self._api.me(), channel, str(ts), thread_ts)
        return Posted(ref=names.post_ref(channel, str(ts)), posted_at=posted_at, link=link)


async def _down_to(oldest: str, messages: AsyncIterator[Json]) -> AsyncIterator[Json]:
    """Give the newest ones in any case, then those since this moment: the chat's clock need not be ours."""
    count = 0
    async for message in messages:
        count += 1
        if count > _NEWEST and str(message.get("ts")) < oldest:
            return
        yield message


def _is_it(message: Json, wish: PostToThread | UploadFile, key: EntryToken) -> bool:
    if isinstance(wish, UploadFile):
        return carries(message, key)
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return isinstance(payload, dict) and payload.get("id") == key
