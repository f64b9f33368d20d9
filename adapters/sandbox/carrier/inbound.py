"""A text from a phone on its way to us: kept in the list, announced by a signed webhook, its answer read.

Also the carrier's own dealings with STOP, START and HELP, and what goes wrong with webhooks on demand.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from adapters.sandbox.carrier.answers import Nonsense, spoken
from adapters.sandbox.carrier.keywords import ANSWERS, Keyword, meant
from adapters.sandbox.carrier.phones import PhoneMessage, Phones
from adapters.sandbox.carrier.records import CarrierMessage, Media, Register
from adapters.sandbox.carrier.segments import count
from adapters.sandbox.carrier.webhooks import Attempt, Webhooks

_PLACES = {"415": ("SAN FRANCISCO", "CA", "94105"), "212": ("NEW YORK", "NY", "10001")}


@dataclass(slots=True, kw_only=True)
class Mischief:
    """What goes wrong between the list and the webhook; switches, hence not frozen."""

    duplicates: int = 0  # further copies of each webhook, delivered at the same time
    delay: timedelta = timedelta()  # on the world's clock
    reorder: int = 0  # so many are held back, then delivered in reverse
    drop: bool = False  # never delivered: the text is only in the list
    wrong_signature: bool = False


class Inbound:
    """Take texts from phones and carry them to the webhook."""

    def __init__(self, register: Register, phones: Phones, webhooks: Webhooks) -> None:
        self._register = register
        self._phones = phones
        self._webhooks = webhooks
        self._held: list[CarrierMessage] = []
        self.mischief = Mischief()
        self.opt_out = True  # the carrier itself acts on STOP, START and HELP
        self.opt_out_type = False  # Advanced Opt-Out: the webhook names the keyword
        self.webhook_url: str | None = None
        self.api_url = ""

    def take(
        self, from_: str, to: str, body: str, media: Sequence[tuple[str, bytes]], others: Sequence[str]
    ) -> CarrierMessage:
        """Keep a text as received; it is in the list from now on, whatever becomes of its webhook."""
        if to not in self._register.dids:
            raise ValueError(f"{to} is no number of this carrier")
        now = self._register.clock.now()
        sid = self._register.new_sid("MM" if media or others else "SM")
        message = CarrierMessage(
            sid=sid,
            direction="inbound",
            from_=from_,
            to=to,
            body=body,
            segments=1 if media else count(body),
            status="received",
            created=now,
            updated=now,
            sent=now,
            media=[Media(sid=self._register.new_sid("ME"), content_type=kind, content=data) for kind, data in media],
            others=tuple(others),
        )
        self._show(message.from_, to, body, tuple(message.media), sid, direction="sent")
        self._register.keep(message)
        if self.opt_out and not others:
            self._obey(message)
        return message

    async def announce(self, message: CarrierMessage) -> None:
        """Deliver the webhook, as `mischief` will have it, and end when the last copy was answered or given up."""
        if self.webhook_url is None or self.mischief.drop:
            return
        if self.mischief.reorder:
            self._held.append(message)
            if len(self._held) >= self.mischief.reorder:
                await self.release()
            return
        if self.mischief.delay:
            await self._register.clock.sleep(self.mischief.delay)
        await self.deliver(message, copies=1 + self.mischief.duplicates)

    async def release(self) -> None:
        """Deliver what `reorder` holds back, the newest first."""
        held, self._held = self._held[::-1], []
        for message in held:
            await self.deliver(message)

    async def deliver(self, message: CarrierMessage, *, copies: int = 1) -> list[Attempt]:
        """Deliver the webhook of a kept message this often at once; return the last attempt of each copy."""
        return list(await asyncio.gather(*(self._deliver_once(message) for _ in range(copies))))

    async def _deliver_once(self, message: CarrierMessage) -> Attempt:
        if self.webhook_url is None:
            raise RuntimeError("no webhook URL is configured")
        attempt = await self._webhooks.call(
            "message",
            message.sid,
            self.webhook_url,
            self.form(message),
            wrong_signature=self.mischief.wrong_signature,
        )
        if not attempt.problem and attempt.status is not None:
            self._heed(message, attempt.status, attempt.content_type, attempt.answer)
        return attempt

    def form(self, message: CarrierMessage) -> list[tuple[str, str]]:
        """Build the fields of the webhook, in the vendor's names."""
        form = [
            ("ToCountry", "US"),
            *_place("To", message.to),
            ("SmsMessageSid", message.sid),
            ("NumMedia", str(len(message.media))),
            ("SmsSid", message.sid),
            ("SmsStatus", "received"),
            ("Body", message.body),
            ("FromCountry", "US" if message.from_.startswith("+1") else ""),
            *_place("From", message.from_),
            ("To", message.to),
            ("NumSegments", str(message.segments)),
            ("MessageSid", message.sid),
            ("AccountSid", self._register.account_sid),
            ("From", message.from_),
            ("ApiVersion", "2010-04-01"),
        ]
        base = f"{self.api_url}/2010-04-01/Accounts/{self._register.account_sid}/Messages/{message.sid}/Media/"
        for number, media in enumerate(message.media):
            form += [(f"MediaContentType{number}", media.content_type), (f"MediaUrl{number}", base + media.sid)]
        form += [(f"OtherRecipients{number}", other) for number, other in enumerate(message.others)]
        keyword = meant(message.body) if self.opt_out_type else None
        return [*form, ("OptOutType", keyword.value)] if keyword else form

    def _obey(self, message: CarrierMessage) -> None:
        keyword, pair = meant(message.body), (message.to, message.from_)
        blocked = pair in self._register.blocked
        if keyword is Keyword.STOP and not blocked:
            self._register.blocked.add(pair)
        elif keyword is Keyword.START and blocked:
            self._register.blocked.discard(pair)
        elif keyword is not Keyword.HELP:
            return  # a second STOP, or a START (a mere "yes") that lifts nothing, is answered by nobody
        self._show(message.from_, message.to, ANSWERS[keyword], (), None)
        self._register.changes.ring()

    def _heed(self, message: CarrierMessage, status: int, content_type: str, answer: str) -> None:
        try:
            texts = spoken(status, content_type, answer)
        except Nonsense as nonsense:
            self._register.alert(nonsense.code, message.sid, nonsense.text)
            return
        for text in texts:
            self._say(message, text)

    def _say(self, message: CarrierMessage, text: str) -> None:
        if (message.to, message.from_) in self._register.blocked:
            self._register.alert(21610, message.sid, "Attempt to send to unsubscribed recipient")
            return
        now = self._register.clock.now()
        said = CarrierMessage(
            sid=self._register.new_sid("SM"),
            direction="outbound-reply",
            from_=message.to,
            to=message.from_,
            body=text,
            segments=count(text),
            status="delivered",
            created=now,
            updated=now,
            sent=now,
        )
        self._show(message.from_, message.to, text, (), said.sid)
        self._register.keep(said)

    def _show(
        self, phone: str, did: str, text: str, media: tuple[Media, ...], sid: str | None, direction: str = "received"
    ) -> None:
        at = self._register.clock.now()
        self._phones[phone].show(PhoneMessage(did=did, direction=direction, text=text, media=media, at=at, sid=sid))


def _place(side: str, number: str) -> list[tuple[str, str]]:
    city, state, code = _PLACES.get(number[2:5], ("", "", "")) if number.startswith("+1") else ("", "", "")
    return [(f"{side}City", city), (f"{side}State", state), (f"{side}Zip", code)]
