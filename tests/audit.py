"""The audit at the end of every test that runs a whole house: nothing may wait unseen there.

It asks the auditor's own questions, of the store as the daemon has left it, by the clock of the test's worlds.
"""

import itertools
from datetime import datetime
from functools import partial

from bridge.domain.invariant import Invariant
from bridge.engine.timekeeper import CATCH_UP_EVERY
from bridge.flows import audit
from bridge.ports import Clock, Ledger
from config.assemble import opened_store
from config.settings import Settings, dial_plan

PROPERTY = "audited"
_numbers = itertools.count()


def held() -> int:
    """Return how many audits were held, this question apart."""
    return next(_numbers)


def violations(settings: Settings, ledger: Ledger, now: datetime) -> dict[Invariant, str]:
    """Return what is not as it must be, each with an example."""
    found = audit.violations(ledger, dial_plan(settings, {}), 2 * CATCH_UP_EVERY, now)
    return {one.invariant: one.detail for one in found}


async def violated(settings: Settings, clock: Clock) -> dict[Invariant, str]:
    """Hold the audit, over the store that these settings name; no daemon may have it open."""
    next(_numbers)
    store = await opened_store(settings.store, clock)
    try:
        return await store.transact(partial(violations, settings))
    finally:
        await store.aclose()
