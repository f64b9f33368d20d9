"""The mail server and its inboxes: what tests and the page hold.

Every mail accepted is delivered once per recipient, whatever its Message-ID: real servers do not compare them either.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from aiosmtpd.smtp import Envelope

from adapters.sandbox.bell import Bell
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.faults import Faults
from adapters.sandbox.mailbox.dialogue import Dialogue, House
from adapters.sandbox.mailbox.mail import Mail, read

HOSTNAME = "mail.sandbox.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a person answered to a mail, and the bounce that came back."""

    author: str
    to: str
    text: str
    bounce: Mail


class MailWorld:
    """An SMTP server on loopback with a few mailboxes."""

    def __init__(
        self,
        clock: MovableClock,
        faults: Faults | None = None,
        *,
        mailboxes: Iterable[str] = (),
        credentials: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        size_limit: int = 10_000_000,
    ) -> None:
        """`credentials` (name → password) makes AUTH a condition; with `tls`, STARTTLS is offered and AUTH needs it."""
        self.faults = faults or Faults()
        self.changed = Bell()
        self.replies: list[Reply] = []
        self._clock = clock
        self._inboxes: dict[str, list[Mail]] = {}
        self._tls = tls
        self._size_limit = size_limit
        self._arrived = 0
        self._holder: socket.socket | None = None
        self._listening: asyncio.Server | None = None
        self._house = House(
            faults=self.faults,
            credentials=credentials,
            has_mailbox=lambda address: address.lower() in self._inboxes,
            deliver=self._deliver,
            dialogues=set(),
            ended=self.changed.ring,
        )
        for address in mailboxes:
            self.open(address)

    @property
    def host(self) -> str:
        return "127.0.0.1"

    @property
    def port(self) -> int:
        if self._holder is None:
            raise RuntimeError("the mail server was not started")
        return int(self._holder.getsockname()[1])

    def open(self, address: str) -> None:
        """Open a mailbox; mails to any other address are refused with 550."""
        self._inboxes.setdefault(address.lower(), [])

    async def start(self) -> None:
        # Bound for the whole life and never listening: the port stays ours while the server is down.
        self._holder = socket.socket()
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._holder.bind((self.host, 0))
        await self.up()

    async def up(self) -> None:
        """Listen, on the same port as before."""
        if self._listening is None:
            loop = asyncio.get_running_loop()
            self._listening = await loop.create_server(self._dialogue, self.host, self.port)

    async def down(self) -> None:
        """Refuse every connection and cut the open ones."""
        if self._listening:
            self._listening.close()
            self._listening = None
        for dialogue in tuple(self._house.dialogues):
            dialogue.reset()
        while self._house.dialogues:
            await self.changed.rung()

    async def aclose(self) -> None:
        await self.down()
        if self._holder:
            self._holder.close()

    def _dialogue(self) -> Dialogue:
        return Dialogue(
            self._house,
            hostname=HOSTNAME,
            ident="ESMTP",
            data_size_limit=self._size_limit,
            tls_context=self._tls,
            auth_require_tls=self._tls is not None,
            auth_exclude_mechanism=() if self._house.credentials else ("LOGIN", "PLAIN"),
            loop=asyncio.get_running_loop(),
        )

    def _deliver(self, envelope: Envelope) -> None:
        raw = envelope.original_content or b""
        sender = envelope.mail_from or ""
        for address in envelope.rcpt_tos:
            self._put(address, "" if sender == "<>" else sender, raw)  # the library spells the null sender out

    def _put(self, address: str, sender: str, raw: bytes) -> Mail:
        self._arrived += 1
        mail = read(raw, number=self._arrived, at=self._clock.now(), envelope_from=sender, envelope_to=address)
        self._inboxes[address.lower()].append(mail)
        self.changed.ring()
        return mail

    def inbox(self, address: str) -> list[Mail]:
        """Return what lies in this mailbox, oldest first; KeyError if there is none."""
        return list(self._inboxes[address.lower()])

    def reply(self, address: str, mail: Mail, text: str) -> Reply:
        """Answer a mail as the mailbox's owner would; nobody takes mail for its sender's domain, so it bounces.

        The bounce lies in the owner's inbox like any other mail.
        """
        to = parseaddr(mail.header("Reply-To") or mail.header("From") or "")[1]
        bounce = self._put(address, "", self._bounce(address, to, mail, text).as_bytes())
        reply = Reply(author=address, to=to, text=text, bounce=bounce)
        self.replies.append(reply)
        self.changed.ring()
        return reply

    def _bounce(self, address: str, to: str, mail: Mail, text: str) -> EmailMessage:
        bounce = EmailMessage()
        bounce["From"] = f"Mail Delivery System <MAILER-DAEMON@{HOSTNAME}>"
        bounce["To"] = address
        bounce["Subject"] = "Undelivered mail returned to sender"
        bounce["Date"] = format_datetime(self._clock.now())
        bounce["Auto-Submitted"] = "auto-replied"
        domain = to.rpartition("@")[2]
        bounce.set_content(
            f'Your answer to "{mail.subject}" could not be delivered.\n\n'
            f"<{to}>: connect to {domain}: Connection refused\n\nYou wrote:\n\n{text}\n"
        )
        return bounce

    async def wait_for(self, predicate: Callable[[], bool], timeout: float = 5.0) -> None:
        """Wait until the predicate holds; TimeoutError after `timeout` real seconds."""
        await self.changed.wait_for(predicate, timeout)

    def snapshot(self) -> dict[str, Any]:
        """Return every inbox as JSON, the newest mail first; a mail's HTML is asked for one by one, see `mail`."""
        return {
            "inboxes": [
                {"address": address, "mails": [_summary(mail) for mail in reversed(mails)]}
                for address, mails in self._inboxes.items()
            ]
        }

    def mail(self, number: int) -> Mail | None:
        """Find a mail by its number."""
        return next((mail for mails in self._inboxes.values() for mail in mails if mail.number == number), None)


def _summary(mail: Mail) -> dict[str, Any]:
    return {
        "number": mail.number,
        "at": mail.at.isoformat(),
        "from": mail.header("From") or mail.envelope_from,
        "to": mail.envelope_to,
        "subject": mail.subject,
        "text": mail.text,
        "has_html": mail.html is not None,
        "attachments": list(mail.attachments),
    }
