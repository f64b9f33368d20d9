"""Every failure of Slack, of its SDK and of the HTTP library is one of our four; nothing is left over."""

import inspect
import json
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import client_exceptions
from multidict import CIMultiDict
from slack_sdk import errors as sdk_errors
from slack_sdk.errors import SlackApiError
from yarl import URL

from adapters.slack import refusals, wire
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient, Uncertain

KEY = SimpleNamespace(host="slack.com", port=443, ssl=True, is_ssl=True)


def answer(status: int = 200, data: Any = None, **headers: str) -> SlackApiError:
    response = SimpleNamespace(status_code=status, data=data, headers=CIMultiDict(headers))
    return SlackApiError("the SDK's words", response)  # type: ignore[no-untyped-call] # the SDK has no types here


def refused(word: str, **more: str) -> PortError:
    return wire.fault(answer(200, {"ok": False, "error": word, **more}), "chat.postMessage")


# Slack's words


@pytest.mark.parametrize(
    "word",
    [
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "restricted_action_thread_only_channel",
        "restricted_action_non_threadable_channel",
        "posting_to_channel_denied",
        "account_inactive",
        "token_revoked",
        "token_expired",
        "invalid_auth",
        "not_authed",
        "not_allowed_token_type",
        "missing_scope",
        "ekm_access_denied",
        "org_login_required",
        "accesslimited",
        "team_access_not_granted",
        "file_uploads_disabled",
        "storage_limit_reached",
    ],
)
def test_what_a_person_must_repair_blocks_and_says_how(word: str) -> None:
    blocked = refused(word)

    assert isinstance(blocked, Blocked)
    assert blocked.remedy.endswith(".")


def test_a_missing_scope_is_named() -> None:
    blocked = refused("missing_scope", needed="reactions:write")

    assert isinstance(blocked, Blocked)
    assert "reactions:write" in blocked.remedy


@pytest.mark.parametrize("word", ["ratelimited", "rate_limited", "service_unavailable", "team_added_to_org"])
def test_what_passes_by_itself_is_tried_again(word: str) -> None:
    assert isinstance(refused(word), Transient)


@pytest.mark.parametrize("word", ["internal_error", "fatal_error", "request_timeout"])
def test_errors_after_which_a_part_may_be_done_are_uncertain(word: str) -> None:
    assert isinstance(refused(word), Uncertain)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("message_not_found", Reason.GONE),
        ("thread_not_found", Reason.GONE),
        ("file_deleted", Reason.GONE),
        ("msg_too_long", Reason.TOO_LONG),
        ("msg_blocks_too_long", Reason.TOO_LONG),
        ("file_upload_size_restricted", Reason.TOO_LARGE),
        ("invalid_blocks", Reason.REJECTED),
        ("cant_update_message", Reason.REJECTED),
        ("edit_window_closed", Reason.REJECTED),
        ("thread_locked", Reason.REJECTED),
    ],
)
def test_what_never_will_be_has_a_reason(word: str, reason: Reason) -> None:
    permanent = refused(word)

    assert isinstance(permanent, Permanent)
    assert permanent.reason is reason


def test_no_word_is_in_two_tables() -> None:
    tables = [refusals.UNCERTAIN, refusals.LATER, refusals.SCOPE, set(refusals.REMEDIES), set(refusals.NEVER)]

    assert sum(map(len, tables)) == len(set().union(*tables))


def test_a_word_with_a_server_error_around_it_is_no_word() -> None:
    assert isinstance(wire.fault(answer(503, {"ok": False, "error": "invalid_auth"}), "x"), Uncertain)


# Answers that are none


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 408, 409, 425, 500, 502, 503, 504])
@pytest.mark.parametrize("data", [{}, "text", b"bytes", None, [], {"ok": False}, {"ok": False, "error": 7}])
def test_an_answer_without_a_word_is_uncertain(status: int, data: Any) -> None:
    assert isinstance(wire.fault(answer(status, data), "x"), Uncertain)


@pytest.mark.parametrize("data", [{}, "plain text", {"ok": False, "error": "ratelimited"}])
def test_too_many_requests_are_certainly_not_done_whatever_the_body_is(data: Any) -> None:
    later = wire.fault(answer(429, data, **{"Retry-After": "12"}), "x")

    assert isinstance(later, Transient)
    assert later.retry_after == timedelta(seconds=12)


@pytest.mark.parametrize("said", ["", "Wed, 21 Oct 2026 07:28:00 GMT", "-1", "1.5", "9" * 400, "١٢"])
def test_an_odd_retry_after_is_replaced_by_a_pause_of_ours(said: str) -> None:
    later = wire.fault(answer(429, {}, **{"Retry-After": said}), "x")

    assert isinstance(later, Transient)
    assert later.retry_after == timedelta(seconds=30)


def test_the_answer_of_the_http_library_is_understood_too() -> None:
    response = SimpleNamespace(status=200, headers=CIMultiDict())
    broken = SlackApiError("x", response)  # type: ignore[no-untyped-call] # the SDK has no types here

    assert isinstance(wire.fault(broken, "x"), Uncertain)


# Exceptions


def exceptions_of(module: Any) -> Iterator[type[Exception]]:
    found = vars(module).values()
    yield from (one for one in found if inspect.isclass(one) and issubclass(one, Exception))


def by_name(module: Any) -> list[type[Exception]]:
    return sorted(set(exceptions_of(module)), key=lambda kind: str(kind))


def made(kind: type[Exception]) -> Exception:
    """Make one without its constructor, whose arguments differ in each."""
    error = kind.__new__(kind)
    if isinstance(error, SlackApiError):
        error.response = SimpleNamespace(status_code=200, data={}, headers={})
    return error


CERTAIN = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)


@pytest.mark.parametrize("kind", by_name(client_exceptions))
def test_of_the_http_library_only_a_connection_that_never_was_is_certain(kind: type[Exception]) -> None:
    judged = wire.fault(made(kind), "x")

    assert issubclass(kind, wire.FAILURES)
    assert isinstance(judged, Transient | Blocked) == issubclass(kind, CERTAIN)
    assert isinstance(judged, Uncertain) != issubclass(kind, CERTAIN)


@pytest.mark.parametrize("kind", by_name(sdk_errors))
def test_every_error_of_the_sdk_is_judged(kind: type[Exception]) -> None:
    assert issubclass(kind, wire.FAILURES)
    assert isinstance(wire.fault(made(kind), "x"), Permanent | Uncertain)


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        OSError(),
        ConnectionResetError(),
        ssl.SSLError(),
        json.JSONDecodeError("x", "", 0),
        KeyError("x"),
        TypeError(),
        AttributeError("'list' object has no attribute 'get'"),
        UnicodeDecodeError("utf-8", b"", 0, 1, "x"),
    ],
)
def test_whatever_else_the_sdk_stumbles_over_is_uncertain(error: Exception) -> None:
    assert isinstance(error, wire.FAILURES)
    assert isinstance(wire.fault(error, "x"), Uncertain)


def refused_connection() -> Exception:
    return aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "refused"))  # type: ignore[arg-type]


def name_not_found() -> Exception:
    return aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "unknown"))  # type: ignore[arg-type]


def untrusted() -> Exception:
    return aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError())  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [refused_connection, name_not_found, untrusted, aiohttp.ConnectionTimeoutError])
def test_a_connection_that_never_was_is_worth_another_try(make: Callable[[], Exception]) -> None:
    assert isinstance(wire.fault(make(), "x"), Transient)


def test_an_address_that_is_none_is_the_operators_to_mend() -> None:
    assert isinstance(wire.fault(aiohttp.InvalidURL(URL("http://")), "x"), Blocked)


def test_doubt_about_something_harmless_is_simply_tried_again() -> None:
    assert isinstance(wire.fault(TimeoutError(), "x", harmless=True), Transient)
    assert isinstance(wire.fault(answer(200, {"ok": False, "error": "is_archived"}), "x", harmless=True), Blocked)


def test_what_is_said_of_a_failure_holds_no_word_of_the_message() -> None:
    error = answer(200, {"ok": False, "error": "invalid_blocks", "errors": ["the customer's words"]})

    assert str(wire.fault(error, "chat.postMessage")) == "chat.postMessage: invalid_blocks"
