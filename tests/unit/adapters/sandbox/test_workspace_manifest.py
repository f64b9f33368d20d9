"""The manifest check objects to what Slack's form objects to."""

from copy import deepcopy
from typing import Any

import pytest

from adapters.sandbox.workspace import scopes
from adapters.sandbox.workspace.manifest import check_manifest

GOOD: dict[str, Any] = {
    "_metadata": {"major_version": 2, "minor_version": 1},
    "display_information": {"name": "SMS Bridge", "description": "Texts as threads", "background_color": "#2c2d30"},
    "features": {
        "bot_user": {"display_name": "sms-bridge", "always_online": True},
        "shortcuts": [{"name": "New SMS", "type": "global", "callback_id": "new_sms", "description": "Write"}],
        "slash_commands": [{"command": "/sms", "description": "Write", "usage_hint": "[number] [text]"}],
    },
    "oauth_config": {"scopes": {"bot": list(scopes.BOT_SCOPES)}},
    "settings": {
        "event_subscriptions": {"bot_events": list(scopes.BOT_EVENTS)},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}

WRONG: list[tuple[str, tuple[str | int, ...], Any]] = [
    ("a name ends at 35", ("display_information", "name"), "x" * 36),
    ("a name is needed", ("display_information", "name"), None),
    ("a description ends at 140", ("display_information", "description"), "x" * 141),
    ("a long description begins at 174", ("display_information", "long_description"), "x" * 173),
    ("a long description ends at 4000", ("display_information", "long_description"), "x" * 4001),
    ("a colour is hexadecimal", ("display_information", "background_color"), "grey"),
    ("a bot's name ends at 80", ("features", "bot_user", "display_name"), "x" * 81),
    ("a bot's name has small letters", ("features", "bot_user", "display_name"), "SMS Bridge"),
    ("a shortcut's name ends at 24", ("features", "shortcuts", 0, "name"), "x" * 25),
    ("a shortcut's description ends at 150", ("features", "shortcuts", 0, "description"), "x" * 151),
    ("a command ends at 32", ("features", "slash_commands", 0, "command"), "/" + "x" * 32),
    ("a command begins with a slash", ("features", "slash_commands", 0, "command"), "sms"),
    ("a usage hint ends at 1000", ("features", "slash_commands", 0, "usage_hint"), "x" * 1001),
    ("events need their scopes", ("oauth_config", "scopes", "bot"), ["chat:write", "commands"]),
    ("commands need their scope", ("oauth_config", "scopes", "bot"), [s for s in scopes.BOT_SCOPES if s != "commands"]),
    ("without Socket Mode addresses are needed", ("settings", "socket_mode_enabled"), False),
    ("sections are known", ("extras",), {}),
]


def test_the_manifest_of_the_product_is_accepted() -> None:
    assert check_manifest(GOOD) == []


@pytest.mark.parametrize(("path", "value"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_manifest_is_refused(path: tuple[str | int, ...], value: Any) -> None:
    manifest = deepcopy(GOOD)
    place: Any = manifest
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    assert check_manifest(manifest)
