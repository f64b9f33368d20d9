"""Modals of the simulated workspace: what is filled in arrives in Slack's shape, and what the app answers is obeyed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from adapters.sandbox.workspace.interactions import TROUBLE
from adapters.sandbox.workspace.nouns import Json, View
from tests.unit.adapters.sandbox.socket_app import SocketApp, socket_app
from tests.unit.adapters.sandbox.workspace_rig import Rig, button, modal, started


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


@pytest.fixture
async def app(rig: Rig) -> AsyncIterator[SocketApp]:
    async with socket_app(rig.workspace) as app:
        yield app


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(value.title()), "value": value}


OPTIONS = [option("one"), option("two"), option("three")]


def ask(kind: str, *, optional: bool = False, **more: Any) -> Json:
    element = {"type": kind, "action_id": "a"} | more
    return {"type": "input", "block_id": "b", "label": plain("Label"), "element": element, "optional": optional}


def form(*blocks: Json, **more: Any) -> Json:
    return modal(blocks=list(blocks), submit=plain("Send"), callback_id="new_sms", **more)


async def opened(rig: Rig, view: Json) -> View:
    shortcut = await rig.workspace.interactions.shortcut("ada", "new_sms")
    answer = await rig.call("views.open", trigger_id=shortcut.payload["trigger_id"], view=view)
    assert answer["ok"], answer
    return rig.workspace.state.views[answer["view"]["id"]]


async def submitted(rig: Rig, view: View, **filled: Any) -> Json | None:
    """Fill the block `b` in, submit, and give the payload, None where nothing was sent."""
    delivery = await rig.workspace.interactions.submit_form("ada", view.id, {"b": filled} if filled else {})
    if delivery is None:
        return None
    await rig.workspace.wait_for(lambda: delivery.is_settled)
    return delivery.payload


SAID: list[tuple[str, Json, Any, Json]] = [
    ("a text", ask("plain_text_input"), "hello", {"value": "hello"}),
    ("no text", ask("plain_text_input", optional=True), "", {"value": None}),
    ("a text that stood there", ask("plain_text_input", initial_value="hi"), None, {"value": "hi"}),
    ("an option", ask("static_select", options=OPTIONS), "two", {"selected_option": option("two")}),
    ("no option", ask("static_select", options=OPTIONS, optional=True), None, {"selected_option": None}),
    (
        "an option out of a group",
        ask("static_select", option_groups=[{"label": plain("G"), "options": OPTIONS}]),
        "one",
        {"selected_option": option("one")},
    ),
    (
        "several options",
        ask("multi_static_select", options=OPTIONS),
        ["one", "two"],
        {"selected_options": [option("one"), option("two")]},
    ),
    ("a radio button", ask("radio_buttons", options=OPTIONS), "one", {"selected_option": option("one")}),
    ("checkboxes", ask("checkboxes", options=OPTIONS), ["three"], {"selected_options": [option("three")]}),
    (
        "checkboxes that were checked",
        ask("checkboxes", options=OPTIONS, initial_options=[option("two")]),
        None,
        {"selected_options": [option("two")]},
    ),
    ("a person", ask("users_select"), "U0ADA", {"selected_user": "U0ADA"}),
    ("people", ask("multi_users_select"), ["U0ADA"], {"selected_users": ["U0ADA"]}),
    ("a channel", ask("channels_select"), "C0TEXTS", {"selected_channel": "C0TEXTS"}),
    ("a conversation", ask("conversations_select"), "C0TEXTS", {"selected_conversation": "C0TEXTS"}),
    ("a date", ask("datepicker"), "2026-03-02", {"selected_date": "2026-03-02"}),
    ("a time", ask("timepicker"), "09:30", {"selected_time": "09:30"}),
    ("a moment in seconds", ask("datetimepicker"), 1772463600, {"selected_date_time": 1772463600}),
    ("a moment by the wall clock", ask("datetimepicker"), "2026-03-02T10:00", {"selected_date_time": 1772463600}),
]


@pytest.mark.parametrize(("block", "picked", "said"), [row[1:] for row in SAID], ids=[row[0] for row in SAID])
async def test_what_is_filled_in_arrives_in_slacks_shape(
    rig: Rig, app: SocketApp, block: Json, picked: Any, said: Json
) -> None:
    view = await opened(rig, form(block))

    payload = await submitted(rig, view, **({} if picked is None else {"a": picked}))

    assert payload
    assert payload["view"]["state"]["values"] == {"b": {"a": {"type": block["element"]["type"]} | said}}
    assert (payload["type"], payload["user"]["id"], payload["view"]["id"]) == ("view_submission", rig.ada.id, view.id)
    assert rig.workspace.state.views == {}


async def test_files_arrive_as_slack_has_them(rig: Rig, app: SocketApp) -> None:
    view = await opened(rig, form(ask("file_input", filetypes=["png"], max_files=2)))
    ids = await rig.workspace.people.bring("ada", [("wheel.png", "image/png", b"png")])

    payload = await submitted(rig, view, a=ids)

    assert payload
    (file,) = payload["view"]["state"]["values"]["b"]["a"]["files"]
    assert (file["id"], file["name"], file["mimetype"], file["user"]) == (ids[0], "wheel.png", "image/png", rig.ada.id)
    assert (await rig.call("files.info", file=ids[0]))["file"]["url_private_download"].endswith("wheel.png")


REFUSED: list[tuple[str, Json, Any, str]] = [
    ("a field is needed", ask("plain_text_input"), "", "complete this required field"),
    ("a choice is needed", ask("static_select", options=OPTIONS), None, "complete this required field"),
    ("a text is too long", ask("plain_text_input", max_length=3), "four", "at most 3"),
    ("a text is too short", ask("plain_text_input", min_length=3), "no", "at least 3"),
    ("a number is none", ask("number_input", is_decimal_allowed=False), "many", "valid value"),
    ("an address is none", ask("email_text_input"), "nobody", "valid value"),
    ("too much is chosen", ask("multi_static_select", options=OPTIONS, max_selected_items=1), ["one", "two"], "most 1"),
]


@pytest.mark.parametrize(("block", "picked", "why"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
async def test_what_the_client_refuses_never_reaches_the_app(
    rig: Rig, app: SocketApp, block: Json, picked: Any, why: str
) -> None:
    view = await opened(rig, form(block))

    payload = await submitted(rig, view, **({} if picked is None else {"a": picked}))

    assert payload is None
    assert why in rig.workspace.interactions.errors[view.id]["b"]
    assert app.heard("view_submission") == []


async def test_a_file_of_another_type_is_refused_at_its_field(rig: Rig, app: SocketApp) -> None:
    view = await opened(rig, form(ask("file_input", filetypes=["png"])))
    ids = await rig.workspace.people.bring("ada", [("a.exe", "application/octet-stream", b"x")])

    assert await submitted(rig, view, a=ids) is None
    assert "png" in rig.workspace.interactions.errors[view.id]["b"]


async def test_errors_stand_until_the_next_try_or_another_view(rig: Rig, app: SocketApp) -> None:
    app.on("view_submission", lambda _: {"response_action": "errors", "errors": {"b": "Nobody has this number"}})
    view = await opened(rig, form(ask("plain_text_input")))
    await submitted(rig, view, a="1")
    shown = dict(rig.workspace.interactions.errors)

    await rig.call("views.update", view_id=view.id, view=form(ask("plain_text_input")))

    assert (shown, rig.workspace.interactions.errors) == ({view.id: {"b": "Nobody has this number"}}, {})


NONSENSE: list[tuple[str, Json]] = [
    ("errors at no field", {"response_action": "errors", "errors": {"nowhere": "x"}}),
    ("errors that are none", {"response_action": "errors", "errors": {}}),
    ("a view that cannot be shown", {"response_action": "update", "view": {"type": "modal"}}),
]


@pytest.mark.parametrize("answer", [row[1] for row in NONSENSE], ids=[row[0] for row in NONSENSE])
async def test_an_answer_that_makes_no_sense_is_trouble(rig: Rig, app: SocketApp, answer: Json) -> None:
    app.on("view_submission", lambda _: answer)
    view = await opened(rig, form(ask("plain_text_input")))

    await submitted(rig, view, a="1")

    assert rig.workspace.interactions.errors[view.id][""].startswith(TROUBLE)


async def test_no_answer_within_three_seconds_is_trouble(rig: Rig, app: SocketApp) -> None:
    app.deaf = {"view_submission"}
    view = await opened(rig, form(ask("plain_text_input")))
    delivery = await rig.workspace.interactions.submit_form("ada", view.id, {"b": {"a": "1"}})
    await app.wait_for("view_submission")

    rig.clock.forward(timedelta(seconds=3))
    await rig.workspace.wait_for(lambda: delivery and delivery.is_settled)

    assert rig.workspace.interactions.errors == {view.id: {"": TROUBLE}}


async def test_update_push_and_clear_are_obeyed(rig: Rig, app: SocketApp) -> None:
    view = await opened(rig, form(ask("plain_text_input")))
    views = rig.workspace.state.views

    app.on("view_submission", lambda _: {"response_action": "update", "view": form(title=plain("Second"))})
    await submitted(rig, view, a="1")
    updated = views[view.id].body["title"]["text"]
    app.on("view_submission", lambda _: {"response_action": "push", "view": form(title=plain("Third"))})
    await submitted(rig, view)
    above = [each for each in views.values() if each.previous == view.id]
    app.on("view_submission", lambda _: {"response_action": "clear"})
    await submitted(rig, above[0])

    assert (updated, above[0].root, views) == ("Second", view.id, {})


@pytest.mark.parametrize(
    ("notify", "whole", "told"), [(True, False, [False]), (True, True, [True, True]), (False, True, [])]
)
async def test_closing_is_told_to_an_app_that_asked(
    rig: Rig, app: SocketApp, notify: bool, whole: bool, told: list[bool]
) -> None:
    app.on("view_submission", lambda _: {"response_action": "push", "view": form(notify_on_close=notify)})
    view = await opened(rig, form(notify_on_close=notify))
    await submitted(rig, view)
    top = next(each for each in rig.workspace.state.views.values() if each.previous)

    await rig.workspace.interactions.close_view("ada", top.id, all_of_stack=whole)
    await rig.workspace.settled()

    assert [each["is_cleared"] for each in app.heard("view_closed")] == told
    assert len(rig.workspace.state.views) == (0 if whole else 1)


async def test_a_dispatched_field_tells_the_whole_form(rig: Rig, app: SocketApp) -> None:
    to = ask("static_select", options=OPTIONS) | {"dispatch_action": True}
    text = ask("plain_text_input") | {"block_id": "c"}
    view = await opened(rig, form(to, text))

    await rig.workspace.interactions.press_in_view(
        "ada", view.id, "a", picked="two", block="b", filled={"c": {"a": "so far"}}
    )
    payload = await app.wait_for("block_actions")

    assert payload["actions"][0]["selected_option"] == option("two")
    assert payload["container"] == {"type": "view", "view_id": view.id}
    values = payload["view"]["state"]["values"]
    assert (values["b"]["a"]["selected_option"], values["c"]["a"]["value"]) == (option("two"), "so far")


async def test_of_a_field_that_does_not_dispatch_the_app_hears_only_when_the_form_is_submitted(
    rig: Rig, app: SocketApp
) -> None:
    view = await opened(rig, form(ask("plain_text_input")))

    with pytest.raises(ValueError, match="before the form is submitted"):
        await rig.workspace.interactions.press_in_view("ada", view.id, "a", picked="so far", block="b")

    assert app.heard("block_actions") == []


async def test_an_app_that_changes_a_form_by_its_hash_changes_the_one_that_it_has_seen_or_none(
    rig: Rig, app: SocketApp
) -> None:
    typed = ask("plain_text_input", dispatch_action_config={"trigger_actions_on": ["on_character_entered"]})
    view = await opened(rig, form(typed | {"dispatch_action": True}))
    for picked in ("s", "so"):
        await rig.workspace.interactions.press_in_view("ada", view.id, "a", picked=picked, block="b")
    await rig.workspace.wait_for(lambda: len(app.heard("block_actions")) == 2)
    first, second = (payload["view"] for payload in app.heard("block_actions"))

    change = {"view_id": view.id, "view": form(typed | {"dispatch_action": True})}
    answers = [await rig.call("views.update", **change, hash=seen["hash"]) for seen in (first, second)]

    assert [payload["actions"][0]["value"] for payload in app.heard("block_actions")] == ["s", "so"]
    assert [answer.get("error") for answer in answers] == [None, "hash_conflict"]


async def test_blocks_without_names_are_named_anew_with_every_update(rig: Rig, app: SocketApp) -> None:
    block = {"type": "actions", "elements": [{key: value for key, value in button().items() if key != "action_id"}]}
    view = await opened(rig, modal(blocks=[block]))
    first = view.body["blocks"][0]["block_id"]

    answer = await rig.call("views.update", view_id=view.id, view=modal(blocks=[block]))

    assert answer["view"]["blocks"][0]["block_id"] != first
    assert answer["view"]["blocks"][0]["elements"][0]["action_id"]


# Menus whose options the app knows


MENU = ask("external_select", min_query_length=2)


async def _suggested(rig: Rig, view: View, typed: str) -> list[Json]:
    return await rig.workspace.interactions.suggest("ada", "a", typed, view_id=view.id)


async def test_the_app_is_asked_for_options_and_what_it_offered_can_be_chosen(rig: Rig, app: SocketApp) -> None:
    app.on("block_suggestion", lambda payload: {"options": [option(payload["value"])]})
    view = await opened(rig, form(MENU))

    groups = await _suggested(rig, view, "ada")
    payload = await submitted(rig, view, a="ada")

    asked = app.heard("block_suggestion")[0]
    assert (asked["action_id"], asked["block_id"], asked["value"], asked["view"]["id"]) == ("a", "b", "ada", view.id)
    assert "trigger_id" not in asked
    assert groups == [{"label": None, "options": [option("ada")]}]
    assert payload
    assert payload["view"]["state"]["values"]["b"]["a"]["selected_option"] == option("ada")


async def test_groups_of_options_keep_their_labels(rig: Rig, app: SocketApp) -> None:
    app.on("block_suggestion", lambda _: {"option_groups": [{"label": plain("Contacts"), "options": OPTIONS}]})

    assert await _suggested(rig, await opened(rig, form(MENU)), "ada") == [{"label": "Contacts", "options": OPTIONS}]


async def test_too_few_characters_ask_nobody(rig: Rig, app: SocketApp) -> None:
    view = await opened(rig, form(MENU))

    assert await _suggested(rig, view, "a") == []
    assert app.heard("block_suggestion") == []


async def test_a_menu_that_says_nothing_asks_from_the_third_character_on(rig: Rig, app: SocketApp) -> None:
    app.on("block_suggestion", lambda _: {"options": OPTIONS})
    view = await opened(rig, form(ask("external_select")))

    assert (await _suggested(rig, view, "ad"), len(await _suggested(rig, view, "ada"))) == ([], 1)


WRONG_OFFERS: list[tuple[str, Json]] = [
    ("a hundred options are enough", {"options": [option(str(n)) for n in range(101)]}),
    ("an option's text ends at 75", {"options": [{"text": plain("x" * 76), "value": "x"}]}),
    ("an option's value ends at 150", {"options": [option("x" * 151)]}),
    ("options are a list", {"options": {"text": "x"}}),
    ("groups are a list", {"option_groups": "x"}),
]


@pytest.mark.parametrize("offer", [row[1] for row in WRONG_OFFERS], ids=[row[0] for row in WRONG_OFFERS])
async def test_options_that_slack_would_not_show_are_refused(rig: Rig, app: SocketApp, offer: Json) -> None:
    app.on("block_suggestion", lambda _: offer)

    with pytest.raises(ValueError, match="options"):
        await _suggested(rig, await opened(rig, form(MENU)), "ada")


async def test_what_was_never_offered_cannot_be_chosen(rig: Rig, app: SocketApp) -> None:
    view = await opened(rig, form(MENU))

    with pytest.raises(ValueError, match="no option"):
        await submitted(rig, view, a="ada")


async def test_a_modal_belongs_to_whom_it_was_opened_for(rig: Rig, app: SocketApp) -> None:
    rig.workspace.add_user("ben")
    view = await opened(rig, form(MENU))

    with pytest.raises(ValueError, match="no view"):
        await rig.workspace.interactions.submit("ben", view.id)
