"""The SMTP dialogue of one connection: what is refused, and where it breaks on demand.

Faults are drawn as smtp.connect, smtp.mail, smtp.rcpt, smtp.data and smtp.dot. In SMTP's words: LIMIT is a 4xx, ERROR a
5xx, REFUSE a reset before anything happened, CUT a reset at the worst moment (smtp.data: after 354, before the dot;
smtp.dot: accepted, the reply lost), SILENT no reply until the client gives up (smtp.dot: accepted), LATE_ERROR accepted
and then a 4xx, GARBAGE accepted and then a line that is no reply.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from adapters.sandbox.faults import Fault, Faults

_LIMIT = {
    "smtp.connect": "421 4.3.2 mail.sandbox.test is too busy",
    "smtp.mail": "451 4.3.0 Try again later",
    "smtp.rcpt": "450 4.2.1 Mailbox busy",
    "smtp.data": "451 4.3.0 Try again later",
    "smtp.dot": "452 4.3.1 Insufficient system storage",
}
_ERROR = {
    "smtp.connect": "554 5.3.2 No service here",
    "smtp.mail": "550 5.7.1 Sender refused",
    "smtp.rcpt": "550 5.7.1 Recipient refused",
    "smtp.data": "554 5.5.1 No valid recipients",
    "smtp.dot": "554 5.7.1 Content refused",
}
_GARBAGE = "welcome to the hotel network"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What a dialogue needs to know of its server."""

    faults: Faults
    credentials: Mapping[str, str] | None  # None: nobody has to sign in
    has_mailbox: Callable[[str], bool]
    deliver: Callable[[Envelope], None]
    dialogues: set["Dialogue"]  # those under way
    ended: Callable[[], None]


class Dialogue(SMTP):
    """One connection, with faults in every phase."""

    line_length_limit = 1000  # 998 and the line's end

    def __init__(self, house: House, **options: Any) -> None:
        self._house = house
        super().__init__(Answers(house), authenticator=self._sign_in, **options)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._house.dialogues.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._house.dialogues.discard(self)
        self._house.ended()
        super().connection_lost(error)

    def reset(self) -> None:
        """Cut the connection as a crash would."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    async def perish(self, *, reset: bool = True) -> NoReturn:
        """Cut the connection, or fall silent; ends with the connection, which cancels whoever waits here."""
        if reset:
            self.reset()
        await asyncio.get_running_loop().create_future()
        raise AssertionError("a future that nobody sets")

    async def stumble(self, phase: str) -> str | None:
        """Draw this phase's fault before anything is processed; return the refusal to answer, or None."""
        fault = self._house.faults.draw(phase)
        return None if fault is None else await self._obey(fault, phase)

    async def _obey(self, fault: Fault, phase: str) -> str:
        if fault in (Fault.REFUSE, Fault.CUT, Fault.SILENT):
            await self.perish(reset=fault is not Fault.SILENT)
        return {Fault.ERROR: _ERROR[phase], Fault.GARBAGE: _GARBAGE}.get(fault, _LIMIT[phase])

    async def _handle_client(self) -> None:
        refusal = await self.stumble("smtp.connect")
        if refusal is None:
            await super()._handle_client()
        else:
            await self.push(refusal)
            self._writer.close()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - the name is the library's
        fault = self._house.faults.draw("smtp.data") if self.envelope and self.envelope.rcpt_tos else None
        if fault is None:
            await super().smtp_DATA(arg)
            return
        if fault is Fault.CUT:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            await self._reader.read(1)
        await self.push(await self._obey(fault, "smtp.data"))

    def _sign_in(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, auth_data: Any
    ) -> AuthResult:
        known = self._house.credentials or {}
        if not isinstance(auth_data, LoginPassword):
            return AuthResult(success=False, handled=False)
        password = known.get(auth_data.login.decode(errors="replace"))
        return AuthResult(success=password is not None and password.encode() == auth_data.password, handled=False)


class Answers:
    """The library's hooks: the reply to each command."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def handle_MAIL(  # noqa: N802 - the names of hooks are the library's
        self, server: Dialogue, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._house.credentials is not None and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if refusal := await server.stumble("smtp.mail"):
            return refusal
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - as above
        self, server: Dialogue, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if refusal := await server.stumble("smtp.rcpt"):
            return refusal
        if not self._house.has_mailbox(address):
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 - as above
        self, server: Dialogue, session: Session, envelope: Envelope
    ) -> str:
        fault = self._house.faults.draw("smtp.dot")
        match fault:
            case Fault.LIMIT:
                return _LIMIT["smtp.dot"]
            case Fault.ERROR:
                return _ERROR["smtp.dot"]
            case Fault.REFUSE:
                await server.perish()
        self._house.deliver(envelope)
        match fault:
            case Fault.CUT | Fault.SILENT:
                await server.perish(reset=fault is Fault.CUT)
            case Fault.LATE_ERROR:
                return _LIMIT["smtp.dot"]
            case Fault.GARBAGE:
                return _GARBAGE
        return "250 2.0.0 OK"
