"""What the page's visitor can do in Slack with what an app shows: deeds as JSON, from browser to app."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from adapters.sandbox.clock import MovableClock
from adapters.sandbox.page import Page
from adapters.sandbox.scenario import CAST, Town, furnish
from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.page_visitor import Visitor
from tests.unit.adapters.sandbox.socket_app import SocketApp, socket_app
from tests.unit.adapters.sandbox.test_workspace_forms import OPTIONS, ask, form, option

BEN, GUS, SOL, XENA = "U0BENOKAFOR", "U0GUSGUEST", "U0SOLGUEST", "U0XENANOVAK"
TEXTS, SERVICE = "C0TEXTS", "C0SERVICE"
PICKED: list[tuple[str, Any]] = [("a yes", True), ("an object", {}), ("a list of numbers", [1])]


@pytest.fixture
async def town() -> AsyncIterator[Town]:
    town = furnish(MovableClock())
    await town.start()
    yield town
    await town.aclose()


@pytest.fixture
async def visitor(town: Town) -> AsyncIterator[Visitor]:
    page = Page(town.clock, town.carrier, town.workspace, town.mailbox, port=0)
    await page.start()
    async with aiohttp.ClientSession() as session:
        yield Visitor(town, page, session)
    await page.aclose()


@pytest.fixture
async def app(town: Town) -> AsyncIterator[SocketApp]:
    async with socket_app(town.workspace) as app:
        yield app


async def opened(visitor: Visitor, app: SocketApp, *blocks: Json) -> str:
    await visitor.do("shortcut", person=BEN, callback="new_sms")
    trigger = (await app.wait_for("shortcut"))["trigger_id"]
    answer = await app.call("views.open", trigger_id=trigger, view=form(*blocks))
    assert answer["ok"], answer
    return str(answer["view"]["id"])


async def posted(app: SocketApp, *elements: Json) -> str:
    block = {"type": "actions", "block_id": "b", "elements": list(elements)}
    answer = await app.call("chat.postMessage", channel=TEXTS, text="x", blocks=[block])
    return str(answer["ts"])


async def told(visitor: Visitor) -> Json:
    async with visitor.events() as stream:
        slack: Json = (await stream.next())["slack"]
        return slack


async def test_something_is_picked_in_a_posts_menu(visitor: Visitor, app: SocketApp) -> None:
    ts = await posted(app, {"type": "static_select", "action_id": "a", "options": OPTIONS})

    await visitor.do("press", person=BEN, channel=TEXTS, ts=ts, block="b", button="a", picked="two")

    payload = await app.wait_for("block_actions")
    assert (payload["user"]["id"], payload["actions"][0]["selected_option"]) == (BEN, option("two"))
    wish = {"person": BEN, "channel": TEXTS, "ts": ts, "button": "a"}
    assert "no option" in await visitor.refused("press", **wish, picked="four")


@pytest.mark.parametrize("picked", [row[1] for row in PICKED], ids=[row[0] for row in PICKED])
async def test_what_cannot_be_picked_is_refused(visitor: Visitor, app: SocketApp, picked: Any) -> None:
    ts = await posted(app, {"type": "static_select", "action_id": "a", "options": OPTIONS})

    wish = {"person": BEN, "channel": TEXTS, "ts": ts, "button": "a", "picked": picked}

    assert "cannot be picked" in await visitor.refused("press", **wish)


async def test_a_form_is_filled_in_with_a_file_and_sent(visitor: Visitor, app: SocketApp) -> None:
    files = ask("file_input", optional=True) | {"block_id": "f"}
    view = await opened(visitor, app, ask("plain_text_input"), files)

    await visitor.do("submit", person=BEN, view=view, filled={})
    missing = (await told(visitor))["modals"][0]["errors"]
    picture = {"name": "a.png", "type": "image/png", "content": base64.b64encode(b"png").decode()}
    ids = (await visitor.do("upload", person=BEN, files=[picture]))["files"]
    await visitor.do("submit", person=BEN, view=view, filled={"b": {"a": "hello"}, "f": {"a": ids}})

    values = app.heard("view_submission")[0]["view"]["state"]["values"]
    assert missing == {"b": "Please complete this required field."}
    assert (values["b"]["a"]["value"], values["f"]["a"]["files"][0]["name"]) == ("hello", "a.png")
    assert (await told(visitor))["modals"] == []
    assert "whole" in await visitor.refused("submit", person=BEN, view=view, filled=[1])


async def test_the_options_of_a_menu_come_from_the_app(visitor: Visitor, app: SocketApp) -> None:
    app.on("block_suggestion", lambda payload: {"options": [option(payload["value"])]})
    view = await opened(visitor, app, ask("external_select"))

    done = await visitor.do("suggest", person=BEN, view=view, block="b", menu="a", typed="ada")

    assert done["groups"] == [{"label": None, "options": [option("ada")]}]


async def test_a_field_that_tells_at_once_tells_the_form_around_it(visitor: Visitor, app: SocketApp) -> None:
    told_at_once = ask("plain_text_input") | {"dispatch_action": True}
    view = await opened(visitor, app, told_at_once)

    await visitor.do("press-in-view", person=BEN, view=view, block="b", button="a", picked="hi", filled={})

    payload = await app.wait_for("block_actions")
    assert payload["view"]["state"]["values"]["b"]["a"]["value"] == "hi"


async def test_a_modal_is_closed(visitor: Visitor, app: SocketApp) -> None:
    view = await opened(visitor, app, ask("plain_text_input"))

    await visitor.do("close-view", person=BEN, view=view, all=True)

    assert (await told(visitor))["modals"] == []


async def test_the_home_tab_is_opened_and_what_is_published_is_told(visitor: Visitor, app: SocketApp) -> None:
    await visitor.do("home", person=BEN)
    event = (await app.wait_for("app_home_opened"))["event"]
    await app.call("views.publish", user_id=event["user"], view={"type": "home", "blocks": [{"type": "divider"}]})

    assert (event["user"], event["tab"]) == (BEN, "home")
    assert (await told(visitor))["homes"][BEN]["blocks"][0]["type"] == "divider"


async def test_a_command_and_a_message_shortcut_reach_the_app(visitor: Visitor, app: SocketApp) -> None:
    ts = await posted(app, {"type": "static_select", "action_id": "a", "options": OPTIONS})

    await visitor.do("command", person=BEN, channel=TEXTS, text="/sms  +12125550142 on my way ")
    command = await app.wait_for("command")
    await visitor.do("message-shortcut", person=BEN, channel=TEXTS, ts=ts, callback="text_this")
    shortcut = await app.wait_for("message_action")

    assert (command["command"], command["text"]) == ("/sms", "+12125550142 on my way")
    assert (shortcut["message_ts"], shortcut["callback_id"]) == (ts, "text_this")


@pytest.mark.parametrize(
    ("person", "channel", "allowed"),
    [(GUS, TEXTS, True), (GUS, SERVICE, True), (SOL, TEXTS, True), (SOL, SERVICE, False), (XENA, TEXTS, False)],
)
async def test_people_write_only_where_they_are(visitor: Visitor, person: str, channel: str, allowed: bool) -> None:
    status, done = await visitor.post("say", {"person": person, "channel": channel, "text": "hello"})

    assert (status == 200) is allowed
    assert allowed or "not in this channel" in done["error"]


async def test_another_company_comes_in_with_the_switch(visitor: Visitor) -> None:
    await visitor.do("switch", name="shared-channel", on=True)
    await visitor.do("say", person=XENA, channel=TEXTS, text="hello")
    shared = [each["is_ext_shared"] for each in (await told(visitor))["channels"]]
    await visitor.do("calm")

    assert shared == [True, False]
    assert "not in this channel" in await visitor.refused("say", person=XENA, channel=TEXTS, text="still?")


async def test_a_reply_can_be_sent_to_the_channel_as_well(visitor: Visitor) -> None:
    root = (await visitor.do("say", person=BEN, channel=TEXTS, text="root"))["ts"]

    await visitor.do("say", person=BEN, channel=TEXTS, text="all of you", thread=root, broadcast=True)

    threads = (await told(visitor))["channels"][0]["threads"]
    assert [(each["root"]["text"], each["root"]["thread_ts"]) for each in threads] == [
        ("root", None),
        ("all of you", root),
    ]


async def test_the_town_has_an_admin_a_group_and_somebody_who_has_left(town: Town, app: SocketApp) -> None:
    users = {user["id"]: user for user in (await app.call("users.list"))["members"]}
    groups = (await app.call("usergroups.list", include_users=True))["usergroups"]
    left = (await app.call("users.info", user="U0DANAVOSS"))["user"]

    assert [id_ for id_, user in users.items() if user.get("is_admin")] == [CAST.admin]
    assert (groups[0]["handle"], groups[0]["users"]) == (CAST.user_group[0], list(CAST.user_group[1]))
    assert left["deleted"]
    assert XENA not in users
