"""Mail on the wire: a wish becomes a message of RFC 5322, and every failure of the server one of our four kinds.

The layout stands in templates/, the sentences in the wording; nothing here talks to a server.
"""

import re
import ssl
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from urllib.parse import quote
from zoneinfo import ZoneInfo

import aiosmtplib
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from adapters.mail.address import addr_spec, mailbox
from adapters.mail.letter import letter
from bridge.domain.command import SendMail
from bridge.domain.ids import EntryToken, MailRef
from bridge.domain.message import Media
from bridge.domain.visible import visible
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient, Uncertain
from bridge.wording import digest as say
from bridge.wording import relay

_SHOWABLE = ("image/jpeg", "image/png", "image/gif")  # what every mail program shows
_MAX_PICTURES = 5_000_000  # octets of all pictures; many servers refuse mails above ten megabytes, base64 included
_HTML, _TEXT = "digest.html.j2", "digest.txt.j2"


class Composer:
    """Turns wishes into messages from one sender. Holds nothing that changes."""

    def __init__(self, sender: str, zone: ZoneInfo) -> None:
        name, address = mailbox(sender)
        self._sender = Address(display_name=_display_name(name), addr_spec=address)
        self.domain = self._sender.domain
        self._zone = zone
        self._templates = Environment(
            loader=PackageLoader("adapters.mail"),
            autoescape=select_autoescape(disabled_extensions=("txt.j2",), default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(notices_title=say.NOTICES, open_in_slack=say.OPEN_IN_SLACK, no_link=say.NO_LINK)

    def message_id(self, key: EntryToken) -> MailRef:
        """Name the mail after its entry, so that a repetition bears the same name."""
        return MailRef(f"<{quote(key, safe='')}@{self.domain}>")

    def compose(self, mail: SendMail, key: EntryToken, room: int | None = None) -> bytes:
        """Write the mail as it travels; without its pictures if it would not fit into `room` octets."""
        if not mail.conversations and not mail.notices:
            raise Permanent("a mail that says nothing is not sent", Reason.REJECTED)
        pictures = _pictures(mail)
        written = self._write(mail, key, pictures)
        if room is not None and len(written) > room and pictures:
            written = self._write(mail, key, {})
        return written

    def _write(self, mail: SendMail, key: EntryToken, pictures: Mapping[str, Media]) -> bytes:
        content_ids = {digest: f"{digest[:32]}@{self.domain}" for digest in pictures}
        words = letter(mail, self._zone, content_ids)
        message = EmailMessage(policy=SMTP)
        self._head(message, mail, key, words.subject)
        text, html = (self._templates.get_template(name).render(letter=words) for name in (_TEXT, _HTML))
        message.set_content(text, cte=_transfer_encoding(text))
        message.add_alternative(html, subtype="html", cte=_transfer_encoding(html))
        _, page = message.iter_parts()
        assert isinstance(page, EmailMessage)
        for digest, media in pictures.items():
            kind, _, subtype = media.type.partition("/")
            page.add_related(media.content, kind, subtype, cid=f"<{content_ids[digest]}>", disposition="inline")
        return message.as_bytes()

    def _head(self, message: EmailMessage, mail: SendMail, key: EntryToken, subject: str) -> None:
        """No Reply-To, because nobody can answer; no Precedence: bulk, because it would be filed away unread."""
        root = self._root(mail, mail.frozen_at.astimezone(self._zone))
        message["From"] = self._sender
        message["To"] = Address(display_name=_display_name(mail.name), addr_spec=recipient(mail.to))
        message["Subject"] = _not_encoded(subject)
        message["Date"] = mail.frozen_at
        message["Message-ID"] = self.message_id(key)
        message["In-Reply-To"] = root
        message["References"] = root
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no robot answers this
        message["X-Auto-Response-Suppress"] = "All"  # what Exchange looks at instead
        message["List-Id"] = f"{say.LIST_NAME} <sms-bridge.{self.domain}>"

    def _root(self, mail: SendMail, local: datetime) -> str:
        """Name the mail that never was, to which all of one person's mails of one day are answers: one thread a day."""
        whom = sha256(mail.to.lower().encode()).hexdigest()[:16]
        what = "digest" if mail.conversations else "warning"
        return f"<{what}.{local:%Y%m%d}.{whom}@{self.domain}>"


def recipient(written: str) -> str:
    """Read the address to send to; one that cannot be used never will be."""
    try:
        return addr_spec(written)
    except ValueError as error:
        raise Permanent(f"the address {error}", Reason.UNREACHABLE) from error


def room(extensions: Mapping[str, str]) -> int | None:
    """Read the largest mail that the server takes (RFC 1870), if it says so; 0 means that it has no limit."""
    announced = extensions.get("size", "")
    return (int(announced) or None) if announced.isascii() and announced.isdigit() else None


def _pictures(mail: SendMail) -> dict[str, Media]:
    """Choose the pictures that travel, each once, the first ones first, until there is enough."""
    wanted = {file.digest for each in mail.conversations for text in each.texts for file in text.attachments}
    chosen: dict[str, Media] = {}
    octets = 0
    for _, media in mail.pictures:
        if media.digest in chosen or media.digest not in wanted or media.type not in _SHOWABLE:
            continue
        octets += len(media.content)
        if octets > _MAX_PICTURES:
            break
        chosen[media.digest] = media
    return chosen


def _display_name(name: str) -> str:
    """Leave out what structures an address list: folding a name with both such signs and umlauts loses its quotes."""
    return " ".join(re.sub(r'[][()<>@,:;"\\]', " ", _not_encoded(visible(name))).split())[:80]


def _not_encoded(words: str) -> str:
    """Break what looks like an encoded word.

    Python before 3.11.10 decodes it, line ends included, and so lets a contact's name write headers (CVE-2024-6923).
    """
    return words.replace("=?", "= ?")


def _transfer_encoding(text: str) -> str:
    """Choose the shorter way through seven bits: readable for mostly Latin text, base64 for all other scripts."""
    octets = len(text.encode())
    beyond = octets - sum(character < "\x80" for character in text)
    return "base64" if 2 * beyond > 0.37 * octets else "quoted-printable"


def no_starttls() -> Blocked:
    """Refuse a server (or somebody in between) that offers no encryption although the settings demand it."""
    return Blocked(
        "the mail server does not offer STARTTLS, and nothing is sent without it",
        'Ask the mail host which port and security it wants, and set them in [mail]; port 465 goes with "tls".',
    )


def no_login() -> Blocked:
    return Blocked(
        "the mail server does not offer a login that we know",
        relay.check_no_login(),
    )


def fault(error: aiosmtplib.SMTPException | OSError, *, handed_over: bool) -> PortError:
    """Say what a failure means. `handed_over`: it happened inside DATA, where only a reply proves that it was refused.

    The library raises the same exception whether the server was cut off before the final dot or after it.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _refusal(error, handed_over=handed_over)
    detail = _told(str(error) or type(error).__name__)
    if handed_over:
        return Uncertain(f"the mail server fell silent while it took the mail: {detail}")
    if any(isinstance(each, ssl.SSLError) and not isinstance(each, _CUT) for each in (error, error.__cause__)):
        return Blocked(f"no trusted connection to the mail server: {detail}", relay.check_connection())
    if isinstance(error, aiosmtplib.SMTPNotSupported) or type(error) is aiosmtplib.SMTPException:
        return Blocked(f"the mail server cannot do what is needed: {detail}", relay.check_everything())
    return Transient(f"the mail server cannot be reached: {detail}")


_CUT = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)  # the line broke, encrypted or not
_LOGIN_CODES = (530, 534, 535, 538)
# RFC 3463 and IANA's list of 2026-01: the sender's address; the login; the sender's DKIM, SPF, reverse DNS, null MX.
_ABOUT_THE_SENDER = re.compile(r"\s*5\.(1\.[78]|7\.(8|9|11|13|14|2[0-7]))\b")


def _refusal(error: aiosmtplib.SMTPResponseException, *, handed_over: bool) -> PortError:
    detail = f"the mail server said {error.code} {_told(error.message)}"
    if _denies_relaying(error):
        return Blocked(detail, "Set username and password in [mail], or let the server relay for this machine.")
    if 400 <= error.code <= 499:
        return Transient(detail)
    if not 500 <= error.code <= 599:
        return Uncertain(detail) if handed_over else Transient(detail)
    about_this_mail = isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError)
    if about_this_mail and not _is_about_the_account(error):
        return Permanent(detail, _reason(error))
    if error.code in _LOGIN_CODES or isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return Blocked(detail, relay.check_login())
    return Blocked(detail, relay.check_sender())


def _denies_relaying(error: aiosmtplib.SMTPResponseException) -> bool:
    """Recognise the refusal of a server that does not know us: Postfix says it with 454, as if it would pass."""
    return isinstance(error, aiosmtplib.SMTPRecipientRefused) and "relay access denied" in error.message.lower()


def _is_about_the_account(error: aiosmtplib.SMTPResponseException) -> bool:
    """Tell a recipient's refusal from one that every mail of ours would get; many servers say both at RCPT only."""
    return error.code in _LOGIN_CODES or _ABOUT_THE_SENDER.match(error.message) is not None


def _reason(error: aiosmtplib.SMTPResponseException) -> Reason:
    if error.code == 552 or "5.3.4" in error.message:
        return Reason.TOO_LARGE
    return Reason.UNREACHABLE if isinstance(error, aiosmtplib.SMTPRecipientRefused) else Reason.REJECTED


def _told(words: str) -> str:
    """Make a server's words fit for a log line and a notice."""
    return " ".join(visible(words).split())[:300]
