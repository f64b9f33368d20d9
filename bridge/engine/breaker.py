"""A breaker before each carrier: while its account is silent, nothing is risked before a harmless question was."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Never

from bridge.domain.command import FetchMedia, SendSms
from bridge.domain.delivery import DeliveryReceipt
from bridge.domain.dialplan import Abilities
from bridge.domain.event import InboundSms, RawEvent
from bridge.domain.ids import CarrierRef, EntryToken
from bridge.domain.message import Media
from bridge.domain.phone import PhoneNumber
from bridge.errors import Blocked, Permanent, Transient, Uncertain, WireError
from bridge.ports import Carrier, Clock, Intake, StillDue
from bridge.wording import admin as words

log = logging.getLogger(__name__)

MOST_FAILURES = 3  # in a row
TRIAL_EVERY = timedelta(seconds=30)
SOON = timedelta(seconds=1)  # while a trial is under way
PATIENCE = timedelta(seconds=5)  # for the question, so that the text after it has its whole time
LOOK_BACK = timedelta(days=1)


class Breaker:
    """An account that rests when three sends in a row had no answer, or when one was told that we may not come in.

    Then one caller each half minute asks whether his text is in the carrier's list, which nobody ever is harmed by, and
    sends it only after an answer. All others are told that certainly nothing was done, and wait.
    """

    def __init__(self, name: str, carrier: Carrier, clock: Clock) -> None:
        self._name = name
        self._carrier = carrier
        self._clock = clock
        self._failures = 0
        self._next_trial: datetime | None = None  # None while all is well
        self._is_trying = False

    @property
    def abilities(self) -> Abilities:
        return self._carrier.abilities

    async def send(self, sms: SendSms, key: EntryToken, still_due: StillDue[SendSms]) -> CarrierRef | None:
        with self._asking() as is_trial:
            if is_trial:
                await self._answers(sms, key)
            return await self._sent(sms, key, still_due, is_trial=is_trial)

    async def find(
        self, sms: SendSms, key: EntryToken, since: datetime, taken: frozenset[CarrierRef]
    ) -> CarrierRef | None:
        with self._questioning():
            return await self._carrier.find(sms, key, since, taken)

    async def history(
        self, did: PhoneNumber, since: datetime
    ) -> AsyncIterator[tuple[RawEvent, InboundSms | DeliveryReceipt | WireError]]:
        with self._questioning():
            async for each in self._carrier.history(did, since):
                yield each

    async def fetch(self, media: FetchMedia) -> Media:
        """Files mostly come from other machines than the account: they are not held up by it."""
        return await self._carrier.fetch(media)

    async def listen(self, intake: Intake) -> Never:
        await self._carrier.listen(intake)

    @contextmanager
    def _questioning(self) -> Iterator[None]:
        """Let a mere question through; after an answer, a text may be tried at once."""
        with self._asking() as is_trial:
            try:
                yield
            except (Transient, Blocked):
                is_trial = False
                raise
            finally:
                if is_trial:
                    self._next_trial = self._clock.now()

    @contextmanager
    def _asking(self) -> Iterator[bool]:
        """Let a call through, as a trial where it is time for one, or raise that the account rests."""
        if self._next_trial is None:
            yield False
            return
        now = self._clock.now()
        if self._is_trying or now < self._next_trial:
            raise Transient(words.account_rests(), SOON if self._is_trying else self._next_trial - now)
        self._is_trying, self._next_trial = True, now + TRIAL_EVERY
        try:
            yield True
        finally:
            self._is_trying = False

    async def _answers(self, sms: SendSms, key: EntryToken) -> None:
        """Return if the account answers a question, whatever it says."""
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self._carrier.find(sms, key, self._clock.now() - LOOK_BACK, frozenset())
        except TimeoutError:
            raise Transient(words.account_rests(), TRIAL_EVERY) from None
        except Transient as silent:
            raise Transient(str(silent), TRIAL_EVERY) from silent
        except (Uncertain, Permanent):
            return

    async def _sent(
        self, sms: SendSms, key: EntryToken, still_due: StillDue[SendSms], *, is_trial: bool
    ) -> CarrierRef | None:
        is_well: bool | None = False  # None where it proves nothing
        try:
            ref = await self._carrier.send(sms, key, still_due)
            is_well = True if ref is not None else None
            return ref
        except Transient as error:
            is_well = error.retry_after is not None  # to ask for a pause is to answer; no connection is none
            raise
        except Permanent:
            is_well = True
            raise
        except Blocked:
            is_well = True if is_trial else None  # in a trial the account has answered: it is this number alone
            if not is_trial:
                self._rest(self._clock.now())
            raise
        finally:
            self._conclude(is_well)

    def _conclude(self, is_well: bool | None) -> None:
        if is_well:
            self._well()
        elif is_well is False:
            self._failed()

    def _failed(self) -> None:
        self._failures += 1
        if self._failures >= MOST_FAILURES:
            self._rest(self._clock.now() + TRIAL_EVERY)

    def _rest(self, until: datetime) -> None:
        if self._next_trial is None:
            log.warning("account rests", extra={"carrier": self._name})
        self._next_trial = until

    def _well(self) -> None:
        if self._next_trial is not None:
            log.warning("account answers again", extra={"carrier": self._name})
        self._failures, self._next_trial = 0, None
