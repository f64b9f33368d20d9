"""What the page shows of the workspace: channels with their threads as people see them, ready to be JSON."""

from adapters.sandbox.workspace import emoji
from adapters.sandbox.workspace.blocks import walk
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Ephemeral, Json, Message


def snapshot(hub: Hub, *, roots: int) -> Json:
    """Tell everything that is on screen; of each channel the last `roots` threads."""
    state = hub.state
    people = [
        {"id": user.id, "name": user.name, "real_name": user.real_name, "is_bot": user.is_bot}
        for user in state.users.values()
        if not user.deleted
    ]
    return {
        "users": people,
        "channels": [_channel(hub, id_, roots) for id_ in state.channels],
        "modals": [hub.wire.view(view) | {"user": view.user} for view in state.views.values()],
        "homes": {user: hub.wire.view(view) for user, view in state.homes.items()},
        "sockets": hub.sockets.connected,
    }


def _channel(hub: Hub, id_: str, roots: int) -> Json:
    channel = hub.state.channels[id_]
    stamps = hub.state.timeline(id_)[-roots:] if roots else []
    return {
        "id": id_,
        "name": channel.name,
        "is_private": channel.is_private,
        "is_archived": channel.is_archived,
        "has_bot": hub.state.bot_user_id in channel.members,
        "older": len(hub.state.timeline(id_)) - len(stamps),
        "threads": [_thread(hub, id_, ts) for ts in stamps],
        "ephemerals": [_ephemeral(hub, one) for one in hub.state.ephemerals if one.channel == id_],
    }


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
    author = hub.state.users[one.author].real_name
    body = {"user": one.user, "ts": one.ts, "thread_ts": one.thread_ts, "author": author, "text": one.text}
    return body | {"blocks": one.blocks, "attachments": one.attachments}
