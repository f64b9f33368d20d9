"""Carry events and interactions to the app: three seconds to acknowledge, three retries for events, none for people's.

Retries after docs.slack.dev, "Events API": at once, after one minute, after five. How a parcel travels (socket or HTTP)
is a route's business; the fault switches here shape only what events go through.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from adapters.sandbox.bell import Bell
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.workspace.nouns import Json

ACK_WITHIN = timedelta(seconds=3)
WAITS = (timedelta(), timedelta(), timedelta(minutes=1), timedelta(minutes=5))
DELAYED_WAITS = (timedelta(hours=1),) * 24  # the app setting "Delayed Events"


class Kind(StrEnum):
    EVENT = "events_api"
    SLASH = "slash_commands"
    INTERACTIVE = "interactive"


class Fate(StrEnum):
    PENDING = "pending"
    ACKED = "acked"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What one try brought: acknowledged or not, with what answer, and whether to stop retrying."""

    acked: bool
    way: str
    reason: str = ""
    answer: Json | None = None
    stop: bool = False


@dataclass(slots=True, kw_only=True)
class Try:
    """One try of a delivery; `ended_at` is when it was acknowledged or given up."""

    at: datetime
    ended_at: datetime | None = None
    outcome: Outcome | None = None


@dataclass(slots=True, kw_only=True)
class Delivery:
    """A parcel and everything that became of it."""

    key: str
    kind: Kind
    payload: Json
    due_at: datetime
    fate: Fate = Fate.PENDING
    tries: list[Try] = field(default_factory=list)
    answer: Json | None = None

    @property
    def is_settled(self) -> bool:
        return self.fate is not Fate.PENDING

    @property
    def event(self) -> Json:
        inner: Json = self.payload.get("event", {})
        return inner


class Route(Protocol):
    """A way to the app."""

    async def carry(self, delivery: Delivery, number: int, reason: str) -> Outcome:
        """Try once to hand the delivery over; `number` counts retries from 0. Never raises."""
        ...


@dataclass(slots=True, kw_only=True)
class EventFaults:
    """What goes wrong between Slack and the app; all of it is allowed by Slack's promises."""

    duplicate: bool = False  # every event comes twice, with the same event_id
    delay: timedelta | None = None  # every event waits this long first
    drop: int = 0  # so many events are lost for good
    hold: int = 0  # collect so many, then send them in the opposite order

    def clear(self) -> None:
        self.duplicate, self.delay, self.drop, self.hold = False, None, 0, 0


async def sleep_until(clock: MovableClock, moment: datetime) -> None:
    """Sleep to a fixed moment, so that a clock moved before the sleep began is not slept twice."""
    left = moment - clock.now()
    if left > timedelta():
        await clock.sleep(left)


class Courier:
    """Deliver and remember; `deliveries` keeps the order in which things happened."""

    def __init__(self, clock: MovableClock, bell: Bell, route: Callable[[], Route]) -> None:
        self.deliveries: list[Delivery] = []
        self.faults = EventFaults()
        self.delayed_events = False
        self._clock = clock
        self._bell = bell
        self._route = route
        self._held: list[Delivery] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._pending = 0

    def send_event(self, payload: Json) -> None:
        """Send an event on its way and return at once."""
        for _ in range(2 if self.faults.duplicate else 1):
            delivery = self._enter(Kind.EVENT, str(payload["event_id"]), payload)
            if self.faults.drop:
                self.faults.drop -= 1
                self._settle(delivery, Fate.DROPPED)
            elif self.faults.hold:
                self._held.append(delivery)
                if len(self._held) >= self.faults.hold:
                    self.release()
            else:
                self._start(self._deliver_event(delivery))

    def release(self) -> None:
        """Send what `hold` has collected, last first."""
        held, self._held = self._held, []
        for delivery in reversed(held):
            self._start(self._deliver_event(delivery))

    def send_once(
        self, kind: Kind, key: str, payload: Json, then: Callable[[Delivery], None] | None = None
    ) -> Delivery:
        """Send what a person did; `then` learns the end. There is no second try."""
        delivery = self._enter(kind, key, payload)
        self._start(self._deliver_once(delivery, then))
        return delivery

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way: no try, no wait before a retry."""
        return self._pending == 0

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _enter(self, kind: Kind, key: str, payload: Json) -> Delivery:
        delay = (kind is Kind.EVENT and self.faults.delay) or timedelta()
        delivery = Delivery(key=key, kind=kind, payload=payload, due_at=self._clock.now() + delay)
        self.deliveries.append(delivery)
        self._pending += 1
        return delivery

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_event(self, delivery: Delivery) -> None:
        await sleep_until(self._clock, delivery.due_at)
        reason = ""
        for number, wait in enumerate(WAITS + (DELAYED_WAITS if self.delayed_events else ())):
            if wait:
                await self._clock.sleep(wait)
            outcome = await self._try(delivery, number, reason)
            if outcome.acked:
                return self._settle(delivery, Fate.ACKED)
            if outcome.stop:
                break
            reason = outcome.reason
        return self._settle(delivery, Fate.FAILED)

    async def _deliver_once(self, delivery: Delivery, then: Callable[[Delivery], None] | None) -> None:
        outcome = await self._try(delivery, 0, "")
        delivery.answer = outcome.answer
        if then:
            delivery.fate = Fate.ACKED if outcome.acked else Fate.FAILED
            then(delivery)
        self._settle(delivery, Fate.ACKED if outcome.acked else Fate.FAILED)

    async def _try(self, delivery: Delivery, number: int, reason: str) -> Outcome:
        attempt = Try(at=self._clock.now())
        delivery.tries.append(attempt)
        attempt.outcome = await self._route().carry(delivery, number, reason)
        attempt.ended_at = self._clock.now()
        self._bell.ring()
        return attempt.outcome

    def _settle(self, delivery: Delivery, fate: Fate) -> None:
        delivery.fate = fate
        self._pending -= 1
        self._bell.ring()
