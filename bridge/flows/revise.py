"""Revise: a reply that was changed or deleted in its thread. What waits follows; of the rest the thread tells."""

from dataclasses import replace
from datetime import datetime

from bridge.domain.conversation import Conversation
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import DialPlan
from bridge.domain.event import ReplyDeleted, ReplyEdited
from bridge.domain.ids import MessageId
from bridge.domain.message import Message
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry
from bridge.errors import Reason
from bridge.flows import reply, request, warn
from bridge.ports import Ledger

_DROP = EntryChange(state=EntryState.CANCELLED, status=DeliveryStatus.CANCELLED)
_MAY_HAVE_GONE = (EntryState.TRYING, EntryState.ASKED, EntryState.SENT)


def is_known(ledger: Ledger, event: ReplyEdited | ReplyDeleted) -> bool:
    """Tell whether the reply has come to us; nothing is kept of what people change in other threads."""
    key = event.reply.key if isinstance(event, ReplyEdited) else event.reply
    return ledger.messages.get(MessageId(key)) is not None


def is_ours(ledger: Ledger, event: ReplyEdited | ReplyDeleted) -> bool:
    """Tell whether it stands in a thread of ours, so that it is yet to come where it is not known."""
    return reply.is_in_ours(ledger, event.reply.thread if isinstance(event, ReplyEdited) else event.thread)


def by_author(ledger: Ledger, plan: DialPlan, event: ReplyEdited | ReplyDeleted, now: datetime) -> None:
    """Take back what was deleted, and change what was edited, as far as it has not gone out."""
    if isinstance(event, ReplyEdited):
        _edited(ledger, plan, event, now)
    else:
        _deleted(ledger, plan, event, now)


def _edited(ledger: Ledger, plan: DialPlan, event: ReplyEdited, now: datetime) -> None:
    """Let what waits go out in its new words; what was never to go out stays inside, whatever it says now."""
    found = ledger.messages.in_context(MessageId(event.reply.key))
    if not found or found[0].text == event.reply.text:
        return
    message, conversation = found
    entries = ledger.outbox.of_message(message.id)
    if any(_may_have_gone(entry) for entry in entries):
        _too_late(ledger, plan, message, conversation, _notice(Case.EDITED_LATE, message, entries), event.key, now)
    elif any(_waits(entry) for entry in entries):
        _dropped(ledger, entries)
        said_at = event.reply.said_at if event.reply.read_back else now
        anew = replace(event.reply, key=event.key, said_at=said_at)
        reply.sent_anew(ledger, plan, conversation, message, anew, now)


def _deleted(ledger: Ledger, plan: DialPlan, event: ReplyDeleted, now: datetime) -> None:
    """Drop what waits; where the other end has it, or some of it, or may have it, say so."""
    found = ledger.messages.in_context(MessageId(event.reply))
    if not found:
        return
    message, conversation = found
    entries = ledger.outbox.of_message(message.id)
    _dropped(ledger, entries)
    ledger.messages.reword(message.id, message.text, message.refusal or Reason.WITHDRAWN)
    if any(_may_have_gone(entry) for entry in entries):
        _too_late(ledger, plan, message, conversation, _notice(Case.DELETED_LATE, message, entries), event.key, now)


def _may_have_gone(entry: OutboxEntry) -> bool:
    return entry.state in _MAY_HAVE_GONE or (entry.unsure_since is not None and _waits(entry))


def _waits(entry: OutboxEntry) -> bool:
    return entry.state in (EntryState.READY, EntryState.HELD)


def _dropped(ledger: Ledger, entries: list[OutboxEntry]) -> None:
    for entry in entries:
        if _waits(entry) and entry.unsure_since is None:
            ledger.outbox.alter(entry.id, _DROP)


def _notice(case: Case, message: Message, entries: list[OutboxEntry]) -> Notice:
    """Say whether it has gone out, or may be doing so now."""
    is_gone = any(entry.state is EntryState.SENT for entry in entries)
    return Notice(case=case, person=reply.author_of(message), detail="" if is_gone else "on its way")


def _too_late(
    ledger: Ledger,
    plan: DialPlan,
    message: Message,
    conversation: Conversation,
    notice: Notice,
    cause: str,
    now: datetime,
) -> None:
    warn.thread(ledger, plan.did(conversation.did), conversation, notice, cause, now)
    request.marked(ledger, message.id, cause, now)
