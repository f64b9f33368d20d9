"""Whatever the library raises and whatever a server answers, a failed send is one of our four kinds."""

import inspect
import json
from datetime import timedelta

import httpx
import pytest

from adapters.http.fetch import FAILURES
from adapters.twilio import codes, wire
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient, Uncertain

NOT_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"}
NO_ADDRESS = {"UnsupportedProtocol", "InvalidURL"}
AT_LEAST, UNTOLD = timedelta(seconds=1), timedelta(seconds=30)


def every_exception() -> list[type[Exception]]:
    found = {each for _, each in inspect.getmembers(httpx, inspect.isclass) if issubclass(each, Exception)}
    assert len(found) > 25
    return sorted(found, key=lambda each: each.__name__)


def raised(kind: type[Exception]) -> Exception:
    failure = kind.__new__(kind)
    Exception.__init__(failure, "x")
    return failure


def answered(status: int, body: object = None, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return httpx.Response(status, content=content, headers={name.replace("_", "-"): headers[name] for name in headers})


def refused(status: int, code: object, message: object = "words") -> PortError:
    return wire.fault(answered(status, {"code": code, "message": message, "status": status}))


@pytest.mark.parametrize("kind", every_exception())
def test_every_exception_of_the_library_is_caught_and_has_a_kind(kind: type[Exception]) -> None:
    assert issubclass(kind, FAILURES)
    expected = Transient if kind.__name__ in NOT_SENT else Blocked if kind.__name__ in NO_ADDRESS else Uncertain
    assert type(wire.fault(raised(kind))) is expected


@pytest.mark.parametrize("failure", [TimeoutError(), OSError(), ConnectionResetError(), ValueError()])
def test_whatever_else_breaks_a_request_leaves_it_uncertain(failure: Exception) -> None:
    assert type(wire.fault(failure)) is Uncertain


@pytest.mark.parametrize("status", range(100, 600))
def test_every_status_has_a_kind(status: int) -> None:
    told = wire.fault(answered(status))

    if status == 429:
        assert type(told) is Transient
    elif status in (401, 402, 403, 407):
        assert isinstance(told, Blocked)
        assert told.remedy
    elif status in (400, 404, 410, 413, 415, 422):
        assert isinstance(told, Permanent)
        assert told.reason is Reason.REJECTED
    else:
        assert type(told) is Uncertain


@pytest.mark.parametrize("status", [200, 302, 400, 404, 500, 503])
def test_a_web_page_comes_from_something_in_between_and_proves_nothing(status: int) -> None:
    told = wire.fault(answered(status, b"<html>Sorry</html>", Content_Type="text/html; charset=utf-8"))

    assert type(told) is Uncertain


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [
        (21211, Permanent, Reason.INVALID_NUMBER),
        (21408, Permanent, Reason.UNREACHABLE),
        (21608, Permanent, Reason.UNREACHABLE),
        (21610, Permanent, Reason.OPTED_OUT),
        (21612, Permanent, Reason.UNREACHABLE),
        (21614, Permanent, Reason.LANDLINE),
        (21617, Permanent, Reason.TOO_LONG),
        (21620, Permanent, Reason.MEDIA_UNREACHABLE),
        (21623, Permanent, Reason.TOO_LARGE),
        (11751, Permanent, Reason.TOO_LARGE),
        (12300, Permanent, Reason.UNSUPPORTED_MEDIA),
        (30003, Permanent, Reason.UNREACHABLE),
        (30005, Permanent, Reason.UNREACHABLE),
        (30006, Permanent, Reason.LANDLINE),
        (30007, Permanent, Reason.FILTERED),
        (30450, Permanent, Reason.FILTERED),
        (99999, Permanent, Reason.REJECTED),
        (20003, Blocked, None),
        (20404, Blocked, None),
        (21212, Blocked, None),
        (21603, Blocked, None),
        (21606, Blocked, None),
        (30032, Blocked, None),
        (30034, Blocked, None),
        (20429, Transient, None),
        (21611, Transient, None),
        (30001, Transient, None),
        (30022, Transient, None),
        (30008, Uncertain, None),
    ],
)
def test_each_code_of_the_carrier_has_its_kind(code: int, kind: type[PortError], reason: Reason | None) -> None:
    told = refused(400, code)

    assert type(told) is kind
    assert getattr(told, "reason", None) is reason
    assert str(code) in str(told)


def test_what_must_be_repaired_comes_with_a_remedy() -> None:
    blocked = [told for code in range(100_000) if isinstance(told := codes.failure(code), Blocked)]

    assert blocked
    assert all(told.remedy for told in blocked)


@pytest.mark.parametrize("status", [200, 302, 408, 409, 425, 500, 502, 503, 504])
def test_a_code_in_an_answer_that_settles_nothing_settles_nothing(status: int) -> None:
    assert type(refused(status, 21610)) is Uncertain


@pytest.mark.parametrize("code", [None, "21610", [], {}, 1.5, -1, True, 10**400])
def test_a_code_that_is_none_is_passed_over(code: object) -> None:
    assert isinstance(refused(400, code), Permanent)


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b"\xff", b"null", b"[]", b'"x"', b"1" * 5000])
def test_an_answer_that_is_no_json_is_judged_by_its_status(body: bytes) -> None:
    assert isinstance(wire.fault(answered(400, body)), Permanent)
    assert isinstance(wire.fault(answered(201, body)), Uncertain)
    assert wire.reference(wire.answer(answered(201, body))) is None


@pytest.mark.parametrize(
    ("written", "pause"),
    [
        ("7", timedelta(seconds=7)),
        ("0", AT_LEAST),
        ("3600", timedelta(hours=1)),
        ("7200", timedelta(hours=1)),
        ("9" * 400, timedelta(hours=1)),
        ("Mon, 02 Mar 2026 12:00:30 GMT", timedelta(seconds=30)),
        ("Mon, 02 Mar 2026 11:00:00 GMT", AT_LEAST),
        ("Mon, 02 Mar 2027 12:00:00 GMT", timedelta(hours=1)),
        ("-1", UNTOLD),
        ("1.5", UNTOLD),
        ("soon", UNTOLD),
        ("", UNTOLD),
    ],
)
def test_the_pause_that_is_asked_for_is_obeyed_up_to_an_hour(written: str, pause: timedelta | None) -> None:
    told = wire.fault(answered(429, Retry_After=written, Date="Mon, 02 Mar 2026 12:00:00 GMT"))

    assert isinstance(told, Transient)
    assert told.retry_after == pause


def test_a_date_without_the_servers_own_says_nothing() -> None:
    told = wire.fault(answered(429, Retry_After="Mon, 02 Mar 2026 12:00:30 GMT"))

    assert isinstance(told, Transient)
    assert told.retry_after == UNTOLD
