"""Decide: a person pressed a button under one of our notes. Of two presses that ask for the same, the first counts."""

from datetime import datetime

from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import DialPlan
from bridge.domain.event import ButtonPressed
from bridge.domain.ids import ConversationId, EntryToken, MessageId
from bridge.domain.message import Message
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry
from bridge.domain.phrase import Action
from bridge.flows import acknowledge, request
from bridge.ports import Ledger

_HELD_DECISIONS = {
    Action.SEND_NOW: EntryChange(state=EntryState.READY, status=DeliveryStatus.QUEUED),
    Action.SEND_WITHOUT_FILES: EntryChange(state=EntryState.READY, status=DeliveryStatus.QUEUED),
    Action.CANCEL: EntryChange(state=EntryState.CANCELLED, status=DeliveryStatus.CANCELLED),
}
_ASKED_DECISIONS = {
    Action.ARRIVED: EntryChange(state=EntryState.SENT, status=DeliveryStatus.SENT),
    # The same entry, so that it keeps its place before the replies that waited for this decision.
    Action.SEND_AGAIN: EntryChange(state=EntryState.READY, status=DeliveryStatus.QUEUED, is_repeat=True),
}


def is_too_early(ledger: Ledger, event: ButtonPressed) -> bool:
    """Tell whether somebody acknowledges a first post before we were told that it stands: nothing is covered yet."""
    if event.action is not Action.ACKNOWLEDGE:
        return False
    conversation = ledger.conversations.get(ConversationId(event.value))
    return conversation is not None and conversation.thread is None


def by_button(ledger: Ledger, plan: DialPlan, event: ButtonPressed, now: datetime) -> None:
    """Do what the button says, if it can still be done, and let the note tell who decided."""
    if event.action is Action.ACKNOWLEDGE:
        acknowledge.by_button(ledger, plan, event, now)
        return
    entry = ledger.outbox.by_token(EntryToken(event.value))
    message = entry and ledger.messages.get(MessageId(entry.subject))
    if not entry or not message or not _done(ledger, plan, entry, message, event, now):
        return
    request.marked(ledger, message.id, event.key, now)
    if event.post:
        notice = Notice(case=Case.DECIDED, person=event.person, detail=event.action)
        request.noted(ledger, event.post, notice, event.key, now)


def _done(
    ledger: Ledger, plan: DialPlan, entry: OutboxEntry, message: Message, event: ButtonPressed, now: datetime
) -> bool:
    siblings = ledger.outbox.of_message(message.id)
    if event.action in _HELD_DECISIONS:
        held = [one for one in siblings if one.state is EntryState.HELD]
        return _altered(ledger, held, _HELD_DECISIONS[event.action])
    if event.action in _ASKED_DECISIONS:
        asked = [entry] if entry.state is EntryState.ASKED else []
        return _altered(ledger, asked, _ASKED_DECISIONS[event.action])
    return event.action is Action.RETRY and _retried(ledger, plan, entry, siblings, message, event, now)


def _altered(ledger: Ledger, entries: list[OutboxEntry], change: EntryChange) -> bool:
    for entry in entries:
        ledger.outbox.alter(entry.id, change)
    return bool(entries)


def _retried(
    ledger: Ledger,
    plan: DialPlan,
    entry: OutboxEntry,
    siblings: list[OutboxEntry],
    message: Message,
    event: ButtonPressed,
    now: datetime,
) -> bool:
    """Send a failed part once more, as an entry of its own caused by this press, unless somebody already did."""
    newest = [one for one in siblings if one.part == entry.part][-1]
    conversation = ledger.conversations.get(message.conversation)
    did = conversation and plan.did(conversation.did)
    if newest.id != entry.id or entry.state is not EntryState.FAILED or not did:
        return False
    request.sent(ledger, did, message, event.key, entry.part, now, without_files=bool(entry.detail))
    return True
