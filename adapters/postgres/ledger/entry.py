"""A row of the table `entry`, written and read; which verbs there are stands in `outbox`."""

from collections.abc import Sequence
from typing import Any

from adapters.postgres.ledger.columns import Row
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry, WishKind

SELECT = """
    SELECT id, token, lane, destination, kind, subject, part, detail, state, status, fence, tries, looks, started_at,
        due_at, ask_at, is_repeat, ref, unsure_since
    FROM entry
"""

# Looked up a thousand times a second, where calling the type costs ten times as much.
_KINDS = {kind.value: kind for kind in WishKind}
_STATES = {state.value: state for state in EntryState}


def entry_row(entry: OutboxEntry) -> Row:
    """Write an entry, its columns in the order of `SELECT`."""
    it = entry
    return (
        *(it.id, it.token, it.lane, it.destination, it.kind.value, it.subject, it.part, it.detail, it.state.value),
        *(it.status and it.status.value, it.fence, it.tries, it.looks, it.started_at, it.due_at, it.ask_at),
        *(it.is_repeat, it.ref, it.unsure_since),
    )


def read_entry(row: Sequence[Any]) -> OutboxEntry:
    id, token, lane, destination, kind, subject, part, detail, state, status, fence, tries, looks, *rest = row
    started_at, due_at, ask_at, is_repeat, ref, unsure_since = rest
    return OutboxEntry(
        id=id,
        token=token,
        lane=lane,
        destination=destination,
        kind=_KINDS[kind],
        subject=subject,
        part=part,
        detail=detail,
        state=_STATES[state],
        status=DeliveryStatus(status) if status else None,
        fence=fence,
        tries=tries,
        looks=looks,
        started_at=started_at,
        due_at=due_at,
        ask_at=ask_at,
        is_repeat=is_repeat,
        ref=ref,
        unsure_since=unsure_since,
    )


def change_row(change: EntryChange) -> dict[str, object]:
    """Write a change, each column under its name; None where nothing changes."""
    it = change
    return {
        "state": it.state and it.state.value,
        "status": it.status and it.status.value,
        "due_at": it.due_at,
        "ask_at": it.ask_at,
        "looks": it.looks,
        "is_repeat": it.is_repeat,
        "ref": it.ref,
        "detail": it.detail,
        "is_sure": it.is_sure,
    }
