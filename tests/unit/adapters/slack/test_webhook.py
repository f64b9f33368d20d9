"""Slack's HTTP mode: strangers first, then what cannot be read; until somebody takes it in, come again."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest

from adapters.http import WebRequest, WebResponse
from tests.unit.adapters.slack.rig import Rig, heard_by, opened


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with opened(mode="http") as opened_rig, heard_by(opened_rig):
        yield opened_rig


def request(rig: Rig, body: bytes, *, kind: str = "application/json", **headers: str) -> WebRequest:
    """Sign a body as Slack does; `headers` may spoil it (underscores are hyphens)."""
    timestamp = str(int(rig.clock.now().timestamp()))
    secret = rig.workspace.signing_secret.encode()
    mark = hmac.new(secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    signed = {
        "content-type": kind,
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={mark}",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    return WebRequest("POST", "/slack/events", "", signed, body, "127.0.0.1")


async def told(rig: Rig, body: bytes, *, kind: str = "application/json", **headers: str) -> WebResponse:
    return await rig.chat._listener.receive(request(rig, body, kind=kind, **headers))


def reply(**more: Any) -> bytes:
    message = {"type": "message", "channel": "C0TEXTS", "user": "U1", "ts": "2.000001", "thread_ts": "1.000001"}
    event = message | {"text": "hello"} | more
    return json.dumps({"type": "event_callback", "event_id": "Ev1", "token": "old", "event": event}).encode()


async def test_a_signed_event_is_taken_in(rig: Rig) -> None:
    answer = await told(rig, reply())

    assert answer.status == 200
    assert len(rig.intake.taken) == 1


@pytest.mark.parametrize(
    "spoiled",
    [
        {"x_slack_signature": "v0=" + "0" * 64},
        {"x_slack_signature": ""},
        {"x_slack_signature": "é\x00"},
        {"x_slack_signature": "v0=\ud83d"},
        {"x_slack_signature": "x" * 8192},
        {"x_slack_request_timestamp": "abc"},
        {"x_slack_request_timestamp": "9" * 400},
        {"x_slack_request_timestamp": "-1"},
        {"x_slack_request_timestamp": "١٧٧٢٤٦٣٦٠٠"},
        {"x_slack_request_timestamp": ""},
    ],
    ids=lambda spoiled: str(spoiled)[:50],
)
async def test_a_stranger_is_refused_and_leaves_nothing(rig: Rig, spoiled: dict[str, str]) -> None:
    answer = await told(rig, reply(), **spoiled)

    assert answer.status == 403
    assert rig.intake.taken == []


async def test_a_stranger_is_refused_before_anything_is_parsed(rig: Rig) -> None:
    for body in (b"\xff\xfe", b"[" * 100_000, b"{", b""):
        answer = await told(rig, body, x_slack_signature="v0=none")

        assert answer.status == 403


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe", b"[" * 100_000, b"{", b"", b"[]", b"7", b'"x"', b'{"a":' + b"9" * 5_000 + b"}"],
    ids=lambda body: repr(body[:12]),
)
async def test_what_is_signed_and_cannot_be_read_is_malformed(rig: Rig, body: bytes) -> None:
    assert (await told(rig, body)).status == 400


@pytest.mark.parametrize("body", [b"payload={", b"payload=[]", b"&".join(b"a=1" for _ in range(300)), b"%%%"])
async def test_a_form_that_cannot_be_read_is_malformed(rig: Rig, body: bytes) -> None:
    assert (await told(rig, body, kind="application/x-www-form-urlencoded")).status == 400


async def test_the_challenge_is_echoed(rig: Rig) -> None:
    answer = await told(rig, b'{"type":"url_verification","challenge":"3eZbrw1a"}')

    assert (answer.status, answer.body) == (200, b"3eZbrw1a")
    assert answer.content_type.startswith("text/plain")


@pytest.mark.parametrize("challenge", ["x" * 201, 7, None, ["x"]])
async def test_a_challenge_that_is_none_is_not_echoed(rig: Rig, challenge: Any) -> None:
    body = json.dumps({"type": "url_verification", "challenge": challenge}).encode()

    assert (await told(rig, body)).status == 400


async def test_an_unsigned_challenge_is_refused(rig: Rig) -> None:
    answer = await told(rig, b'{"type":"url_verification","challenge":"x"}', x_slack_signature="")

    assert answer.status == 403


async def test_an_interaction_in_a_form_is_taken_in(rig: Rig) -> None:
    action = {"action_id": "sms:retry", "value": "m1", "action_ts": "3.000001"}
    pressed = {
        "type": "block_actions",
        "user": {"id": "U1"},
        "container": {"type": "message", "channel_id": "C0TEXTS", "message_ts": "1.000001"},
        "actions": [action],
        "response_url": "https://hooks.slack.com/secret",
    }

    answer = await told(
        rig, urlencode({"payload": json.dumps(pressed)}).encode(), kind="application/x-www-form-urlencoded"
    )

    assert (answer.status, answer.body) == (200, b"")
    assert b"hooks.slack.com" not in rig.intake.taken[0][0].body


async def test_until_somebody_takes_it_in_slack_is_told_to_come_again() -> None:
    async with opened(mode="http") as rig:
        answer = await told(rig, reply())

        assert answer.status == 503
        assert "Retry-After" in answer.headers


async def test_an_event_that_concerns_nobody_is_answered_well(rig: Rig) -> None:
    events: list[dict[str, Any]] = [{"type": "app_uninstalled"}, {"type": "channel_rename"}, {"type": []}, {}]
    for event in events:
        body = json.dumps({"type": "event_callback", "event_id": "Ev2", "event": event}).encode()

        assert (await told(rig, body)).status == 200
    assert rig.intake.taken == []
