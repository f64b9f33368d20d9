"""What a response_url says: to one person or to the channel, or in place of the message it belongs to."""

from adapters.sandbox.workspace.call import Call
from adapters.sandbox.workspace.chat_api import read_body
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Ephemeral, Json, Message
from adapters.sandbox.workspace.triggers import AnswerRight


def respond(hub: Hub, id_: str, call: Call) -> None:
    """Use the right once; a refused body has used it too."""
    right = hub.triggers.use_answer(id_)
    ts = right.message_ts or ""
    original = hub.state.message(right.channel, ts)
    whispered = hub.state.whispered(right.channel, ts)
    if call.flag("delete_original"):
        _take_away(hub, original, whispered)
        return
    body = read_body(hub, call)
    if call.flag("replace_original") and (original or whispered):
        _replace(hub, original, whispered, body)
    elif call.text("response_type") == "in_channel":
        say(hub, right.channel, body, call.optional("thread_ts"))
    else:
        whisper(hub, right, body, call.optional("thread_ts"))


def _take_away(hub: Hub, original: Message | None, whispered: Ephemeral | None) -> None:
    if original:
        hub.changes.remove(original)
    if whispered:
        hub.changes.hush(whispered)


def _replace(hub: Hub, original: Message | None, whispered: Ephemeral | None, body: Json) -> None:
    if original:
        hub.changes.amend(original, body, mark_as_edited=None)
    if whispered:
        hub.changes.whisper_anew(whispered, {key: body[key] for key in ("text", "blocks", "attachments")})


def say(hub: Hub, channel: str, body: Json, thread_ts: str | None) -> None:
    author: Json = {"user": hub.state.bot_user_id, "bot_id": hub.state.bot_id}
    hub.changes.post(Message(channel=channel, ts=hub.state.next_ts(), thread_ts=thread_ts, **author, **body))


def whisper(hub: Hub, right: AnswerRight, body: Json, thread_ts: str | None) -> None:
    said = {key: body[key] for key in ("text", "blocks", "attachments")}
    ts, author = hub.state.next_ts(), hub.state.bot_user_id
    ephemeral = Ephemeral(channel=right.channel, user=right.user, ts=ts, thread_ts=thread_ts, author=author, **said)
    hub.changes.whisper(ephemeral)
