"""Postpone: a text that is to go out later is held until its time; whoever texts here before makes it a draft again."""

from datetime import datetime
from itertools import groupby

from bridge.domain.conversation import Conversation, Course
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import DialPlan, Did
from bridge.domain.ids import MessageId, PostRef
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry
from bridge.flows import compose, release, request, warn
from bridge.ports import Ledger

AT_ONCE = 50  # texts that are looked at in one transaction
_DRAFT = EntryChange(detail="")
_DROP = EntryChange(state=EntryState.CANCELLED, status=DeliveryStatus.CANCELLED, detail="")


def due(ledger: Ledger, plan: DialPlan, now: datetime) -> None:
    """Send what was planned for now; what is found late, after an interruption, is asked about instead."""
    entries = ledger.outbox.held_until(now, request.PLANNED, AT_ONCE)
    for _, parts in groupby(entries, key=lambda one: one.subject):
        _leave(ledger, plan, list(parts), now)


def _leave(ledger: Ledger, plan: DialPlan, parts: list[OutboxEntry], now: datetime) -> None:
    first = parts[0]
    about = compose.whose(ledger, plan, first)
    if about and about.conversation.course is Course.BLOCKED:
        _become(ledger, parts, _DROP, now)
        notice = Notice(case=Case.BLOCKED, person=about.person)
        warn.thread(ledger, about.did, about.conversation, notice, f"{first.id}/planned", now)
    elif about and now - first.due_at > plan.late_after:
        _become(ledger, parts, _DRAFT, now)
        notice = Notice(case=Case.ASK_LATE, about=first.token, person=about.person, at=first.due_at)
        warn.thread(ledger, about.did, about.conversation, notice, f"{first.id}/planned", now)
    elif about and (over := release.let_out(ledger, plan, parts, now)):
        _become(ledger, parts, EntryChange(detail=request.OVER_LIMIT), now)
        notice = over.notice(first.token, about.person)
        warn.thread(ledger, about.did, about.conversation, notice, f"{first.id}/planned", now)
    else:
        _become(ledger, parts, EntryChange(state=EntryState.READY, status=DeliveryStatus.QUEUED, detail=""), now)
        person = about.person if about else None
        _say_instead(ledger, first, Notice(case=Case.LEFT_AS_PLANNED, person=person, at=first.due_at), now)
        return
    _say_instead(ledger, first, Notice(case=Case.PLANNED, person=about.person, at=first.due_at), now)


def overtaken(ledger: Ledger, did: Did, conversation: Conversation, cause: str, now: datetime) -> None:
    """Make drafts of what is planned in a conversation in which somebody has texted, and ask its authors."""
    planned = ledger.outbox.held(request.lane(did, conversation.id), request.PLANNED, AT_ONCE)
    for _, group in groupby(planned, key=lambda one: one.subject):
        parts = list(group)
        message = ledger.messages.get(MessageId(parts[0].subject))
        person = message.author if message and isinstance(message.author, str) else None
        _become(ledger, parts, _DRAFT, now)
        was = Notice(case=Case.PLANNED, person=person, at=parts[0].due_at)
        _say_instead(ledger, parts[0], was, now)
        notice = Notice(case=Case.OVERTAKEN, about=parts[0].token, person=person, at=parts[0].due_at)
        warn.thread(ledger, did, conversation, notice, f"{parts[0].id}/{cause}", now)


def _become(ledger: Ledger, parts: list[OutboxEntry], change: EntryChange, now: datetime) -> None:
    for part in parts:
        ledger.outbox.alter(part.id, change)
    message = MessageId(parts[0].subject)
    request.marked(ledger, message, f"{parts[0].id}/planned/{now.isoformat()}", now)


def _say_instead(ledger: Ledger, first: OutboxEntry, notice: Notice, now: datetime) -> None:
    """Let the note that told of the plan offer nothing any more, if it stands."""
    note = ledger.outbox.get(request.note(first.subject, Case.PLANNED))
    if note and note.ref:
        request.noted(ledger, PostRef(note.ref), notice, f"{first.id}/{notice.case}", now)
