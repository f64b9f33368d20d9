"""What `bridge.toml` may say about Slack."""

from typing import Any

import pytest
from pydantic import ValidationError

from adapters.slack import SlackSettings

SOCKET = {"bot_token": "xoxb-1", "app_token": "xapp-1"}
HTTP = {"mode": "http", "bot_token": "xoxb-1", "signing_secret": "s"}


def test_the_defaults_are_slacks_own() -> None:
    settings = SlackSettings.model_validate(SOCKET)

    assert settings.api_url == "https://slack.com/api/"
    assert settings.mode == "socket"
    assert (settings.posts_per_minute, settings.burst) == (60, 3)
    assert not settings.on_loopback


def test_secrets_are_hidden_when_printed() -> None:
    printed = repr(SlackSettings.model_validate({**SOCKET, "signing_secret": "sssh"}))

    assert not any(secret in printed for secret in ("xoxb-1", "xapp-1", "sssh"))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://slack-gov.com/api", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:8080/api", "http://127.0.0.1:8080/api/"),
        ("http://localhost/api/", "http://localhost/api/"),
    ],
)
def test_an_address_ends_with_a_slash(written: str, read: str) -> None:
    assert SlackSettings.model_validate({**SOCKET, "api_url": written}).api_url == read


@pytest.mark.parametrize(
    "wrong",
    [
        {**SOCKET, "api_url": "http://slack.com/api/"},
        {**SOCKET, "api_url": "https://user:pw@slack.com/api/"},
        {**SOCKET, "api_url": "https://slack.com/api/?x=1"},
        {**SOCKET, "api_url": "https:///api/"},
        {**SOCKET, "api_url": "slack.com"},
        {"bot_token": "xoxb-1"},
        {"bot_token": "xoxb-1", "app_token": ""},
        {"mode": "http", "bot_token": "xoxb-1"},
        {**HTTP, "signing_secret": ""},
        {**SOCKET, "bot_token": ""},
        {**SOCKET, "posts_per_minute": -1},
        {**SOCKET, "burst": 0},
        {**SOCKET, "mode": "rtm"},
        {**SOCKET, "team": "T1"},
    ],
    ids=str,
)
def test_what_could_not_work_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SlackSettings.model_validate(wrong)


def test_each_mode_needs_only_its_own_secret() -> None:
    assert SlackSettings.model_validate(HTTP).app_token is None
    assert SlackSettings.model_validate(SOCKET).signing_secret is None
