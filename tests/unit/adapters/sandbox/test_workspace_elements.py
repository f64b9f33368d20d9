"""The simulated workspace refuses the elements that Slack refuses, in messages and in views: one row per rule."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.test_workspace_forms import OPTIONS, ask, form, option, plain
from tests.unit.adapters.sandbox.workspace_rig import Rig, button, started


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


def element(kind: str, **more: Any) -> Json:
    return {"type": kind, "action_id": "a"} | more


def group(label: str, options: list[Json]) -> Json:
    return {"label": plain(label), "options": options}


MRKDWN = {"type": "mrkdwn", "text": "*x*"}
CONFIRM = {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No")}

IN_ACTIONS: list[tuple[str, Json, bool]] = [
    ("a button with an address", button(url="https://example.com/"), True),
    ("an overflow menu", element("overflow", options=OPTIONS), True),
    ("five options overflow", element("overflow", options=[option(str(n)) for n in range(5)]), True),
    ("six options are too many for it", element("overflow", options=[option(str(n)) for n in range(6)]), False),
    ("an overflow menu has no placeholder", element("overflow", options=OPTIONS, placeholder=plain("x")), False),
    ("a menu of 100", element("static_select", options=[option(str(n)) for n in range(100)]), True),
    ("a menu of 101", element("static_select", options=[option(str(n)) for n in range(101)]), False),
    ("a menu of none", element("static_select", options=[]), False),
    ("a menu in groups", element("static_select", option_groups=[group("G", OPTIONS)]), True),
    ("a group's label ends at 75", element("static_select", option_groups=[group("x" * 76, OPTIONS)]), False),
    (
        "a menu has options or groups",
        element("static_select", options=OPTIONS, option_groups=[group("G", OPTIONS)]),
        False,
    ),
    ("an option's text ends at 75", element("static_select", options=[option("x" * 76)]), False),
    ("an option's value is there", element("static_select", options=[{"text": plain("x")}]), False),
    (
        "an option's value ends at 150",
        element("static_select", options=[{"text": plain("x"), "value": "x" * 151}]),
        False,
    ),
    (
        "an option's description ends at 75",
        element("static_select", options=[option("x") | {"description": plain("x" * 76)}]),
        False,
    ),
    ("a menu's options are plain", element("static_select", options=[{"text": MRKDWN, "value": "x"}]), False),
    ("checkboxes may be formatted", element("checkboxes", options=[{"text": MRKDWN, "value": "x"}]), True),
    (
        "what is chosen at first is an option",
        element("static_select", options=OPTIONS, initial_option=OPTIONS[1]),
        True,
    ),
    ("and no other", element("static_select", options=OPTIONS, initial_option=option("four")), False),
    (
        "nor a like one",
        element("checkboxes", options=OPTIONS, initial_options=[OPTIONS[0] | {"text": plain("x")}]),
        False,
    ),
    ("a button's spoken label ends at 75", button(accessibility_label="x" * 76), False),
    ("a placeholder ends at 150", element("users_select", placeholder=plain("x" * 151)), False),
    ("a menu of people", element("users_select", initial_user="U1"), True),
    ("a menu the app fills", element("external_select", min_query_length=1), True),
    ("ten radio buttons", element("radio_buttons", options=[option(str(n)) for n in range(10)]), True),
    ("eleven checkboxes", element("checkboxes", options=[option(str(n)) for n in range(11)]), False),
    ("a date", element("datepicker", initial_date="2026-03-02"), True),
    ("a date that is none", element("datepicker", initial_date="2 March"), False),
    ("a time", element("timepicker", initial_time="23:59"), True),
    ("a time that is none", element("timepicker", initial_time="24:00"), False),
    ("a moment", element("datetimepicker", initial_date_time=1772463600), True),
    ("a moment has ten digits", element("datetimepicker", initial_date_time=1772463600000), False),
    ("a menu for several", element("multi_static_select", options=OPTIONS), True),
    ("fields stand in inputs only", element("plain_text_input"), False),
    ("any element may ask back", element("static_select", options=OPTIONS, confirm=CONFIRM), True),
    ("what is asked ends at 300", button(confirm=CONFIRM | {"text": plain("x" * 301)}), False),
    ("the question's title ends at 100", button(confirm=CONFIRM | {"title": plain("x" * 101)}), False),
    ("its answers end at 30", element("users_select", confirm=CONFIRM | {"deny": plain("x" * 31)}), False),
    ("the question says something", button(confirm={"title": plain("x")}), False),
]


@pytest.mark.parametrize(("piece", "fits"), [row[1:] for row in IN_ACTIONS], ids=[row[0] for row in IN_ACTIONS])
async def test_an_element_of_a_message_is_checked(rig: Rig, piece: Json, fits: bool) -> None:
    block = {"type": "actions", "elements": [piece]}
    answer = await rig.call("chat.postMessage", channel=rig.channel.id, text="x", blocks=[block])

    assert (answer["ok"], answer.get("error")) == ((True, None) if fits else (False, "invalid_blocks")), answer


BESIDE: list[tuple[str, Json, bool]] = [
    ("a menu beside words", element("static_select", options=OPTIONS), True),
    ("a menu for several beside words", element("multi_users_select", max_selected_items=2), True),
    ("an overflow menu beside words", element("overflow", options=OPTIONS), True),
    ("a moment is not picked beside words", element("datetimepicker"), False),
    ("a field is not beside words", element("plain_text_input"), False),
]


@pytest.mark.parametrize(("piece", "fits"), [row[1:] for row in BESIDE], ids=[row[0] for row in BESIDE])
async def test_an_accessory_is_checked(rig: Rig, piece: Json, fits: bool) -> None:
    block = {"type": "section", "text": plain("x"), "accessory": piece}
    answer = await rig.call("chat.postMessage", channel=rig.channel.id, text="x", blocks=[block])

    assert answer["ok"] is fits, answer


def told(config: Any) -> Json:
    return ask("plain_text_input", dispatch_action_config=config) | {"dispatch_action": True}


FIELDS: list[tuple[str, Json, bool]] = [
    ("a field of 3000", ask("plain_text_input", max_length=3000, multiline=True), True),
    ("a field of 3001", ask("plain_text_input", max_length=3001), False),
    ("a field of none", ask("plain_text_input", max_length=0), False),
    ("a field's key that is none", ask("plain_text_input", colour="red"), False),
    ("ten files", ask("file_input", max_files=10, filetypes=["jpg"]), True),
    ("eleven files", ask("file_input", max_files=11), False),
    ("no files", ask("file_input", max_files=0), False),
    ("types of files are a list", ask("file_input", filetypes="jpg"), False),
    ("a button is no field", ask("button", text=plain("x")), False),
    ("an overflow menu is no field", ask("overflow", options=OPTIONS), False),
    ("a label ends at 2000", ask("plain_text_input") | {"label": plain("x" * 2001)}, False),
    ("a field has a label", {"type": "input", "element": element("plain_text_input")}, False),
    ("a hint ends at 2000", ask("plain_text_input") | {"hint": plain("x" * 2001)}, False),
    ("a number", ask("number_input", is_decimal_allowed=False), True),
    ("a number says of what kind", ask("number_input"), False),
    ("a field that tells of every key", told({"trigger_actions_on": ["on_character_entered"]}), True),
    ("a field that tells of both", told({"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}), True),
    ("a field that tells of what there is not", told({"trigger_actions_on": ["on_blur"]}), False),
    ("a field that tells of the same twice", told({"trigger_actions_on": ["on_enter_pressed"] * 2}), False),
    ("a field that tells of no list", told({"trigger_actions_on": "on_enter_pressed"}), False),
    ("what a field tells of has known keys", told({"on": ["on_enter_pressed"]}), False),
    ("what a field tells of is an object", told(["on_character_entered"]), False),
    ("only words tell of characters", ask("file_input", dispatch_action_config={}), False),
    ("a field tells or not", ask("plain_text_input") | {"dispatch_action": "yes"}, False),
    ("one wants the focus", ask("plain_text_input", focus_on_load=True), True),
    ("a menu for several", ask("multi_external_select", min_query_length=0, max_selected_items=5), True),
]


@pytest.mark.parametrize(("block", "fits"), [row[1:] for row in FIELDS], ids=[row[0] for row in FIELDS])
async def test_a_field_of_a_modal_is_checked(rig: Rig, block: Json, fits: bool) -> None:
    shortcut = await rig.workspace.interactions.shortcut("ada", "new_sms")
    trigger = shortcut.payload["trigger_id"]

    answer = await rig.call("views.open", trigger_id=trigger, view=form(block))

    assert (answer["ok"], answer.get("error")) == ((True, None) if fits else (False, "invalid_arguments")), answer
    if not fits:
        assert answer["response_metadata"]["messages"][0].startswith("[ERROR]")


ELSEWHERE: list[tuple[str, Json]] = [
    ("files are taken in modals only", ask("file_input")),
    ("numbers are asked in modals only", ask("number_input", is_decimal_allowed=True)),
    ("a moment is not picked in a Home tab", ask("datetimepicker")),
]


@pytest.mark.parametrize("block", [row[1] for row in ELSEWHERE], ids=[row[0] for row in ELSEWHERE])
async def test_a_field_of_a_home_tab_is_checked(rig: Rig, block: Json) -> None:
    refused = await rig.call("views.publish", user_id=rig.ada.id, view={"type": "home", "blocks": [block]})
    control = await rig.call("views.publish", user_id=rig.ada.id, view={"type": "home", "blocks": [ask("datepicker")]})

    assert (refused["error"], control["ok"]) == ("invalid_arguments", True)


async def test_only_one_field_gets_the_focus(rig: Rig) -> None:
    both = [ask("plain_text_input", focus_on_load=True) | {"block_id": name} for name in ("one", "two")]
    shortcut = await rig.workspace.interactions.shortcut("ada", "new_sms")

    answer = await rig.call("views.open", trigger_id=shortcut.payload["trigger_id"], view=form(*both))

    assert answer["error"] == "invalid_arguments"


async def test_a_message_takes_no_files(rig: Rig) -> None:
    answer = await rig.call("chat.postMessage", channel=rig.channel.id, text="x", blocks=[ask("file_input")])

    assert answer["error"] == "invalid_blocks"
