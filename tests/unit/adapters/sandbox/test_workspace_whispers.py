"""What only one person sees in the simulated workspace, and how a response_url changes and takes it away."""

from collections.abc import AsyncIterator

import pytest

from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.socket_app import socket_app
from tests.unit.adapters.sandbox.workspace_rig import Rig, button, started


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig, socket_app(rig.workspace):  # a press nobody takes would leave a whisper of its own
        yield rig


PRESSABLE = [{"type": "actions", "block_id": "b", "elements": [button(value="7")]}]


async def _whisper(rig: Rig, **more: object) -> str:
    args = {"channel": rig.channel.id, "user": rig.ada.id, "text": "only you", "blocks": PRESSABLE}
    answer = await rig.call("chat.postEphemeral", **(args | more))
    assert answer["ok"], answer
    return str(answer["message_ts"])


async def _pressed(rig: Rig, ts: str) -> Json:
    return (await rig.workspace.interactions.press("ada", "texts", ts, "go")).payload


async def _respond(rig: Rig, url: str, **body: object) -> None:
    async with rig.session.post(url, json=body) as response:
        assert response.status == 200


def _shown(rig: Rig) -> list[Json]:
    ephemerals: list[Json] = rig.workspace.snapshot()["channels"][0]["ephemerals"]
    return ephemerals


async def test_a_press_in_a_whisper_names_it_but_does_not_tell_it(rig: Rig) -> None:
    root = await rig.post()
    ts = await _whisper(rig, thread_ts=root)

    payload = await _pressed(rig, ts)

    assert "message" not in payload
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": rig.channel.id,
        "is_ephemeral": True,
        "thread_ts": root,
    }
    assert payload["actions"][0]["value"] == "7"


async def test_a_whisper_is_replaced_in_its_place(rig: Rig) -> None:
    root = await rig.post()
    ts = await _whisper(rig, thread_ts=root)

    await _respond(rig, (await _pressed(rig, ts))["response_url"], replace_original=True, text="done")

    assert [(each["ts"], each["text"], each["blocks"], each["thread_ts"]) for each in _shown(rig)] == [
        (ts, "done", [], root)
    ]


async def test_a_whisper_is_taken_away(rig: Rig) -> None:
    ts = await _whisper(rig)

    await _respond(rig, (await _pressed(rig, ts))["response_url"], delete_original=True)

    assert _shown(rig) == []


async def test_an_answer_that_replaces_nothing_is_another_whisper(rig: Rig) -> None:
    ts = await _whisper(rig)

    await _respond(rig, (await _pressed(rig, ts))["response_url"], text="more")

    assert [each["text"] for each in _shown(rig)] == ["only you", "more"]


async def test_nobody_else_can_press_it_and_the_api_cannot_change_it(rig: Rig) -> None:
    rig.workspace.add_user("ben")
    ts = await _whisper(rig)

    with pytest.raises(ValueError, match="no message"):
        await rig.workspace.interactions.press("ben", "texts", ts, "go")
    changed = await rig.call("chat.update", channel=rig.channel.id, ts=ts, text="x")
    deleted = await rig.call("chat.delete", channel=rig.channel.id, ts=ts)

    assert (changed["error"], deleted["error"]) == ("message_not_found", "message_not_found")


async def test_in_a_thread_without_replies_slack_does_not_show_it(rig: Rig) -> None:
    root = await rig.post()
    await _whisper(rig, thread_ts=root)
    before = [each["is_shown"] for each in _shown(rig)]

    await rig.post("a reply", thread_ts=root)

    assert (before, [each["is_shown"] for each in _shown(rig)]) == ([False], [True])
