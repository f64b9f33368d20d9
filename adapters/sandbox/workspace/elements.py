"""The elements that a person can use: where one stands in blocks, and what it says once something is picked in it.

What is picked is given plainly: a text, an option's value, an id, a list of these; out come the fields of Slack.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from adapters.sandbox.workspace.blocks import walk
from adapters.sandbox.workspace.element_rules import options_of
from adapters.sandbox.workspace.nouns import Json

Picked = str | int | list[str] | None
Filled = dict[str, dict[str, Picked]]  # block_id → action_id → what was picked

TEXTS = {"plain_text_input", "number_input", "email_text_input", "url_text_input"}
_OPTION = {"static_select", "external_select", "radio_buttons", "overflow"}
_OPTIONS = {"multi_static_select", "multi_external_select", "checkboxes"}
_PLAIN = {
    "users_select": "user",
    "channels_select": "channel",
    "conversations_select": "conversation",
    "datepicker": "date",
    "timepicker": "time",
    "datetimepicker": "date_time",
    "multi_users_select": "users",
    "multi_channels_select": "channels",
    "multi_conversations_select": "conversations",
}
_STATEFUL = TEXTS | (_OPTION - {"overflow"}) | _OPTIONS | set(_PLAIN) | {"file_input"}


def placed(shown: list[Json]) -> Iterator[tuple[Json, str]]:
    """Give every element that can be used, with the id of its block."""
    for block in shown:
        inner = [block.get("elements", []), block.get("accessory", {}), block.get("element", {})]
        for piece in walk(inner):
            if "action_id" in piece or piece.get("type") == "button":
                yield piece, str(block.get("block_id", ""))


def find(shown: list[Json], name: str, block: str = "") -> tuple[Json, str]:
    """Find an element by its action_id or value; ValueError when there is none."""
    for piece, where in placed(shown):
        if name in (piece.get("action_id"), piece.get("value")) and block in ("", where):
            return piece, where
    raise ValueError(f"there is no button {name}")


def initial(element: Json) -> Picked:
    """Tell what is picked before anybody picks."""
    kind = element["type"]
    if kind in TEXTS:
        return element.get("initial_value")
    if kind in _OPTION:
        return (element.get("initial_option") or {}).get("value")
    if kind in _OPTIONS:
        return [option["value"] for option in element.get("initial_options") or ()]
    if kind == "file_input":
        return []
    given: Picked = element.get(f"initial_{_PLAIN[kind]}")
    return given if given is not None else [] if kind.startswith("multi_") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is needed to read what was picked: options that the app offered, files, the person's time zone."""

    file: Callable[[str], Json]
    tz: str
    offered: dict[str, Json] = field(default_factory=dict)  # by value: what an external menu was given

    def said(self, element: Json, picked: Picked) -> Json:
        """Write what an element says; ValueError for what cannot be picked in it."""
        kind = str(element["type"])
        if kind in TEXTS:
            return {"type": kind, "value": picked or None}
        if kind in _OPTION:
            return {"type": kind, "selected_option": self._option(element, picked) if picked else None}
        if kind in _OPTIONS:
            return {"type": kind, "selected_options": [self._option(element, one) for one in _several(picked)]}
        if kind == "file_input":
            return {"type": kind, "files": [self.file(str(one)) for one in _several(picked)]}
        if kind == "datetimepicker":
            return {"type": kind, "selected_date_time": self._moment(picked)}
        return {"type": kind, f"selected_{_PLAIN[kind]}": picked if picked != "" else None}

    def values(self, shown: list[Json], filled: Filled) -> Json:
        """Write the state of all elements that keep one, as `view.state.values` has it."""
        found: Json = {}
        for element, block in placed(shown):
            if element.get("type") in _STATEFUL:
                name = element["action_id"]
                picked = filled.get(block, {}).get(name, initial(element))
                found.setdefault(block, {})[name] = self.said(element, picked)
        return found

    def _option(self, element: Json, value: object) -> Json:
        begun = [*(element.get("initial_options") or ()), *filter(None, [element.get("initial_option")])]
        known = {option["value"]: option for option in (*options_of(element), *begun)} | self.offered
        if value not in known:
            raise ValueError(f"there is no option {value}")
        option = known[value]
        return {key: option[key] for key in ("text", "value", "description") if key in option}

    def _moment(self, picked: Picked) -> int | None:
        """Read seconds, or the wall clock of the person's own zone."""
        if not picked:
            return None
        if isinstance(picked, int):
            return picked
        return int(datetime.fromisoformat(str(picked)).replace(tzinfo=ZoneInfo(self.tz)).timestamp())


def _several(picked: Picked) -> list[str]:
    if picked is None or picked == "":
        return []
    return picked if isinstance(picked, list) else [str(picked)]
