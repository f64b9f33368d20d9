"""A daemon's turn at what one daemon at a time should do: claimed, kept up as long as it is needed, given back.

A turn that is lost (the machine slept, the database was out of reach) does no harm: what is read back twice falls
through, and the fence keeps whoever lost it from writing how far he came.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from bridge.errors import StoreBusy
from bridge.ports import Clock, Ledger, Store

LEASE = timedelta(seconds=20)  # after which another takes over from a daemon that says nothing any more
KEEP_UP = timedelta(seconds=5)


@dataclass(slots=True)
class Turn:
    """What a daemon holds while it has its turn."""

    name: str
    fence: int
    is_lost: bool = False


@dataclass(frozen=True, slots=True)
class Turns:
    """All turns that this daemon may have."""

    store: Store
    clock: Clock
    owner: str

    @asynccontextmanager
    async def at(self, name: str) -> AsyncIterator[Turn | None]:
        """Have the turn as long as this lasts; None if it is another's now."""
        fence = await self.store.transact(partial(_claim, name, self.owner))
        if fence is None:
            yield None
            return
        turn = Turn(name, fence)
        keeping = asyncio.create_task(self._keep(turn))
        try:
            yield turn
        finally:
            keeping.cancel()
            with contextlib.suppress(StoreBusy):  # then it runs out by itself
                await self.store.transact(partial(_release, turn))

    async def _keep(self, turn: Turn) -> None:
        while not turn.is_lost:
            await self.clock.sleep(KEEP_UP)
            with contextlib.suppress(StoreBusy):
                fence = await self.store.transact(partial(_claim, turn.name, self.owner))
                turn.is_lost = fence != turn.fence


def _claim(name: str, owner: str, ledger: Ledger, now: datetime) -> int | None:
    return ledger.leases.claim(name, owner, now + LEASE, now)


def _release(turn: Turn, ledger: Ledger, now: datetime) -> None:
    ledger.leases.release(turn.name, turn.fence)
