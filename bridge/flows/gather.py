"""Gather: texts that wait behind one another in a thread go into one post, where the channel is slow to take them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from bridge.domain.ids import EntryId, MessageId
from bridge.domain.message import Message
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry, WishKind
from bridge.ports import Ledger

WAITED = timedelta(seconds=1)  # by then nobody would mind to read two texts in one post
MOST_TEXTS, MOST_CHARACTERS = 15, 2_800


def together(ledger: Ledger, entry: OutboxEntry, now: datetime) -> OutboxEntry:
    """Let the first post that waits in a thread say what waits behind it, too; which that is stays written down.

    The others stay in their lane, behind this one, until it is known to stand. A first post says one text alone.
    """
    if entry.kind is not WishKind.SHOW_MESSAGE or now - entry.due_at < WAITED:
        return entry
    message = ledger.messages.in_context(MessageId(entry.subject))
    if not message:
        return entry
    ids = [one.id for one in _next(ledger, entry, message[0])] if message[1].thread else []
    detail = json.dumps(ids) if ids else ""
    if detail != entry.detail:
        ledger.outbox.alter(entry.id, EntryChange(detail=detail))
    return replace(entry, detail=detail)


def _next(ledger: Ledger, entry: OutboxEntry, first: Message) -> Iterator[OutboxEntry]:
    room = MOST_CHARACTERS - len(first.text)
    for one in ledger.outbox.untried(entry.lane)[:MOST_TEXTS]:
        text = ledger.messages.get(MessageId(one.subject)) if one.kind is WishKind.SHOW_MESSAGE else None
        if not text or one.unsure_since or one.part or len(text.text) > room:
            return
        room -= len(text.text)
        yield one


def others(ledger: Ledger, entry: OutboxEntry) -> list[OutboxEntry]:
    """Return what this entry's post says beside its own text, as far as it was not said otherwise meanwhile."""
    found = (ledger.outbox.get(EntryId(id)) for id in json.loads(entry.detail or "[]"))
    return [one for one in found if one and one.state is EntryState.READY]


def shown(ledger: Ledger, entry: OutboxEntry, ref: str) -> Message | None:
    """Settle what a post has said beside its own text; return the last of it."""
    last = None
    for one in others(ledger, entry):
        ledger.outbox.alter(one.id, EntryChange(state=EntryState.SENT, ref=ref))
        last = ledger.messages.get(MessageId(one.subject)) or last
    return last
