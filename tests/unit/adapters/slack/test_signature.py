"""Slack's signature, version 0: the published example, and everything odd that may stand in its headers."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from adapters.slack.signature import is_genuine

# The example of Slack's own page "Verifying requests from Slack".
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
AT = datetime.fromtimestamp(1531420618, UTC)


def headers(timestamp: str = "1531420618", signature: str = SIGNATURE) -> dict[str, str]:
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": signature}


def signed(timestamp: str, body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    mark = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return headers(timestamp, f"v0={mark}")


def test_slacks_own_example_is_genuine() -> None:
    assert is_genuine(SECRET, headers(), BODY, AT)


def test_bytes_that_are_no_text_can_be_signed() -> None:
    body = b"\xff\xfe\x00"

    assert is_genuine(SECRET, signed("1531420618", body), body, AT)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_signature_of_five_minutes_is_genuine(seconds: int) -> None:
    assert is_genuine(SECRET, headers(), BODY, AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-300.001, 300.001, 6_000_000])
def test_a_signature_that_is_too_old_or_from_the_future_is_refused(seconds: float) -> None:
    assert is_genuine(SECRET, headers(), BODY, AT + timedelta(seconds=seconds)) is False


def test_one_changed_byte_is_refused() -> None:
    assert not is_genuine(SECRET, headers(), BODY + b"x", AT)


def test_another_apps_secret_is_refused() -> None:
    assert not is_genuine(SECRET, signed("1531420618", secret="another"), BODY, AT)


def test_without_a_secret_nothing_is_genuine() -> None:
    assert not is_genuine("", signed("1531420618", secret=""), BODY, AT)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "v0=",
        f"v1={SIGNATURE[3:]}",
        SIGNATURE.upper(),
        f"{SIGNATURE[:-1]}é",
        "v0=\x00",
        "v0=\ud83d",
        "é" * 8192,
        f"{SIGNATURE}, {SIGNATURE}",
        f" {SIGNATURE}",
        f"{SIGNATURE}\n",
    ],
)
def test_an_odd_signature_is_refused(signature: str) -> None:
    assert not is_genuine(SECRET, headers(signature=signature), BODY, AT)


@pytest.mark.parametrize(
    "timestamp",
    ["", "abc", "9" * 400, "-1531420618", "99999999999", "١٥٣١٤٢٠٦١٨", "1531420618.0", " 1531420618", "1e9"],
)
def test_an_odd_timestamp_is_refused_even_if_it_is_signed(timestamp: str) -> None:
    assert is_genuine(SECRET, signed(timestamp), BODY, AT) is False


def test_without_headers_nothing_is_genuine() -> None:
    assert not is_genuine(SECRET, {}, BODY, AT)
    assert not is_genuine(SECRET, {"x-slack-signature": SIGNATURE}, BODY, AT)
