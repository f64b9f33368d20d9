"""Name: what people outside are called in all that we show; who may say so; and what follows where a name changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bridge.domain.aside import Aside
from bridge.domain.contact import (
    LONGEST_NAME,
    Contact,
    Entry,
    Imported,
    Named,
    Outranked,
    Page,
    Source,
    foremost,
    is_meant,
    sought,
    usable,
)
from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import DialPlan
from bridge.domain.event import NameGiven
from bridge.domain.ids import ConversationId
from bridge.domain.phone import Address, SenderName
from bridge.domain.phrase import Phrase
from bridge.flows import admit, converse, request
from bridge.ports import Ledger
from bridge.wording import naming as words

MOST_CARDS = 50  # that one change renews; the others say it with their next change


def of(ledger: Ledger, plan: DialPlan, address: Address) -> str | None:
    """Return what this address is called, if it has a name."""
    return of_all(ledger, plan, (address,)).get(address)


def of_all(ledger: Ledger, plan: DialPlan, addresses: Iterable[Address]) -> dict[Address, str]:
    """Return what those of these addresses are called that have a name, with one look."""
    wanted = set(addresses)
    names = {address: name for address in wanted if (name := plan.name_of(address)) is not None}
    others = tuple(address for address in wanted if address not in names)
    if others:
        kept = foremost(ledger.contacts.of(others))
        names |= {address: contact.name for address, contact in kept.items()}
    return names


def of_each(ledger: Ledger, plan: DialPlan, conversation: Conversation) -> list[str | None]:
    """Return the name of each participant, None where we know none."""
    names = of_all(ledger, plan, conversation.participants)
    return [names.get(address) for address in conversation.participants]


def like(ledger: Ledger, plan: DialPlan, typed: str, limit: int) -> list[tuple[Address, str]]:
    """Return up to `limit` people who may be meant by what was typed so far, each by the name that counts."""
    words_typed = sought(typed)
    found = {address: name for address, name in plan.contacts.items() if is_meant(address, name, words_typed)}
    for contact in ledger.contacts.like(typed, limit):
        found.setdefault(contact.address, plan.name_of(contact.address) or contact.name)
    return list(found.items())[:limit]


def by_person(ledger: Ledger, plan: DialPlan, event: NameGiven, now: datetime) -> Aside:
    """Call somebody as this person says, or nothing of the kind any more where he says nothing."""
    if all(admit.refusal(plan, did, event.person, event.standing) for did in plan.dids):
        return Aside(wrong={words.NAME: words.not_yours()})
    name = usable(event.name)
    if len(name) > LONGEST_NAME:
        return Aside(wrong={words.NAME: words.too_long(len(name), LONGEST_NAME)})
    before = of(ledger, plan, event.address)
    if name:
        contact = Contact(address=event.address, source=Source.PERSON, name=name, by=event.person, at=now)
        ledger.contacts.put(contact)
    else:
        ledger.contacts.drop(event.address, Source.PERSON)
    after = of(ledger, plan, event.address)
    if before != after:
        _renew(ledger, plan, [event.address], event.key, now, MOST_CARDS)
    return Aside(phrase=_told(plan, event.address, name, after))


def _told(plan: DialPlan, address: Address, given: str, shown: str | None) -> Phrase:
    if given:
        own = plan.name_of(address)
        return words.given(given) if own in (None, given) else words.outranked_by_configuration(given, own or "")
    return words.removed(shown)


def imported(ledger: Ledger, plan: DialPlan, rows: Sequence[Named], cards: int, now: datetime) -> Imported:
    """Call people as a file does; a name that counts more stays the one that is shown.

    At most `cards` first posts of open threads are renewed.
    """
    addresses = [row.address for row in rows]
    kept = {one.address: one for one in ledger.contacts.of(addresses) if one.source is Source.IMPORT}
    before = of_all(ledger, plan, addresses)
    came = Imported()
    for row in rows:
        known = kept.get(row.address)
        if known and known.name == row.name:
            came += Imported(unchanged=1)
            continue
        came += Imported(changed=1) if known else Imported(new=1)
        kept[row.address] = Contact(address=row.address, source=Source.IMPORT, name=row.name, at=now)
        ledger.contacts.put(kept[row.address])
    after = of_all(ledger, plan, addresses)
    renewed = [address for address in dict.fromkeys(addresses) if before.get(address) != after.get(address)]
    count = _renew(ledger, plan, renewed, f"import/{now.isoformat()}", now, cards)
    return came + Imported(cards=count, outranked=_outranked(plan, rows, after))


def page(ledger: Ledger, plan: DialPlan, after: Address | None, limit: int) -> Page:
    """List the names that are kept, some addresses at a time; before the first of them what the configuration says."""
    kept = ledger.contacts.all(after, limit)
    shown = foremost(kept)
    entries = [
        Entry(
            address=one.address,
            name=one.name,
            source=one.source,
            is_shown=shown[one.address] is one and plan.name_of(one.address) is None,
        )
        for one in kept
    ]
    if after is None:
        configured = sorted(plan.contacts.items(), key=lambda each: each[0].value)
        entries[:0] = [Entry(address=each, name=name, source=None, is_shown=True) for each, name in configured]
    return Page(entries=tuple(entries), last=kept[-1].address if kept else None)


def _outranked(plan: DialPlan, rows: Sequence[Named], shown: dict[Address, str]) -> tuple[Outranked, ...]:
    return tuple(
        Outranked(
            line=row.line,
            address=row.address,
            name=row.name,
            shown=shown[row.address],
            is_ours=plan.name_of(row.address) is not None,
        )
        for row in rows
        if shown.get(row.address, row.name) != row.name
    )


def _renew(ledger: Ledger, plan: DialPlan, addresses: Sequence[Address], cause: str, now: datetime, most: int) -> int:
    """Have the first posts of their open threads say it; return how many do."""
    if not addresses or most <= 0:
        return 0
    since = now - max((plan.retention, *(did.retention for did in plan.dids)))
    active = ledger.conversations.active_with(addresses, since, most)
    senders = [address for address in addresses if isinstance(address, SenderName)]
    active += [id for address in senders for id in _active_alone(ledger, plan, address, since)]
    ids = sorted(active[:most])
    for conversation in map(ledger.conversations.get, ids):
        if conversation:
            request.amended(ledger, conversation, f"{cause}/{conversation.id}", now)
    return len(ids)


def _active_alone(ledger: Ledger, plan: DialPlan, sender: SenderName, since: datetime) -> list[ConversationId]:
    """Return where a sender without a number has texted: no index of numbers knows him, and he is in no group."""
    found = (converse.known(ledger, did, (sender,)) for did in plan.dids)
    return [talk.id for talk in found if talk and talk.thread and _is_active(ledger, talk, since)]


def _is_active(ledger: Ledger, conversation: Conversation, since: datetime) -> bool:
    last = ledger.messages.last_heard(conversation.id)
    return conversation.waiting_since is not None or (last is not None and last.received_at >= since)
