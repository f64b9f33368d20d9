"""What happens by the clock: digests, warnings, questions about attempts, catching up, forgetting, erasing, index."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bridge.domain.dialplan import DialPlan
from bridge.domain.query import is_up
from bridge.engine.recovery import AT_ONCE, CHAT, Recovery
from bridge.flows import erase, find, forget, own, postpone, summarize, warn
from bridge.ports import Clock, Intake, Ledger, Store, Worlds
from bridge.wording import admin as admin_words

TICK = timedelta(seconds=5)
ASK_EVERY = timedelta(seconds=2)  # whether an attempt has become too old; what another daemon left waits for this
SOON = timedelta(seconds=0.5)
DOWN_FOR = timedelta(minutes=1)  # before the admin is told of a listener
CATCH_UP_EVERY = timedelta(minutes=15)
CATCH_UP_FIRST = timedelta(minutes=2)  # after the start: what came just before may not have been in a list yet
FORGET_EVERY = timedelta(hours=1)
ERASE_EVERY = timedelta(seconds=2)
INDEX_EVERY = timedelta(seconds=5)
INDEX_ON = timedelta(seconds=1)  # between batches: what comes in is written before, and so is what people wait for


@dataclass(slots=True)
class Timekeeper:
    """A few rounds, each a loop of its own, so that a slow one delays no other."""

    store: Store
    plan: DialPlan
    worlds: Worlds
    recovery: Recovery
    intake: Intake
    clock: Clock
    listeners: Callable[[], Mapping[str, str]]
    _down_since: dict[str, datetime] = field(default_factory=dict)

    async def digests(self) -> None:
        """Freeze what is due, and warn the admins."""
        while True:
            await self.store.transact(partial(_summarize, self.plan, self._unreachable()))
            await self.clock.sleep(TICK)

    def _unreachable(self) -> dict[str, str | None]:
        """Return the state of every listener that has been down for a minute; None for those that are up."""
        now, found = self.clock.now(), dict[str, str | None]()
        for name, state in self.listeners().items():
            if is_up(state):
                self._down_since.pop(name, None)
                found[name] = None
            elif now - self._down_since.setdefault(name, now) >= DOWN_FOR:
                found[name] = state
        return found

    async def questions(self) -> None:
        """Ask about attempts of which nobody knows how they ended."""
        while True:
            found = await self.recovery.reconcile()
            if found < AT_ONCE:
                await self.clock.sleep(SOON if found else ASK_EVERY)  # behind each that was settled another may stand

    async def catching_up(self) -> None:
        """Read back what was missed: at once where somebody asked for it, and every quarter of an hour anyway."""
        last = self.clock.now() - CATCH_UP_EVERY + CATCH_UP_FIRST
        while True:
            waits = (self.clock.sleep(TICK), self.recovery.stir.wait(), self.worlds.chat.gaps.wait())
            waiting = [asyncio.ensure_future(one) for one in waits]
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in waiting:
                    one.cancel()
            if self.worlds.chat.gaps.is_set():
                self.worlds.chat.gaps.clear()
                self.recovery.wanted.add(CHAT)
            if self.clock.now() - last >= CATCH_UP_EVERY:
                last = self.clock.now()
                self.recovery.wanted |= {*self.worlds.carriers}
            await self.recovery.catch_up_wanted(self.intake)

    async def forgetting(self) -> None:
        """Forget what has been kept long enough, in small steps."""
        while True:
            is_more = await self.store.transact(partial(_forget, self.plan))
            await self.clock.sleep(timedelta() if is_more else FORGET_EVERY)

    async def erasing(self) -> None:
        """Delete what an admin wants deleted, in small steps; and look now and then whether there is such a wish."""
        while True:
            is_more = await self.store.transact(_erase)
            await self.clock.sleep(timedelta() if is_more else ERASE_EVERY)

    async def indexing(self) -> None:
        """Let texts be found by their words, in small steps."""
        while True:
            is_more = await self.store.transact(_index)
            await self.clock.sleep(INDEX_ON if is_more else INDEX_EVERY)


def _summarize(plan: DialPlan, unreachable: Mapping[str, str | None], ledger: Ledger, now: datetime) -> None:
    for name, state in unreachable.items():
        if state is None:
            ledger.audit.clear(f"listener/{name}")
        else:
            warn.admin(ledger, f"listener/{name}", admin_words.listener_down(name, state), now)
    own.give_back(ledger, plan, now)
    postpone.due(ledger, plan, now)
    summarize.unacknowledged(ledger, plan, now)
    warn.admins(ledger, plan, now)


def _forget(plan: DialPlan, ledger: Ledger, now: datetime) -> bool:
    return forget.older_than_retention(ledger, plan, now)


def _erase(ledger: Ledger, now: datetime) -> bool:
    return erase.proceed(ledger, now)


def _index(ledger: Ledger, now: datetime) -> bool:
    return find.index(ledger)
