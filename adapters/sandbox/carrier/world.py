"""The whole carrier: one account, its numbers, its interface, and the public's phones; what tests and the page hold.

It wires the parts and offers the levers. It opens one port on loopback and speaks only to the addresses it is given.
"""

from collections.abc import Callable, Sequence
from typing import Any

from adapters.sandbox.bell import Bell
from adapters.sandbox.carrier.api import Api
from adapters.sandbox.carrier.endpoint import Endpoint
from adapters.sandbox.carrier.errands import Errands
from adapters.sandbox.carrier.inbound import Inbound, Mischief
from adapters.sandbox.carrier.phones import Phone, Phones
from adapters.sandbox.carrier.pictures import Pictures
from adapters.sandbox.carrier.receipts import Delivery, Fate
from adapters.sandbox.carrier.records import Alert, CarrierMessage, Media, Register
from adapters.sandbox.carrier.refusals import MAGIC_RECIPIENTS, MAGIC_SENDERS, SENTENCES, Rules
from adapters.sandbox.carrier.snapshot import snapshot
from adapters.sandbox.carrier.webhooks import Attempt, Routes, Webhooks
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.faults import Faults

ACCOUNT_SID = "AC00000000000000000000000000000001"
AUTH_TOKEN = "sandbox-carrier-token"  # noqa: S105 - the simulator's own, known to everybody


class CarrierWorld:
    """A Twilio-shaped carrier on loopback.

    Levers: `faults` (messages.create, messages.list, messages.fetch, media.list, media.fetch, media.delete, cdn.fetch),
    `mischief` (webhooks), `delivery` (receipts, delays, pace), `api` (listing lag, overtaking receipts), `inbound`
    (opt-out), `rules` (regions).
    """

    def __init__(
        self,
        clock: MovableClock,
        faults: Faults | None = None,
        *,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        dids: Sequence[str] = ("+14155550100",),
    ) -> None:
        self.faults = faults or Faults()
        self._errands = Errands()
        self._register = Register(clock, account_sid=account_sid, auth_token=auth_token, dids=tuple(dids))
        self._routes = Routes()
        self._phones = Phones()
        self._webhooks = Webhooks(self._register, self._routes)
        self._pictures = Pictures(self._routes)
        self.rules = Rules(dids=self._register.dids, blocked=self._register.blocked)
        self.delivery = Delivery(self._register, self._phones, self._webhooks, self._errands)
        self.inbound = Inbound(self._register, self._phones, self._webhooks)
        self.api = Api(self._register, self.rules, self.delivery, self._pictures)
        self._endpoint = Endpoint(self.faults, self._errands, error=self.api.error)
        self.api.attach(self._endpoint)

    async def start(self) -> None:
        self._webhooks.start()
        self._pictures.start()
        await self._endpoint.start()
        self.inbound.api_url = self._endpoint.url

    async def aclose(self) -> None:
        await self._errands.aclose()
        await self._endpoint.aclose()
        await self._webhooks.aclose()
        await self._pictures.aclose()

    async def down(self) -> None:
        """Take the API away, connections included; phones and webhooks go on."""
        self._endpoint.down()

    async def up(self) -> None:
        """Bring the API back on the same port."""
        await self._endpoint.up()

    @property
    def api_url(self) -> str:
        return self._endpoint.url

    @property
    def account_sid(self) -> str:
        return self._register.account_sid

    @property
    def auth_token(self) -> str:
        return self._register.auth_token

    @property
    def dids(self) -> tuple[str, ...]:
        return self._register.dids

    @property
    def webhook_url(self) -> str | None:
        """The address for inbound texts; a fragment such as `#rc=3&rp=all` sets how often it is repeated."""
        return self.inbound.webhook_url

    @webhook_url.setter
    def webhook_url(self, url: str | None) -> None:
        self.inbound.webhook_url = url

    @property
    def mischief(self) -> Mischief:
        return self.inbound.mischief

    def route(self, public_base: str, actual_base: str) -> None:
        """Connect to `actual_base` for every address under `public_base`; what is signed stays public."""
        self._routes.add(public_base, actual_base)

    async def text(
        self,
        from_: str,
        to: str,
        body: str = "",
        *,
        media: Sequence[tuple[str, bytes]] = (),
        others: Sequence[str] = (),
        wait: bool = True,
    ) -> str:
        """Let a phone text one of our numbers; return the sid.

        `others` are the further recipients of a group text. `wait` returns only after the webhook was answered or
        given up (never use it with a delay on a frozen clock); otherwise the webhook is on its way, see `settled`.
        """
        message = self.inbound.take(from_, to, body, media, others)
        announcement = self._errands.start(self.inbound.announce(message))
        if wait:
            await announcement
        return message.sid

    async def deliver_again(self, sid: str, *, copies: int = 1) -> list[Attempt]:
        """Deliver the webhook of an inbound message once more, so many times at once; return each last attempt."""
        return await self.inbound.deliver(self._register.messages[sid], copies=copies)

    async def settled(self) -> None:
        """Wait until every webhook, callback and delivery under way has ended; never ends while one waits for time."""
        await self._errands.settled()

    def phone(self, number: str) -> Phone:
        """Return a phone of the public."""
        return self._phones[number]

    def fate(self, number: str, status: str | None = None, error_code: int = 30003) -> None:
        """Let every message to this number end as "undelivered" or "failed" with a code; None lets them arrive."""
        self.delivery.fates.pop(number, None)
        if status:
            self.delivery.fates[number] = Fate(status=status, error_code=error_code)

    def refuse(self, number: str, code: int | None) -> None:
        """Let the send API refuse this number with a code it knows (21612, 21614, 21608, …); None ends it."""
        self.rules.refused_numbers.pop(number, None)
        if code is not None:
            if code not in SENTENCES:
                raise ValueError(f"unknown code {code}")
            self.rules.refused_numbers[number] = code

    def know_magic_numbers(self) -> None:
        """Refuse the vendor's magic test numbers as its test credentials do."""
        self.rules.refused_senders.update(MAGIC_SENDERS)
        self.rules.refused_numbers.update(MAGIC_RECIPIENTS)

    @property
    def messages(self) -> list[CarrierMessage]:
        """Everything the carrier accepted, oldest first."""
        return list(self._register.messages.values())

    @property
    def attempts(self) -> list[Attempt]:
        """Every webhook and callback attempt, oldest first."""
        return self._webhooks.attempts

    @property
    def alerts(self) -> list[Alert]:
        """What the vendor's debugger would show."""
        return self._register.alerts

    @property
    def leaked(self) -> list[str]:
        """Credentials that reached the CDN; must stay empty."""
        return self.api.leaked

    def is_blocked(self, did: str, number: str) -> bool:
        """Tell whether this phone said STOP to this number of ours."""
        return (did, number) in self._register.blocked

    def media(self, sid: str) -> Media | None:
        return self._register.media(sid)

    @property
    def changed(self) -> Bell:
        return self._register.changes

    async def wait_for(self, predicate: Callable[[], bool], timeout: float = 5.0) -> None:
        """Wait until the predicate holds; TimeoutError after `timeout` real seconds."""
        await self.changed.wait_for(predicate, timeout)

    def snapshot(self) -> dict[str, Any]:
        """Return everything the page shows, as JSON."""
        return snapshot(self._register, self._phones)
