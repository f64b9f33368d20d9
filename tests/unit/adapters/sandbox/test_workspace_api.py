"""The genuine Web API client finds in the simulated workspace what it finds in Slack's."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.sandbox.workspace.courier import Fate
from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.workspace_rig import Rig, button, modal, section, started

METADATA: Json = {"event_type": "sms_bridge_message", "event_payload": {"id": "42"}}


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


@pytest.fixture
def client(rig: Rig) -> AsyncWebClient:
    workspace = rig.workspace
    return AsyncWebClient(workspace.bot_token, base_url=workspace.api_url, session=rig.session, retry_handlers=[])


async def test_it_learns_who_it_is(rig: Rig, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    bot = await client.bots_info(bot=answer["bot_id"])

    assert (answer["user_id"], answer["team_id"]) == (rig.workspace.bot_user_id, rig.workspace.state.team_id)
    assert bot["bot"]["user_id"] == rig.workspace.bot_user_id
    assert "chat:write" in answer.headers["x-oauth-scopes"].split(",")


async def test_it_finds_people_and_channels(rig: Rig, client: AsyncWebClient) -> None:
    guest = rig.workspace.add_user("gus", is_restricted=True)
    by_mail = await client.users_lookupByEmail(email="ADA@example.com")
    everybody = await client.users_list()
    facts = await client.users_info(user=guest.id)
    channel = await client.conversations_info(channel=rig.channel.id)
    members = await client.conversations_members(channel=rig.channel.id)

    assert by_mail["user"]["id"] == rig.ada.id
    assert {guest.id, rig.ada.id} <= {user["id"] for user in everybody["members"]}
    assert (facts["user"]["is_restricted"], facts["user"]["is_bot"]) == (True, False)
    assert (channel["channel"]["name"], channel["channel"]["is_member"]) == ("texts", True)
    assert {guest.id, rig.workspace.bot_user_id} <= set(members["members"])


async def test_it_marks_and_unmarks_with_arguments_in_the_address(rig: Rig, client: AsyncWebClient) -> None:
    ts = await rig.post()
    await client.reactions_add(channel=rig.channel.id, timestamp=ts, name="hourglass_flowing_sand")
    marked = await client.reactions_get(channel=rig.channel.id, timestamp=ts)
    await client.reactions_remove(channel=rig.channel.id, timestamp=ts, name="hourglass_flowing_sand")

    assert marked["message"]["reactions"][0]["name"] == "hourglass_flowing_sand"
    assert rig.workspace.message(rig.channel.id, ts).reactions == {}


async def test_an_update_drops_blocks_and_keeps_metadata_until_told_otherwise(rig: Rig, client: AsyncWebClient) -> None:
    ts = await rig.post(blocks=[section("old")], metadata=METADATA)
    message = rig.workspace.message(rig.channel.id, ts)

    await client.chat_update(channel=rig.channel.id, ts=ts, text="still", blocks=[section("new")])
    unmarked = message.edited
    await client.chat_update(channel=rig.channel.id, ts=ts, text="bare")
    kept = message.metadata
    await client.chat_update(channel=rig.channel.id, ts=ts, text="bare", metadata={})

    assert (unmarked, message.blocks, message.text) == (None, [], "bare")
    assert message.edited is not None
    assert (kept, message.metadata) == (METADATA, None)
    assert rig.workspace.deliveries[-1].event["subtype"] == "message_changed"


async def test_it_deletes_and_links(rig: Rig, client: AsyncWebClient) -> None:
    root = await rig.post()
    reply = await rig.post(thread_ts=root)
    link = await client.chat_getPermalink(channel=rig.channel.id, message_ts=reply)
    await client.chat_delete(channel=rig.channel.id, ts=reply)

    stamp = reply.replace(".", "")
    query = f"?thread_ts={root}&cid={rig.channel.id}"
    assert link["permalink"] == f"https://workspace.slack.test/archives/{rig.channel.id}/p{stamp}{query}"
    assert len(rig.workspace.thread(rig.channel.id, root)) == 1


async def test_modals_are_updated_pushed_and_closed(rig: Rig, client: AsyncWebClient) -> None:
    opened = await client.views_open(trigger_id=await _trigger(rig), view=modal(external_id="one"))
    updated = await client.views_update(external_id="one", view=modal(external_id="one"), hash=opened["view"]["hash"])
    pushed = await client.views_push(trigger_id=await _trigger(rig), view=modal(notify_on_close=True))
    closed = await rig.workspace.interactions.close_view("ada", pushed["view"]["id"])

    assert updated["view"]["hash"] != opened["view"]["hash"]
    assert pushed["view"]["previous_view_id"] == opened["view"]["id"]
    assert closed
    assert closed.payload["type"] == "view_closed"
    assert list(rig.workspace.state.views) == [opened["view"]["id"]]


async def _trigger(rig: Rig) -> str:
    delivery = await rig.workspace.interactions.shortcut("ada", "new_sms")
    return str(delivery.payload["trigger_id"])


async def test_a_button_in_a_modal_names_the_view(rig: Rig, client: AsyncWebClient) -> None:
    row = {"type": "actions", "block_id": "row", "elements": [button(value="7")]}
    opened = await client.views_open(trigger_id=await _trigger(rig), view=modal(blocks=[row]))

    pressed = await rig.workspace.interactions.press_in_view("ada", opened["view"]["id"], "go")

    assert pressed.payload["container"] == {"type": "view", "view_id": opened["view"]["id"]}
    assert pressed.payload["actions"][0]["block_id"] == "row"


async def test_a_response_url_speaks_aloud_or_in_place_of_its_message(rig: Rig) -> None:
    ts = await rig.post(blocks=[{"type": "actions", "elements": [button()]}])
    pressed = await rig.workspace.interactions.press("ada", "texts", ts, "go")
    for body in ({"text": "aloud", "response_type": "in_channel"}, {"text": "done", "replace_original": True}):
        async with rig.session.post(pressed.payload["response_url"], json=body) as response:
            assert response.status == 200

    assert [message.text for message in rig.workspace.roots(rig.channel.id)] == ["done", "aloud"]


async def test_with_delayed_events_an_hourly_retry_follows_the_three(rig: Rig) -> None:
    rig.workspace.courier.delayed_events = True
    await rig.workspace.people.say("ada", "texts", "anybody?")
    delivery = rig.workspace.deliveries[0]

    for tries, wait in ((2, timedelta(minutes=1)), (3, timedelta(minutes=5)), (4, timedelta(hours=1))):
        await _tried(rig, tries)
        rig.clock.forward(wait)
    await _tried(rig, 5)

    assert delivery.fate is Fate.PENDING


async def _tried(rig: Rig, tries: int) -> None:
    delivery = rig.workspace.deliveries[0]
    await rig.workspace.wait_for(lambda: len(delivery.tries) == tries and delivery.tries[-1].ended_at)


async def test_the_bell_wakes_who_waits_for_any_change(rig: Rig) -> None:
    async def say() -> None:
        await rig.workspace.people.say("ada", "texts", "ding")

    async with asyncio.timeout(5):
        await asyncio.gather(rig.workspace.changed.rung(), say())

    assert rig.workspace.changed.rings
