"""History and threads of the simulated workspace are read page by page, as Slack's."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.workspace_rig import Rig, started

METADATA = {"event_type": "sms_bridge_message", "event_payload": {"id": "42"}}


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


async def _get(rig: Rig, method: str, **args: Any) -> Json:
    """Read as the SDK does: GET with a query string."""
    headers = {"Authorization": f"Bearer {rig.workspace.bot_token}"}
    query = {"channel": rig.channel.id} | {key: str(value) for key, value in args.items()}
    async with rig.session.get(rig.workspace.api_url + method, params=query, headers=headers) as response:
        answer: Json = await response.json()
        return answer


def _texts(messages: Sequence[Json]) -> list[str]:
    return [message["text"] for message in messages]


async def _pages(rig: Rig, method: str, **args: Any) -> list[list[str]]:
    pages: list[list[str]] = []
    cursor = ""
    while True:
        answer = await _get(rig, method, **args, cursor=cursor)
        pages.append(_texts(answer["messages"]))
        cursor = answer["response_metadata"]["next_cursor"]
        assert answer["has_more"] == bool(cursor)
        if not cursor:
            return pages


async def test_history_comes_newest_first_and_leaves_replies_out(rig: Rig) -> None:
    roots = [await rig.post(f"root {number}") for number in range(5)]
    await rig.post("a reply", thread_ts=roots[0])
    await rig.post("a shown reply", thread_ts=roots[0], reply_broadcast=True)

    pages = await _pages(rig, "conversations.history", limit=2)

    assert pages == [["a shown reply", "root 4"], ["root 3", "root 2"], ["root 1", "root 0"]]


async def test_replies_come_oldest_first_with_the_root_on_every_page(rig: Rig) -> None:
    root = await rig.post("root")
    for number in range(5):
        await rig.post(f"reply {number}", thread_ts=root)

    pages = await _pages(rig, "conversations.replies", ts=root, limit=2)

    assert pages == [["root", "reply 0", "reply 1"], ["root", "reply 2", "reply 3"], ["root", "reply 4"]]


async def test_a_span_of_time_counts_its_borders_when_asked(rig: Rig) -> None:
    stamps = []
    for number in range(4):
        stamps.append(await rig.post(f"root {number}"))
        rig.clock.forward(timedelta(minutes=1))
    span = {"oldest": stamps[1], "latest": stamps[3]}

    between = await _get(rig, "conversations.history", **span)
    including = await _get(rig, "conversations.history", **span, inclusive="true")

    assert _texts(between["messages"]) == ["root 2"]
    assert _texts(including["messages"]) == ["root 3", "root 2", "root 1"]


async def test_replies_since_a_moment_still_bring_the_root(rig: Rig) -> None:
    root = await rig.post("root")
    await rig.post("old", thread_ts=root)
    rig.clock.forward(timedelta(minutes=5))
    since = rig.clock.now().timestamp()
    await rig.post("new", thread_ts=root)

    answer = await _get(rig, "conversations.replies", ts=root, oldest=since, inclusive="1")

    assert _texts(answer["messages"]) == ["root", "new"]


@pytest.mark.parametrize(("asked", "shown"), [("true", METADATA), ("false", {"event_type": METADATA["event_type"]})])
async def test_metadata_is_whole_only_when_asked_for(rig: Rig, asked: str, shown: Json) -> None:
    root = await rig.post("root", metadata=METADATA)

    history = await _get(rig, "conversations.history", include_all_metadata=asked)
    replies = await _get(rig, "conversations.replies", ts=root, include_all_metadata=asked)

    assert history["messages"][0]["metadata"] == replies["messages"][0]["metadata"] == shown


async def test_a_root_counts_its_replies_and_everything_its_reactions(rig: Rig) -> None:
    root = await rig.post("root")
    reply = await rig.workspace.people.say("ada", "texts", "hi", thread_ts=root)
    await rig.workspace.people.react("ada", "texts", root, "thumbsup")

    answer = await _get(rig, "conversations.history")

    shown = answer["messages"][0]
    assert (shown["reply_count"], shown["latest_reply"], shown["reply_users"]) == (1, reply, [rig.ada.id])
    assert shown["reactions"] == [{"name": "+1", "users": [rig.ada.id], "count": 1}]


async def test_timestamps_never_repeat_although_the_clock_stands_still(rig: Rig) -> None:
    stamps = [await rig.workspace.people.say("ada", "texts", "x") for _ in range(1000)]

    assert stamps == sorted(set(stamps))


async def test_lists_are_paged(rig: Rig) -> None:
    for number in range(3):
        rig.workspace.add_channel(f"room-{number}")

    first = await _get(rig, "conversations.list", limit=3)
    second = await _get(rig, "conversations.list", limit=3, cursor=first["response_metadata"]["next_cursor"])

    assert (len(first["channels"]), len(second["channels"])) == (3, 1)
    assert second["response_metadata"]["next_cursor"] == ""
