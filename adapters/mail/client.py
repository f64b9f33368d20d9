"""Handing mail over, one recipient at a time, the commands one by one: each phase has its own meaning when it fails.

No retries, no connection kept open, no copy mailbox to look into yet.
"""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from zoneinfo import ZoneInfo

from aiosmtplib import SMTP, SMTPException

from adapters.mail import wire
from adapters.mail.address import mailbox
from adapters.mail.settings import MailSettings
from bridge.domain.command import SendMail
from bridge.domain.ids import EntryToken, MailRef
from bridge.errors import Blocked, Uncertain
from bridge.ports import StillDue
from bridge.wording import relay

_QUIT_SECONDS = 5.0


class SmtpMail:
    """A submission server, reached anew for every mail."""

    def __init__(self, settings: MailSettings, *, timezone: str) -> None:
        self._settings = settings
        self._composer = wire.Composer(settings.sender, ZoneInfo(timezone))
        self._envelope_sender = mailbox(settings.sender)[1]
        self._tls: ssl.SSLContext | None = None

    async def send(self, mail: SendMail, key: EntryToken, still_due: StillDue[SendMail]) -> MailRef | None:
        """Hand over one mail; every failure before DATA is certain, silence inside it is `Uncertain`."""
        recipient = wire.recipient(mail.to)
        server = await self._server()
        try:
            with _failing(handed_over=False):
                await self._introduce(server)
                await server.mail(self._envelope_sender)
                await server.rcpt(recipient)
            wish = await still_due()
            if wish is not None:
                message = await asyncio.to_thread(self._composer.compose, wish, key, wire.room(server.esmtp_extensions))
                with _failing(handed_over=True):
                    await server.data(message, timeout=self._settings.accept_timeout.total_seconds())
            with suppress(SMTPException, OSError):  # the answer is known; how we part changes nothing
                await server.quit(timeout=_QUIT_SECONDS)
        finally:
            server.close()
        return None if wish is None else self._composer.message_id(key)

    async def find(self, mail: SendMail, key: EntryToken, since: datetime) -> MailRef | None:
        """Always uncertain: a submission server keeps nothing that could be searched."""
        raise Uncertain("the mail server cannot be asked what it has taken")

    async def _server(self) -> SMTP:
        settings = self._settings
        tls = None if settings.security == "none" else await self._tls_context()
        return SMTP(
            hostname=settings.host,
            port=settings.port,
            # Relays that look at the greeting want a name that exists; looking up this machine's own may take long.
            local_hostname=self._composer.domain,
            timeout=settings.timeout.total_seconds(),
            use_tls=settings.security == "tls",
            start_tls=False,  # by default it would be used if offered, and silently not be used otherwise
            tls_context=tls,
        )

    async def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            authority = self._settings.ca_file
            try:
                self._tls = await asyncio.to_thread(ssl.create_default_context, cafile=authority)
            except (ssl.SSLError, OSError) as error:
                remedy = relay.check_authority(str(authority))
                raise Blocked(f"the certificates in {authority} cannot be read: {error}", remedy) from error
        return self._tls

    async def _introduce(self, server: SMTP) -> None:
        """Connect, encrypt and log in, as far as the settings ask for it, and never with less."""
        await server.connect()
        await server.ehlo()
        if self._settings.security == "starttls":
            if not server.supports_extension("starttls"):
                raise wire.no_starttls()
            await server.starttls()
            await server.ehlo()
        if self._settings.username is not None and self._settings.password is not None:
            if not server.supported_auth_methods:
                raise wire.no_login()
            await server.login(self._settings.username, self._settings.password.get_secret_value())


@contextmanager
def _failing(*, handed_over: bool) -> Iterator[None]:
    try:
        yield
    except (SMTPException, OSError) as error:
        raise wire.fault(error, handed_over=handed_over) from error
