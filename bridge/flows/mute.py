"""Mute: a person is off until a moment of his choice: no digest, no mention; the last who is left is told anyway."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bridge.domain.aside import Aside
from bridge.domain.dialplan import DialPlan, Did, Person
from bridge.domain.event import MuteWished
from bridge.domain.ids import PersonRef
from bridge.domain.standing import Place
from bridge.ports import Ledger
from bridge.wording import menu as words

LONGEST = timedelta(days=60)


def by_form(ledger: Ledger, plan: DialPlan, event: MuteWished, now: datetime) -> Aside | None:
    """Note until when he is off; without a moment, that he is back."""
    if not is_offered(plan, event.person) or event.standing.place is not Place.MEMBER:
        return Aside(wrong={words.WHEN: words.not_among_people()})
    if event.until and not now < event.until <= now + LONGEST:
        return Aside(wrong={words.WHEN: words.not_in_reach(LONGEST.days)})
    ledger.cursors.put(_name(event.person), event.until or now)
    return None


def is_offered(plan: DialPlan, person: PersonRef) -> bool:
    """Tell whether anything is sent to this person that he could mute."""
    return any(one.slack == person for one in plan.people)


def until(ledger: Ledger, person: PersonRef | None, now: datetime) -> datetime | None:
    """Return until when he is off, if he is."""
    moment = ledger.cursors.get(_name(person)) if person else None
    return moment if moment and now < moment else None


def assigned(ledger: Ledger, did: Did, now: datetime) -> tuple[Person, ...]:
    """Return who is told of this number's texts: whoever is not off; where all of them are, all of them."""
    present = tuple(one for one in did.assigned if until(ledger, one.slack, now) is None)
    return present or did.assigned


def is_everybody_off(ledger: Ledger, dids: Iterable[Did], now: datetime) -> bool:
    """Tell whether one of these numbers has nobody left who is not off."""
    return any(all(until(ledger, one.slack, now) for one in did.assigned) for did in dids)


def _name(person: PersonRef) -> str:
    return f"muted/{person}"
