"""What Slack refuses of the elements in blocks: where each may stand, which fields it has, how long they are.

Limits and places after docs.slack.dev, "Block elements" and "Composition objects", January 2026.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from adapters.sandbox.workspace.nouns import Json
from adapters.sandbox.workspace.text_rules import count_problems, length_problems, say, text_problems, unknown_keys

_SELECTS = {f"{kind}_select" for kind in ("static", "external", "users", "conversations", "channels")}
_MULTI = {f"multi_{kind}" for kind in _SELECTS}
_CHOICES = {"radio_buttons", "checkboxes"}
_TEXTS = {"plain_text_input", "email_text_input", "url_text_input", "number_input"}
_PICKERS = {"datepicker", "timepicker", "datetimepicker"}
_PRESSED = {"button", "workflow_button", "overflow"}
IN_ACTIONS = _PRESSED | _PICKERS | _SELECTS | _MULTI | _CHOICES
IN_SECTIONS = (IN_ACTIONS - {"datetimepicker"}) | {"image"}
IN_INPUTS = (IN_ACTIONS - _PRESSED) | _TEXTS | {"file_input", "rich_text_input"}

_MODAL_ONLY = {"email_text_input", "url_text_input", "number_input", "file_input"}
NOT_ON: dict[str, set[str]] = {  # by where the blocks stand
    "message": _MODAL_ONLY | {"rich_text_input"},
    "home": _MODAL_ONLY | {"datetimepicker"},
    "modal": set(),
}

_ANY = {"type", "action_id", "confirm", "placeholder", "focus_on_load"}
_KEYS: dict[str, set[str]] = {
    "button": {"type", "action_id", "text", "url", "value", "style", "confirm", "accessibility_label"},
    "image": {"type", "image_url", "slack_file", "alt_text"},
    "overflow": {"type", "action_id", "options", "confirm"},
    "radio_buttons": _ANY - {"placeholder"} | {"options", "initial_option"},
    "checkboxes": _ANY - {"placeholder"} | {"options", "initial_options"},
    "static_select": _ANY | {"options", "option_groups", "initial_option"},
    "multi_static_select": _ANY | {"options", "option_groups", "initial_options", "max_selected_items"},
    "external_select": _ANY | {"initial_option", "min_query_length"},
    "multi_external_select": _ANY | {"initial_options", "min_query_length", "max_selected_items"},
    "users_select": _ANY | {"initial_user"},
    "multi_users_select": _ANY | {"initial_users", "max_selected_items"},
    "datepicker": _ANY | {"initial_date"},
    "timepicker": _ANY | {"initial_time", "timezone"},
    "datetimepicker": _ANY - {"placeholder"} | {"initial_date_time"},
    "file_input": {"type", "action_id", "filetypes", "max_files"},
    "plain_text_input": _ANY - {"confirm"}
    | {"initial_value", "multiline", "min_length", "max_length", "dispatch_action_config"},
}
_DATE, _TIME = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_OCCASIONS = ("on_enter_pressed", "on_character_entered")
_MOST_OPTIONS = {"overflow": 5, "radio_buttons": 10, "checkboxes": 10}
_LEAST_MOMENT, _LAST_MOMENT = 10**9, 10**10  # ten digits, as the reference says


def element_problems(element: Any, where: str, allowed: set[str]) -> Iterator[str]:
    """Check one element that stands where only `allowed` may."""
    kind = element.get("type") if isinstance(element, dict) else None
    if kind is None or kind not in allowed:
        yield say(f"unsupported type: {kind}", f"{where}/type")
        return
    if kind in _KEYS:
        yield from unknown_keys(element, _KEYS[kind], where)
    if "action_id" in element:
        yield from length_problems(element["action_id"], f"{where}/action_id", 255)
    if "placeholder" in element:
        yield from text_problems(element["placeholder"], f"{where}/placeholder", 150, plain=True)
    if "confirm" in element:
        yield from _confirm(element["confirm"], f"{where}/confirm")
    if kind in _CHECKS:
        yield from _CHECKS[kind](element, where)


def option_problems(options: Any) -> list[str]:
    """Name what is wrong with options that an app gives while somebody types."""
    return list(_each_option(options, "/options", 100, plain=True))


def image_problems(image: Json, where: str) -> Iterator[str]:
    if "slack_file" not in image:
        yield from length_problems(image.get("image_url"), f"{where}/image_url", 3_000)
    yield from length_problems(image.get("alt_text"), f"{where}/alt_text", 2_000)


def _button(button: Json, where: str) -> Iterator[str]:
    yield from text_problems(button.get("text"), f"{where}/text", 75, plain=True)
    if "value" in button:
        yield from length_problems(button["value"], f"{where}/value", 2_000)
    if "url" in button:
        yield from length_problems(button["url"], f"{where}/url", 3_000)
    if button.get("style", "primary") not in ("primary", "danger"):
        yield say("must be a valid enum value", f"{where}/style")
    if "accessibility_label" in button:
        yield from length_problems(button["accessibility_label"], f"{where}/accessibility_label", 75)


def _confirm(confirm: Any, where: str) -> Iterator[str]:
    if not isinstance(confirm, dict):
        yield say("must be an object", where)
        return
    yield from unknown_keys(confirm, {"title", "text", "confirm", "deny", "style"}, where)
    for key, most, plain in (("title", 100, True), ("text", 300, False), ("confirm", 30, True), ("deny", 30, True)):
        if key in confirm or key == "text":
            yield from text_problems(confirm.get(key), f"{where}/{key}", most, plain=plain)


def _options(element: Json, where: str) -> Iterator[str]:
    kind = element["type"]
    plain = kind not in _CHOICES
    if "option_groups" in element:
        if "options" in element:
            yield say("cannot provide both options and option_groups", where)
        yield from _groups(element["option_groups"], f"{where}/option_groups")
    else:
        most = _MOST_OPTIONS.get(kind, 100)
        yield from _each_option(element.get("options"), f"{where}/options", most, plain=plain)
    yield from _initial(element, where)


def _initial(element: Json, where: str) -> Iterator[str]:
    """What is chosen at first is one of the options, to the letter."""
    options = list(options_of(element))
    chosen = element.get("initial_options", [])
    for option in [*(chosen if isinstance(chosen, list) else [chosen]), element.get("initial_option")]:
        if option is not None and option not in options:
            yield say("initial option does not match any of the options", where)


def options_of(element: Json) -> Iterator[Any]:
    """Give the options an element brings along, those in groups too."""
    groups = element.get("option_groups")
    holders = [element, *(group for group in (groups if isinstance(groups, list) else ()) if isinstance(group, dict))]
    for holder in holders:
        options = holder.get("options")
        yield from options if isinstance(options, list) else ()


def _groups(groups: Any, where: str) -> Iterator[str]:
    yield from count_problems(groups, where, 100, least=1)
    for number, group in enumerate(groups if isinstance(groups, list) else ()):
        place = f"{where}/{number}"
        if not isinstance(group, dict):
            yield say("must be an object", place)
            continue
        yield from text_problems(group.get("label"), f"{place}/label", 75, plain=True)
        yield from _each_option(group.get("options"), f"{place}/options", 100, plain=True)


def _each_option(options: Any, where: str, most: int, *, plain: bool) -> Iterator[str]:
    yield from count_problems(options, where, most, least=1)
    for number, option in enumerate(options if isinstance(options, list) else ()):
        place = f"{where}/{number}"
        if not isinstance(option, dict):
            yield say("must be an object", place)
            continue
        yield from unknown_keys(option, {"text", "value", "description", "url"}, place)
        yield from text_problems(option.get("text"), f"{place}/text", 75, plain=plain)
        yield from length_problems(option.get("value"), f"{place}/value", 150)
        if "description" in option:
            yield from text_problems(option["description"], f"{place}/description", 75, plain=plain)


def _text_input(element: Json, where: str) -> Iterator[str]:
    yield from _whole_number(element, "min_length", where, 0, 3_000)
    yield from _whole_number(element, "max_length", where, 1, 3_000)
    if "dispatch_action_config" in element:
        yield from _dispatch(element["dispatch_action_config"], f"{where}/dispatch_action_config")


def _dispatch(config: Any, where: str) -> Iterator[str]:
    if not isinstance(config, dict):
        yield say("must be an object", where)
        return
    yield from unknown_keys(config, {"trigger_actions_on"}, where)
    occasions = config.get("trigger_actions_on", [])
    if not isinstance(occasions, list) or not all(one in _OCCASIONS for one in occasions):
        yield say("must be a valid enum value", f"{where}/trigger_actions_on")
    elif len(occasions) != len(set(occasions)):
        yield say("must not have duplicates", f"{where}/trigger_actions_on")


def _file_input(element: Json, where: str) -> Iterator[str]:
    yield from _whole_number(element, "max_files", where, 1, 10)
    kinds = element.get("filetypes", [])
    if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
        yield say("must be an array", f"{where}/filetypes")


def _number_input(element: Json, where: str) -> Iterator[str]:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        yield say("missing required field: is_decimal_allowed", where)


def _date(element: Json, where: str) -> Iterator[str]:
    yield from _written(element, "initial_date", _DATE, where)


def _time(element: Json, where: str) -> Iterator[str]:
    yield from _written(element, "initial_time", _TIME, where)


def _moment(element: Json, where: str) -> Iterator[str]:
    yield from _whole_number(element, "initial_date_time", where, _LEAST_MOMENT, _LAST_MOMENT - 1)


def _written(element: Json, key: str, form: re.Pattern[str], where: str) -> Iterator[str]:
    if key in element and not form.fullmatch(str(element[key])):
        yield say("invalid format", f"{where}/{key}")


def _whole_number(element: Json, key: str, where: str, least: int, most: int) -> Iterator[str]:
    value = element.get(key, least)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        yield say(f"must be a whole number from {least} to {most}", f"{where}/{key}")


_CHECKS: dict[str, Callable[[Json, str], Iterator[str]]] = {
    "button": _button,
    "image": image_problems,
    "plain_text_input": _text_input,
    "file_input": _file_input,
    "number_input": _number_input,
    "datepicker": _date,
    "timepicker": _time,
    "datetimepicker": _moment,
    "static_select": _options,
    "multi_static_select": _options,
    "radio_buttons": _options,
    "checkboxes": _options,
    "overflow": _options,
}
