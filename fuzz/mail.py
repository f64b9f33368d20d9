"""The mail's door: addresses that people write into a configuration, names of anybody, and a server's refusals."""

from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from functools import lru_cache
from zoneinfo import ZoneInfo

import aiosmtplib
from pydantic import ValidationError

from adapters.mail import MailSettings, wire
from adapters.mail.address import addr_spec, host_name, mailbox
from bridge.domain.command import SendMail
from bridge.domain.ids import EntryToken
from bridge.domain.visible import visible
from bridge.errors import Blocked, Permanent
from fuzz.promises import promise

_NOW = datetime(2026, 3, 2, 15, 1, 40, tzinfo=UTC)
_KEY = EntryToken("0123456789abcdef")
_ONCE = ("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "List-Id")
_HEADERS = {*(name.lower() for name in _ONCE), "auto-submitted", "x-auto-response-suppress", "mime-version"}
_REFUSALS: tuple[Callable[[int, str], aiosmtplib.SMTPException], ...] = (
    lambda code, words: aiosmtplib.SMTPSenderRefused(code, words, "texts@example.com"),
    lambda code, words: aiosmtplib.SMTPRecipientRefused(code, words, "desk@example.com"),
    lambda code, words: aiosmtplib.SMTPRecipientsRefused(
        [aiosmtplib.SMTPRecipientRefused(code, words, "desk@example.com")]
    ),
    aiosmtplib.SMTPDataError,
    aiosmtplib.SMTPAuthenticationError,
    aiosmtplib.SMTPResponseException,
)


def addressed(data: bytes) -> None:
    """Read line by line: who a mail comes from, who it goes to, what that person is called; then what it says."""
    sender, to, name, says = (*data.decode("utf-8", "surrogateescape").split("\n", 3), "", "", "", "")[:4]
    _settings(sender, to)
    try:
        writer = _writer(sender)
        address = wire.recipient(to)
    except (ValueError, Permanent):
        return
    mail = SendMail(to=to, name=name, conversations=(), notices=(says or "A notice.",), frozen_at=_NOW)
    octets = writer.compose(mail, _KEY)
    read = message_from_bytes(octets, policy=policy.default)
    promise(octets.isascii() and b"\n" not in octets.replace(b"\r\n", b""), "a mail travels in seven bits and CRLF")
    promise(max(map(len, octets.split(b"\r\n"))) <= 998, "no line is too long")
    promise(all(len(read.get_all(name, [])) == 1 for name in _ONCE), "each header stands once")
    others = {name.lower() for name in read.keys()} - _HEADERS  # noqa: SIM118 - a message is no mapping
    promise(others == {"content-type"}, "nobody writes a header")
    promise([one.addr_spec for one in read["To"].addresses] == [address], "a mail goes to one address, as written")
    promise(read["From"].addresses[0].addr_spec == mailbox(sender)[1], "a mail comes from the address as written")


@lru_cache(maxsize=64)
def _writer(sender: str) -> wire.Composer:
    return wire.Composer(sender, ZoneInfo("UTC"))


def _settings(sender: str, host: str) -> None:
    try:
        settings = MailSettings.model_validate({"from": sender, "host": host})
    except ValidationError:
        return
    name, address = mailbox(settings.sender)
    promise(addr_spec(address) == address and name.isprintable(), "an address that was read is read alike")
    promise(settings.host.isascii() and (":" in settings.host or host_name(settings.host) == settings.host), "a host")


def refused(data: bytes) -> None:
    """Take the first two octets as the kind of a refusal and its code, and the rest as the server's words."""
    kind, code, words = (*data[:2], 0, 0)[0], (*data[1:2], 0)[0] * 3, data[2:].decode("utf-8", "surrogateescape")
    error = _REFUSALS[kind % len(_REFUSALS)](code, words)
    for handed_over in (False, True):
        fault = wire.fault(error, handed_over=handed_over)
        promise(len(str(fault)) < 400, "a refusal is told in short")
        promise(visible(str(fault)) == str(fault) and "\n" not in str(fault), "a server's words fit into one line")
        promise(not isinstance(fault, Blocked) or bool(fault.remedy), "what somebody must repair has its remedy")
    room = wire.room({"size": words})
    promise(room is None or room > 0, "there is room for something, or no limit")
