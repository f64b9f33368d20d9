"""Summarize: who gets which digest now. Each text is *new* once for each person it is assigned to; no mail is empty."""

from datetime import datetime

from bridge.domain.dialplan import DialPlan, Person
from bridge.domain.digest import Digest, OpenLine
from bridge.domain.ids import DigestId, MessageId
from bridge.domain.phone import PhoneNumber
from bridge.flows import mute, request
from bridge.ports import Ledger


def unacknowledged(ledger: Ledger, plan: DialPlan, now: datetime) -> None:
    """Freeze and request every digest that is due.

    A text is due when it has waited its number's `acknowledge_within`; what is due is gathered for the digest window;
    after a mail the next to the same person goes when the digest interval has passed and something new is due.
    """
    due = due_lines(ledger, plan, now)
    if not due:
        return
    told = ledger.digests.memberships()
    for person, numbers in _assignments(ledger, plan, now).items():
        mine = [line for line in due if line.did in numbers]
        new = [line for line in mine if (person.email, line.message) not in told]
        if new and _may_go(ledger, plan, person, new, now):
            old = [line.message for line in mine if (person.email, line.message) in told]
            _freeze(ledger, person, [line.message for line in new], old, now)


def refused(recipient: str) -> str:
    """Name the trouble, and the moment, of the last digest to this person that a mail server refused."""
    return f"digest-refused/{recipient}"


def due_lines(ledger: Ledger, plan: DialPlan, now: datetime) -> list[OpenLine]:
    """Return every text that has waited too long, oldest first."""
    waits = {did.number: did.acknowledge_within for did in plan.dids}
    if not waits:
        return []
    lines = ledger.messages.open_before(now - min(waits.values()))
    return [line for line in lines if line.did in waits and line.since + waits[line.did] <= now]


def _assignments(ledger: Ledger, plan: DialPlan, now: datetime) -> dict[Person, set[PhoneNumber]]:
    numbers: dict[Person, set[PhoneNumber]] = {}
    for did in plan.dids:
        for person in mute.assigned(ledger, did, now):
            numbers.setdefault(person, set()).add(did.number)
    return numbers


def _may_go(ledger: Ledger, plan: DialPlan, person: Person, new: list[OpenLine], now: datetime) -> bool:
    waits = {did.number: did.acknowledge_within for did in plan.dids}
    first_due = min(line.since + waits[line.did] for line in new)
    lasts = (ledger.digests.last_at(person.email), ledger.cursors.get(refused(person.email)))
    gathered = now >= first_due + plan.digest_window
    return gathered and all(last is None or now >= last + plan.digest_interval for last in lasts)


def _next_id(ledger: Ledger, person: Person) -> DigestId:
    """Name the next digest; in the life after a restore the undone one may have used the same number for another mail.

    Their Message-IDs would be the same, and a mail program would show only the first.
    """
    restored_at = ledger.epoch.restored_at()
    life = f"restored at {restored_at.isoformat()}/" if restored_at else ""
    return DigestId(f"digest/{person.email}/{life}{ledger.digests.count(person.email) + 1}")


def _freeze(ledger: Ledger, person: Person, new: list[MessageId], old: list[MessageId], now: datetime) -> None:
    id = _next_id(ledger, person)
    digest = Digest(
        id=id, recipient=person.email, name=person.name, new=tuple(new), still_open=tuple(old), frozen_at=now
    )
    if ledger.digests.freeze(digest):
        request.mailed(ledger, id, person.email, now)
