"""Introduce: a contact card came with a text; who stands in it is shown below, and named once somebody says so."""

from datetime import datetime
from itertools import islice
from typing import NamedTuple

from bridge.domain import vcard
from bridge.domain.aside import Aside
from bridge.domain.characters import written
from bridge.domain.contact import Named, sorted_out
from bridge.domain.dialplan import DialPlan, Did
from bridge.domain.event import ButtonPressed, NameGiven
from bridge.domain.ids import ConversationId, EventKey
from bridge.domain.message import CARD_TYPES, Direction, Media
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import OutboxEntry, WishKind
from bridge.domain.toll import region_of
from bridge.flows import admit, compose, name, request, warn
from bridge.flows.compose import Whose
from bridge.ports import Ledger
from bridge.wording import naming as words

MOST_PEOPLE = 10  # of one file that are offered
MORE = "more"  # the reason of a note that does not name all of them
_MOST_OCTETS = 300_000  # of it that are read: this is done while a transaction waits, and behind it are only pictures
_MOST_LINES = 5_000
_MOST_NUMBERS = 100


class _Found(NamedTuple):
    """Who stands in a file, and whether that is all."""

    people: list[Named]
    is_all: bool


def by_card(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> None:
    """Show who stands in the file that was just put into the thread, if it is a contact card that can be read."""
    about = compose.whose(ledger, plan, entry) if entry.kind is WishKind.UPLOAD_FILE else None
    card = _card(ledger, about, entry) if about else None
    found = _people(plan, about.did, card) if about and card else None
    if about and card and found and found.people:
        notice = Notice(
            case=Case.CONTACT_CARD,
            about=f"{about.conversation.id} {card.digest}",
            reason="" if found.is_all else MORE,
            detail=_listed(found),
        )
        warn.thread(ledger, about.did, about.conversation, notice, entry.id, now, about.message.said_at)


def by_button(ledger: Ledger, plan: DialPlan, event: ButtonPressed, now: datetime) -> Aside:
    """Call everybody as the card says, as if this person had; of two who press, the note tells of the first."""
    id, _, digest = event.value.partition(" ")
    conversation = ledger.conversations.get(ConversationId(id))
    did = plan.did(conversation.did) if conversation else None
    if refusal := admit.refusal(plan, did, event.person, event.standing):
        return refusal
    card = ledger.media.get(digest)
    found = _people(plan, did, card) if did and card else None
    if not found or not found.people:
        return Aside(phrase=words.card_is_gone())
    told = [name.by_person(ledger, plan, _given(event, one), now) for one in found.people]
    if event.post:
        notice = Notice(case=Case.CONTACT_SAVED, person=event.person, detail=_listed(found))
        request.noted(ledger, event.post, notice, f"{event.post}/saved", now)
    others = [own for one in found.people if (own := plan.name_of(one.address)) not in (None, one.name)]
    return told[0] if len(told) == 1 else Aside(phrase=words.several_given(len(told), len(others)))


def _listed(found: _Found) -> str:
    return words.people([(one.name, one.address.value) for one in found.people])


def _given(event: ButtonPressed, one: Named) -> NameGiven:
    return NameGiven(
        key=EventKey(f"{event.key}/{one.address.value}"),
        address=one.address,
        name=one.name,
        person=event.person,
        standing=event.standing,
    )


def _card(ledger: Ledger, about: Whose, entry: OutboxEntry) -> Media | None:
    """Find the card that an entry puts into its thread; None where it is none, or came from one of us."""
    if about.message.direction is not Direction.INBOUND:
        return None
    files = ledger.messages.attachments(about.message.id)
    found = [file for file in files if file.number == entry.part and file.type in CARD_TYPES]
    return ledger.media.get(found[0].digest) if found else None


def _people(plan: DialPlan, did: Did, media: Media) -> _Found:
    text, rest = _parted(media.content)
    if not vcard.is_one(text):
        return _Found([], is_all=True)
    lines = list(islice(vcard.lines(text), _MOST_NUMBERS + 1))
    good, _ = sorted_out(lines[:_MOST_NUMBERS], region_of(did.number))
    people = [one for one in good if plan.did(one.address) is None]
    is_all = len(people) <= MOST_PEOPLE and len(lines) <= _MOST_NUMBERS and not rest
    return _Found(people[:MOST_PEOPLE], is_all=is_all)


def _parted(content: bytes) -> tuple[str, bool]:
    """Return what is read of a file, in whole lines, and whether another card may stand in the rest."""
    end = content.rfind(b"\n", 0, _MOST_OCTETS) + 1 if len(content) > _MOST_OCTETS else 0
    end = end or _MOST_OCTETS
    lines = written(content[:end]).replace("\r\n", "\n").replace("\r", "\n").split("\n", _MOST_LINES)
    rest = lines[_MOST_LINES:]
    return "\n".join(lines[:_MOST_LINES]), b"BEGIN:VCARD" in content[end:] or any("BEGIN:VCARD" in one for one in rest)
