"""Judge an app manifest as Slack's form does: lengths, letters, addresses, and events without their scopes."""

import re
from collections.abc import Iterator
from typing import Any

from adapters.sandbox.workspace import scopes
from adapters.sandbox.workspace.nouns import Json

_SECTIONS = {"_metadata", "display_information", "features", "oauth_config", "settings", "functions", "workflows"} | {
    "outgoing_domains", "types", "metadata_events", "datastores",
}  # fmt: skip
_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{3}){1,2}")
_BOT_NAME = re.compile(r"[a-z0-9\-_.]+")
_COMMAND = re.compile(r"/[^\s/]+")


def check_manifest(manifest: Json) -> list[str]:
    """List what Slack would object to; an empty list means that the manifest can be used."""
    found = [f"{key}: unknown section" for key in sorted(manifest.keys() - _SECTIONS)]
    found += _display(manifest.get("display_information") or {})
    found += _features(manifest)
    found += _settings(manifest)
    return found


def _length(value: Any, where: str, most: int, *, least: int = 1) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{where}: must be a text"
    elif not least <= len(value) <= most:
        yield f"{where}: must have {least} to {most} characters, has {len(value)}"


def _display(display: Json) -> Iterator[str]:
    yield from _length(display.get("name"), "display_information.name", 35)
    for key, least, most in (("description", 1, 140), ("long_description", 174, 4_000)):
        if key in display:
            yield from _length(display[key], f"display_information.{key}", most, least=least)
    if "background_color" in display and not _COLOUR.fullmatch(str(display["background_color"])):
        yield "display_information.background_color: must be a hex colour"


def _features(manifest: Json) -> Iterator[str]:
    features = manifest.get("features") or {}
    if bot := features.get("bot_user"):
        yield from _length(bot.get("display_name"), "features.bot_user.display_name", 80)
        if not _BOT_NAME.fullmatch(str(bot.get("display_name"))):
            yield "features.bot_user.display_name: only a-z 0-9 - _ ."
    for number, shortcut in enumerate(features.get("shortcuts") or ()):
        where = f"features.shortcuts/{number}"
        yield from _length(shortcut.get("name"), f"{where}.name", 24)
        yield from _length(shortcut.get("description"), f"{where}.description", 150)
        yield from _length(shortcut.get("callback_id"), f"{where}.callback_id", 255)
        if shortcut.get("type") not in ("global", "message"):
            yield f"{where}.type: must be global or message"
    for number, command in enumerate(features.get("slash_commands") or ()):
        yield from _slash(command, f"features.slash_commands/{number}", _uses_sockets(manifest))


def _slash(command: Json, where: str, uses_sockets: bool) -> Iterator[str]:
    yield from _length(command.get("command"), f"{where}.command", 32, least=2)
    if not _COMMAND.fullmatch(str(command.get("command"))):
        yield f"{where}.command: must begin with a slash and hold no space"
    yield from _length(command.get("description"), f"{where}.description", 2_000)
    if "usage_hint" in command:
        yield from _length(command["usage_hint"], f"{where}.usage_hint", 1_000)
    if not uses_sockets:
        yield from _address(command.get("url"), f"{where}.url")


def _settings(manifest: Json) -> Iterator[str]:
    settings = manifest.get("settings") or {}
    subscriptions = settings.get("event_subscriptions") or {}
    granted = ((manifest.get("oauth_config") or {}).get("scopes") or {}).get("bot") or []
    for event in subscriptions.get("bot_events") or ():
        if (scope := scopes.needed_for_event(event)) and scope not in granted:
            yield f"settings.event_subscriptions.bot_events: {event} needs the scope {scope}"
    if (manifest.get("features") or {}).get("slash_commands") and "commands" not in granted:
        yield "features.slash_commands: needs the scope commands"
    if _uses_sockets(manifest):
        return
    if subscriptions:
        yield from _address(subscriptions.get("request_url"), "settings.event_subscriptions.request_url")
    if (settings.get("interactivity") or {}).get("is_enabled"):
        address = settings["interactivity"].get("request_url")
        yield from _address(address, "settings.interactivity.request_url")


def _address(address: Any, where: str) -> Iterator[str]:
    if not isinstance(address, str) or not address.startswith("https://"):
        yield f"{where}: must be an https address when Socket Mode is off"


def _uses_sockets(manifest: Json) -> bool:
    return bool((manifest.get("settings") or {}).get("socket_mode_enabled"))
