"""Shortcuts, commands, the Home tab and menus in posts of the simulated workspace, in the shapes that Slack sends."""

from collections.abc import AsyncIterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.socket_app import SocketApp, socket_app
from tests.unit.adapters.sandbox.test_workspace_forms import OPTIONS, option, plain
from tests.unit.adapters.sandbox.test_workspace_manifest import GOOD
from tests.unit.adapters.sandbox.workspace_rig import Rig, button, modal, started


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


@pytest.fixture
async def app(rig: Rig) -> AsyncIterator[SocketApp]:
    async with socket_app(rig.workspace) as app:
        yield app


# Shortcuts


async def test_a_global_shortcut_names_a_person_and_no_channel(rig: Rig, app: SocketApp) -> None:
    await rig.workspace.interactions.shortcut("ada", "new_sms")

    payload = await app.wait_for("shortcut")

    assert (payload["callback_id"], payload["user"]["id"], payload["team"]["id"]) == (
        "new_sms",
        rig.ada.id,
        rig.workspace.state.team_id,
    )
    assert not {"channel", "message", "response_url"} & payload.keys()
    assert (await rig.call("views.open", trigger_id=payload["trigger_id"], view=modal()))["ok"]


async def test_a_message_shortcut_tells_the_message_and_may_answer(rig: Rig, app: SocketApp) -> None:
    root = await rig.post("is it ready?")
    reply = await rig.workspace.people.say("ada", "texts", "yes", root)

    await rig.workspace.interactions.message_shortcut("ada", "texts", reply, "text_this")
    payload = await app.wait_for("message_action")
    await app.respond(payload["response_url"], text="noted")

    assert (payload["message_ts"], payload["channel"]["id"]) == (reply, rig.channel.id)
    assert (payload["message"]["text"], payload["message"]["thread_ts"]) == ("yes", root)
    assert [each.text for each in rig.workspace.state.ephemerals] == ["noted"]


async def test_a_manifest_says_what_stands_in_the_menus(rig: Rig) -> None:
    manifest = deepcopy(GOOD)
    manifest["features"]["shortcuts"] = [
        {"name": "Text somebody", "type": "global", "callback_id": "g", "description": "x"},
        {"name": "Text this", "type": "message", "callback_id": "m", "description": "x"},
    ]
    manifest["features"]["slash_commands"] = [{"command": "/text", "description": "x"}]

    rig.workspace.install(manifest)

    shown = rig.workspace.snapshot()
    assert [(each["callback_id"], each["kind"]) for each in shown["shortcuts"]] == [("g", "global"), ("m", "message")]
    assert shown["commands"] == ["/text"]
    home = {"type": "home", "blocks": []}
    assert (await rig.call("views.publish", user_id=rig.ada.id, view=home))["error"] == "not_enabled"


async def test_a_manifest_that_slack_refuses_is_not_installed(rig: Rig) -> None:
    with pytest.raises(ValueError, match="extras"):
        rig.workspace.install(GOOD | {"extras": {}})


async def test_without_its_scope_an_app_has_no_shortcuts(rig: Rig) -> None:
    rig.workspace.switches.granted.discard("commands")

    assert rig.workspace.snapshot()["shortcuts"] == []


async def test_people_of_another_company_cannot_use_the_app(rig: Rig, app: SocketApp) -> None:
    rig.workspace.add_user("eve", team_id="T0ELSEWHERE")
    ts = await rig.post()
    do = rig.workspace.interactions

    for deed in (
        do.slash("eve", "/sms", "", "texts"),
        do.shortcut("eve", "new_sms"),
        do.message_shortcut("eve", "texts", ts, "text_this"),
        do.open_home("eve"),
    ):
        with pytest.raises(ValueError, match="its own members"):
            await deed
    assert [each for each in app.payloads if "event" not in each] == []


# Commands


async def test_a_command_in_a_thread_reaches_nobody(rig: Rig, app: SocketApp) -> None:
    root = await rig.post()

    delivery = await rig.workspace.interactions.slash("ada", "/sms", "hi", "texts", root)

    (told,) = rig.workspace.state.ephemerals
    assert (delivery, app.heard("command")) == (None, [])
    assert (told.text, told.thread_ts) == ("/sms is not supported in threads. Sorry!", root)


async def test_a_command_that_takes_too_long_says_so(rig: Rig, app: SocketApp) -> None:
    app.deaf = {"command"}
    delivery = await rig.workspace.interactions.slash("ada", "/sms", "hi", "texts")
    await app.wait_for("command")

    rig.clock.forward(timedelta(seconds=3))
    await rig.workspace.wait_for(lambda: delivery and delivery.is_settled)

    assert 'failed with the error "operation_timeout"' in rig.workspace.state.ephemerals[0].text


async def test_a_command_that_finds_no_app_says_so(rig: Rig) -> None:
    delivery = await rig.workspace.interactions.slash("ada", "/sms", "hi", "texts")
    await rig.workspace.wait_for(lambda: delivery and delivery.is_settled)

    assert 'failed with the error "dispatch_failed"' in rig.workspace.state.ephemerals[0].text


# The Home tab


async def test_a_home_tab_is_told_with_the_view_that_stands_there(rig: Rig, app: SocketApp) -> None:
    await rig.workspace.interactions.open_home("ada")
    first = (await app.wait_for("app_home_opened"))["event"]
    await rig.call("views.publish", user_id=rig.ada.id, view={"type": "home", "blocks": [{"type": "divider"}]})

    await rig.workspace.interactions.open_home("ada")
    second = (await app.wait_for("app_home_opened", 2))["event"]

    assert (first["tab"], "view" in first, second["view"]["type"]) == ("home", False, "home")


async def test_a_press_in_the_home_tab_names_the_view(rig: Rig, app: SocketApp) -> None:
    blocks = [{"type": "actions", "block_id": "b", "elements": [button()]}]
    answer = await rig.call("views.publish", user_id=rig.ada.id, view={"type": "home", "blocks": blocks})

    await rig.workspace.interactions.press_in_view("ada", answer["view"]["id"], "go")
    payload = await app.wait_for("block_actions")

    assert (payload["view"]["type"], payload["container"]["type"]) == ("home", "view")
    assert "response_url" not in payload


# Menus in posts


PICKS: list[tuple[str, Json, Any, Json]] = [
    ("an overflow menu", {"type": "overflow", "options": OPTIONS}, "two", {"selected_option": option("two")}),
    ("a menu", {"type": "static_select", "options": OPTIONS}, "one", {"selected_option": option("one")}),
    ("people", {"type": "users_select"}, "U0BEN", {"selected_user": "U0BEN"}),
    ("checkboxes", {"type": "checkboxes", "options": OPTIONS}, ["one"], {"selected_options": [option("one")]}),
    ("a moment", {"type": "datetimepicker"}, 1772463600, {"selected_date_time": 1772463600}),
    ("a date", {"type": "datepicker"}, "2026-03-02", {"selected_date": "2026-03-02"}),
]


@pytest.mark.parametrize(("element", "picked", "said"), [row[1:] for row in PICKS], ids=[row[0] for row in PICKS])
async def test_what_is_picked_in_a_post_is_told_with_the_state_of_all_its_menus(
    rig: Rig, app: SocketApp, element: Json, picked: Any, said: Json
) -> None:
    other = {"type": "static_select", "action_id": "other", "options": OPTIONS, "initial_option": option("three")}
    block = {"type": "actions", "block_id": "b", "elements": [element | {"action_id": "a"}, other]}
    ts = await rig.post(blocks=[block])

    await rig.workspace.interactions.press("ada", "texts", ts, "a", picked=picked)
    payload = await app.wait_for("block_actions")

    (action,) = payload["actions"]
    values = payload["state"]["values"]["b"]
    assert {key: action[key] for key in said} == said
    assert (action["type"], action["block_id"], action["action_id"]) == (element["type"], "b", "a")
    assert values["other"]["selected_option"] == option("three")
    assert ("a" in values) is (element["type"] != "overflow")


async def test_a_pick_is_forgotten_when_the_app_changes_the_post(rig: Rig, app: SocketApp) -> None:
    menu: Json = {"type": "static_select", "action_id": "a", "options": OPTIONS}
    blocks = [{"type": "actions", "block_id": "b", "elements": [menu, button()]}]
    ts = await rig.post(blocks=blocks)
    await rig.workspace.interactions.press("ada", "texts", ts, "a", picked="two")
    await rig.workspace.interactions.press("ada", "texts", ts, "go")
    before = await app.wait_for("block_actions", 2)

    menu["initial_option"] = option("one")
    await rig.call("chat.update", channel=rig.channel.id, ts=ts, text="x", blocks=blocks)
    await rig.workspace.interactions.press("ada", "texts", ts, "go")
    after = await app.wait_for("block_actions", 3)

    picked = [payload["state"]["values"]["b"]["a"]["selected_option"] for payload in (before, after)]
    assert picked == [option("two"), option("one")]


async def test_a_menu_in_a_post_asks_the_app_for_options(rig: Rig, app: SocketApp) -> None:
    app.on("block_suggestion", lambda _: {"options": OPTIONS})
    menu = {"type": "external_select", "action_id": "a", "min_query_length": 0, "placeholder": plain("x")}
    ts = await rig.post(blocks=[{"type": "actions", "block_id": "b", "elements": [menu]}])

    groups = await rig.workspace.interactions.suggest("ada", "a", "", channel="texts", ts=ts)
    asked = app.heard("block_suggestion")[0]

    assert groups[0]["options"] == OPTIONS
    assert (asked["container"]["message_ts"], asked["channel"]["id"], asked["message"]["ts"]) == (
        ts,
        rig.channel.id,
        ts,
    )
