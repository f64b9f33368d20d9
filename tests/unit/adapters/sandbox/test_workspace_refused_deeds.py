"""The simulated workspace refuses what Slack refuses in a given situation: one row per rule, through real HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.workspace_rig import Rig, modal, section, started


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


Deed = Callable[[Rig], Awaitable[Json]]


async def _reply_to_a_reply(rig: Rig) -> Json:
    reply = await rig.post(thread_ts=await rig.post())
    return await rig.call("chat.postMessage", channel=rig.channel.id, text="x", thread_ts=reply)


async def _update_with_a_long_text(rig: Rig) -> Json:
    return await rig.call("chat.update", channel=rig.channel.id, ts=await rig.post(), text="x" * 4001)


async def _update_a_persons_message(rig: Rig) -> Json:
    ts = await rig.workspace.people.say("ada", "texts", "mine")
    return await rig.call("chat.update", channel=rig.channel.id, ts=ts, text="x")


async def _update_nothing(rig: Rig) -> Json:
    return await rig.call("chat.update", channel=rig.channel.id, ts="1700000000.000001", text="x")


async def _delete_a_persons_message(rig: Rig) -> Json:
    ts = await rig.workspace.people.say("ada", "texts", "mine")
    return await rig.call("chat.delete", channel=rig.channel.id, ts=ts)


async def _post_where_the_bot_is_not(rig: Rig) -> Json:
    return await rig.call("chat.postMessage", channel=rig.workspace.add_channel("out", bot_in=False).id, text="x")


async def _post_in_a_private_room_it_is_not_in(rig: Rig) -> Json:
    room = rig.workspace.add_channel("secret", bot_in=False, is_private=True)
    return await rig.call("chat.postMessage", channel=room.id, text="x")


async def _post_in_an_archive(rig: Rig) -> Json:
    await rig.workspace.people.archive("ada", "texts")
    return await rig.call("chat.postMessage", channel=rig.channel.id, text="x")


async def _react(rig: Rig, name: str, ts: str | None = None) -> Json:
    return await rig.call("reactions.add", channel=rig.channel.id, timestamp=ts or await rig.post(), name=name)


async def _react_twice(rig: Rig) -> Json:
    ts = await rig.post()
    await _react(rig, "thumbsup", ts)
    return await _react(rig, "+1", ts)


async def _react_with_too_many_by_all(rig: Rig) -> Json:
    ts = await rig.post()
    rig.workspace.message(rig.channel.id, ts).reactions = {f"e{n}": ["U1"] for n in range(50)}
    return await _react(rig, "eyes", ts)


async def _react_with_too_many_by_one(rig: Rig) -> Json:
    ts = await rig.post()
    rig.workspace.message(rig.channel.id, ts).reactions = {f"e{n}": [rig.workspace.bot_user_id] for n in range(23)}
    return await _react(rig, "eyes", ts)


async def _take_back_what_was_not_given(rig: Rig) -> Json:
    return await rig.call("reactions.remove", channel=rig.channel.id, timestamp=await rig.post(), name="eyes")


async def _read_a_thread_that_is_not(rig: Rig) -> Json:
    return await rig.call("conversations.replies", channel=rig.channel.id, ts="1700000000.000001")


async def _whisper_to_an_absent_person(rig: Rig) -> Json:
    rig.channel.members.discard(rig.ada.id)
    return await rig.call("chat.postEphemeral", channel=rig.channel.id, user=rig.ada.id, text="x")


async def _open(rig: Rig, view: Json, trigger: str | None = None) -> Json:
    return await rig.call("views.open", trigger_id=trigger or await _trigger(rig), view=view)


async def _trigger(rig: Rig) -> str:
    delivery = await rig.workspace.interactions.slash("ada", "/sms", "", "texts")
    assert delivery
    return str(delivery.payload["trigger_id"])


async def _open_too_late(rig: Rig) -> Json:
    trigger = await _trigger(rig)
    rig.clock.forward(timedelta(seconds=3, milliseconds=1))
    return await _open(rig, modal(), trigger)


async def _open_twice(rig: Rig) -> Json:
    trigger = await _trigger(rig)
    await _open(rig, modal(), trigger)
    return await _open(rig, modal(), trigger)


async def _open_the_same_external_id(rig: Rig) -> Json:
    await _open(rig, modal(external_id="one"))
    return await _open(rig, modal(external_id="one"))


async def _push_a_fourth(rig: Rig) -> Json:
    await _open(rig, modal())
    for _ in range(2):
        await rig.call("views.push", trigger_id=await _trigger(rig), view=modal())
    return await rig.call("views.push", trigger_id=await _trigger(rig), view=modal())


async def _home(rig: Rig, **more: Any) -> Json:
    view = {"type": "home", "blocks": more.pop("blocks", [section("x")])}
    return await rig.call("views.publish", **({"user_id": rig.ada.id, "view": view} | more))


async def _publish_with_an_old_hash(rig: Rig) -> Json:
    await _home(rig)
    return await _home(rig, hash="older")


async def _publish_where_homes_are_off(rig: Rig) -> Json:
    rig.workspace.switches.home_enabled = False
    return await _home(rig)


async def _complete_twice(rig: Rig) -> Json:
    file = await rig.upload("a.png", b"png")
    await rig.call("files.completeUploadExternal", files=[{"id": file}], channel_id=rig.channel.id)
    return await rig.call("files.completeUploadExternal", files=[{"id": file}], channel_id=rig.channel.id)


async def _complete_without_bytes(rig: Rig) -> Json:
    asked = await rig.call("files.getUploadURLExternal", filename="a.png", length=3)
    return await rig.call("files.completeUploadExternal", files=[{"id": asked["file_id"]}])


async def _upload_with_uploads_off(rig: Rig) -> Json:
    rig.workspace.switches.uploads_error = "file_uploads_disabled"
    return await rig.call("files.getUploadURLExternal", filename="a.png", length=3)


async def _token_is(rig: Rig, error: str) -> Json:
    rig.workspace.switches.token_error = error
    return await rig.call("auth.test")


async def _standing_refusal(rig: Rig, error: str) -> Json:
    rig.workspace.switches.refusals["chat.postMessage"] = error
    return await rig.call("chat.postMessage", channel=rig.channel.id, text="x")


_ASK: Json = {"type": "input", "label": _plain("To"), "element": {"type": "plain_text_input", "action_id": "to"}}

DEEDS: list[tuple[str, Deed, str]] = [
    ("a thread begins at its root, not at a reply", _reply_to_a_reply, "thread_not_found"),
    ("an update's text ends at 4000", _update_with_a_long_text, "msg_too_long"),
    ("people's messages are not ours to update", _update_a_persons_message, "cant_update_message"),
    ("only what exists is updated", _update_nothing, "message_not_found"),
    ("people's messages are not ours to delete", _delete_a_persons_message, "cant_delete_message"),
    ("the bot posts where it is a member", _post_where_the_bot_is_not, "not_in_channel"),
    ("a private channel hides from strangers", _post_in_a_private_room_it_is_not_in, "channel_not_found"),
    ("an archive is closed", _post_in_an_archive, "is_archived"),
    ("a reaction is given once, whatever its alias", _react_twice, "already_reacted"),
    ("an emoji has a name Slack knows", lambda rig: _react(rig, "hourglass_flowing"), "invalid_name"),
    ("a reaction stands on a message", lambda rig: _react(rig, "eyes", "1700000000.000001"), "message_not_found"),
    ("50 emoji on one message are enough", _react_with_too_many_by_all, "too_many_emoji"),
    ("23 emoji by one person are enough", _react_with_too_many_by_one, "too_many_reactions"),
    ("only what was given is taken back", _take_back_what_was_not_given, "no_reaction"),
    ("only a thread has replies", _read_a_thread_that_is_not, "thread_not_found"),
    ("one whispers to members", _whisper_to_an_absent_person, "user_not_in_channel"),
    ("a user exists", lambda rig: rig.call("users.info", user="U0NOBODY"), "user_not_found"),
    (
        "an address belongs to somebody",
        lambda rig: rig.call("users.lookupByEmail", email="x@example.com"),
        "users_not_found",
    ),
    ("a method exists", lambda rig: rig.call("chat.shout"), "unknown_method"),
    ("a view ends at 250 kB", lambda rig: _open(rig, modal(private_metadata="x" * 250_001)), "view_too_large"),
    ("a view holds 100 blocks", lambda rig: _open(rig, modal(blocks=[{"type": "divider"}] * 101)), "invalid_arguments"),
    ("private_metadata ends at 3000", lambda rig: _open(rig, modal(private_metadata="x" * 3001)), "invalid_arguments"),
    ("a modal's title ends at 24", lambda rig: _open(rig, modal(title=_plain("x" * 25))), "invalid_arguments"),
    ("a modal that asks can be submitted", lambda rig: _open(rig, modal(blocks=[_ASK])), "invalid_arguments"),
    ("a trigger was issued", lambda rig: _open(rig, modal(), "1.2.abc"), "invalid_trigger_id"),
    ("a trigger lives three seconds", _open_too_late, "expired_trigger_id"),
    ("a trigger opens one modal", _open_twice, "exchanged_trigger_id"),
    ("an external_id is used once", _open_the_same_external_id, "duplicate_external_id"),
    ("three modals lie on each other at most", _push_a_fourth, "push_limit_reached"),
    ("a Home tab holds 100 blocks", lambda rig: _home(rig, blocks=[{"type": "divider"}] * 101), "invalid_arguments"),
    ("a Home tab belongs to somebody", lambda rig: _home(rig, user_id="U0NOBODY"), "user_not_found"),
    ("a hash guards the Home tab", _publish_with_an_old_hash, "hash_conflict"),
    ("Home tabs can be off", _publish_where_homes_are_off, "not_enabled"),
    (
        "a file is not empty",
        lambda rig: rig.call("files.getUploadURLExternal", filename="a", length=0),
        "invalid_arguments",
    ),
    (
        "a file's description ends at 1000",
        lambda rig: rig.call("files.getUploadURLExternal", filename="a", length=1, alt_txt="x" * 1001),
        "invalid_arguments",
    ),
    (
        "a file ends at one gigabyte",
        lambda rig: rig.call("files.getUploadURLExternal", filename="a", length=(1 << 30) + 1),
        "file_upload_size_restricted",
    ),
    (
        "a snippet ends at one megabyte",
        lambda rig: rig.call("files.getUploadURLExternal", filename="a", length=(1 << 20) + 1, snippet_type="text"),
        "snippet_too_large",
    ),
    ("an upload is completed once", _complete_twice, "file_not_found"),
    ("an upload has bytes", _complete_without_bytes, "file_not_found"),
    ("uploads can be off", _upload_with_uploads_off, "file_uploads_disabled"),
    ("a file exists", lambda rig: rig.call("files.info", file="F0NOTHING"), "file_not_found"),
    ("a revoked token is void", lambda rig: _token_is(rig, "token_revoked"), "token_revoked"),
    ("an uninstalled app's token is void", lambda rig: _token_is(rig, "account_inactive"), "account_inactive"),
    (
        "a locked thread can be set",
        lambda rig: _standing_refusal(rig, "restricted_action_thread_locked"),
        "restricted_action_thread_locked",
    ),
]


@pytest.mark.parametrize(("deed", "error"), [row[1:] for row in DEEDS], ids=[row[0] for row in DEEDS])
async def test_a_deed_is_refused(rig: Rig, deed: Deed, error: str) -> None:
    answer = await deed(rig)

    assert (answer["ok"], answer.get("error")) == (False, error)
