"""The auditor: look every minute whether all is as it must be, and let somebody know where it is not.

It reads, and writes nothing but what it found. A finding counts when two looks in a row had it: what the house is just
about to do is none.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Never

from bridge.domain.dialplan import DialPlan
from bridge.domain.invariant import Invariant, Violation
from bridge.engine.clock import MOST_DRIFT
from bridge.errors import StoreBusy
from bridge.flows import audit
from bridge.ports import Clock, Ledger, Store
from bridge.wording import admin as admin_words

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
SOON = timedelta(seconds=5)  # after the store has refused something
LEAST_FREE_OCTETS = 100_000_000
LEAST_FREE_PERCENT = 10.0

_PROBE = "store probed"  # a cursor, written to see whether the store takes anything


@dataclass(slots=True)
class Auditor:
    """`violated` is what the last two looks agree on, and is known even where nothing can be written down."""

    store: Store
    plan: DialPlan
    clock: Clock
    host: str
    drifts: Callable[[], Mapping[str, timedelta]]
    read_back_within: timedelta
    violated: frozenset[Invariant] = frozenset()
    _seen: frozenset[Invariant] = frozenset()
    _refusal: str = ""  # why the store took nothing, until that is written down
    _ahead_of_database: timedelta = timedelta()
    _suspicion: asyncio.Event = field(default_factory=asyncio.Event)

    def suspect(self, refusal: str) -> None:
        """Look soon: the store has refused something, and said why, or has not answered in time."""
        if refusal:
            self._refuses(refusal)
        self._suspicion.set()

    async def run(self) -> Never:
        """Look for ever."""
        while True:
            await self._pause()
            await self.look()

    async def look(self) -> None:
        """Look once; where the store seems to refuse, see whether it takes anything."""
        is_probe = self._suspicion.is_set() or bool(self._refusal)
        self._suspicion.clear()
        outside = [*await self._room(), *self._drift()]
        look = partial(self._audit, outside, self._seen, self._refusal, is_probe)
        try:
            found, lasting, now = await self.store.transact(look)
        except StoreBusy as busy:
            self._refuses(str(busy))
            return
        if not self._suspicion.is_set():
            self._refusal = ""
        self._seen = frozenset(one.invariant for one in found)
        self._log(lasting)
        self.violated = frozenset(one.invariant for one in lasting)
        if self._refusal:
            self.violated |= {Invariant.STORE_REFUSES}
        self._ahead_of_database = self.clock.now() - now

    def _refuses(self, why: str) -> None:
        if not self._refusal:
            log.error("violated", extra={"violated": Invariant.STORE_REFUSES.value, "detail": why})
        self._refusal = why
        self.violated |= {Invariant.STORE_REFUSES}

    async def _pause(self) -> None:
        await self.clock.sleep(SOON)
        if self._refusal:
            return
        over = {asyncio.ensure_future(self.clock.sleep(EVERY - SOON)), asyncio.ensure_future(self._suspicion.wait())}
        try:
            await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in over:
                one.cancel()

    def _audit(
        self,
        outside: list[Violation],
        seen: frozenset[Invariant],
        refusal: str,
        is_probe: bool,
        ledger: Ledger,
        now: datetime,
    ) -> tuple[list[Violation], list[Violation], datetime]:
        found = outside + audit.violations(ledger, self.plan, self.read_back_within, now)
        lasting = [one for one in found if one.invariant in seen]
        if is_probe:
            ledger.cursors.put(_PROBE, now)
        over = [Violation(invariant=Invariant.STORE_REFUSES, detail=refusal)] if refusal else []
        audit.tell(ledger, self.plan, self.host, [*lasting, *over], now)
        audit.crowds(ledger, now)
        return found, lasting, now

    def _log(self, lasting: Iterable[Violation]) -> None:
        for one in lasting:
            if one.invariant not in self.violated:
                log.error("violated", extra={"violated": one.invariant.value, "detail": one.detail})

    async def _room(self) -> list[Violation]:
        room = await self.store.room()
        if room is None:
            return []
        percent = 100 * room.free / room.total if room.total else 0.0
        if room.free > LEAST_FREE_OCTETS and percent > LEAST_FREE_PERCENT:
            return []
        return [Violation(invariant=Invariant.DISK_SPACE, detail=admin_words.free(room.free, percent))]

    def _drift(self) -> list[Violation]:
        drifts = {**self.drifts(), admin_words.DATABASE: self._ahead_of_database}
        apart = [admin_words.apart(source, ahead) for source, ahead in drifts.items() if abs(ahead) > MOST_DRIFT]
        return [Violation(invariant=Invariant.CLOCK_DRIFT, detail=", ".join(apart))] if apart else []
