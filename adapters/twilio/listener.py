"""What Twilio tells us: two routes, each taking one signed form and handing it to the intake before it answers.

Who cannot prove that he is Twilio gets 403 and leaves a count. What is genuine is taken even where we cannot read it.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Never

from adapters.http.exchange import BUSY, MALFORMED, REFUSED, WebRequest, WebResponse
from adapters.http.server import HttpServer
from adapters.twilio import signature, wire
from adapters.twilio.form import Form
from adapters.twilio.settings import TwilioSettings
from bridge.domain.event import CarrierEvent, RawEvent
from bridge.errors import WireError
from bridge.ports import Answer, Intake

# Without an answer in TwiML the carrier would text what we say back to the phone.
_HEARD = WebResponse(200, b'<?xml version="1.0" encoding="UTF-8"?><Response/>', "text/xml")
_NOTED = WebResponse(204)

_Reader = Callable[[WebRequest, Form], CarrierEvent]


class Listener:
    """The webhooks of one account; until somebody listens they answer that the carrier must come again."""

    def __init__(self, name: str, settings: TwilioSettings, public_url: str, server: HttpServer) -> None:
        self._name = name
        self._account = settings.account_sid
        self._public = [spelling.encode() for spelling in signature.spellings(public_url)]
        self._seal = _seal(settings)
        self._intake: Intake | None = None
        self.refused = 0
        server.mount(f"/carriers/{name}/message", self._message)
        server.mount(f"/carriers/{name}/status", self._status)

    async def listen(self, intake: Intake) -> Never:
        """Hand every genuine webhook to the intake, until cancelled."""
        self._intake = intake
        try:
            while True:
                await asyncio.get_running_loop().create_future()
        finally:
            self._intake = None

    async def _message(self, request: WebRequest) -> WebResponse:
        return await self._take(request, self._read_message, _HEARD)

    async def _status(self, request: WebRequest) -> WebResponse:
        return await self._take(request, self._read_status, _NOTED)

    def _read_message(self, request: WebRequest, form: Form) -> CarrierEvent:
        return wire.inbound(self._name, form)

    def _read_status(self, request: WebRequest, form: Form) -> CarrierEvent:
        return wire.receipt(self._name, form, request.query)

    async def _take(self, request: WebRequest, read: _Reader, thanks: WebResponse) -> WebResponse:
        if self._intake is None:
            return BUSY
        form = Form.parse(request.body)
        if form is None:
            return MALFORMED
        if not self._is_genuine(request, form) or form.get("AccountSid") not in (self._account, ""):
            self.refused += 1
            return REFUSED
        event: CarrierEvent | WireError
        try:
            event = read(request, form)
            key = event.key
        except WireError as unreadable:
            event, key = unreadable, wire.unread_key(self._name, request.body)
        raw = RawEvent(source=f"twilio/{self._name}", keys=(key,), body=request.body, headers=_kept(request))
        return BUSY if await self._intake.accept(raw, event) is Answer.BUSY else thanks

    def _is_genuine(self, request: WebRequest, form: Form) -> bool:
        headers, signed = request.headers, form.signed()
        given = headers.get("x-twilio-signature")
        if given is None:
            return False
        digest = signature.body_digest(request.query) if request.query else None
        if digest is not None:
            if not signature.is_body(request.body, digest):
                return False
            signed = b""
        called = f"{request.path}?{request.query}" if request.query else request.path
        target = called.encode("utf-8", "replace")
        addresses = [public + target for public in self._public]
        return self._seal.fits(addresses, signed, given, headers.get("x-twilio-webhooks-signature-settings"))


def _seal(settings: TwilioSettings) -> signature.Seal:
    tokens = [each.get_secret_value() for each in (settings.auth_token, settings.auth_token_old) if each]
    shared_key = settings.webhook_shared_key
    return signature.Seal(tokens, shared_key.get_secret_value() if shared_key else None)


def _kept(request: WebRequest) -> Mapping[str, str]:
    """Keep of a request's head what reading it again would need; never the signature."""
    kept = {":path": f"{request.path}?{request.query}" if request.query else request.path}
    if "content-type" in request.headers:
        kept["content-type"] = request.headers["content-type"]
    return kept
