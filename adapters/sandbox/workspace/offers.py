"""What an app answers to somebody who types in an external menu: options, or groups of them, within Slack's limits."""

from typing import Any

from adapters.sandbox.workspace.courier import Delivery, Fate
from adapters.sandbox.workspace.element_rules import option_problems
from adapters.sandbox.workspace.nouns import Json


def groups_in(delivery: Delivery) -> list[Json]:
    """Read the options out of an answer; ValueError for none and for what Slack would not show."""
    if delivery.fate is not Fate.ACKED:
        raise ValueError("The app did not answer. Try again.")
    answer = delivery.answer or {}
    given: Any = answer.get("option_groups")
    if given is None:
        given = [{"options": answer.get("options")}]
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise ValueError("The app's options are no list.")
    groups = [{"label": _label(group), "options": group.get("options")} for group in given]
    for group in groups:
        if group["options"] and (wrong := option_problems(group["options"])):
            raise ValueError(f"The app's options cannot be shown: {wrong[0]}")
    return [group for group in groups if group["options"]]


def _label(group: Json) -> str | None:
    label = group.get("label")
    return str(label.get("text")) if isinstance(label, dict) else None
