"""What the page shows of the workspace: channels with their threads as people see them, ready to be JSON."""

from adapters.sandbox.workspace import emoji
from adapters.sandbox.workspace.blocks import walk
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Ephemeral, Json, Message, Shortcut, User, View


def snapshot(hub: Hub, *, roots: int) -> Json:
    """Tell everything that is on screen; of each channel the last `roots` threads."""
    state = hub.state
    return {
        "users": [_person(user) for user in state.users.values() if not user.deleted],
        "user_groups": {group.id: group.handle for group in state.user_groups.values()},
        "channels": [_channel(hub, id_, roots) for id_ in state.channels],
        "directs": {one.direct_with: _direct(hub, one.id) for one in state.directs.values()},
        "modals": [_view(hub, view) for view in state.views.values()],
        "homes": {user: _view(hub, view) for user, view in state.homes.items()},
        "shortcuts": [{"callback_id": each.callback_id, "name": each.name, "kind": each.kind} for each in _menus(hub)],
        "commands": sorted(hub.switches.commands),
        "sockets": hub.sockets.connected,
    }


def _person(user: User) -> Json:
    names: Json = {"id": user.id, "name": user.name, "real_name": user.real_name, "team_id": user.team_id}
    names |= {"is_stranger": user.is_stranger}
    return names | {"is_bot": user.is_bot, "is_guest": user.is_restricted or user.is_ultra_restricted}


def _menus(hub: Hub) -> list[Shortcut]:
    return hub.switches.shortcuts if "commands" in hub.switches.granted else []


def _view(hub: Hub, view: View) -> Json:
    return hub.wire.view(view) | {"user": view.user, "errors": view.errors}


def _channel(hub: Hub, id_: str, roots: int) -> Json:
    channel = hub.state.channels[id_]
    stamps = hub.state.timeline(id_)[-roots:] if roots else []
    return {
        "id": id_,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "is_ext_shared": channel.is_ext_shared,
        "members": sorted(channel.members),
        "has_bot": hub.state.bot_user_id in channel.members,
        "older": len(hub.state.timeline(id_)) - len(stamps),
        "threads": [_thread(hub, id_, ts) for ts in stamps],
        "ephemerals": [_ephemeral(hub, one) for one in hub.state.ephemerals if one.channel == id_],
    }


def _direct(hub: Hub, id_: str) -> list[Json]:
    return [_message(hub, hub.state.messages[id_][ts]) for ts in hub.state.timeline(id_)]


def _thread(hub: Hub, channel: str, ts: str) -> Json:
    messages = hub.state.messages[channel]
    replies = [messages[reply] for reply in hub.state.replies(channel, ts)]
    return {"root": _message(hub, messages[ts]), "replies": [_message(hub, reply) for reply in replies]}


def _message(hub: Hub, message: Message) -> Json:
    return {
        "channel": message.channel,
        "ts": message.ts,
        "thread_ts": message.thread_ts,
        "author": _author(hub, message),
        "subtype": message.subtype,
        "is_deleted": message.subtype == "tombstone",
        "is_edited": message.edited is not None,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "reactions": [_reaction(hub, name, users) for name, users in message.reactions.items()],
        "files": [_file(hub, id_) for id_ in message.files],
        "buttons": [_button(piece) for piece in walk([message.blocks, message.attachments]) if _is_button(piece)],
        "mentions": message.mentions,
        "links": [list(link) for link in message.links],
    }


def _author(hub: Hub, message: Message) -> Json:
    user = hub.state.users.get(message.user or "")
    name = message.username or (user.real_name if user else hub.state.users[hub.state.bot_user_id].real_name)
    icons = message.icons or {}
    icon = emoji.character(str(icons["emoji"]).strip(":")) if icons.get("emoji") else icons.get("image_48")
    return {"id": message.user or message.bot_id, "name": name, "icon": icon, "is_bot": bool(message.bot_id)}


def _reaction(hub: Hub, name: str, users: list[str]) -> Json:
    names = [hub.state.users[id_].real_name for id_ in users]
    return {"name": name, "emoji": emoji.character(name), "count": len(users), "users": list(users), "names": names}


def _file(hub: Hub, id_: str) -> Json:
    file = hub.state.files[id_]
    return {"id": id_, "name": file.name, "title": file.title, "mimetype": file.mimetype, "size": file.length}


def _is_button(piece: Json) -> bool:
    return piece.get("type") == "button"


def _button(piece: Json) -> Json:
    return {
        "action_id": piece.get("action_id"),
        "value": piece.get("value"),
        "text": piece.get("text", {}).get("text", ""),
        "style": piece.get("style"),
        "url": piece.get("url"),
    }


def _ephemeral(hub: Hub, one: Ephemeral) -> Json:
    """Show what one person sees like any message; Slack shows none in a thread that has no reply yet."""
    author = hub.state.users[one.author]
    where = {"channel": one.channel, "user": one.user, "ts": one.ts, "thread_ts": one.thread_ts}
    shown = {"text": one.text, "blocks": one.blocks, "attachments": one.attachments}
    is_ours = one.author == hub.state.bot_user_id
    is_shown = not is_ours or not one.thread_ts or bool(hub.state.replies(one.channel, one.thread_ts))
    who = {"id": one.author, "name": author.real_name, "icon": None, "is_bot": is_ours}
    return where | shown | {"author": who, "is_shown": is_shown, "files": [], "reactions": []}
