"""Release: a person has held replies sent, as many as the limits let out, or has them dropped."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import DialPlan
from bridge.domain.event import ButtonPressed
from bridge.domain.ids import MessageId
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry
from bridge.flows import compose, limit, request
from bridge.flows.limit import Over
from bridge.ports import Ledger

AT_ONCE = 500

_GO = EntryChange(state=EntryState.READY, status=DeliveryStatus.QUEUED)
_DROP = EntryChange(state=EntryState.CANCELLED, status=DeliveryStatus.CANCELLED)


def sent(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, event: ButtonPressed, now: datetime) -> Notice | None:
    """Send what this note speaks of, one reply after the other, until a limit holds the rest back.

    Return what the note says then: who decided, or the limit again; None where nothing is held any more.
    """
    held = _spoken_of(ledger, entry)
    for _, parts in groupby(held, key=lambda one: one.subject):
        reply = list(parts)
        over = let_out(ledger, plan, reply, now)
        if over:
            return over.notice(reply[0].token, event.person)
        _altered(ledger, reply, replace(_GO, due_at=now), event, now)
    return _by(event) if held else None


def cancelled(ledger: Ledger, entry: OutboxEntry, event: ButtonPressed, now: datetime) -> Notice | None:
    """Drop what this note speaks of."""
    held = _spoken_of(ledger, entry)
    for _, parts in groupby(held, key=lambda one: one.subject):
        _altered(ledger, list(parts), _DROP, event, now)
    return _by(event) if held else None


def _spoken_of(ledger: Ledger, entry: OutboxEntry) -> list[OutboxEntry]:
    """Return the held entries of this reply; of one that a limit holds, also those of the thread's others."""
    if entry.state is not EntryState.HELD:
        return []
    if entry.detail == request.OVER_LIMIT:
        return ledger.outbox.held(entry.lane, request.OVER_LIMIT, AT_ONCE)
    siblings = ledger.outbox.of_message(MessageId(entry.subject))
    return [one for one in siblings if one.state is EntryState.HELD]


def let_out(ledger: Ledger, plan: DialPlan, reply: Sequence[OutboxEntry], now: datetime) -> Over | None:
    """Count the parts of one held reply, or tell which limit holds it."""
    about = compose.whose(ledger, plan, reply[0])
    if not about:
        return None  # our number has left the configuration: composing it will tell
    to = compose.recipients(ledger, plan, about.did, about.conversation, about.message)
    return limit.let_out(ledger, plan, about.did, about.message, to, len(reply), now)


def _altered(
    ledger: Ledger, reply: Sequence[OutboxEntry], change: EntryChange, event: ButtonPressed, now: datetime
) -> None:
    for part in reply:
        ledger.outbox.alter(part.id, change)
    message = MessageId(reply[0].subject)
    request.marked(ledger, message, f"{event.key}/{message}", now)


def _by(event: ButtonPressed) -> Notice:
    return Notice(case=Case.DECIDED, person=event.person, detail=event.action)
