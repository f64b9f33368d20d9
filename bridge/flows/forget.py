"""Forget: what has been kept long enough is really gone; that it was seen, and in which thread, stays known."""

from datetime import datetime

from bridge.domain.dialplan import DialPlan
from bridge.domain.toll import DAY
from bridge.ports import Ledger

AT_ONCE = 500  # rows a transaction, so that forgetting never holds up a text


def older_than_retention(ledger: Ledger, plan: DialPlan, now: datetime) -> bool:
    """Forget one batch; True while there may be more."""
    kept_for = dict.fromkeys(ledger.conversations.dids(), plan.retention)
    kept_for |= {did.number: did.retention for did in plan.dids}
    counts = [ledger.messages.forget(number, now - kept, AT_ONCE) for number, kept in kept_for.items()]
    shortest = min([plan.retention, *kept_for.values()])  # a raw request does not say whose it is
    counts.append(ledger.sightings.forget(now - shortest, AT_ONCE))
    counts.append(ledger.outbox.forget(now - plan.retention, AT_ONCE))
    counts.append(ledger.tolls.forget(now - DAY, AT_ONCE))
    ledger.media.forget()
    return ledger.search.overwrite() or max(counts) >= AT_ONCE
