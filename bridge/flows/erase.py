"""Erase: at an admin's word all that is kept of one person outside is deleted, and our posts that show it.

The order takes effect at once: nothing is shown, sent or found any more. The rest is done some rows at a time, and goes
on after a restart where it stood. What stays is the person's STOP, and the names of facts, which hold no number.
"""

from dataclasses import replace
from datetime import datetime

from bridge.domain.aside import Aside
from bridge.domain.contact import Source
from bridge.domain.conversation import ConsentState, Conversation
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import DialPlan
from bridge.domain.erasure import Erasure, Stage, confirmation, confirms
from bridge.domain.event import ErasureOrdered
from bridge.domain.ids import ConversationId, EventKey, MessageId, PersonRef, PostRef
from bridge.domain.message import Message
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry, WishKind
from bridge.domain.phone import Address, spoken
from bridge.domain.query import AskErasure, ErasureView, Holding, Peer
from bridge.domain.standing import MEMBER, Place, Standing
from bridge.domain.word import digits_of
from bridge.errors import Reason
from bridge.flows import converse, name, request
from bridge.ports import Ledger
from bridge.wording import erase as words

AT_ONCE = 500  # rows a transaction, so that deleting never holds up a text
POSTS_AT_ONCE = 200  # that are asked for together: at the pace of edits four minutes, so that none seems forgotten
_MOST = 10_000  # conversations of one person
_ALL = 2**63 - 1  # above every position
_WIDEST_CODE = 6  # digits; what is as short as a short code stands in requests that have nothing to do with it
_NEXT = dict(zip(Stage, list(Stage)[1:], strict=False))


def may_order(plan: DialPlan, person: PersonRef, standing: Standing = MEMBER) -> bool:
    """Tell whether this person may have data deleted: an admin, who is a member of the workspace."""
    return standing.place is Place.MEMBER and any(one.slack == person for one in plan.admins)


def asked(ledger: Ledger, plan: DialPlan, query: AskErasure) -> ErasureView:
    """Return what would go with each of those who take part in a conversation."""
    conversation = ledger.conversations.get(query.conversation)
    if conversation is None or conversation.is_erased or not may_order(plan, query.person, query.standing):
        return ErasureView(holdings=())
    return ErasureView(holdings=tuple(_holding(ledger, plan, one) for one in conversation.participants))


def _holding(ledger: Ledger, plan: DialPlan, address: Address) -> Holding:
    talks = _conversations(ledger, plan, address)
    consents = [ledger.consents.get(did.number, address) for did in plan.dids]
    return Holding(
        peer=Peer(number=address.value, name=name.of(ledger, plan, address) or ""),
        conversations=len(talks),
        groups=sum(talk.is_group for talk in talks),
        is_configured=plan.name_of(address) is not None,
        has_opted_out=any(one and one.state is ConsentState.WITHDRAWN for one in consents),
    )


def ordered(ledger: Ledger, plan: DialPlan, event: ErasureOrdered, now: datetime) -> Aside | None:
    """Begin with it, unless whoever says so is no admin, or has not typed which number he means."""
    if not may_order(plan, event.person, event.standing):
        return Aside(wrong={words.TYPED: words.only_admins()})
    conversation = ledger.conversations.get(event.conversation)
    did = plan.did(conversation.did) if conversation else None
    if not conversation or conversation.is_erased or not did or event.address not in conversation.participants:
        return Aside(wrong={words.TYPED: words.is_gone()})
    if not confirms(event.typed, event.address):
        return Aside(wrong={words.TYPED: words.wrong_ending()})
    erasure = Erasure(
        id=event.key,
        address=event.address,
        ending=confirmation(event.address),
        channel=did.channel,
        by=event.person,
        ordered_at=now,
    )
    talks = _conversations(ledger, plan, event.address)
    ledger.erasures.begin(erasure, [talk.id for talk in talks])
    for talk in talks:
        ledger.messages.cover(talk.id, _ALL)
        ledger.conversations.set_covered(talk.id, _ALL, None)
    for source in Source:
        ledger.contacts.drop(event.address, source)
    ledger.tolls.unname(event.address)
    _calm(ledger, erasure, now)
    return None


def _conversations(ledger: Ledger, plan: DialPlan, address: Address) -> list[Conversation]:
    """Return those in which this person takes part, groups too; a sender without a number is in no index."""
    digits = digits_of(address)
    if digits:
        found = ledger.search.conversations(digits, _MOST)
    else:
        found = [talk for did in plan.dids if (talk := converse.known(ledger, did, (address,)))]
    ids = [talk.id for talk in found if address in talk.participants and not talk.is_erased]
    return [talk for id in ids if (talk := ledger.conversations.get(id)) and not talk.is_erased]


def withdraws(ledger: Ledger, entry: OutboxEntry) -> bool:
    """Tell whether a wish is about a conversation that is being erased; marks on people's posts may still be set."""
    if entry.kind in (WishKind.MARK_REPLY, WishKind.DELETE_POST, WishKind.TELL_ERASED):
        return False
    if ledger.erasures.under_way() is None:
        return False
    found = ledger.messages.in_context(MessageId(entry.subject))
    conversation = found[1] if found else ledger.conversations.get(ConversationId(entry.subject))
    return conversation is not None and conversation.is_erased


def proceed(ledger: Ledger, now: datetime) -> bool:
    """Do a part of the first erasure that is not done; True while there may be more to do at once."""
    first = ledger.erasures.under_way()
    if first is None:
        return False
    ledger.outbox.untried(request.deletions(first))  # which holds the lane, and so whoever else would go on with it
    erasure = ledger.erasures.get(first.id)
    if erasure is None or erasure.stage is Stage.DONE:
        return True
    match erasure.stage:
        case Stage.CALMING:
            return _calmed(ledger, erasure, now)
        case Stage.TEXTS:
            return _texts(ledger, erasure)
        case Stage.REQUESTS:
            reached = ledger.sightings.blank_naming(_words(ledger, erasure), erasure.reached, AT_ONCE)
            return _went_on(ledger, erasure, reached)
        case Stage.ENTRIES:
            return _went_on(ledger, erasure, ledger.erasures.forget_entries(erasure.id, erasure.reached, AT_ONCE))
        case Stage.OVERWRITING:
            return _overwritten(ledger, erasure)
        case _:
            return _posts(ledger, erasure, now)


def _went_on(ledger: Ledger, erasure: Erasure, reached: int | None) -> bool:
    """Write down how far a stage has come; where there was nothing more, begin the next."""
    if reached is None:
        ledger.erasures.put(replace(erasure, stage=_NEXT[erasure.stage], reached=0))
    else:
        ledger.erasures.put(replace(erasure, reached=reached))
    return True


def _calmed(ledger: Ledger, erasure: Erasure, now: datetime) -> bool:
    """Go on when nothing is under way any more: what it was about must be known until its end is."""
    is_more = _calm(ledger, erasure, now)
    if ledger.erasures.unfinished(erasure.id, 1):
        return is_more
    _ask_for_posts(ledger, erasure, now)
    return _went_on(ledger, erasure, None)


def _calm(ledger: Ledger, erasure: Erasure, now: datetime) -> bool:
    """Drop what waits, and what a person was asked about; True if something was."""
    found = ledger.erasures.unfinished(erasure.id, AT_ONCE)
    waiting = [entry for entry in found if entry.state is not EntryState.TRYING]
    for entry in waiting:
        is_sms = entry.kind is WishKind.SEND_SMS
        status = DeliveryStatus.CANCELLED if is_sms and entry.state is not EntryState.ASKED else None
        ledger.outbox.alter(entry.id, EntryChange(state=EntryState.CANCELLED, status=status, is_sure=True))
        if is_sms:
            request.marked(ledger, MessageId(entry.subject), f"{entry.id}/erased", now)
    return bool(waiting)


def _texts(ledger: Ledger, erasure: Erasure) -> bool:
    """Blank the next texts of all the conversations, in their order, with the requests that brought them."""
    ids = ledger.erasures.conversations(erasure.id)
    found = [one for id in ids for one in ledger.messages.after(id, erasure.reached, AT_ONCE)]
    batch = sorted(found, key=_position)[:AT_ONCE]
    if not batch:
        return _went_on(ledger, erasure, None)
    files = ledger.messages.erase([one.position for one in batch])
    ledger.sightings.blank([EventKey(one.id) for one in batch])
    texts = sum(one.is_kept for one in batch)
    counted = replace(erasure, texts=erasure.texts + texts, files=erasure.files + files)
    return _went_on(ledger, counted, batch[-1].position)


def _position(message: Message) -> int:
    return message.position


def _words(ledger: Ledger, erasure: Erasure) -> list[str]:
    """Return what stands in every request about this person: his number, his conversations, their threads.

    A thread's reference ends in what the chat itself calls it.
    """
    talks = [ledger.conversations.get(id) for id in ledger.erasures.conversations(erasure.id)]
    found: list[str] = [talk.id for talk in talks if talk]
    found += [talk.thread.rpartition("/")[2] for talk in talks if talk and talk.thread]
    digits = digits_of(erasure.address) if erasure.address else ""
    if erasure.address and len(digits) > _WIDEST_CODE:
        found += [digits, spoken(erasure.address.value)]
    return found


def _overwritten(ledger: Ledger, erasure: Erasure) -> bool:
    """Overwrite what the index of words still holds; then nothing but our posts is left."""
    if ledger.search.overwrite():
        return True
    ledger.media.forget()
    ledger.erasures.blank(erasure.id)
    return _went_on(ledger, replace(erasure, address=None), None)


def _posts(ledger: Ledger, erasure: Erasure, now: datetime) -> bool:
    """Wait until our posts are gone, asking for the next when those asked for are; then say so."""
    if _ask_for_posts(ledger, erasure, now):
        return False
    ledger.erasures.put(replace(erasure, stage=Stage.DONE, reached=0))
    request.told_erased(ledger, erasure, now)
    return True


def _ask_for_posts(ledger: Ledger, erasure: Erasure, now: datetime) -> bool:
    """Have the newest posts deleted, unless others are being deleted yet; so the first of a thread goes last.

    False where there are none.
    """
    if ledger.outbox.is_amending(request.deletions(erasure)):
        return True
    posts = ledger.erasures.posts(erasure.id, POSTS_AT_ONCE)
    for post in posts:
        request.deleted(ledger, erasure, post, now)
    return bool(posts)


def post_settled(ledger: Ledger, entry: OutboxEntry, why_not: Reason | None) -> None:
    """Count a post that was deleted, or could not be; what a person wrote is none that could."""
    erasure = ledger.erasures.get(EventKey(entry.detail))
    if erasure is None:
        return
    ledger.posts.drop(PostRef(entry.subject))
    if why_not in (None, Reason.GONE):
        ledger.erasures.put(replace(erasure, posts=erasure.posts + 1))
    elif why_not is not Reason.FOREIGN:
        ledger.erasures.put(replace(erasure, remaining=erasure.remaining + 1))
