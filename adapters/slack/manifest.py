"""The manifest from which an admin makes the app: with the rights that this configuration needs, and no others."""

from typing import Any

from adapters.slack import views
from adapters.slack.concerns import TURNS
from adapters.slack.settings import SlackSettings
from bridge.wording import manifest as words

EVENTS = (
    *("app_home_opened", "message.channels", "message.groups", "reaction_added", "reaction_removed"),
    *("channel_shared", "channel_unshared"),
)
_OF_GROUPS = "usergroups:read"


def manifest(settings: SlackSettings, public_url: str, *, with_groups: bool) -> dict[str, Any]:
    """Write the manifest for Socket Mode, or for HTTP with our public address."""
    is_socket = settings.mode == "socket"
    address = {} if is_socket else {"request_url": f"{public_url}/slack/events"}
    command = {
        "command": words.COMMAND,
        "description": words.COMMAND_DOES,
        "usage_hint": words.COMMAND_HINT,
        "should_escape": False,
    }
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {"name": words.NAME, "description": words.DESCRIPTION},
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": words.BOT, "always_online": True},
            "shortcuts": _shortcuts(),
            "slash_commands": [command if is_socket else command | {"url": address["request_url"]}],
        },
        "oauth_config": {"scopes": {"bot": scopes(with_groups=with_groups)}},
        "settings": {
            "event_subscriptions": address | {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True} | address,
            "org_deploy_enabled": False,
            "socket_mode_enabled": is_socket,
            "token_rotation_enabled": False,
        },
    }


def scopes(*, with_groups: bool) -> list[str]:
    """Name the rights that the app needs."""
    return [scope for scope in words.REASONS if with_groups or scope != _OF_GROUPS]


def _shortcuts() -> list[dict[str, str]]:
    note, send = TURNS
    offered = (
        ("global", views.NEW_SMS, words.NEW_SMS, words.NEW_SMS_DOES),
        ("message", note, words.NOTE, words.NOTE_DOES),
        ("message", send, words.SEND, words.SEND_DOES),
    )
    keys = ("type", "callback_id", "name", "description")
    return [dict(zip(keys, each, strict=True)) for each in offered]
