"""Doubt: what stems from before a restore may have happened in the life that it undid, and is asked about first.

A backup that takes the place of what was written since knows nothing of what was sent meanwhile. What waits in it, and
what is read back from before the restore, is therefore put to its world as a question before it is put as a wish.
"""

from datetime import datetime, timedelta

from bridge.domain.delivery import DeliveryStatus
from bridge.domain.event import ThreadReply
from bridge.domain.outbox import ASKABLE, EntryChange, EntryState, OutboxEntry, Outcome, Settlement
from bridge.domain.phrase import Mark
from bridge.ports import Ledger
from bridge.wording import admin as admin_words

CLOCKS_APART = timedelta(minutes=2)
_ARRIVED_WITHIN = timedelta(seconds=30)  # what the undone life had under way at its end is there by then
_RESTORED = "restored"
_WENT_OUT = {Mark.SENT: DeliveryStatus.SENT, Mark.DELIVERED: DeliveryStatus.DELIVERED}


def begin(ledger: Ledger, now: datetime) -> None:
    """If a backup was put in place, begin a new life: doubt all that waits in it, and let the admins know."""
    ledger.audit.clear(_RESTORED)
    if ledger.epoch.is_declared():
        ledger.epoch.begin(now)
        ledger.audit.note(_RESTORED, admin_words.restored(ledger.outbox.doubt(ASKABLE)), now)


def since(ledger: Ledger, moment: datetime | None, now: datetime, apart: timedelta = CLOCKS_APART) -> datetime | None:
    """Return the moment of a fact if the undone life may have acted on it: from then on the act may have happened."""
    if moment is None or moment >= now:
        return None
    restored_at = ledger.epoch.restored_at()
    return moment if restored_at and moment < restored_at + apart else None


def since_reply(ledger: Ledger, event: ThreadReply, now: datetime) -> datetime | None:
    """Return it of a reply; one that is told live was never acknowledged, so clocks that differ do not matter."""
    return since(ledger, event.said_at, now, CLOCKS_APART if event.read_back else timedelta())


def ask_first(ledger: Ledger, entry: OutboxEntry, now: datetime) -> None:
    """Take a claimed entry for an attempt of which nobody knows how it ended."""
    unclear = Settlement(outcome=Outcome.UNCERTAIN, detail="before the restore")
    ledger.outbox.settle(entry, unclear, EntryChange(ask_at=now), now)


def is_certain(ledger: Ledger, entry: OutboxEntry, now: datetime) -> bool:
    """Tell whether "it is not there" counts at once: nothing of the undone life can be under way any more."""
    restored_at = ledger.epoch.restored_at() if entry.unsure_since else None
    return restored_at is not None and now >= restored_at + _ARRIVED_WITHIN


def went_out(entry: OutboxEntry) -> bool:
    """Tell whether the mark on a reply has said that it went out, whatever the carrier's list says."""
    return entry.unsure_since is not None and entry.status in _WENT_OUT.values()


def heed(ledger: Ledger, event: ThreadReply, entries: list[OutboxEntry]) -> None:
    """Believe the mark that a reply bears from the undone life: sent, delivered, or not to be sent."""
    for entry in entries:
        if event.mark is Mark.CANCELLED:
            change = EntryChange(state=EntryState.CANCELLED, status=DeliveryStatus.CANCELLED)
            ledger.outbox.alter(entry.id, change)
        elif event.mark in _WENT_OUT:
            state = EntryState.SENT if entry.state is EntryState.HELD else None
            ledger.outbox.alter(entry.id, EntryChange(state=state, status=_WENT_OUT[event.mark]))
