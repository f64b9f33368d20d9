"""chat.*: post, update, delete, whisper, link. Texts pass the limits of Slack and are kept as Slack would keep them."""

from typing import Any

from adapters.sandbox.workspace import activation, blocks, limits, mrkdwn
from adapters.sandbox.workspace.call import Call
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Activation, Channel, Ephemeral, Json, Message
from adapters.sandbox.workspace.refusal import Refused

_MASKS = ("username", "icon_emoji", "icon_url")


def post_message(hub: Hub, call: Call) -> Json:
    channel = hub.open_channel(call.required("channel", "channel_not_found"), by_name=True)
    body = read_body(hub, call)
    body["thread_ts"] = hub.root(channel, call.optional("thread_ts"))
    body |= _mask(hub, call) | {"metadata": _metadata(call)}
    if call.flag("reply_broadcast") and body["thread_ts"]:
        body["subtype"] = "thread_broadcast"
    texts = [body.pop("text")] if body["blocks"] or body["attachments"] else list(limits.parts(body.pop("text")))
    posted = [_post(hub, channel, text, body) for text in texts]
    return {"channel": channel.id, "ts": posted[0].ts, "message": hub.wire.message(posted[0])}


def _post(hub: Hub, channel: Channel, text: str, body: Json) -> Message:
    return hub.changes.post(Message(channel=channel.id, ts=hub.state.next_ts(), text=text, **body))


def _mask(hub: Hub, call: Call) -> Json:
    """Read the name and icon a post borrows; such a post names no user."""
    author: Json = {"user": hub.state.bot_user_id, "bot_id": hub.state.bot_id}
    if not any(call.has(name) for name in _MASKS):
        return author
    if "chat:write.customize" not in hub.switches.granted:
        raise Refused("missing_scope", needed="chat:write.customize", provided=",".join(sorted(hub.switches.granted)))
    icons = {"emoji": call.text("icon_emoji")} if call.has("icon_emoji") else {"image_48": call.text("icon_url")}
    if not call.has("username"):
        return author | {"icons": icons}
    icons = {key: value for key, value in icons.items() if value}
    return {"bot_id": hub.state.bot_id, "username": call.text("username"), "icons": icons, "subtype": "bot_message"}


def _metadata(call: Call) -> Json | None:
    sent = call.structure("metadata", "invalid_metadata_format")
    return None if sent is None else limits.check_metadata(sent)


def read_body(hub: Hub, call: Call) -> Json:
    """Read text, blocks and attachments, refuse what breaks a limit, and note what they set off."""
    shown = read_blocks(call)
    attachments = read_attachments(call)
    text = call.text("text")[: limits.TEXT_CUT]
    if call.has("markdown_text"):
        if text or shown:
            raise Refused("markdown_text_conflict")
        text = call.text("markdown_text")
        if len(text) > limits.MARKDOWN_TEXT:
            raise Refused("msg_too_long")
    if not text and not shown and not attachments:
        raise Refused("no_text")
    autolink = call.text("parse") != "none"
    return {
        "text": mrkdwn.stored(text, autolink=autolink),
        "blocks": shown or [],
        "attachments": attachments or [],
        "activation": _activation(hub, call, text, shown or [], attachments or []),
    }


def read_blocks(call: Call) -> list[Json] | None:
    sent = call.structure("blocks", "invalid_blocks_format")
    if sent is None:
        return None
    check_blocks(sent)
    return [{"block_id": f"b{number}"} | block for number, block in enumerate(sent)]


def check_blocks(sent: Any, where: str = "/blocks") -> None:
    if wrong := blocks.problems(sent, where=where):
        raise Refused.because("invalid_blocks", wrong)
    if blocks.characters(sent) > blocks.ALL_CHARACTERS:
        raise Refused("msg_blocks_too_long")


def read_attachments(call: Call) -> list[Json] | None:
    sent = call.structure("attachments", "invalid_attachments")
    if sent is None:
        return None
    if not isinstance(sent, list):
        raise Refused("invalid_attachments")
    limits.check_attachments(sent)
    for number, attachment in enumerate(sent):
        if "blocks" in attachment:
            check_blocks(attachment["blocks"], f"/attachments/{number}/blocks")
    return [{"id": number, "fallback": "[no preview available]"} | one for number, one in enumerate(sent, start=1)]


def _activation(hub: Hub, call: Call, text: str, shown: list[Json], attachments: list[Json]) -> Activation:
    """Apply the flags: chat.update falls back to parse=client, which looks for names, unless they are sent again."""
    parse = call.text("parse") or ("client" if call.method == "chat.update" else "")
    linked = call.flag("link_names", default=parse == "client") or parse == "full"
    return activation.of_message(
        text,
        shown,
        attachments,
        names=hub.resolve,
        autolink=parse != "none",
        linked=linked,
        formatted=call.flag("mrkdwn", True),
    )


def update(hub: Hub, call: Call) -> Json:
    channel = hub.open_channel(call.required("channel", "channel_not_found"))
    message = hub.message(channel, call.required("ts", "message_not_found"))
    _check_own(hub, message, "cant_update_message")
    if len(call.text("text")) > limits.TEXT_UPDATE:
        raise Refused("msg_too_long")
    body = read_body(hub, call)
    if "attachments" not in call.args:  # Kept unless sent; an empty list takes them away.
        body.pop("attachments")
    if "metadata" in call.args:
        body["metadata"] = _metadata(call)
    mark = None if body["blocks"] else hub.state.bot_user_id
    hub.changes.amend(message, body, mark_as_edited=mark)
    written = hub.wire.message(message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": written}


def delete(hub: Hub, call: Call) -> Json:
    channel = hub.joined_channel(call.required("channel", "channel_not_found"))
    message = hub.message(channel, call.required("ts", "message_not_found"))
    _check_own(hub, message, "cant_delete_message")
    hub.changes.remove(message)
    return {"channel": channel.id, "ts": message.ts}


def _check_own(hub: Hub, message: Message, error: str) -> None:
    if message.subtype == "tombstone":
        raise Refused("message_not_found")
    if message.bot_id != hub.state.bot_id:
        raise Refused(error)


def post_ephemeral(hub: Hub, call: Call) -> Json:
    channel = hub.open_channel(call.required("channel", "channel_not_found"), by_name=True)
    user = call.required("user", "user_not_found")
    if user not in hub.state.users:
        raise Refused("user_not_found")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    body = read_body(hub, call)
    body.pop("activation")
    ts = hub.state.next_ts()
    root = call.optional("thread_ts")  # Not documented to be checked; shown in the channel when it is no root.
    author = hub.state.bot_user_id
    whispered = Ephemeral(channel=channel.id, user=user, ts=ts, thread_ts=root, author=author, **body)
    hub.changes.whisper(whispered)
    return {"message_ts": ts}


def get_permalink(hub: Hub, call: Call) -> Json:
    channel = hub.channel(call.required("channel", "channel_not_found"))
    message = hub.message(channel, call.required("message_ts", "message_not_found"))
    return {"channel": channel.id, "permalink": hub.wire.permalink(message)}


METHODS = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": get_permalink,
}
