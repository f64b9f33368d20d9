"""Audit: what is not as it must be, by the ledger's own rows, becomes a trouble until it is well again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bridge.domain.dialplan import DialPlan
from bridge.domain.invariant import Duty, Invariant, Violation
from bridge.flows import mute, summarize, warn
from bridge.ports import Ledger
from bridge.wording import admin as admin_words

SLACK = timedelta(minutes=2)  # beyond the moment at which a thing ought to have happened
ASKED_WITHIN = timedelta(minutes=5)  # of the moment from which on an attempt may be asked about
CROWD = 300  # things that wait for one destination, all of them due; a channel takes one a second
TAKEN_WITHIN = timedelta(minutes=15)  # of an entry's being due; a longer pause is told


def violations(ledger: Ledger, plan: DialPlan, read_back_within: timedelta, now: datetime) -> list[Violation]:
    """Return every invariant of the ledger that does not hold, with an example of each."""
    ask = ledger.invariants
    examples = {
        Invariant.REQUEST_UNSEEN: ask.unseen_request(),
        Invariant.ATTEMPT_UNASKED: ask.unasked_attempt(now - ASKED_WITHIN),
        Invariant.ENTRY_UNTAKEN: ask.untaken_entry(now - TAKEN_WITHIN),
        Invariant.LANE_STUCK: ask.stuck_lane(),
        Invariant.TEXT_UNSHOWN: ask.unshown_text(now - SLACK),
        Invariant.TEXT_UNMAILED: ask.unmailed_text(_duties(ledger, plan, now)),
        Invariant.TEXT_MAILED_TWICE: ask.text_mailed_twice(),
        Invariant.SENT_WITHOUT_REFERENCE: ask.sent_without_reference(),
        Invariant.REFERENCE_TWICE: ask.reference_twice(),
        Invariant.NOT_READ_BACK: _not_read_back(ledger, plan, now - read_back_within - SLACK),
    }
    return [Violation(invariant=invariant, detail=example) for invariant, example in examples.items() if example]


def _duties(ledger: Ledger, plan: DialPlan, now: datetime) -> list[Duty]:
    """Say who must have been told of what by now; whose mail is refused is told by a trouble instead."""
    told = _troubles(ledger)
    return [
        Duty(
            did.number,
            person.email,
            due=now - did.acknowledge_within - plan.digest_window - SLACK,
            quiet_since=now - plan.digest_interval - SLACK,
        )
        for did in plan.dids
        for person in mute.assigned(ledger, did, now)
        if summarize.refused(person.email) not in told
    ]


def _not_read_back(ledger: Ledger, plan: DialPlan, before: datetime) -> str:
    """Return the carrier of a number that was not read back since then, though no trouble tells that it cannot be."""
    told = _troubles(ledger)
    for did in plan.dids:
        read_at = ledger.cursors.get(f"{did.carrier}/{did.number.value}")
        if (read_at is None or read_at < before) and f"catch-up/{did.carrier}" not in told:
            return did.carrier
    return ""


def crowds(ledger: Ledger, now: datetime) -> None:
    """Tell of each destination before which a crowd has gathered, once, until nobody waits there any more.

    What waits there is late, but neither lost nor forgotten.
    """
    told = {key for key in _troubles(ledger) if key.startswith("crowd/")}
    for gone in told - {f"crowd/{destination}" for destination in ledger.outbox.destinations(now)}:
        ledger.audit.clear(gone)
    for destination in ledger.outbox.crowded(CROWD, now):
        if (key := f"crowd/{destination}") not in told:
            warn.admin(ledger, key, admin_words.crowd(destination.partition("/")[0], CROWD), now)


def _troubles(ledger: Ledger) -> set[str]:
    return {trouble.key for trouble in ledger.audit.troubles()}


def key(invariant: Invariant, host: str) -> str:
    """Name the trouble of an invariant; each machine has its own where the machine is what it is about."""
    return f"audit/{host}/{invariant}" if invariant.is_local else f"audit/{invariant}"


def tell(ledger: Ledger, plan: DialPlan, host: str, found: Iterable[Violation], now: datetime) -> None:
    """Make a trouble of each violation, and clear those that are over, once they have been mailed."""
    present = {one.invariant: one.detail for one in found}
    unmailed = {trouble.key for trouble in ledger.audit.unmailed()} if plan.admins else set()
    for invariant in Invariant:
        name = key(invariant, host)
        if invariant in present:
            warn.admin(ledger, name, admin_words.violated(invariant, present[invariant]), now)
        elif name not in unmailed:
            ledger.audit.clear(name)
