"""What we ask of Twilio: send, find, read back, fetch. One request is one request: nothing here repeats anything."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Never
from urllib.parse import quote, urlencode, urlsplit

import httpx

from adapters.http.date import DateReader
from adapters.http.fetch import FAILURES, GuardedFetcher
from adapters.http.server import HttpServer
from adapters.twilio import listing, wire
from adapters.twilio.listener import Listener
from adapters.twilio.settings import TwilioSettings
from bridge.domain.command import FetchMedia, SendSms
from bridge.domain.delivery import DeliveryReceipt
from bridge.domain.dialplan import Abilities
from bridge.domain.event import File, InboundSms, RawEvent
from bridge.domain.ids import CarrierRef, EntryToken, EventKey
from bridge.domain.message import Media, media_type
from bridge.domain.phone import Address, PhoneNumber
from bridge.errors import Permanent, Reason, Transient, Uncertain, WireError
from bridge.ports import Hear, Intake, StillDue

_CONNECT_SECONDS = 5.0
_MOST_PAGES = 100  # of 1,000 texts each
_MESSAGES = "Messages.json"
_ABILITIES = Abilities(
    groups=False, media=True, receipts=True, lists=True, max_characters=1600, max_files=wire.MOST_FILES
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class TwilioCarrier:
    """One account at Twilio."""

    def __init__(
        self,
        name: str,
        settings: TwilioSettings,
        *,
        public_url: str,
        server: HttpServer,
        now: Callable[[], datetime] = _utc_now,
        hear: Hear = lambda told: None,
    ) -> None:
        """Mount the account's webhooks; `name` is the carrier's name in the configuration."""
        self._name = name
        self._settings = settings
        self._public_url = public_url.rstrip("/")
        self._now = now
        self._api = _Api(settings, hear)
        self._listener = Listener(name, settings, self._public_url, server)
        api_host = urlsplit(settings.api_url).hostname or ""
        self._fetcher = GuardedFetcher((*settings.media_hosts, api_host), allow_loopback=settings.is_loopback)

    @property
    def abilities(self) -> Abilities:
        return _ABILITIES

    @property
    def refused(self) -> int:
        """How many webhooks were turned away because they could not prove their origin."""
        return self._listener.refused

    async def send(self, sms: SendSms, key: EntryToken, still_due: StillDue[SendSms]) -> CarrierRef | None:
        due = await still_due()
        if due is None:
            return None
        response = await self._api.post(_MESSAGES, self._fields(due, key))
        ref = wire.reference(wire.answer(response)) if response.is_success else None
        if ref is None:
            raise wire.fault(response)
        return ref

    async def find(
        self, sms: SendSms, key: EntryToken, since: datetime, taken: frozenset[CarrierRef]
    ) -> CarrierRef | None:
        """Look it up in the carrier's list, which knows no key of ours: by numbers, time and text.

        The list is not asked for a date: it would go by the time of sending, which a queued text has not got.
        """
        if len(sms.to) != 1:
            return None  # `send` refuses these
        asked_at = self._now()
        listed = await self._api.listed({"To": sms.to[0].value, "From": sms.did.value})
        others = [each for each in listed if listing.text(each, "sid") not in taken]
        found = {listing.text(each, "sid") for each in others if listing.is_match(each, sms, since)}
        if len(found) > 1 or "" in found:
            raise Uncertain("the carrier's list has several texts that may be this one")
        if not found and any(listing.is_alike(each, sms) for each in others):
            raise Uncertain("the carrier's list has these words, but not as ours are listed")
        if not found and taken and not any(listing.text(each, "sid") in taken for each in listed):
            raise Uncertain("the carrier's list does not even have the texts that it confirmed")
        if not found and asked_at < since + self._settings.listing_lag:
            raise Transient("the carrier's list may not show it yet")
        return CarrierRef(found.pop()) if found else None

    async def history(
        self, did: PhoneNumber, since: datetime
    ) -> AsyncIterator[tuple[RawEvent, InboundSms | DeliveryReceipt | WireError]]:
        """Read back the texts that came, and what became of those that we sent."""
        # The list's dates may be whole days: ask for one more, and look at the time ourselves.
        day = (since.astimezone(UTC) - timedelta(days=1)).date().isoformat()
        came = await self._api.listed({"To": did.value, "DateSent>": day})
        went = await self._api.listed({"From": did.value, "DateSent>": day})
        told = [each for each in went if listing.is_progress(each, since)]
        told += [each for each in came if listing.is_inbound(each, since)]
        told.reverse()  # the list has the newest first, and its times are whole seconds
        last: dict[Address, EventKey] = {}
        for resource in sorted(told, key=listing.told_at):
            raw, event = await self._read(resource)
            if isinstance(event, InboundSms):
                event, last[event.sender] = replace(event, follows=last.get(event.sender)), event.key
            yield raw, event

    async def _read(self, resource: listing.Resource) -> tuple[RawEvent, InboundSms | DeliveryReceipt | WireError]:
        body = json.dumps(resource).encode()
        event: InboundSms | DeliveryReceipt | WireError
        try:
            if listing.is_inbound(resource):
                event = listing.inbound(self._name, resource, await self._files(resource))
            else:
                event = listing.receipt(self._name, resource)
            key = event.key
        except WireError as unreadable:
            event, key = unreadable, wire.unread_key(self._name, body)
        headers = {"content-type": "application/json"}
        return RawEvent(source=f"twilio/{self._name}", keys=(key,), body=body, headers=headers), event

    async def _files(self, resource: listing.Resource) -> tuple[File, ...]:
        if listing.text(resource, "num_media") in ("", "0"):
            return ()
        answer = await self._api.get(f"Messages/{quote(listing.text(resource, 'sid'), safe='')}/Media.json")
        return listing.files(answer, self._settings.api_url)

    async def fetch(self, media: FetchMedia) -> Media:
        # Only the API itself is told who we are; the redirect to the store of files carries its own pass.
        headers = self._api.login if media.ref.startswith(f"{self._settings.api_url}/") else {}
        content = await self._fetcher.fetch(media.ref, headers=headers, limit=media.limit)
        if not content:
            raise Permanent("the file is empty", Reason.GONE)
        return Media(digest=hashlib.sha256(content).hexdigest(), type=media_type(content), content=content)

    async def listen(self, intake: Intake) -> Never:
        await self._listener.listen(intake)

    async def aclose(self) -> None:
        """Close the connections to the carrier."""
        await self._api.aclose()
        await self._fetcher.aclose()

    def _fields(self, sms: SendSms, key: EntryToken) -> list[tuple[str, str]]:
        if len(sms.to) != 1 or not sms.to[0].is_repliable:
            raise Permanent("this carrier sends to exactly one number", Reason.NOT_REPLIABLE)
        callback = f"{self._public_url}/carriers/{self._name}/status?entry={quote(key, safe='')}"
        fields = [("To", sms.to[0].value), ("From", sms.did.value), ("StatusCallback", callback)]
        if sms.text:
            fields.append(("Body", sms.text))
        fields += [("MediaUrl", f"{self._public_url}/media/{quote(token, safe='')}") for token in sms.media_tokens]
        return [*fields, ("SendAsMms", "true")] if sms.as_mms else fields


class _Api:
    """One account's REST interface: log in, ask, and turn every failure into one of our four kinds."""

    def __init__(self, settings: TwilioSettings, hear: Hear) -> None:
        self._date = DateReader(hear)
        self._base = f"{settings.api_url}/2010-04-01/Accounts/{settings.account_sid}/"
        self._timeout = settings.timeout.total_seconds()
        self.login = {"Authorization": _basic(settings)}
        self._client = httpx.AsyncClient(
            headers={**self.login, "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(self._timeout, connect=min(_CONNECT_SECONDS, self._timeout)),
            trust_env=False,
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        await self._client.aclose()

    async def post(self, path: str, fields: list[tuple[str, str]]) -> httpx.Response:
        content = urlencode(fields, errors="replace")
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self._ask(self._client.build_request("POST", self._base + path, content=content, headers=headers))

    async def get(self, path: str) -> object:
        """Read something; as that changes nothing, what is unclear is merely Transient."""
        return await self._json(httpx.URL(self._base + path))

    async def listed(self, query: Mapping[str, str]) -> list[listing.Resource]:
        """Read every page of the messages that the query asks for, in the list's own order, the newest first."""
        url = httpx.URL(f"{self._base}{_MESSAGES}?{urlencode({**query, 'PageSize': '1000'})}")
        found: list[listing.Resource] = []
        for _ in range(_MOST_PAGES):
            messages, onward = listing.page(await self._json(url))
            found += messages
            if not onward:
                return found
            url = self._next(url, onward)
        raise Transient("the carrier's list does not end")

    def _next(self, url: httpx.URL, onward: str) -> httpx.URL:
        following = url.join(onward)
        if (following.scheme, following.netloc) != (url.scheme, url.netloc):
            raise Transient("the carrier's list leads to another host")
        return following

    async def _json(self, url: httpx.URL) -> object:
        try:
            response = await self._ask(self._client.build_request("GET", url))
            if response.status_code != 200:
                raise wire.fault(response)
        except Uncertain as unclear:
            raise Transient(str(unclear)) from unclear
        return wire.answer(response)

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._client.send(request)
        except FAILURES as failure:
            raise wire.fault(failure) from failure
        self._date.read(response.headers.get("date"))
        return response


def _basic(settings: TwilioSettings) -> str:
    name, secret = settings.account_sid, settings.auth_token
    if settings.api_key_sid and settings.api_key_secret:
        name, secret = settings.api_key_sid, settings.api_key_secret
    return "Basic " + base64.b64encode(f"{name}:{secret.get_secret_value()}".encode()).decode()
