"""A row of the table `entry`, written and read; which verbs there are stands in `outbox`."""

from typing import Any

from adapters.sqlite.ledger.columns import moment, moment_or_none, read_moment, read_moment_or_none
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry, WishKind

COLUMNS = """
    id, token, lane, destination, kind, subject, part, detail, state, status, fence, tries, looks, started_at, due_at,
    ask_at, is_repeat, ref, unsure_since
"""
SELECT = """
    SELECT id, token, lane, destination, kind, subject, part, detail, state, status, fence, tries, looks, started_at,
        due_at, ask_at, is_repeat, ref, unsure_since
    FROM entry
"""

# Looked up a thousand times a second, where calling the type costs ten times as much.
_KINDS = {kind.value: kind for kind in WishKind}
_STATES = {state.value: state for state in EntryState}

Row = tuple[Any, ...]


def entry_row(entry: OutboxEntry) -> Row:
    """Write an entry, its columns in the order of `COLUMNS`."""
    it = entry
    return (
        *(it.id, it.token, it.lane, it.destination, it.kind.value, it.subject, it.part, it.detail, it.state.value),
        *(it.status and it.status.value, it.fence, it.tries, it.looks, moment_or_none(it.started_at)),
        *(moment(it.due_at), moment_or_none(it.ask_at), int(it.is_repeat), it.ref, moment_or_none(it.unsure_since)),
    )


def read_entry(row: Row) -> OutboxEntry:
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
        started_at=read_moment_or_none(started_at),
        due_at=read_moment(due_at),
        ask_at=read_moment_or_none(ask_at),
        is_repeat=bool(is_repeat),
        ref=ref,
        unsure_since=read_moment_or_none(unsure_since),
    )


def change_row(change: EntryChange) -> Row:
    """Write a change, in the order of its query; None where nothing changes."""
    it = change
    return (
        *(it.state and it.state.value, it.status and it.status.value, moment_or_none(it.due_at)),
        *(moment_or_none(it.ask_at), it.looks, it.is_repeat, it.ref, it.detail, it.is_sure),
    )
