"""An accepted message on its way to a phone, and the signed status callbacks that tell of it.

Messages of one (DID, phone) arrive in the order they were accepted. Callbacks follow the truth at their own pace:
prompt, late, shuffled, twice, or not at all; there is never one for the initial status.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from adapters.sandbox.carrier.errands import Errands
from adapters.sandbox.carrier.phones import PhoneMessage, Phones
from adapters.sandbox.carrier.records import CarrierMessage, Register
from adapters.sandbox.carrier.webhooks import Webhooks


class Receipts(StrEnum):
    """When the callbacks come."""

    PROMPT = "prompt"
    LATE = "late"  # after `late_by` on the world's clock, though the message itself arrived long before
    NEVER = "never"
    SHUFFLED = "shuffled"  # the last first
    DUPLICATED = "duplicated"  # each twice


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What becomes of messages to a chosen number: "undelivered" (after sent) or "failed", with the vendor's code."""

    status: str
    error_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change of status worth a callback."""

    status: str
    error_code: int | None = None


_REASONS = {
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
}


class Delivery:
    """Bring accepted messages to their phones and tell about it."""

    def __init__(self, register: Register, phones: Phones, webhooks: Webhooks, errands: Errands) -> None:
        self._register = register
        self._phones = phones
        self._webhooks = webhooks
        self._errands = errands
        self._last: dict[tuple[str, str], asyncio.Event] = {}
        self._free: dict[str, datetime] = {}
        self.fates: dict[str, Fate] = {}
        self.receipts = Receipts.PROMPT
        self.sent_after = timedelta()
        self.delivered_after = timedelta()
        self.late_by = timedelta(minutes=20)
        self.segments_per_second: float | None = None  # None: no pace; else one queue per DID

    def waiting(self, did: str) -> timedelta:
        """Return how long a message accepted now would wait for its turn on this DID."""
        now = self._register.clock.now()
        return max(self._free.get(did, now) - now, timedelta())

    def start(self, message: CarrierMessage) -> asyncio.Event:
        """Send an accepted message on its way; the event returned is set when the first callback was answered."""
        lane = (message.from_, message.to)
        before, arrived, told = self._last.get(lane), asyncio.Event(), asyncio.Event()
        self._last[lane] = arrived
        steps: asyncio.Queue[Step | None] = asyncio.Queue()
        self._errands.start(self._travel(message, self._turn(message), before, arrived, steps))
        self._errands.start(self._tell(message, self.receipts, steps, told))
        return told

    def _turn(self, message: CarrierMessage) -> datetime:
        due = self._register.clock.now() + self.waiting(message.from_)
        if self.segments_per_second:
            self._free[message.from_] = due + timedelta(seconds=message.segments / self.segments_per_second)
        return due

    async def _travel(
        self,
        message: CarrierMessage,
        turn: datetime,
        before: asyncio.Event | None,
        arrived: asyncio.Event,
        steps: asyncio.Queue[Step | None],
    ) -> None:
        clock = self._register.clock
        await clock.sleep(turn - clock.now() + self.sent_after)
        if before:
            await before.wait()
        fate = self.fates.get(message.to)
        if fate is None or fate.status != "failed":
            message.sent = clock.now()
            self._become(message, Step(status="sent"), steps)
            await clock.sleep(self.delivered_after)
        if fate is None:
            self._arrive(message)
            self._become(message, Step(status="delivered"), steps)
        else:
            self._become(message, Step(status=fate.status, error_code=fate.error_code), steps)
        arrived.set()
        steps.put_nowait(None)

    def _arrive(self, message: CarrierMessage) -> None:
        self._phones[message.to].show(
            PhoneMessage(
                did=message.from_,
                direction="received",
                text=message.body,
                media=tuple(message.media),
                at=self._register.clock.now(),
                sid=message.sid,
            )
        )

    def _become(self, message: CarrierMessage, step: Step, steps: asyncio.Queue[Step | None]) -> None:
        message.status, message.updated = step.status, self._register.clock.now()
        message.error_code = step.error_code
        message.error_message = _reason(step.error_code)
        steps.put_nowait(step)
        self._register.changes.ring()

    async def _tell(
        self, message: CarrierMessage, receipts: Receipts, steps: asyncio.Queue[Step | None], told: asyncio.Event
    ) -> None:
        try:
            async for step in self._in_order(receipts, steps):
                await self._call(message, step)
                told.set()
        finally:
            told.set()

    async def _in_order(self, receipts: Receipts, steps: asyncio.Queue[Step | None]) -> AsyncIterator[Step]:
        if receipts is Receipts.LATE:
            await self._register.clock.sleep(self.late_by)
        if receipts is Receipts.SHUFFLED:
            for step in reversed([step async for step in _each(steps)]):
                yield step
            return
        async for step in _each(steps):
            for _ in range({Receipts.NEVER: 0, Receipts.DUPLICATED: 2}.get(receipts, 1)):
                yield step

    async def _call(self, message: CarrierMessage, step: Step) -> None:
        if not message.status_callback:
            return
        form = [
            ("SmsSid", message.sid),
            ("SmsStatus", step.status),
            ("MessageStatus", step.status),
            ("To", message.to),
            ("MessageSid", message.sid),
            ("AccountSid", self._register.account_sid),
            ("From", message.from_),
            ("ApiVersion", "2010-04-01"),
        ]
        if step.status == "delivered":
            form.append(("RawDlrDoneDate", self._register.clock.now().strftime("%y%m%d%H%M")))
        if step.error_code:
            form += [("ErrorCode", str(step.error_code)), ("ErrorMessage", _reason(step.error_code) or "")]
        await self._webhooks.call("status", message.sid, message.status_callback, form)


async def _each(steps: asyncio.Queue[Step | None]) -> AsyncIterator[Step]:
    while (step := await steps.get()) is not None:
        yield step


def _reason(error_code: int | None) -> str | None:
    return _REASONS.get(error_code, "Unknown error") if error_code else None
