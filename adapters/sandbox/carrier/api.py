"""The carrier's REST interface: send, list, read, and hand out media; shapes and refusals are the vendor's.

It translates between HTTP and the register; the journey of an accepted message is `receipts`' affair.
"""

import base64
import binascii
import hmac
from datetime import datetime, timedelta

from aiohttp import web

from adapters.sandbox.carrier import resources
from adapters.sandbox.carrier.endpoint import Endpoint, Process
from adapters.sandbox.carrier.listing import BadFilter, page
from adapters.sandbox.carrier.pictures import Pictures
from adapters.sandbox.carrier.receipts import Delivery
from adapters.sandbox.carrier.records import CarrierMessage, Media, Register
from adapters.sandbox.carrier.refusals import Refused, Rules, SendForm, check
from adapters.sandbox.carrier.segments import count

_ACCOUNT = "/2010-04-01/Accounts/{account}"
_QUEUE = timedelta(hours=10)


class Api:
    """The routes of one account."""

    def __init__(self, register: Register, rules: Rules, delivery: Delivery, pictures: Pictures) -> None:
        self._register = register
        self._rules = rules
        self._delivery = delivery
        self._pictures = pictures
        self._links: dict[str, tuple[str, datetime]] = {}  # media sid and end of life, by the path of the CDN
        self.api_keys: dict[str, str] = {}  # further names and secrets that may sign in
        self.leaked: list[str] = []  # Authorization headers that reached the CDN; there must be none
        self.overtake = False  # the first callback is answered before the send is
        self.listing_lag = timedelta()  # how long an accepted message is missing from the list
        self.link_lifetime = timedelta(hours=4)

    def attach(self, endpoint: Endpoint) -> None:
        """Add the routes to an endpoint."""
        messages, one = f"{_ACCOUNT}/Messages.json", f"{_ACCOUNT}/Messages/{{message}}"
        for method, path, call, process in (
            ("POST", messages, "messages.create", self._create),
            ("GET", messages, "messages.list", self._list),
            ("GET", f"{one}.json", "messages.fetch", self._fetch),
            ("GET", f"{one}/Media.json", "media.list", self._media_list),
            ("GET", f"{one}/Media/{{media}}", "media.fetch", self._media),
            ("DELETE", f"{one}/Media/{{media}}", "media.delete", self._forget_media),
        ):
            endpoint.add(method, path, call, self._guarded(process))
        endpoint.add("GET", "/cdn/{link}", "cdn.fetch", self._cdn)

    def error(self, status: int) -> web.Response:
        """Make the vendor's answer for trouble of its own (500) or too many requests (429)."""
        return _refusal(Refused(20429 if status == 429 else 20500))

    def _guarded(self, process: Process) -> Process:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._authenticate(request)
                return await process(request)
            except Refused as refused:
                return _refusal(refused)
            except BadFilter as bad:
                problem = {"code": 20001, "message": f"Invalid parameter: {bad}", "status": 400}
                return web.json_response(problem, status=400)

        return answer

    def _authenticate(self, request: web.Request) -> None:
        known = {self._register.account_sid: self._register.auth_token} | self.api_keys
        scheme, _, code = request.headers.get("Authorization", "").partition(" ")
        try:
            name, _, secret = base64.b64decode(code, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise Refused(20003) from None
        right = hmac.compare_digest(known.get(name, "").encode(), secret.encode())
        if scheme != "Basic" or name not in known or not right:
            raise Refused(20003)
        if request.match_info["account"] != self._register.account_sid:
            raise Refused(20404, request.path)

    async def _create(self, request: web.Request) -> web.StreamResponse:
        form = await _read(request)
        check(form, self._rules)
        if self._delivery.waiting(form.from_) > _QUEUE:
            raise Refused(21611, form.from_)
        media = [await self._pictures.fetch(url) for url in form.media_urls]
        message = self._accept(form, media)
        answer = web.json_response(resources.message(message, self._register.account_sid), status=201)
        told = self._delivery.start(message)
        if self.overtake:
            await told.wait()
        return answer

    def _accept(self, form: SendForm, media: list[tuple[str, bytes]]) -> CarrierMessage:
        now = self._register.clock.now()
        message = CarrierMessage(
            sid=self._register.new_sid("MM" if media else "SM"),
            direction="outbound-api",
            from_=form.from_,
            to=form.to,
            body=form.body,
            segments=1 if media else count(form.body),
            status="queued",
            created=now,
            updated=now,
            media=[Media(sid=self._register.new_sid("ME"), content_type=kind, content=data) for kind, data in media],
            status_callback=form.status_callback or None,
        )
        self._register.keep(message)
        return message

    async def _list(self, request: web.Request) -> web.StreamResponse:
        newest = self._register.clock.now() - self.listing_lag
        messages = self._register.messages.values()
        listed = [each for each in messages if each.direction == "inbound" or each.created <= newest]
        found = page(listed, request.query, request.path)
        return web.json_response(
            {
                "first_page_uri": found.first_uri,
                "previous_page_uri": None,
                "next_page_uri": found.next_uri,
                "uri": found.uri,
                "page": found.number,
                "page_size": found.size,
                "start": found.start,
                "end": found.start + max(len(found.messages) - 1, 0),
                "messages": [resources.message(each, self._register.account_sid) for each in found.messages],
            }
        )

    async def _fetch(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(resources.message(self._message(request), self._register.account_sid))

    async def _media_list(self, request: web.Request) -> web.StreamResponse:
        message = self._message(request)
        shown = [resources.media(each, message, self._register.account_sid) for each in message.media]
        return web.json_response({"media_list": shown, "page": 0, "page_size": 50, "next_page_uri": None})

    async def _media(self, request: web.Request) -> web.StreamResponse:
        message, media = self._medium(request)
        if request.match_info["media"].endswith(".json"):
            return web.json_response(resources.media(media, message, self._register.account_sid))
        link = self._register.new_sid("")
        self._links[link] = (media.sid, self._register.clock.now() + self.link_lifetime)
        return web.Response(status=307, headers={"Location": f"http://{request.host}/cdn/{link}"})

    async def _forget_media(self, request: web.Request) -> web.StreamResponse:
        message, media = self._medium(request)
        message.media.remove(media)
        self._register.changes.ring()
        return web.Response(status=204)

    async def _cdn(self, request: web.Request) -> web.StreamResponse:
        if "Authorization" in request.headers:
            self.leaked.append(request.headers["Authorization"])
            return web.Response(status=400, text="Only one auth mechanism allowed")
        sid, ends = self._links.get(request.match_info["link"], ("", self._register.clock.now()))
        media = self._register.media(sid)
        if media is None:
            return web.Response(status=404)
        if self._register.clock.now() > ends:
            return web.Response(status=403, text="Request has expired")
        return web.Response(body=media.content, headers={"Content-Type": media.content_type})

    def _message(self, request: web.Request) -> CarrierMessage:
        message = self._register.messages.get(request.match_info["message"])
        if message is None:
            raise Refused(20404, request.path)
        return message

    def _medium(self, request: web.Request) -> tuple[CarrierMessage, Media]:
        message, sid = self._message(request), request.match_info["media"].removesuffix(".json")
        media = next((each for each in message.media if each.sid == sid), None)
        if media is None:
            raise Refused(20404, request.path)
        return message, media


async def _read(request: web.Request) -> SendForm:
    form = await request.post()

    def given(name: str) -> str:
        return str(form.get(name, ""))

    return SendForm(
        to=given("To"),
        from_=given("From"),
        body=given("Body"),
        media_urls=tuple(str(url) for url in form.getall("MediaUrl", [])),
        status_callback=given("StatusCallback"),
        service=given("MessagingServiceSid"),
    )


def _refusal(refused: Refused) -> web.Response:
    return web.json_response(resources.error(refused), status=refused.status)
