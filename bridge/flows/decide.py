"""Decide: a person pressed a button under one of our notes. Of two presses that ask for the same, the first counts."""

from datetime import datetime

from bridge.domain.aside import Aside
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import DialPlan
from bridge.domain.event import ButtonPressed
from bridge.domain.ids import ConversationId, EntryToken, MessageId
from bridge.domain.message import Message
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry
from bridge.domain.phrase import Action
from bridge.flows import acknowledge, admit, compose, introduce, limit, own, release, request, revise, steer
from bridge.ports import Ledger
from bridge.wording import aside as words

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


def by_button(ledger: Ledger, plan: DialPlan, event: ButtonPressed, now: datetime) -> Aside | None:
    """Do what the button says, if it can still be done, and let the note tell who decided."""
    if event.action is Action.ACKNOWLEDGE:
        return _acknowledged(ledger, plan, event, now)
    if event.action in steer.COURSES:
        return steer.by_person(ledger, plan, event, now)
    if event.action is Action.SAVE_CONTACT:
        return introduce.by_button(ledger, plan, event, now)
    entry = ledger.outbox.by_token(EntryToken(event.value))
    message = ledger.messages.get(MessageId(entry.subject)) if entry else None
    if refusal := _refusal(ledger, plan, message, event):
        return refusal
    if message and event.action is Action.UNDO:
        return revise.by_undo(ledger, message, event, now)
    notice = _decided(ledger, plan, entry, message, event, now) if entry and message else None
    if notice and event.post:
        request.noted(ledger, event.post, notice, event.key, now)
    return None


def _acknowledged(ledger: Ledger, plan: DialPlan, event: ButtonPressed, now: datetime) -> Aside | None:
    conversation = ledger.conversations.get(ConversationId(event.value))
    did = plan.did(conversation.did) if conversation else None
    refusal = admit.refusal(plan, did, event.person, event.standing)
    if not refusal:
        acknowledge.by_button(ledger, plan, event, now)
        if conversation and not conversation.is_erased:
            own.taken_on(ledger, plan, conversation, event.person, event.key, now)
    return refusal


def _refusal(ledger: Ledger, plan: DialPlan, message: Message | None, event: ButtonPressed) -> Aside | None:
    conversation = ledger.conversations.get(message.conversation) if message else None
    if conversation and conversation.is_erased:
        return Aside(phrase=words.is_deleted())
    return admit.refusal(plan, plan.did(conversation.did) if conversation else None, event.person, event.standing)


def _decided(
    ledger: Ledger, plan: DialPlan, entry: OutboxEntry, message: Message, event: ButtonPressed, now: datetime
) -> Notice | None:
    """Do it, and return what the note says from now on; None where there was nothing to decide any more."""
    match event.action:
        case Action.SEND_NOW | Action.SEND_WITHOUT_FILES:
            return release.sent(ledger, plan, entry, event, now)
        case Action.CANCEL:
            return release.cancelled(ledger, entry, event, now)
        case Action.RETRY:
            is_done = _retried(ledger, plan, entry, message, event, now)
        case _:
            is_done = _answered(ledger, plan, entry, event, now)
    if not is_done:
        return None
    request.marked(ledger, message.id, event.key, now)
    return Notice(case=Case.DECIDED, person=event.person, detail=event.action)


def _answered(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, event: ButtonPressed, now: datetime) -> bool:
    """Settle an unclear reply as a person says."""
    if entry.state is not EntryState.ASKED or event.action not in _ASKED_DECISIONS:
        return False
    if event.action is Action.SEND_AGAIN:
        _count(ledger, plan, entry, now)
    ledger.outbox.alter(entry.id, _ASKED_DECISIONS[event.action])
    return True


def _retried(
    ledger: Ledger, plan: DialPlan, entry: OutboxEntry, message: Message, event: ButtonPressed, now: datetime
) -> bool:
    """Send a failed part once more, as an entry of its own caused by this press, unless somebody already did."""
    newest = [one for one in ledger.outbox.of_message(message.id) if one.part == entry.part][-1]
    conversation = ledger.conversations.get(message.conversation)
    did = conversation and plan.did(conversation.did)
    if newest.id != entry.id or entry.state is not EntryState.FAILED or not did:
        return False
    _count(ledger, plan, entry, now)
    request.sent(ledger, did, message, event.key, entry.part, now, detail=entry.detail)
    return True


def _count(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> None:
    """Count one text more; no limit holds it, because only a person can press, and presses once for each."""
    about = compose.whose(ledger, plan, entry)
    if about:
        to = compose.recipients(ledger, plan, about.did, about.conversation, about.message)
        limit.counted(ledger, about.did, about.message, to, 1, now)
