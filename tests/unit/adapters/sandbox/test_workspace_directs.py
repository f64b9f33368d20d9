"""What the app says to one person for good: direct messages, with whom they can be opened; files it deletes."""

from collections.abc import AsyncIterator

import pytest

from tests.unit.adapters.sandbox.workspace_rig import Rig, started

PNG = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


async def opened(rig: Rig, user: str) -> str:
    answer = await rig.call("conversations.open", users=user)
    return str(answer["channel"]["id"])


async def uploaded(rig: Rig, **place: str) -> str:
    """Upload a picture as the app; return its id, once it is shared."""
    asked = await rig.call("files.getUploadURLExternal", filename="cat.png", length=len(PNG))
    async with rig.session.post(asked["upload_url"], data=PNG) as response:
        assert response.status == 200
    id_ = str(asked["file_id"])
    answer = await rig.call("files.completeUploadExternal", files=[{"id": id_}], **place)
    assert answer["ok"], answer
    await rig.workspace.wait_for(lambda: rig.workspace.state.files[id_].shares)
    return id_


async def test_a_direct_message_is_seen_by_one_person_and_stands_in_no_channel(rig: Rig) -> None:
    place = await opened(rig, rig.ada.id)

    answer = await rig.call("chat.postMessage", channel=place, text="for you")

    assert (answer["ok"], place[0], await opened(rig, rig.ada.id)) == (True, "D", place)
    assert [one.text for one in rig.workspace.directs(rig.ada.id)] == ["for you"]
    assert rig.workspace.snapshot()["directs"][rig.ada.id][0]["text"] == "for you"
    assert all(not channel["threads"] for channel in rig.workspace.snapshot()["channels"])
    listed = await rig.call("conversations.list", types="public_channel,private_channel")
    assert place not in [one["id"] for one in listed["channels"]]
    assert (await rig.call("conversations.info", channel=place))["needed"] == "im:read"
    rig.workspace.switches.granted.add("im:read")
    about = await rig.call("conversations.info", channel=place)
    assert (about["channel"]["is_im"], about["channel"]["user"]) == (True, rig.ada.id)


async def test_no_event_tells_the_app_of_direct_messages_that_it_has_not_subscribed_to(rig: Rig) -> None:
    await rig.call("chat.postMessage", channel=await opened(rig, rig.ada.id), text="for you")

    assert [one for one in rig.workspace.deliveries if one.event.get("text") == "for you"] == []


async def test_reading_direct_messages_needs_a_scope_of_its_own(rig: Rig) -> None:
    answer = await rig.call("conversations.history", channel=await opened(rig, rig.ada.id))

    assert (answer["error"], answer["needed"]) == ("missing_scope", "im:history")


@pytest.mark.parametrize(
    ("users", "error"),
    [
        ("", "users_list_not_supplied"),
        ("U1,U2", "method_not_supported_for_channel_type"),
        ("U0NOBODY", "user_not_found"),
        ("U0GONE", "user_disabled"),
        ("U0SMSBRIDGE", "cannot_dm_bot"),
    ],
)
async def test_with_whom_none_can_be_opened_is_said(rig: Rig, users: str, error: str) -> None:
    rig.workspace.add_user("gone", id="U0GONE", deleted=True)

    assert (await rig.call("conversations.open", users=users))["error"] == error


async def test_an_app_without_a_messages_tab_can_say_nothing_to_anybody(rig: Rig) -> None:
    rig.workspace.switches.messages_enabled = False

    answer = await rig.call("chat.postMessage", channel=await opened(rig, rig.ada.id), text="for you")

    assert answer["error"] == "messages_tab_disabled"


async def test_a_file_of_the_app_is_deleted_from_wherever_it_is_shown(rig: Rig) -> None:
    root = await rig.post("root")
    id_ = await uploaded(rig, channel_id=rig.channel.id, thread_ts=root)

    answer = await rig.call("files.delete", file=id_)

    assert answer["ok"]
    assert [one.files for one in rig.workspace.thread(rig.channel.id, root)] == [[], []]
    assert (await rig.call("files.info", file=id_))["error"] == "file_deleted"
    assert (await rig.call("files.delete", file=id_))["error"] == "file_deleted"
    assert (await rig.call("files.delete", file="F0NONE"))["error"] == "file_not_found"


async def test_a_persons_file_is_not_the_apps_to_delete(rig: Rig) -> None:
    (id_,) = await rig.workspace.people.bring("ada", [("cat.png", "image/png", PNG)])

    assert (await rig.call("files.delete", file=id_))["error"] == "cant_delete_file"
