"""Remind: a person is called back to a conversation at a moment of his choice, and it waits again from then on."""

from datetime import datetime, timedelta

from bridge.domain.aside import Aside
from bridge.domain.dialplan import DialPlan
from bridge.domain.event import ReminderWished
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryChange, EntryState
from bridge.flows import admit, request
from bridge.ports import Ledger
from bridge.wording import menu as words

LONGEST = timedelta(days=120)
LONGEST_NOTE = 300  # characters


def by_form(ledger: Ledger, plan: DialPlan, event: ReminderWished, now: datetime) -> Aside | None:
    """Put the reminder down instead of an earlier one of this person, or only take that back."""
    conversation = ledger.conversations.get(event.conversation)
    did = plan.did(conversation.did) if conversation else None
    if not conversation or not did or admit.refusal(plan, did, event.person, event.standing):
        return Aside(wrong={words.WHEN: words.not_yours()})
    if event.due_at and not now < event.due_at <= now + LONGEST:
        return Aside(wrong={words.WHEN: words.not_in_reach(LONGEST.days)})
    lane = f"{request.channel(did)}:{request.reminders(conversation.id, event.person)}"
    for entry in ledger.outbox.untried(lane):
        ledger.outbox.alter(entry.id, EntryChange(state=EntryState.CANCELLED))
    if event.due_at:
        notice = Notice(case=Case.REMINDER, person=event.person, detail=event.note[:LONGEST_NOTE])
        request.reminded(ledger, did, conversation, notice, event.key, event.due_at, now)
    return None
