"""conversations.*: what was said, and where. History comes newest first, replies oldest first."""

import base64

from adapters.sandbox.workspace.call import Call
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Channel, Json, Message
from adapters.sandbox.workspace.refusal import Refused
from adapters.sandbox.workspace.state import canonical_ts, span

_MOST = 999


def history(hub: Hub, call: Call) -> Json:
    channel = _readable(hub, call)
    stamps = _span(hub.state.timeline(channel.id), call)
    if before := read_cursor(call):
        stamps = span(stamps, None, before, inclusive=False)
    limit = call.number("limit", 100, most=_MOST)
    page = stamps[-limit:]
    following = page[0] if len(stamps) > limit else None
    messages = [hub.state.messages[channel.id][ts] for ts in reversed(page)]
    return _page(hub, call, messages, following)


def replies(hub: Hub, call: Call) -> Json:
    """Give a thread: the root on every page, then replies.

    For a reply's own ts Slack gives that message alone (bolt-python #783).
    """
    channel = _readable(hub, call)
    root = hub.state.message(channel.id, call.required("ts", "thread_not_found"))
    if root is None:
        raise Refused("thread_not_found")
    stamps = _span(hub.state.replies(channel.id, root.ts), call)
    if after := read_cursor(call):
        stamps = span(stamps, after, None, inclusive=False)
    limit = call.number("limit", 1_000, most=_MOST)
    page = stamps[:limit]
    following = page[-1] if len(stamps) > limit else None
    messages = [root, *(hub.state.messages[channel.id][ts] for ts in page)]
    return _page(hub, call, messages, following)


def _readable(hub: Hub, call: Call) -> Channel:
    return hub.joined_channel(call.required("channel", "channel_not_found"))


def _span(stamps: list[str], call: Call) -> list[str]:
    try:
        oldest, latest = canonical_ts(call.optional("oldest")), canonical_ts(call.optional("latest"))
    except ValueError:
        raise Refused("invalid_ts_oldest") from None
    return span(stamps, oldest, latest, inclusive=call.flag("inclusive"))


def _page(hub: Hub, call: Call, messages: list[Message], following: str | None) -> Json:
    whole = call.flag("include_all_metadata")
    shown = [hub.wire.message(message, whole_metadata=whole) for message in messages]
    return paged({"messages": shown, "has_more": following is not None}, following)


def paged(answer: Json, following: str | None) -> Json:
    """Add the cursor of the next page; the last page carries an empty one."""
    cursor = base64.b64encode(f"next:{following}".encode()).decode() if following else ""
    return answer | {"response_metadata": {"next_cursor": cursor}}


def read_cursor(call: Call) -> str | None:
    if not call.has("cursor"):
        return None
    try:
        kind, _, place = base64.b64decode(call.text("cursor"), validate=True).decode().partition(":")
    except ValueError:
        raise Refused("invalid_cursor") from None
    if kind != "next":
        raise Refused("invalid_cursor")
    return place


def listed(call: Call, ids: list[str], most: int = 1_000) -> tuple[list[str], str | None]:
    """Cut one page out of sorted ids; return it with the place of the next."""
    after = read_cursor(call) or ""
    rest = [id_ for id_ in sorted(ids) if id_ > after]
    limit = call.number("limit", 100, most=most)
    return rest[:limit], rest[limit - 1] if len(rest) > limit else None


def info(hub: Hub, call: Call) -> Json:
    channel = hub.channel(call.required("channel", "channel_not_found"))
    return {"channel": hub.wire.channel(channel)}


def list_(hub: Hub, call: Call) -> Json:
    kinds = (call.text("types") or "public_channel").split(",")
    bot, without_archived = hub.state.bot_user_id, call.flag("exclude_archived")
    visible = [
        channel.id
        for channel in hub.state.channels.values()
        if ("private_channel" if channel.is_private else "public_channel") in kinds
        and not (channel.is_private and bot not in channel.members)
        and not (channel.is_archived and without_archived)
    ]
    page, following = listed(call, visible)
    return paged({"channels": [hub.wire.channel(hub.state.channels[id_]) for id_ in page]}, following)


def members(hub: Hub, call: Call) -> Json:
    channel = hub.channel(call.required("channel", "channel_not_found"))
    page, following = listed(call, list(channel.members))
    return paged({"members": page}, following)


def open_(hub: Hub, call: Call) -> Json:
    """Open somebody's direct messages with our bot; of several people together Slack would make a group."""
    users = [one for one in call.text("users").split(",") if one]
    if not users:
        raise Refused("users_list_not_supplied")
    if len(users) > 1:
        raise Refused("method_not_supported_for_channel_type")
    user = hub.state.users.get(users[0])
    if user is None:
        raise Refused("user_not_found")
    if user.deleted:
        raise Refused("user_disabled")
    if user.is_bot:
        raise Refused("cannot_dm_bot")
    return {"no_op": False, "already_open": False, "channel": {"id": hub.state.direct(user.id).id}}


METHODS = {
    "conversations.open": open_,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.info": info,
    "conversations.list": list_,
    "conversations.members": members,
}
