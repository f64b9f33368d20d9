"""reactions.*: the app's marks on messages."""

from adapters.sandbox.workspace import emoji
from adapters.sandbox.workspace.call import Call
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Json, Message
from adapters.sandbox.workspace.refusal import Refused

# Slack's help pages: 23 different emoji from one person, 50 on one message.
MOST_BY_ONE = 23
MOST_ON_ITEM = 50


def _target(hub: Hub, call: Call) -> tuple[Message, str]:
    channel = hub.open_channel(call.required("channel", "channel_not_found"))
    message = hub.message(channel, call.required("timestamp", "message_not_found"))
    name = emoji.canonical(call.required("name", "invalid_name"), hub.switches.custom_emoji)
    if name is None:
        raise Refused("invalid_name")
    if message.subtype == "tombstone":
        raise Refused("not_reactable")
    return message, name


def add(hub: Hub, call: Call) -> Json:
    message, name = _target(hub, call)
    us = hub.state.bot_user_id
    if us in message.reactions.get(name, ()):
        raise Refused("already_reacted")
    if name not in message.reactions and len(message.reactions) >= MOST_ON_ITEM:
        raise Refused("too_many_emoji")
    if sum(us in users for users in message.reactions.values()) >= MOST_BY_ONE:
        raise Refused("too_many_reactions")
    hub.changes.react(message, name, us)
    return {}


def remove(hub: Hub, call: Call) -> Json:
    message, name = _target(hub, call)
    if hub.state.bot_user_id not in message.reactions.get(name, ()):
        raise Refused("no_reaction")
    hub.changes.unreact(message, name, hub.state.bot_user_id)
    return {}


def get(hub: Hub, call: Call) -> Json:
    channel = hub.joined_channel(call.required("channel", "channel_not_found"))
    message = hub.message(channel, call.required("timestamp", "message_not_found"))
    return {"type": "message", "channel": channel.id, "message": hub.wire.message(message)}


METHODS = {"reactions.add": add, "reactions.remove": remove, "reactions.get": get}
