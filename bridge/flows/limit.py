"""Limit: which replies may go out now, so that a script, or whoever has got at an account, cannot run up a bill."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from bridge.domain.dialplan import DialPlan, Did
from bridge.domain.ids import PersonRef
from bridge.domain.message import Message
from bridge.domain.notice import Case, Notice
from bridge.domain.phone import Address
from bridge.domain.toll import DAY, HEARD_LATELY, Barrier, Cap, Toll, barrier, region_of
from bridge.flows import warn
from bridge.ports import Ledger
from bridge.wording import admin as admin_words


@dataclass(frozen=True, slots=True, kw_only=True)
class Over:
    """The limit that holds a reply back, and from when on it may go."""

    cap: Cap
    most: int
    opens_at: datetime

    def notice(self, about: str, person: PersonRef | None) -> Notice:
        """Say so in the thread, with the entry that its buttons decide on."""
        case, most = Case.OVER_LIMIT, str(self.most)
        return Notice(case=case, about=about, person=person, at=self.opens_at, reason=self.cap, detail=most)


@dataclass(frozen=True, slots=True)
class _Count:
    """How much of one limit a reply takes: whose it is, by key and as an admin may read it."""

    cap: Cap
    of: str
    shown: str
    needed: int


def barred(plan: DialPlan, did: Did, to: Address) -> Barrier | None:
    """Tell why nothing is ever texted to this address, if so."""
    short_codes = plan.limits.short_codes
    return barrier(to, home=region_of(did.number), regions=plan.regions, short_codes=short_codes)


def let_out(
    ledger: Ledger, plan: DialPlan, did: Did, message: Message, to: tuple[Address, ...], texts: int, now: datetime
) -> Over | None:
    """Count the texts of a reply, each once for everybody whom it reaches; or count nothing and tell which limit holds.

    One reply that alone is more than a limit goes when nothing else has gone: it is never cut.
    """
    counts = list(_counts(ledger, did, message, to, texts, now))
    for count in counts:
        if over := _over(ledger, plan, count, now):
            what = admin_words.over_limit(count.cap, over.most, count.shown)
            warn.admin(ledger, _trouble(count), what, now)
            return over
    for count in counts:
        if count.needed:
            ledger.audit.clear(_trouble(count))
    counted(ledger, did, message, to, texts, now)
    return None


def counted(ledger: Ledger, did: Did, message: Message, to: tuple[Address, ...], texts: int, now: datetime) -> None:
    """Count what goes out in any case."""
    strangers = _strangers(ledger, message, to, now)
    for address in to:
        toll = Toll(
            account=did.carrier,
            person=_person(message),
            participant=address,
            is_stranger=address in strangers,
            at=now,
        )
        for number in range(texts):
            ledger.tolls.put(toll if number == 0 else replace(toll, is_stranger=False))


def _counts(
    ledger: Ledger, did: Did, message: Message, to: tuple[Address, ...], texts: int, now: datetime
) -> Iterator[_Count]:
    person, all_of_it = _person(message), texts * len(to)
    yield _Count(Cap.ACCOUNT, did.carrier, did.carrier, all_of_it)
    yield _Count(Cap.PERSON, person, person, all_of_it)
    yield _Count(Cap.STRANGERS, person, person, len(_strangers(ledger, message, to, now)))
    for address in sorted(to, key=lambda one: one.value):  # whoever counts holds a lock: all in the same order
        yield _Count(Cap.PARTICIPANT, address.value, str(address), texts)


def _over(ledger: Ledger, plan: DialPlan, count: _Count, now: datetime) -> Over | None:
    most = plan.limits.most(count.cap)
    if not most or not count.needed:
        return None
    number = max(most - count.needed + 1, 1)
    last = ledger.tolls.nth_last(count.cap, count.of, number, now - count.cap.window)
    return Over(cap=count.cap, most=most, opens_at=last + count.cap.window) if last else None


def _strangers(ledger: Ledger, message: Message, to: tuple[Address, ...], now: datetime) -> list[Address]:
    """Return whom we have neither heard of lately nor texted within the day."""
    heard = ledger.messages.last_heard(message.conversation)
    if heard and heard.received_at > now - HEARD_LATELY:
        return []
    return [one for one in to if not ledger.tolls.nth_last(Cap.PARTICIPANT, one.value, 1, now - DAY)]


def _person(message: Message) -> PersonRef:
    return message.author if isinstance(message.author, str) else PersonRef("")


def _trouble(count: _Count) -> str:
    return f"limit/{count.cap}/{count.shown}"
