"""The manifest is one that Slack takes, asks for what is needed and no more, and gives a reason for each right."""

from pathlib import Path

import pytest

from adapters.sandbox.workspace.manifest import check_manifest
from adapters.slack.manifest import manifest, scopes
from adapters.slack.settings import SlackSettings
from bridge.wording.manifest import REASONS

DOCS = Path(__file__).parents[4] / "docs" / "running.md"
URL = "https://sms.example.test"


def settings(mode: str) -> SlackSettings:
    secrets = {"bot_token": "xoxb-example", "app_token": "xapp-example", "signing_secret": "example"}
    return SlackSettings.model_validate(secrets | {"mode": mode})


@pytest.mark.parametrize("mode", ["socket", "http"])
@pytest.mark.parametrize("with_groups", [True, False])
def test_slack_has_nothing_to_object_to(mode: str, *, with_groups: bool) -> None:
    assert check_manifest(manifest(settings(mode), URL, with_groups=with_groups)) == []


def test_only_in_http_mode_slack_is_told_our_address() -> None:
    socket, http = (str(manifest(settings(mode), URL, with_groups=False)) for mode in ("socket", "http"))

    assert URL not in socket
    assert http.count(f"{URL}/slack/events") == 3


def test_user_groups_are_read_only_where_some_are_named() -> None:
    assert set(scopes(with_groups=True)) - set(scopes(with_groups=False)) == {"usergroups:read"}


def test_the_documentation_gives_the_reason_for_each_right() -> None:
    written = DOCS.read_text()

    assert [scope for scope in REASONS if f"| `{scope}` | {REASONS[scope]} |" not in written] == []
