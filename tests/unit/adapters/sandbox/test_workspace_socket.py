"""The genuine Bolt app lives in the simulated workspace by Socket Mode."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.sandbox.workspace import Workspace
from adapters.sandbox.workspace.courier import Delivery, Fate
from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.workspace_rig import Rig, started


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


def genuine_app(workspace: Workspace, session: aiohttp.ClientSession) -> AsyncApp:
    async def authorize(**_: Any) -> AuthorizeResult:
        state = workspace.state
        return AuthorizeResult(
            enterprise_id=None,
            team_id=state.team_id,
            bot_user_id=state.bot_user_id,
            bot_id=state.bot_id,
            bot_token=workspace.bot_token,
        )

    client = AsyncWebClient(base_url=workspace.api_url, retry_handlers=[], session=session)
    return AsyncApp(client=client, authorize=authorize, signing_secret=workspace.signing_secret)


@asynccontextmanager
async def connected(workspace: Workspace, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    before = workspace.sockets.connected
    handler = AsyncSocketModeHandler(app, workspace.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call] # untyped in Bolt
    await workspace.wait_for(lambda: workspace.sockets.connected > before)
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call] # untyped in Bolt


@asynccontextmanager
async def bare_socket(rig: Rig) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """Open a socket without any SDK, past its hello."""
    headers = {"Authorization": f"Bearer {rig.workspace.app_token}"}
    async with rig.session.post(rig.workspace.api_url + "apps.connections.open", headers=headers) as response:
        url = (await response.json())["url"]
    async with rig.session.ws_connect(url) as socket:
        yield socket


async def test_a_reply_reaches_the_genuine_app_which_posts_with_metadata_and_acks(rig: Rig) -> None:
    app = genuine_app(rig.workspace, rig.session)
    seen: list[Json] = []

    @app.event("message")
    async def listen(event: Json, client: AsyncWebClient) -> None:
        seen.append(event)
        await client.chat_postMessage(
            channel=event["channel"],
            thread_ts=event["thread_ts"],
            text="noted",
            metadata={"event_type": "sms_bridge_message", "event_payload": {"id": "r1"}},
        )

    async with connected(rig.workspace, app):
        root = await rig.post("a text came")
        ts = await rig.workspace.people.say("ada", "texts", "I call them & you", thread_ts=root)
        await rig.workspace.wait_for(lambda: len(rig.workspace.thread(rig.channel.id, root)) == 3)
        await rig.workspace.settled()

    assert (seen[0]["text"], seen[0]["ts"], seen[0]["thread_ts"]) == ("I call them &amp; you", ts, root)
    assert seen[0]["client_msg_id"]
    assert rig.workspace.thread(rig.channel.id, root)[2].metadata == {
        "event_type": "sms_bridge_message",
        "event_payload": {"id": "r1"},
    }
    assert [delivery.fate for delivery in rig.workspace.deliveries] == [Fate.ACKED] * 3
    assert [len(delivery.tries) for delivery in rig.workspace.deliveries] == [1, 1, 1]


async def test_the_apps_own_posts_and_marks_are_events_as_well(rig: Rig) -> None:
    ts = await rig.post("mine")
    await rig.call("reactions.add", channel=rig.channel.id, timestamp=ts, name="eyes")

    said, marked = (delivery.event for delivery in rig.workspace.deliveries)
    assert (said["type"], said["bot_id"], said["user"]) == (
        "message",
        rig.workspace.state.bot_id,
        rig.workspace.bot_user_id,
    )
    assert (marked["type"], marked["reaction"], marked["item"]["ts"]) == ("reaction_added", "eyes", ts)
    assert marked["item_user"] == rig.workspace.bot_user_id


async def test_a_post_under_a_borrowed_name_names_no_user(rig: Rig) -> None:
    ts = await rig.post("mine", username="Ann", icon_emoji=":phone:")
    await rig.workspace.people.react("ada", "texts", ts, "eyes")

    said, marked = (delivery.event for delivery in rig.workspace.deliveries)
    assert (said["subtype"], said["username"], "user" in said) == ("bot_message", "Ann", False)
    assert "item_user" not in marked


async def test_without_an_ack_it_comes_again_at_once_after_a_minute_and_after_five(rig: Rig) -> None:
    async with bare_socket(rig) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        await rig.workspace.people.say("ada", "texts", "hello?")
        envelopes = [await socket.receive_json()]
        for wait in (3, 3 + 60, 3 + 300):
            rig.clock.forward(timedelta(seconds=3))
            await _try_ended(rig, len(envelopes))
            rig.clock.forward(timedelta(seconds=wait - 3))
            envelopes.append(await socket.receive_json())
        rig.clock.forward(timedelta(seconds=3))
        await rig.workspace.settled()

    delivery = rig.workspace.deliveries[0]
    assert delivery.fate is Fate.FAILED
    assert [envelope["retry_attempt"] for envelope in envelopes] == [0, 1, 2, 3]
    assert [envelope["retry_reason"] for envelope in envelopes] == ["", "timeout", "timeout", "timeout"]
    assert len({envelope["envelope_id"] for envelope in envelopes}) == 4
    assert len({envelope["payload"]["event_id"] for envelope in envelopes}) == 1
    assert _gaps(delivery) == [timedelta(seconds=3), timedelta(seconds=63), timedelta(seconds=303)]


async def _try_ended(rig: Rig, tries: int) -> None:
    """Wait until the last try was given up and its retry (if any) sleeps or travels."""
    delivery = rig.workspace.deliveries[0]
    await rig.workspace.wait_for(lambda: delivery.tries[tries - 1].ended_at)


def _gaps(delivery: Delivery) -> list[timedelta]:
    starts = [attempt.at for attempt in delivery.tries]
    return [later - earlier for earlier, later in pairwise(starts)]


async def test_an_ack_ends_the_retries(rig: Rig) -> None:
    async with bare_socket(rig) as socket:
        await socket.receive_json()
        await rig.workspace.people.say("ada", "texts", "hello?")
        await socket.receive_json()
        rig.clock.forward(timedelta(seconds=3))
        again = await socket.receive_json()
        await socket.send_json({"envelope_id": again["envelope_id"]})
        await rig.workspace.settled()

    assert rig.workspace.deliveries[0].fate is Fate.ACKED
    assert len(rig.workspace.deliveries[0].tries) == 2


async def test_what_was_said_while_no_socket_was_up_follows_the_retries(rig: Rig) -> None:
    await rig.workspace.people.say("ada", "texts", "anybody?")
    delivery = rig.workspace.deliveries[0]
    await rig.workspace.wait_for(lambda: len(delivery.tries) == 2)

    async with bare_socket(rig) as socket:
        await socket.receive_json()
        rig.clock.forward(timedelta(minutes=1))
        envelope = await socket.receive_json()

    assert (envelope["retry_attempt"], envelope["payload"]["event"]["text"]) == (2, "anybody?")


async def test_a_ticket_opens_one_socket(rig: Rig) -> None:
    headers = {"Authorization": f"Bearer {rig.workspace.app_token}"}
    async with rig.session.post(rig.workspace.api_url + "apps.connections.open", headers=headers) as response:
        url = (await response.json())["url"]

    async with rig.session.ws_connect(url) as socket:
        assert (await socket.receive_json())["num_connections"] == 1
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await rig.session.ws_connect(url)


async def test_of_several_sockets_one_gets_each_event(rig: Rig) -> None:
    app, other = genuine_app(rig.workspace, rig.session), genuine_app(rig.workspace, rig.session)
    seen: list[str] = []
    for name, one in (("first", app), ("second", other)):
        one.event("message")(_note(seen, name))

    async with connected(rig.workspace, app), connected(rig.workspace, other):
        for number in range(20):
            await rig.workspace.people.say("ada", "texts", str(number))
        await rig.workspace.settled()
        await rig.workspace.wait_for(lambda: len(seen) == 20)
    assert set(seen) == {"first", "second"}


def _note(seen: list[str], name: str) -> Callable[..., Awaitable[None]]:
    async def listen(event: Json) -> None:
        seen.append(name)

    return listen


async def test_the_eleventh_socket_is_sent_away(rig: Rig) -> None:
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(bare_socket(rig)) for _ in range(11)]
        said = [(await socket.receive_json())["type"] for socket in sockets]

    assert said == ["hello"] * 10 + ["disconnect"]


async def test_a_refreshed_app_comes_back_with_a_new_ticket(rig: Rig) -> None:
    app = genuine_app(rig.workspace, rig.session)
    seen: list[str] = []
    app.event("message")(_note(seen, "heard"))

    async with connected(rig.workspace, app):
        await rig.workspace.disconnect("refresh_requested")
        await rig.workspace.wait_for(lambda: rig.workspace.sockets.tickets_issued == 2 and rig.workspace.sockets.ready)
        await rig.workspace.people.say("ada", "texts", "still there?")
        await rig.workspace.settled()

    assert rig.workspace.deliveries[0].fate is Fate.ACKED


async def test_without_subscription_scope_or_membership_nothing_is_heard(rig: Rig) -> None:
    rig.workspace.events.subscriptions.discard("reaction_removed")
    outside = rig.workspace.add_channel("outside", bot_in=False)
    ts = await rig.workspace.people.say("ada", "texts", "heard")
    await rig.workspace.people.say("ada", outside.id, "not heard")
    await rig.workspace.people.react("ada", "texts", ts, "eyes")
    await rig.workspace.people.unreact("ada", "texts", ts, "eyes")
    rig.workspace.switches.granted.discard("channels:history")
    await rig.workspace.people.say("ada", "texts", "not heard either")

    assert [delivery.event["type"] for delivery in rig.workspace.deliveries] == ["message", "reaction_added"]


async def test_duplicates_keep_their_event_id_and_drops_are_lost(rig: Rig) -> None:
    app = genuine_app(rig.workspace, rig.session)
    seen: list[str] = []
    app.event("message")(_note(seen, "heard"))

    async with connected(rig.workspace, app):
        rig.workspace.event_faults.duplicate = True
        await rig.workspace.people.say("ada", "texts", "twice")
        rig.workspace.event_faults.clear()
        rig.workspace.event_faults.drop = 1
        await rig.workspace.people.say("ada", "texts", "never")
        await rig.workspace.people.say("ada", "texts", "once")
        await rig.workspace.settled()
        await rig.workspace.wait_for(lambda: len(seen) == 3)

    first, second, dropped, last = rig.workspace.deliveries
    assert first.key == second.key
    assert (dropped.fate, dropped.tries, last.fate) == (Fate.DROPPED, [], Fate.ACKED)


async def test_held_events_come_in_the_opposite_order(rig: Rig) -> None:
    rig.workspace.event_faults.hold = 3
    async with bare_socket(rig) as socket:
        await socket.receive_json()
        for text in ("one", "two", "three"):
            await rig.workspace.people.say("ada", "texts", text)
        heard = [(await socket.receive_json())["payload"]["event"]["text"] for _ in range(3)]

    assert heard == ["three", "two", "one"]


async def test_a_delayed_event_waits_for_the_clock(rig: Rig) -> None:
    rig.workspace.event_faults.delay = timedelta(minutes=20)
    async with bare_socket(rig) as socket:
        await socket.receive_json()
        await rig.workspace.people.say("ada", "texts", "late")
        delivery = rig.workspace.deliveries[0]
        early = list(delivery.tries)
        rig.clock.forward(timedelta(minutes=20))
        await socket.receive_json()

    assert early == []
    assert len(delivery.tries) == 1
