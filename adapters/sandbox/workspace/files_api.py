"""files.*: the three steps of an upload, and looking one up. Sharing happens after the last answer has left."""

import asyncio
import mimetypes
import secrets

from adapters.sandbox.workspace import mrkdwn
from adapters.sandbox.workspace.call import Call
from adapters.sandbox.workspace.chat_api import read_blocks
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Channel, Json, Message, SharedFile
from adapters.sandbox.workspace.refusal import Refused

SNIPPET = 1 << 20
ALT_TEXT = 1_000


def get_upload_url(hub: Hub, call: Call) -> Json:
    name = call.required("filename")
    length = call.number("length", 0, least=-1, most=1 << 62)
    if length <= 0 or len(call.text("alt_txt")) > ALT_TEXT:
        raise Refused("invalid_arguments")
    if hub.switches.uploads_error:
        raise Refused(hub.switches.uploads_error)
    if length > hub.switches.largest_file:
        raise Refused("file_upload_size_restricted")
    if call.has("snippet_type") and length > SNIPPET:
        raise Refused("snippet_too_large")
    file = new_file(hub, name, mimetypes.guess_type(name)[0] or "application/octet-stream", hub.state.bot_user_id)
    file.length, file.alt_txt, file.ticket = length, call.text("alt_txt"), secrets.token_urlsafe(24)
    return {"upload_url": f"{hub.wire.origin}/upload/v1/{file.ticket}", "file_id": file.id}


def new_file(hub: Hub, name: str, mimetype: str, owner: str) -> SharedFile:
    created = hub.state.seconds()
    id_ = hub.state.next_id("F")
    file = SharedFile(id=id_, name=name, title=name, mimetype=mimetype, owner=owner, created=created, length=0)
    hub.state.files[id_] = file
    return file


def complete_upload(hub: Hub, call: Call) -> Json:
    """Finish an upload, once; a second call finds nothing to finish (its error word is not documented)."""
    asked = call.structure("files", "invalid_arguments")
    if not isinstance(asked, list) or not asked or not all(isinstance(one, dict) for one in asked):
        raise Refused("invalid_arguments")
    files = [_finished_bytes(hub, str(one.get("id"))) for one in asked]
    place = _place(hub, call)
    comment = mrkdwn.stored(call.text("initial_comment"), autolink=True)
    shown = read_blocks(call) or []
    for file, one in zip(files, asked, strict=True):
        file.completed, file.title = True, str(one.get("title") or file.name)
    if place:
        channel, root = place
        # Slack shares later than it answers; one turn of the loop is enough to be later.
        asyncio.get_running_loop().call_soon(share, hub, files, channel, root, comment, shown)
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def _finished_bytes(hub: Hub, id_: str) -> SharedFile:
    file = hub.state.files.get(id_)
    if file is None or file.content is None or file.completed:
        raise Refused("file_not_found")
    return file


def _place(hub: Hub, call: Call) -> tuple[Channel, str | None] | None:
    if not call.has("channel_id"):
        return None
    channel = hub.open_channel(call.text("channel_id"))
    return channel, hub.root(channel, call.optional("thread_ts"))


def share(
    hub: Hub, files: list[SharedFile], channel: Channel, root: str | None, comment: str, shown: list[Json]
) -> None:
    """Make the message in which uploaded files appear."""
    message = Message(
        channel=channel.id,
        ts=hub.state.next_ts(),
        text=comment,
        user=hub.state.bot_user_id,
        bot_id=hub.state.bot_id,
        thread_ts=root,
        subtype="file_share",
        blocks=shown,
        files=[file.id for file in files],
    )
    for file in files:
        file.shares.append((channel.id, message.ts, root))
    hub.changes.post(message)


def info(hub: Hub, call: Call) -> Json:
    file = hub.state.files.get(call.required("file", "file_not_found"))
    if file is None or not (file.completed or file.shares):
        raise Refused("file_not_found")
    if file.deleted:
        raise Refused("file_deleted")
    return {"file": hub.wire.file(file), "comments": []}


def delete(hub: Hub, call: Call) -> Json:
    """Delete a file of our bot's for good, from every message that shows it."""
    file = hub.state.files.get(call.required("file", "file_not_found"))
    if file is None:
        raise Refused("file_not_found")
    if file.deleted:
        raise Refused("file_deleted")
    if file.owner != hub.state.bot_user_id:
        raise Refused("cant_delete_file")
    file.deleted, file.content = True, None
    for channel, ts, _ in file.shares:
        message = hub.state.message(channel, ts)
        if message and file.id in message.files:
            shown = [id_ for id_ in message.files if id_ != file.id]
            hub.changes.amend(message, {"files": shown}, mark_as_edited=None)
    return {}


METHODS = {
    "files.delete": delete,
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": info,
}
