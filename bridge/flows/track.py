"""Track: a receipt moves a message forward, never back, and its mark with it."""

from datetime import datetime

from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus, advance
from bridge.domain.dialplan import DialPlan
from bridge.domain.ids import MessageId, PostRef
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry
from bridge.flows import compose, request, warn
from bridge.ports import Ledger

_OPEN = (EntryState.READY, EntryState.TRYING, EntryState.ASKED, EntryState.HELD)


def receipt(ledger: Ledger, plan: DialPlan, event: DeliveryReceipt, now: datetime) -> None:
    """Apply a receipt to the SMS that it is for; one that overtakes the send's own answer waits for it."""
    entry = ledger.outbox.by_token(event.token) if event.token else ledger.outbox.by_ref(event.ref)
    if entry is None:
        ledger.receipts.wait(event, now)
        return
    apply(ledger, plan, entry, event, now)
    about = ledger.messages.in_context(MessageId(entry.subject))
    if about and about[1].is_erased:  # the request names the number
        ledger.sightings.blank((event.key,))


def apply(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, event: DeliveryReceipt, now: datetime) -> None:
    """Move an SMS to what the receipt says. That there is a receipt proves that it went out."""
    heard = DeliveryStatus.SENT if event.status is DeliveryStatus.QUEUED else event.status
    status = advance(entry.status or DeliveryStatus.QUEUED, heard)
    state = EntryState.SENT if entry.state in _OPEN else None
    if state is None and status is entry.status:
        return
    if status is DeliveryStatus.FAILED:
        state = EntryState.FAILED
    ledger.outbox.alter(entry.id, EntryChange(state=state, status=status, ref=event.ref))
    request.marked(ledger, MessageId(entry.subject), event.key, now)
    if entry.state is EntryState.ASKED:
        _answered(ledger, plan, entry, event.key, now)
    if status is DeliveryStatus.FAILED:
        failed(ledger, plan, entry, "", event.detail, event.key, now, event.at)


def _answered(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, cause: str, now: datetime) -> None:
    """Take back the question that people were asked about an unclear reply."""
    question = ledger.outbox.get(request.note(f"{entry.id}/{entry.fence}", Case.SEND_UNCLEAR))
    about = compose.whose(ledger, plan, entry)
    if question and question.ref and about:
        request.noted(ledger, PostRef(question.ref), Notice(case=Case.HEARD, person=about.person), cause, now)
    elif question and question.state is EntryState.READY:
        ledger.outbox.alter(question.id, EntryChange(state=EntryState.CANCELLED))


def failed(
    ledger: Ledger,
    plan: DialPlan,
    entry: OutboxEntry,
    reason: str,
    detail: str,
    cause: str,
    now: datetime,
    since: datetime | None = None,
) -> None:
    """Say in the thread that a reply failed, why, and offer to try again."""
    about = compose.whose(ledger, plan, entry)
    if about:
        notice = Notice(case=Case.SEND_FAILED, about=entry.token, person=about.person, reason=reason, detail=detail)
        warn.thread(ledger, about.did, about.conversation, notice, cause, now, since)
