"""No exception of the SMTP library, and no reply code, is left without a meaning."""

import ssl
from inspect import isclass

import aiosmtplib
import pytest
from aiosmtplib import errors

from adapters.mail import wire
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient, Uncertain

LIBRARY = sorted(
    (each for name in errors.__all__ if isclass(each := getattr(errors, name))), key=lambda kind: kind.__name__
)


def made(kind: type[aiosmtplib.SMTPException], code: int = 550) -> aiosmtplib.SMTPException:
    if issubclass(kind, aiosmtplib.SMTPSenderRefused | aiosmtplib.SMTPRecipientRefused):
        return kind(code, "no", "desk@example.com")
    if issubclass(kind, aiosmtplib.SMTPRecipientsRefused):
        return kind([aiosmtplib.SMTPRecipientRefused(code, "no", "desk@example.com")])
    return kind(code, "no") if issubclass(kind, aiosmtplib.SMTPResponseException) else kind("no")


MEANINGS: dict[str, type[PortError]] = {
    "SMTPAuthenticationError": Blocked,
    "SMTPConnectError": Transient,
    "SMTPConnectResponseError": Blocked,
    "SMTPConnectTimeoutError": Transient,
    "SMTPDataError": Permanent,
    "SMTPException": Blocked,
    "SMTPHeloError": Blocked,
    "SMTPNotSupported": Blocked,
    "SMTPReadTimeoutError": Transient,
    "SMTPRecipientRefused": Permanent,
    "SMTPRecipientsRefused": Permanent,
    "SMTPResponseException": Blocked,
    "SMTPSenderRefused": Blocked,
    "SMTPServerDisconnected": Transient,
    "SMTPTimeoutError": Transient,
}


@pytest.mark.parametrize("kind", LIBRARY)
def test_every_exception_of_the_library_has_a_meaning(kind: type[aiosmtplib.SMTPException]) -> None:
    assert type(wire.fault(made(kind), handed_over=False)) is MEANINGS[kind.__name__]


@pytest.mark.parametrize("kind", LIBRARY)
def test_inside_data_everything_but_a_reply_is_uncertain(kind: type[aiosmtplib.SMTPException]) -> None:
    is_reply = issubclass(kind, aiosmtplib.SMTPResponseException | aiosmtplib.SMTPRecipientsRefused)

    assert isinstance(wire.fault(made(kind), handed_over=True), Uncertain) != is_reply


def expected(code: int) -> tuple[type[PortError], type[PortError]]:
    """What a reply means before DATA, and inside it."""
    if 400 <= code < 500:
        return Transient, Transient
    if code >= 500:
        kind = Blocked if code in (530, 534, 535, 538) else Permanent
        return kind, kind
    return Transient, Uncertain


@pytest.mark.parametrize("kind", [aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError])
def test_every_reply_code_has_a_meaning(kind: type[aiosmtplib.SMTPException]) -> None:
    codes = [-1, *range(200, 600)]

    def meant(code: int, *, handed_over: bool) -> type[PortError]:
        return type(wire.fault(made(kind, code), handed_over=handed_over))

    assert {code: (meant(code, handed_over=False), meant(code, handed_over=True)) for code in codes} == {
        code: expected(code) for code in codes
    }


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (ssl.SSLCertVerificationError(1, "self-signed"), Blocked),
        (ssl.SSLError(1, "wrong version number"), Blocked),
        (ssl.SSLEOFError(8, "eof"), Transient),
        (ssl.SSLZeroReturnError(6, "closed"), Transient),
        (ConnectionResetError(104, "reset"), Transient),
        (BrokenPipeError(32, "pipe"), Transient),
        (TimeoutError(), Transient),
        (OSError(113, "no route to host"), Transient),
    ],
)
def test_every_failure_of_the_line_has_a_meaning(error: OSError, meaning: type[PortError]) -> None:
    assert type(wire.fault(error, handed_over=False)) is meaning
    assert type(wire.fault(error, handed_over=True)) is Uncertain


@pytest.mark.parametrize(
    ("kind", "said", "reason"),
    [
        (aiosmtplib.SMTPRecipientRefused, (550, "5.1.1 unknown", "x@example.com"), Reason.UNREACHABLE),
        (aiosmtplib.SMTPDataError, (552, "5.3.4 too big"), Reason.TOO_LARGE),
        (aiosmtplib.SMTPDataError, (554, "5.7.1 spam"), Reason.REJECTED),
    ],
)
def test_a_refusal_for_good_has_a_reason(
    kind: type[aiosmtplib.SMTPResponseException], said: tuple[int, str], reason: Reason
) -> None:
    meant = wire.fault(kind(*said), handed_over=False)

    assert isinstance(meant, Permanent)
    assert meant.reason is reason


@pytest.mark.parametrize("code", [454, 550, 554])
def test_a_server_that_does_not_relay_for_us_blocks_until_somebody_mends_it(code: int) -> None:
    error = aiosmtplib.SMTPRecipientRefused(code, "4.7.1 <x@example.org>: Relay access denied", "x@example.org")

    assert isinstance(wire.fault(error, handed_over=False), Blocked)


def test_what_a_server_says_cannot_break_a_log_line() -> None:
    error = aiosmtplib.SMTPDataError(554, "no\nFAKE\x1b[31m \u202eline\udcff " + "x" * 1000)

    told = str(wire.fault(error, handed_over=True))

    assert told.isprintable()
    assert len(told) < 400
