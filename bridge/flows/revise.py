"""Revise: a reply that its author has changed, deleted, taken back, or made a note of, or none.

What waits follows; where it is too late, the thread or its author is told.
"""

from dataclasses import replace
from datetime import datetime

from bridge.domain.aside import Aside
from bridge.domain.conversation import Conversation
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import DialPlan, Replies
from bridge.domain.event import ButtonPressed, ReplyDeleted, ReplyEdited, ReplyTurned
from bridge.domain.ids import MessageId
from bridge.domain.message import Message
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry
from bridge.errors import Reason
from bridge.flows import admit, reply, request, warn
from bridge.ports import Ledger
from bridge.wording import aside as words

_DROP = EntryChange(state=EntryState.CANCELLED, status=DeliveryStatus.CANCELLED)
_MAY_HAVE_GONE = (EntryState.TRYING, EntryState.ASKED, EntryState.SENT)


def is_known(ledger: Ledger, event: ReplyEdited | ReplyDeleted) -> bool:
    """Tell whether the reply has come to us; nothing is kept of what people change in other threads."""
    key = event.reply.key if isinstance(event, ReplyEdited) else event.reply
    found = ledger.messages.in_context(MessageId(key))
    return found is not None and not found[1].is_erased


def is_ours(ledger: Ledger, event: ReplyEdited | ReplyDeleted) -> bool:
    """Tell whether it stands in a thread of ours, so that it is yet to come where it is not known."""
    return reply.is_in_ours(ledger, event.reply.thread if isinstance(event, ReplyEdited) else event.thread)


def by_author(ledger: Ledger, plan: DialPlan, event: ReplyEdited | ReplyDeleted, now: datetime) -> Aside | None:
    """Take back what was deleted, and change what was edited, as far as it has not gone out."""
    if isinstance(event, ReplyEdited):
        return _edited(ledger, plan, event, now)
    _deleted(ledger, plan, event, now)
    return None


def by_undo(ledger: Ledger, message: Message, event: ButtonPressed, now: datetime) -> Aside:
    """Take a reply back that waits; it stays in its thread, marked as one that was not sent."""
    if message.author != event.person:
        return Aside(phrase=words.only_its_author())
    if not _kept_inside(ledger, message, Reason.WITHDRAWN, event.key, now):
        return Aside(phrase=words.too_late())
    return Aside(phrase=words.taken_back())


def by_shortcut(ledger: Ledger, plan: DialPlan, event: ReplyTurned, now: datetime) -> Aside:
    """Let a reply that waits stay inside, or a note go out after all, as its author says."""
    found = ledger.messages.in_context(MessageId(event.reply.key))
    if not found or found[1].is_erased:
        return Aside(phrase=words.is_none_of_ours())
    message, conversation = found
    did = plan.did(conversation.did)
    if message.author != event.person:
        return Aside(phrase=words.only_its_author())
    if refusal := admit.refusal(plan, did, event.person, event.standing):
        return refusal
    if event.is_note:
        is_kept = _kept_inside(ledger, message, Reason.NOTE, event.key, now)
        return Aside(phrase=words.now_a_note() if is_kept else words.too_late())
    if did and did.replies is Replies.OFF:
        return Aside(phrase=words.is_one_way())
    return _let_out(ledger, plan, conversation, message, event, now)


def _kept_inside(ledger: Ledger, message: Message, why: Reason, cause: str, now: datetime) -> bool:
    """Drop what waits of a reply; false, and nothing is done, where some of it may have gone out."""
    entries = ledger.outbox.of_message(message.id)
    if any(_may_have_gone(entry) for entry in entries):
        return False
    _dropped(ledger, entries)
    ledger.messages.reword(message.id, message.text, why)
    request.marked(ledger, message.id, cause, now)
    return True


def _let_out(
    ledger: Ledger,
    plan: DialPlan,
    conversation: Conversation,
    message: Message,
    event: ReplyTurned,
    now: datetime,
) -> Aside:
    entries = ledger.outbox.of_message(message.id)
    if any(_may_have_gone(entry) for entry in entries):
        return Aside(phrase=words.too_late())
    if message.refusal in (Reason.NOTE, Reason.WITHDRAWN):
        text = reply.without_sign(plan, event.reply.text)
        anew = replace(event.reply, key=event.key, said_at=now, text=text)
        undo = reply.sent_anew(ledger, plan, conversation, message, anew, now, whatever_it_says=True)
        return undo or Aside(phrase=words.goes_out_now())
    return Aside(phrase=words.goes_out_now() if any(_waits(entry) for entry in entries) else words.is_none_of_ours())


def _edited(ledger: Ledger, plan: DialPlan, event: ReplyEdited, now: datetime) -> Aside | None:
    """Let what waits go out in its new words; what was never to go out stays inside, whatever it says now."""
    found = ledger.messages.in_context(MessageId(event.reply.key))
    if not found or found[0].text == event.reply.text:
        return None
    message, conversation = found
    entries = ledger.outbox.of_message(message.id)
    if any(_may_have_gone(entry) for entry in entries):
        _too_late(ledger, plan, message, conversation, _notice(Case.EDITED_LATE, message, entries), event.key, now)
    elif any(_waits(entry) for entry in entries):
        _dropped(ledger, entries)
        said_at = event.reply.said_at if event.reply.read_back else now
        anew = replace(event.reply, key=event.key, said_at=said_at)
        return reply.sent_anew(ledger, plan, conversation, message, anew, now)
    return None


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
