"""Buttons, commands, modals and Home tabs of the simulated workspace, answered by the genuine Bolt app."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from adapters.sandbox.workspace.courier import Fate
from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.test_workspace_socket import connected, genuine_app
from tests.unit.adapters.sandbox.workspace_rig import Rig, button, modal, started


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


ASK: Json = {
    "type": "input",
    "block_id": "to",
    "label": {"type": "plain_text", "text": "To"},
    "element": {"type": "plain_text_input", "action_id": "number"},
}
SUBMIT: Json = {"submit": {"type": "plain_text", "text": "Send"}, "callback_id": "new_sms", "blocks": [ASK]}


async def _with_button(rig: Rig) -> str:
    return await rig.post(blocks=[{"type": "actions", "block_id": "b", "elements": [button(value="7")]}])


async def test_a_press_names_person_place_and_value(rig: Rig) -> None:
    app = genuine_app(rig.workspace, rig.session)
    pressed: list[Json] = []

    @app.action("go")
    async def listen(ack: Any, body: Json) -> None:
        await ack()
        pressed.append(body)

    ts = await _with_button(rig)
    async with connected(rig.workspace, app):
        delivery = await rig.workspace.interactions.press("ada", "texts", ts, "7")
        await rig.workspace.wait_for(lambda: delivery.is_settled)

    action = pressed[0]["actions"][0]
    assert delivery.fate is Fate.ACKED
    assert (action["action_id"], action["block_id"], action["value"]) == ("go", "b", "7")
    assert pressed[0]["user"]["id"] == rig.ada.id
    assert pressed[0]["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": rig.channel.id,
        "is_ephemeral": False,
    }


async def test_a_button_that_is_not_there_cannot_be_pressed(rig: Rig) -> None:
    ts = await _with_button(rig)

    with pytest.raises(ValueError, match="no button"):
        await rig.workspace.interactions.press("ada", "texts", ts, "stop")


async def test_a_press_nobody_answers_tells_the_person_and_is_not_repeated(rig: Rig) -> None:
    ts = await _with_button(rig)
    delivery = await rig.workspace.interactions.press("ada", "texts", ts, "go")
    await rig.workspace.wait_for(lambda: delivery.is_settled)

    assert (delivery.fate, len(delivery.tries)) == (Fate.FAILED, 1)
    assert [told.user for told in rig.workspace.state.ephemerals] == [rig.ada.id]


async def test_the_answer_to_a_command_is_seen_by_one_person(rig: Rig) -> None:
    app = genuine_app(rig.workspace, rig.session)

    @app.command("/sms")
    async def listen(ack: Any) -> None:
        await ack("How to use it")

    async with connected(rig.workspace, app):
        delivery = await rig.workspace.interactions.slash("ada", "/sms", "", "texts")
        assert delivery
        await rig.workspace.wait_for(lambda: delivery.is_settled)

    seen = rig.workspace.state.ephemerals[0]
    assert (seen.user, seen.text, seen.author) == (rig.ada.id, "How to use it", rig.workspace.bot_user_id)
    assert rig.workspace.roots(rig.channel.id) == []


async def test_an_unknown_command_never_reaches_the_app(rig: Rig) -> None:
    delivery = await rig.workspace.interactions.slash("ada", "/fax", "", "texts")

    assert (delivery, rig.workspace.deliveries) == (None, [])
    assert "not a valid command" in rig.workspace.state.ephemerals[0].text


async def test_a_modal_is_opened_shows_errors_and_closes(rig: Rig) -> None:
    app = genuine_app(rig.workspace, rig.session)

    @app.command("/sms")
    async def open_form(ack: Any, body: Json, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(**SUBMIT))

    @app.view("new_sms")
    async def submit(ack: Any, view: Json) -> None:
        number = view["state"]["values"]["to"]["number"]["value"]
        await (ack() if number else ack(response_action="errors", errors={"to": "Whom?"}))

    async with connected(rig.workspace, app):
        await rig.workspace.interactions.slash("ada", "/sms", "", "texts")
        await rig.workspace.wait_for(lambda: rig.workspace.state.views)
        view = next(iter(rig.workspace.state.views.values()))
        empty = {"to": {"number": {"type": "plain_text_input", "value": None}}}
        first = await rig.workspace.interactions.submit("ada", view.id, empty)
        await rig.workspace.wait_for(lambda: first.is_settled)
        errors = dict(rig.workspace.interactions.errors)
        full = {"to": {"number": {"type": "plain_text_input", "value": "+14155550100"}}}
        await rig.workspace.interactions.submit("ada", view.id, full)
        await rig.workspace.wait_for(lambda: not rig.workspace.state.views)

    assert errors == {view.id: {"to": "Whom?"}}


async def test_a_home_tab_is_published_per_person(rig: Rig) -> None:
    await rig.workspace.interactions.open_home("ada")
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    answer = await rig.call("views.publish", user_id=rig.ada.id, view=home)

    event = rig.workspace.deliveries[0].event
    assert (event["type"], event["tab"], event["user"]) == ("app_home_opened", "home", rig.ada.id)
    assert rig.workspace.snapshot()["homes"][rig.ada.id]["hash"] == answer["view"]["hash"]


async def _response_url(rig: Rig) -> str:
    delivery = await rig.workspace.interactions.slash("ada", "/sms", "", "texts")
    assert delivery
    return str(delivery.payload["response_url"])


async def _answer(rig: Rig, url: str) -> tuple[int, str]:
    async with rig.session.post(url, json={"text": "later"}) as response:
        return response.status, await response.text()


async def test_a_response_url_speaks_five_times(rig: Rig) -> None:
    url = await _response_url(rig)

    answers = [await _answer(rig, url) for _ in range(6)]

    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert "used_url" in answers[5][1]


async def test_a_response_url_lives_thirty_minutes(rig: Rig) -> None:
    url = await _response_url(rig)

    rig.clock.forward(timedelta(minutes=30))
    in_time = await _answer(rig, url)
    rig.clock.forward(timedelta(seconds=1))
    too_late = await _answer(rig, url)

    assert (in_time[0], too_late[0]) == (200, 404)


async def test_the_page_sees_names_reactions_buttons_and_whispers(rig: Rig) -> None:
    ts = await _with_button(rig)
    await rig.workspace.people.react("ada", "texts", ts, "eyes")
    await rig.call("chat.postEphemeral", channel=rig.channel.id, user=rig.ada.id, text="only you")

    channel = rig.workspace.snapshot()["channels"][0]
    root = channel["threads"][0]["root"]
    assert root["author"]["name"] == "sms-bridge"
    assert root["reactions"] == [
        {"name": "eyes", "emoji": "👀", "count": 1, "users": [rig.ada.id], "names": ["Ada Byron"]}
    ]
    assert root["buttons"][0] | {"url": None} == {
        "action_id": "go",
        "value": "7",
        "text": "Go",
        "style": None,
        "url": None,
    }
    assert channel["ephemerals"][0]["text"] == "only you"
