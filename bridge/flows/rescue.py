"""Rescue: an attempt of which nobody knows how it ended, after the world was asked."""

from datetime import UTC, datetime

from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import DialPlan
from bridge.domain.ids import CarrierRef, MessageId
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import MOST_KILLS, EntryChange, EntryState, OutboxEntry, Outcome, Settlement, WishKind
from bridge.flows import compose, deliver, doubt, request, warn
from bridge.ports import Ledger
from bridge.wording import admin as admin_words

MOST_KILLS_OF_OTHERS = 10  # of what is no SMS: it may meet many deaths that others caused, and nobody is asked
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
MOST_SILENCES = 2  # of the mail server; each repetition bears the same Message-ID
LOOKS_NEEDED = 2  # "it is not there" counts when it was said twice, some time apart


def happened(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    """Take what the world found for what the attempt brought."""
    deliver.settle(ledger, plan, entry, settlement, now)


def did_not_happen(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> None:
    """Make it ready again once it was missing twice; of a reply from before a restore people are asked."""
    looks = entry.looks + 1
    if looks < LOOKS_NEEDED and not doubt.is_certain(ledger, entry, now):
        again = EntryChange(ask_at=now + deliver.SECOND_LOOK, looks=looks)
        ledger.outbox.settle(entry, _unheard("not found yet"), again, now)
        return
    if entry.unsure_since and entry.kind is WishKind.SEND_SMS:
        _ask_whether(ledger, plan, entry, now)
    elif not set_aside(ledger, plan, entry, now):
        ready = EntryChange(state=EntryState.READY, due_at=now, looks=0, is_sure=True)
        ledger.outbox.settle(entry, _unheard("not found"), ready, now)


def ask_later(ledger: Ledger, entry: OutboxEntry, detail: str, ask_at: datetime, now: datetime) -> None:
    """Ask once more at this moment; with a detail, let the admin know that nobody has answered for long."""
    ledger.outbox.alter(entry.id, EntryChange(ask_at=ask_at))
    if detail:
        warn.admin(ledger, deliver.scope("waiting", entry), admin_words.waiting(deliver.door(entry), detail), now)


def cannot_tell(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, detail: str, now: datetime) -> None:
    """Ask a person about an SMS; say a post or a mail once more, marked as perhaps a repetition.

    A mail on which the server fell silent twice is taken for sent, and the admin is told. One on which a worker of ours
    died may never have reached the server: it is said again, or nobody would ever be told of its texts.
    """
    if doubt.went_out(entry):
        happened(ledger, plan, entry, Settlement(outcome=Outcome.SENT), now)
        return
    if entry.kind is WishKind.SEND_SMS:
        _ask(ledger, plan, entry, detail, now)
        return
    unclear = _unheard(detail)
    if entry.kind is WishKind.SEND_DIGEST and ledger.outbox.unclear(entry.id) >= MOST_SILENCES:
        ledger.outbox.settle(entry, unclear, EntryChange(state=EntryState.SENT), now)
        recipient = entry.lane.partition(":")[2]
        warn.admin(ledger, f"digest-unclear/{recipient}", admin_words.digest_unclear(recipient), now)
    elif not set_aside(ledger, plan, entry, now):
        once_more = EntryChange(state=EntryState.READY, due_at=now, is_repeat=True, looks=0, is_sure=True)
        ledger.outbox.settle(entry, unclear, once_more, now)


def _ask(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, detail: str, now: datetime) -> None:
    asked = EntryChange(state=EntryState.ASKED, status=DeliveryStatus.UNCLEAR, is_sure=True)
    if not ledger.outbox.settle(entry, _unheard(detail), asked, now):
        return
    cause = f"{entry.id}/{entry.fence}"
    request.marked(ledger, MessageId(entry.subject), cause, now)
    about = compose.whose(ledger, plan, entry)
    if about:
        notice = Notice(case=Case.SEND_UNCLEAR, about=entry.token, person=about.person)
        warn.thread(ledger, about.did, about.conversation, notice, cause, now)


def _ask_whether(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> None:
    """Hold a reply from before a restore that the carrier does not have, and ask; its mark may know better."""
    if doubt.went_out(entry):
        happened(ledger, plan, entry, Settlement(outcome=Outcome.SENT), now)
        return
    held = EntryChange(state=EntryState.HELD, status=DeliveryStatus.HELD, is_sure=True)
    if not ledger.outbox.settle(entry, _unheard("not found"), held, now):
        return
    cause = f"{entry.id}/{entry.fence}"
    request.marked(ledger, MessageId(entry.subject), cause, now)
    about = compose.whose(ledger, plan, entry)
    if about:
        at = about.message.said_at
        notice = Notice(case=Case.ASK_RESTORED, about=entry.token, person=about.person, at=at)
        warn.thread(ledger, about.did, about.conversation, notice, cause, now)


def set_aside(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> bool:
    """Take an entry out of the way that was open at too many deaths of its worker, instead of trying it again.

    Only what would be said again is; whether it happened was asked before. True if it was.
    """
    most = MOST_KILLS if entry.kind is WishKind.SEND_SMS else MOST_KILLS_OF_OTHERS
    if entry.tries < most or ledger.outbox.unended(entry.id) < most:
        return False
    if entry.kind is WishKind.SEND_SMS:
        warn.admin(ledger, f"worker-died/{entry.token}", admin_words.worker_died(entry.kind), now)
        _ask(ledger, plan, entry, "worker died", now)
    else:
        given_up = Settlement(outcome=Outcome.PERMANENT, detail="worker died")
        deliver.settle(ledger, plan, entry, given_up, now)
    return True


def again(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> None:
    """Make ready once more what is harmless to do twice."""
    if not set_aside(ledger, plan, entry, now):
        ready = EntryChange(state=EntryState.READY, due_at=now)
        ledger.outbox.settle(entry, _unheard("interrupted"), ready, now)


def _unheard(detail: str) -> Settlement:
    """End an attempt whose end nobody heard; one that did end keeps the outcome that it had."""
    return Settlement(outcome=Outcome.INTERRUPTED, detail=detail)


def taken(ledger: Ledger, entry: OutboxEntry) -> frozenset[CarrierRef]:
    """Return the references in this lane that belong to other SMS of ours, however old: equal texts are common."""
    return ledger.outbox.taken_refs(entry.lane, _EVER)
