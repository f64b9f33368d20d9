"""How Slack's names of things become our opaque references and keys, and back; its timestamps, and its moments."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from bridge.domain.ids import EventKey, PostRef, ThreadRef
from bridge.errors import WireError

Json = Mapping[str, Any]

SLACKBOT = "USLACKBOT"  # users.info says of it that it is no bot
_TS = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,6})[0-9]*)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who we are in the workspace, as auth.test said."""

    user_id: str
    bot_id: str
    team_id: str
    url: str  # of the workspace, with a slash at its end

    def is_me(self, message: Json) -> bool:
        return message.get("user") == self.user_id or message.get("bot_id") == self.bot_id


def whole(value: object) -> str:
    """Write a value as text that can be kept: half a character, which JSON may hold, becomes U+FFFD."""
    written = str(value)
    return written if written.isascii() else written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def moment(ts: object) -> datetime:
    """Read a timestamp; it is a decimal string, and as a float it would lose its last digits.

    Slack writes six digits after the point. Other servers that speak as Slack does write fewer, or none.
    """
    found = _TS.fullmatch(ts) if isinstance(ts, str) else None
    if not found:
        raise WireError("not a timestamp of Slack's")
    return _EPOCH + timedelta(seconds=int(found[1]), microseconds=int((found[2] or "").ljust(6, "0")))


def stamp(at: datetime) -> str:
    """Write a moment as Slack does; exact, by whole microseconds."""
    seconds, micros = divmod((at - _EPOCH) // timedelta(microseconds=1), 1_000_000)
    return f"{seconds:010d}.{micros:06d}"


def post_ref(channel: str, ts: str) -> PostRef:
    return PostRef(f"{channel}/{ts}")


def thread_ref(channel: str, ts: str) -> ThreadRef:
    return ThreadRef(f"{channel}/{ts}")


def parts(ref: str) -> tuple[str, str]:
    """Split a reference of ours into channel and ts."""
    channel, _, ts = ref.partition("/")
    return channel, ts


def message_keys(channel: str, message: Json) -> tuple[EventKey, ...]:
    """Name a message wherever it is met: live, repeated or read back.

    One press of Enter has been seen as two messages with different ts and one client_msg_id, hence the second key. It
    holds the words as well, in case somebody's ids are not unique.
    """
    keys = [EventKey(whole(f"slack:{channel}/{message['ts']}"))]
    if isinstance(again := message.get("client_msg_id"), str) and again:
        said = hashlib.sha256(repr((channel, message.get("thread_ts"), message.get("text"))).encode()).hexdigest()[:16]
        keys.append(EventKey(whole(f"slack:client/{again}/{said}")))
    return tuple(keys)


def link(me: Identity, channel: str, ts: str, thread_ts: str | None) -> str:
    """Make the address that opens a post in Slack, without asking chat.getPermalink."""
    address = f"{me.url}archives/{quote(channel)}/p{ts.replace('.', '')}"
    in_thread = thread_ts and thread_ts != ts
    return f"{address}?thread_ts={thread_ts}&cid={quote(channel)}" if in_thread else address
