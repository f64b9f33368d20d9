"""Deliver: the life of an outbox entry, from being taken to whatever became of it."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bridge.domain.command import Command, SendSms
from bridge.domain.conversation import Consent, ConsentState
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import DialPlan
from bridge.domain.ids import CarrierRef, DigestId, MessageId
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import (
    FRESH,
    Claim,
    EntryChange,
    EntryState,
    OutboxEntry,
    Outcome,
    Settlement,
    WishKind,
    backoff,
)
from bridge.domain.phone import PhoneNumber
from bridge.errors import Reason
from bridge.flows import (
    anchor,
    attach,
    compose,
    doubt,
    erase,
    gather,
    group,
    introduce,
    request,
    summarize,
    track,
    warn,
)
from bridge.flows.compose import Unsaid
from bridge.ports import Ledger
from bridge.wording import admin as admin_words

BLOCKED_PAUSE = timedelta(seconds=30)
SECOND_LOOK = timedelta(seconds=30)
TELL_OF_WAITING = 5  # tries, after which the admin, and of a reply or a file the thread, is told that it still waits

_ELSEWHERE = (Reason.GONE, Reason.MOVED)  # its thread is
_SHOWING = (WishKind.SHOW_MESSAGE, WishKind.SAY_NOTE, WishKind.UPLOAD_FILE)
_HARMLESS = (
    WishKind.AMEND_CARD,
    WishKind.AMEND_NOTE,
    WishKind.MARK_REPLY,
    WishKind.DELETE_POST,
    WishKind.FETCH_MEDIA,
    WishKind.FETCH_FILE,
    WishKind.FIT_FILES,
)  # doing one of these twice changes nothing
_FETCHING = (WishKind.FETCH_MEDIA, WishKind.FETCH_FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A claimed entry and what to do for it."""

    entry: OutboxEntry
    command: Command


@dataclass(frozen=True, slots=True, kw_only=True)
class Takings:
    """What was claimed at one time, and the destinations that had no room for more."""

    taken: Sequence[Taken]
    full: frozenset[str]


def take(
    ledger: Ledger,
    plan: DialPlan,
    owner: str,
    room: Callable[[str, datetime], int],
    ask_after: Callable[[str], timedelta],
    now: datetime,
) -> Takings:
    """Claim what every destination has room for, and compose it."""
    rooms = {destination: room(destination, now) for destination in ledger.outbox.destinations(now)}
    claims = [Claim(name, limit, now + ask_after(name)) for name, limit in rooms.items() if limit > 0]
    entries = ledger.outbox.take(claims, owner, now) if claims else []
    counts = Counter(entry.destination for entry in entries)
    taken = [taken for entry in entries if (taken := _composed(ledger, plan, entry, now)) is not None]
    return Takings(taken=taken, full=frozenset(name for name, limit in rooms.items() if counts[name] >= limit))


def _composed(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Taken | None:
    """Compose one wish; one that cannot even be composed is set aside and shown, and mutes no other."""
    if entry.unsure_since:
        doubt.ask_first(ledger, entry, now)
        return None
    try:
        with ledger.savepoint():
            entry = gather.together(ledger, entry, now)
            command = wish(ledger, plan, entry, now)
    except Exception as error:  # noqa: BLE001 - a bug of ours in one wish must not silence the house
        broken = Settlement(outcome=Outcome.PERMANENT, detail=type(error).__name__)
        ledger.outbox.settle(entry, broken, EntryChange(state=EntryState.FAILED), now)
        warn.admin(ledger, f"broken/{entry.token}", admin_words.worker_died(entry.kind), now)
        return None
    if isinstance(command, Unsaid):
        _unsaid(ledger, plan, entry, command, now)
        return None
    return Taken(entry=entry, command=command)


def wish(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    """Return the wish as it is now; a text to somebody who said STOP meanwhile is none any more."""
    if erase.withdraws(ledger, entry):
        return Unsaid.WITHDRAWN
    command = compose.command(ledger, plan, entry, now)
    if isinstance(command, SendSms) and _opted_out(ledger, command):
        return Unsaid.WITHDRAWN
    return command


def still_due(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | None:
    """Answer the last question before the first byte: the wish as it is now, or None.

    None too when the claim is old (the machine may have slept) or somebody else has it by now.
    """
    present = ledger.outbox.get(entry.id)
    if not present or present.fence != entry.fence or present.state is not EntryState.TRYING:
        return None
    if entry.started_at and now - entry.started_at > FRESH:
        return None
    command = wish(ledger, plan, present, now)
    return None if isinstance(command, Unsaid) else command


def settle(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> bool:
    """Write down what became of an attempt, and all that follows from it; False if the claim had been lost."""
    change = _change(entry, settlement, now)
    if not ledger.outbox.settle(entry, settlement, change, now):
        return False
    _FOLLOW_UPS[settlement.outcome](ledger, plan, entry, settlement, now)
    return True


def _change(entry: OutboxEntry, settlement: Settlement, now: datetime) -> EntryChange:
    match settlement.outcome:
        case Outcome.SENT:
            status = DeliveryStatus.SENT if entry.kind is WishKind.SEND_SMS else None
            return EntryChange(state=EntryState.SENT, status=status, ref=settlement.ref)
        case Outcome.TRANSIENT:
            return EntryChange(state=EntryState.READY, due_at=now + (settlement.retry_after or backoff(entry.tries)))
        case Outcome.BLOCKED:
            return EntryChange(state=EntryState.READY, due_at=now + BLOCKED_PAUSE)
        case Outcome.PERMANENT:
            status = DeliveryStatus.FAILED if entry.kind is WishKind.SEND_SMS else None
            return EntryChange(state=EntryState.FAILED, status=status)
        case Outcome.UNCERTAIN | Outcome.INTERRUPTED if entry.kind in _HARMLESS:
            return EntryChange(state=EntryState.READY, due_at=now + backoff(entry.tries))
        case Outcome.UNCERTAIN | Outcome.INTERRUPTED:
            return EntryChange(ask_at=now + (settlement.retry_after or SECOND_LOOK))
        case Outcome.WITHDRAWN:
            return EntryChange(state=EntryState.READY)


def _sent(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    ledger.audit.clear(scope("blocked", entry))
    ledger.audit.clear(scope("waiting", entry))
    if entry.kind in _SHOWING:
        anchor.stands(ledger, plan, entry, settlement, now)
        introduce.by_card(ledger, plan, entry, now)
    elif entry.kind is WishKind.SEND_SMS:
        _went_out(ledger, plan, entry, settlement, now)
    elif entry.kind in _FETCHING and settlement.media:
        attach.fetched(ledger, plan, entry, settlement.media, now)
    elif entry.kind is WishKind.DELETE_POST:
        erase.post_settled(ledger, entry, None)
    elif entry.kind is WishKind.FIT_FILES:
        attach.fitted(ledger, plan, entry, settlement.fitted, now)
    elif entry.kind is WishKind.SEND_DIGEST:
        ledger.audit.clear(_refused_digest(entry))
        if settlement.shown is not None:
            ledger.digests.release(DigestId(entry.subject), settlement.shown)


def _went_out(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    request.marked(ledger, MessageId(entry.subject), f"{entry.id}/{entry.fence}", now)
    for receipt in ledger.receipts.claim(CarrierRef(settlement.ref)):
        present = ledger.outbox.get(entry.id)
        if present:
            track.apply(ledger, plan, present, receipt, now)


def _blocked(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    key = scope("blocked", entry)
    what = admin_words.blocked(door(entry), settlement.detail, settlement.remedy)
    told = next((trouble.what for trouble in ledger.audit.troubles() if trouble.key == key), what)
    if told != what and "/" in entry.destination:  # side lanes serve all channels, each with troubles of its own
        ledger.audit.clear(key)  # that is mended, and this is news
    warn.admin(ledger, key, what, now)
    _tell_the_thread(ledger, plan, entry, now)


def scope(trouble: str, entry: OutboxEntry) -> str:
    """Name a trouble by what it holds up; a file that the chat does not give is none of the carrier's line."""
    place = request.FILES if entry.kind is WishKind.FETCH_FILE else entry.destination
    return f"{trouble}/{place}"


def door(entry: OutboxEntry) -> str:
    """Name a destination for people: its door, without numbers."""
    if entry.kind is WishKind.FETCH_FILE:
        return "slack"
    return entry.destination.partition("/")[0].partition(".")[0]


def _failed(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    match entry.kind:
        case WishKind.SEND_SMS:
            _refused(ledger, plan, entry, settlement, now)
        case WishKind.FETCH_MEDIA | WishKind.FETCH_FILE | WishKind.FIT_FILES:
            attach.refused(ledger, plan, entry, settlement, now)
        case WishKind.SHOW_MESSAGE | WishKind.SAY_NOTE | WishKind.UPLOAD_FILE if settlement.reason in _ELSEWHERE:
            anchor.left(ledger, entry, settlement.reason)
        case WishKind.SHOW_MESSAGE | WishKind.SAY_NOTE | WishKind.UPLOAD_FILE:
            warn.admin(ledger, f"not-shown/{entry.token}", admin_words.not_shown(settlement.detail), now)
            introduce.by_card(ledger, plan, entry, now)
        case WishKind.SEND_DIGEST:
            ledger.digests.release(DigestId(entry.subject), frozenset())
            ledger.cursors.put(_refused_digest(entry), now)
            what = admin_words.digest_refused(entry.lane.partition(":")[2], settlement.detail)
            warn.admin(ledger, _refused_digest(entry), what, now)
        case WishKind.SEND_WARNING:
            what = admin_words.digest_refused(entry.subject, settlement.detail)
            warn.admin(ledger, f"warning-refused/{entry.subject}", what, now)
        case _:
            _left_as_it_is(ledger, entry, settlement, now)


def _left_as_it_is(ledger: Ledger, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    """Tell of what could not be changed, marked or deleted; not where somebody has deleted it, or where it is his."""
    if entry.kind is WishKind.DELETE_POST:
        erase.post_settled(ledger, entry, settlement.reason or Reason.REJECTED)
    if entry.kind is WishKind.AMEND_CARD and settlement.reason in _ELSEWHERE:
        anchor.lost(ledger, entry, settlement.reason)
    if settlement.reason not in (*_ELSEWHERE, Reason.FOREIGN):
        warn.admin(ledger, f"not-shown/{entry.kind}", admin_words.not_shown(settlement.detail), now)


def _refused_digest(entry: OutboxEntry) -> str:
    return summarize.refused(entry.lane.partition(":")[2])


def _refused(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    """Say why an SMS failed; where the carrier blocks because of a STOP, we know that now too."""
    cause = f"{entry.id}/{entry.fence}"
    request.marked(ledger, MessageId(entry.subject), cause, now)
    if settlement.reason is Reason.OPTED_OUT:
        command = compose.command(ledger, plan, entry, now)
        if isinstance(command, SendSms) and len(command.to) == 1:
            state = ConsentState.WITHDRAWN
            ledger.consents.put(Consent(did=command.did, address=command.to[0], state=state, since=now))
    track.failed(ledger, plan, entry, settlement.reason or "", settlement.detail, cause, now)


def _transient(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    if entry.tries < TELL_OF_WAITING:
        return
    warn.admin(ledger, scope("waiting", entry), admin_words.waiting(door(entry), settlement.detail), now)
    _tell_the_thread(ledger, plan, entry, now)


def _tell_the_thread(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> None:
    """Say, once, that a reply or a file has been waiting for a while."""
    if entry.tries != TELL_OF_WAITING:
        return
    if entry.kind is WishKind.FETCH_MEDIA:
        attach.late(ledger, plan, entry, now)
    elif entry.kind is WishKind.SEND_SMS and (about := compose.whose(ledger, plan, entry)):
        notice = Notice(case=Case.SEND_WAITS, person=about.person)
        warn.thread(ledger, about.did, about.conversation, notice, entry.id, now)


def _withdrawn(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    """Cancel what is no longer wanted; what is wanted yet (the claim was merely old) stays ready."""
    command = wish(ledger, plan, entry, now)
    if isinstance(command, Unsaid):
        _unsaid(ledger, plan, entry, command, now)


def _unsaid(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, why: Unsaid, now: datetime) -> None:
    is_sms = entry.kind is WishKind.SEND_SMS
    change = EntryChange(state=EntryState.CANCELLED, status=DeliveryStatus.FAILED if is_sms else None)
    if why is Unsaid.NOT_YET:
        change = EntryChange(state=EntryState.READY, due_at=now + backoff(entry.tries))
    if not ledger.outbox.settle(entry, Settlement(outcome=Outcome.WITHDRAWN), change, now):
        ledger.outbox.alter(entry.id, change)  # its attempt has ended already
    if why is Unsaid.NOT_YET:
        return
    if entry.kind is WishKind.SEND_DIGEST:
        ledger.digests.release(DigestId(entry.subject), frozenset())
    if is_sms:
        _stopped(ledger, plan, entry, now)


def _stopped(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> None:
    """Say that a queued reply is not sent because STOP came first."""
    request.marked(ledger, MessageId(entry.subject), f"{entry.id}/withdrawn", now)
    command = compose.command(ledger, plan, entry, now)
    about = compose.whose(ledger, plan, entry)
    if not about or not isinstance(command, SendSms):
        return
    for one in _opted_out(ledger, command):
        notice = group.opted_out(ledger, plan, about.conversation, one, about.person)
        warn.thread(ledger, about.did, about.conversation, notice, f"{about.message.id}/{one.value}", now)


def _opted_out(ledger: Ledger, command: SendSms) -> list[PhoneNumber]:
    """Return those recipients who said STOP to this number of ours."""
    numbers = [one for one in command.to if isinstance(one, PhoneNumber)]
    return [one for one in numbers if compose.is_opted_out(ledger, command.did, one)]


def _nothing(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    """An unclear attempt has no consequence before it was asked about."""


_FOLLOW_UPS = {
    Outcome.SENT: _sent,
    Outcome.TRANSIENT: _transient,
    Outcome.BLOCKED: _blocked,
    Outcome.PERMANENT: _failed,
    Outcome.UNCERTAIN: _transient,
    Outcome.INTERRUPTED: _nothing,
    Outcome.WITHDRAWN: _withdrawn,
}
