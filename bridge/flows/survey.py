"""Survey: what is to be shown to one person now: his numbers, what waits for him and the team, whom he may mean."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bridge.domain import snippet
from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import DialPlan, Did
from bridge.domain.ids import PersonRef
from bridge.domain.length import Length
from bridge.domain.message import Message
from bridge.domain.phone import Address, dialled, spoken
from bridge.domain.query import (
    AskFind,
    AskHome,
    AskLength,
    AskLines,
    AskPeers,
    AskSearch,
    AskTalk,
    FindView,
    Found,
    HomeView,
    LengthView,
    Line,
    LinesView,
    Peer,
    PeersView,
    TalkView,
    Waiting,
)
from bridge.domain.snippet import Snippet
from bridge.domain.toll import region_of
from bridge.domain.visible import visible
from bridge.flows import admit, erase, find, mute, name
from bridge.ports import Ledger
from bridge.wording import post as words

MOST_WAITING = 500  # that are looked at; whoever waits longest is among them
MOST_PEERS = 20
MOST_FOUND, MOST_SEARCHED = 10, 100  # that are shown, and that are looked through for them
MOST_PIECES = 6  # blanks in a number
EXCERPT = 150  # characters


def lines(ledger: Ledger, plan: DialPlan, query: AskLines) -> LinesView:
    """Return the numbers that a person may text from, his own first."""
    seen = [did for did in plan.dids if did.channel in query.channels]
    allowed = [did for did in seen if admit.refusal(plan, did, query.person, query.standing) is None]
    allowed.sort(key=lambda did: not _is_his(did, query.person))
    to, text = _number_and_words(ledger, plan, query.words)
    groups = any(abilities.groups for abilities in plan.abilities.values())
    return LinesView(lines=tuple(_line(did, query.person) for did in allowed), groups=groups, to=to, text=text)


def length(plan: DialPlan, query: AskLength) -> LengthView:
    """Return what a text would come to that is still being written."""
    did = plan.did(query.did)
    found = Length.of(query.text, did, plan, has_files=query.has_files) if did else None
    return LengthView(length=found)


def _number_and_words(ledger: Ledger, plan: DialPlan, typed: str) -> tuple[Peer | None, str]:
    """Part a number, which may be written with blanks, from the words after it: as much as makes a number is one."""
    pieces = typed.split(maxsplit=MOST_PIECES)
    for count in range(min(len(pieces), MOST_PIECES), 0, -1):
        if number := dialled(" ".join(pieces[:count]), _region(plan)):
            return _peer(ledger, plan, number), " ".join(pieces[count:])
    return None, typed


def _region(plan: DialPlan) -> str:
    return region_of(plan.dids[0].number) if plan.dids else "US"


def peers(ledger: Ledger, plan: DialPlan, query: AskPeers) -> PeersView:
    """Return whom somebody may mean by what he typed: the number itself, whose name or number fits, who has texted."""
    found = dict[str, Peer]()
    if number := dialled(query.words, _region(plan)):
        found[number.value] = _peer(ledger, plan, number)
    for address, called in name.like(ledger, plan, query.words, MOST_PEERS):
        found.setdefault(address.value, Peer(number=address.value, name=called))
    for talk in find.with_number(ledger, query.words, MOST_PEERS):
        did = plan.did(talk.did)
        if did and did.channel in query.channels and not talk.is_group:
            (address,) = talk.participants
            found.setdefault(address.value, _peer(ledger, plan, address))
    return PeersView(peers=tuple(found.values())[:MOST_PEERS])


def _peer(ledger: Ledger, plan: DialPlan, address: Address) -> Peer:
    return Peer(number=address.value, name=name.of(ledger, plan, address) or "")


def talk(ledger: Ledger, plan: DialPlan, query: AskTalk) -> TalkView:
    """Return who takes part in a conversation, each with the name that counts."""
    found = ledger.conversations.get(query.conversation)
    if found is None or found.is_erased:
        return TalkView(people=())
    names = name.of_all(ledger, plan, found.participants)
    people = tuple(Peer(number=one.value, name=names.get(one, "")) for one in found.participants)
    did = plan.did(found.did)
    return TalkView(
        people=people,
        owner=found.owner,
        course=found.course,
        is_waiting=found.waiting_since is not None,
        line=_line(did, query.person) if did else None,
        snippets=_snippets(plan, did, people, query) if did else (),
        is_erasable=erase.may_order(plan, query.person),
    )


def _snippets(plan: DialPlan, did: Did, people: tuple[Peer, ...], query: AskTalk) -> tuple[Snippet, ...]:
    """Fill in the snippets; to several people they are said without a name."""
    (to, *others) = people
    called = "" if others else to.name
    mine = next((person.name for person in plan.people if person.slack == query.person), query.called)
    values = {
        "first_name": called.partition(" ")[0],
        "name": called,
        "number": "" if others else spoken(to.number),
        "my_name": mine,
        "my_number": spoken(did.number.value),
        "label": did.label,
    }
    return tuple(Snippet(name=one.name, text=snippet.filled(one, values)) for one in plan.snippets)


def home(ledger: Ledger, plan: DialPlan, query: AskHome, now: datetime) -> HomeView:
    """Return what waits, for this person and for everybody else, and what happened today."""
    waiting = ledger.messages.longest_waiting(MOST_WAITING)
    all_of_them = [(plan.did(talk.did), _waiting(ledger, plan, talk, text)) for text, talk in waiting]
    mine = [one for did, one in all_of_them if did and _is_for(did, one, query.person)]
    not_mine = [(did, one) for did, one in all_of_them if did and not _is_for(did, one, query.person)]
    others = [one for did, one in not_mine if did.channel in query.channels]
    today = now.astimezone(ZoneInfo(plan.timezone)).replace(hour=0, minute=0, second=0, microsecond=0)
    seen = [did for did in plan.dids if did.channel in query.channels or _is_his(did, query.person)]
    received, sent = ledger.messages.counts_since(today, [did.number for did in seen])
    numbers = [_line(did, query.person) for did in plan.dids if _is_his(did, query.person)]
    return HomeView(
        now=now,
        mine=tuple(mine),
        team=tuple(others),
        lines=tuple(numbers),
        received_today=received,
        sent_today=sent,
        muted_until=mute.until(ledger, query.person, now),
        can_mute=mute.is_offered(plan, query.person),
    )


def found(ledger: Ledger, plan: DialPlan, query: AskFind) -> FindView:
    """Return what somebody finds in the channels that he can see."""
    answer = find.texts(ledger, AskSearch(words=query.words, limit=MOST_SEARCHED))
    talks = [_found(ledger, plan, talk, None) for talk in answer.conversations if _is_seen(plan, talk, query)]
    hits = [hit for hit in answer.hits if _is_seen(plan, hit.conversation, query)]
    texts = [_found(ledger, plan, hit.conversation, hit.message) for hit in hits]
    both = (*talks, *texts)
    is_all = len(both) <= MOST_FOUND and answer.before is None
    return FindView(found=both[:MOST_FOUND], is_all=is_all, is_complete=answer.is_complete)


def _is_seen(plan: DialPlan, talk: Conversation, query: AskFind) -> bool:
    did = plan.did(talk.did)
    return did is not None and did.channel in query.channels


def _found(ledger: Ledger, plan: DialPlan, talk: Conversation, text: Message | None) -> Found:
    did = plan.did(talk.did)
    return Found(
        who=words.who(name.of_each(ledger, plan, talk), [address.value for address in talk.participants]),
        label=did.label if did else "",
        excerpt=_excerpt(text) if text else "",
        by=text.author if text and isinstance(text.author, str) else None,
        at=text.said_at if text else talk.opened_at,
        link=talk.link,
    )


def _excerpt(text: Message) -> str:
    said = " ".join(visible(text.text).split()) or words.PICTURE
    return said if len(said) <= EXCERPT else f"{said[: EXCERPT - 1]}…"


def _is_his(did: Did, person: PersonRef) -> bool:
    return any(one.slack == person for one in did.assigned)


def _is_for(did: Did, waiting: Waiting, person: PersonRef) -> bool:
    """Tell whether it waits for this person: it is his, or nobody's and he is assigned to the number."""
    return waiting.owner == person if waiting.owner else _is_his(did, person)


def _line(did: Did, person: PersonRef) -> Line:
    return Line(number=did.number, label=did.label, channel=did.channel, is_his=_is_his(did, person))


def _waiting(ledger: Ledger, plan: DialPlan, talk: Conversation, text: Message) -> Waiting:
    did = plan.did(talk.did)
    return Waiting(
        who=words.who(name.of_each(ledger, plan, talk), [address.value for address in talk.participants]),
        label=did.label if did else "",
        excerpt=_excerpt(text),
        since=talk.waiting_since or text.received_at,
        link=talk.link,
        owner=talk.owner,
    )
