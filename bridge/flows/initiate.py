"""Initiate: a person writes to somebody first. It goes out as a reply does, and stands in the thread in his name."""

from datetime import datetime, timedelta

from bridge.domain.aside import Aside
from bridge.domain.conversation import ConsentState, Conversation, Course
from bridge.domain.dialplan import DialPlan, Did, LongText
from bridge.domain.event import SmsComposed, ThreadReply
from bridge.domain.ids import ConversationId, EventKey, MessageId, PostRef, ThreadRef
from bridge.domain.message import Direction, Message
from bridge.domain.phone import Address, PhoneNumber, dialled
from bridge.domain.segment import Segments
from bridge.domain.toll import region_of
from bridge.domain.visible import is_blank, posts_of
from bridge.flows import acknowledge, admit, compose, converse, limit, own, reply, request
from bridge.ports import Ledger
from bridge.wording import form as words
from bridge.wording.barrier import barred

MOST_PEOPLE = 10  # in one group
LONGEST = timedelta(days=120)  # for which a text may wait for its time


def sms(ledger: Ledger, plan: DialPlan, event: SmsComposed, now: datetime) -> Aside | None:
    """Have it sent and shown, or say of each field of the form what is wrong with it."""
    if event.conversation:
        return _answer(ledger, plan, event.conversation, event, now)
    did = plan.did(event.did) if event.did else None
    if did is None:
        return Aside(wrong={words.DID: words.no_such_did()})
    if did.channel not in event.channels or admit.refusal(plan, did, event.person, event.standing):
        return Aside(wrong={words.DID: words.not_yours()})
    people = _people(did, event)
    wrong = _wrong_people(ledger, plan, did, people, event) | _wrong_text(did, event, now)
    if wrong:
        return Aside(wrong=wrong)
    conversation = converse.between(ledger, did, people, now)
    if conversation.course is Course.BLOCKED:
        return Aside(wrong={words.TO: words.is_blocked()})
    _send(ledger, plan, did, conversation, event, now)
    return None


def _answer(ledger: Ledger, plan: DialPlan, within: ConversationId, event: SmsComposed, now: datetime) -> Aside | None:
    """Have it sent within a conversation, which it takes on as any reply does."""
    conversation = ledger.conversations.get(within)
    did = plan.did(conversation.did) if conversation else None
    if conversation is None or did is None:
        return Aside(wrong={words.TEXT: words.no_such_did()})
    if did.channel not in event.channels or admit.refusal(plan, did, event.person, event.standing):
        return Aside(wrong={words.TEXT: words.not_yours()})
    if conversation.course is Course.BLOCKED:
        return Aside(wrong={words.TEXT: words.is_blocked()})
    to = compose.recipients(ledger, plan, did, conversation)
    why_nots = (_why_not(ledger, plan, did, one) for one in to)
    barred = next(({words.TEXT: why_not} for why_not in why_nots if why_not), {})
    if wrong := barred | _wrong_text(did, event, now):
        return Aside(wrong=wrong)
    said = _send(ledger, plan, did, conversation, event, now)
    if said:
        acknowledge.by_reply(ledger, plan, conversation, said, now)
    return None


def _people(did: Did, event: SmsComposed) -> tuple[PhoneNumber, ...]:
    """Read the numbers, each once, in the order in which a group is known."""
    found = {number for written in event.to if (number := dialled(written, region_of(did.number)))}
    return tuple(sorted(found, key=lambda number: number.value))


def _wrong_people(
    ledger: Ledger, plan: DialPlan, did: Did, people: tuple[PhoneNumber, ...], event: SmsComposed
) -> dict[str, str]:
    for written in event.to:
        if not dialled(written, region_of(did.number)):
            return {words.TO: words.no_number(written)}
    if not people:
        return {words.TO: words.nobody()}
    if len(people) > MOST_PEOPLE:
        return {words.TO: words.too_many(MOST_PEOPLE)}
    if len(people) > 1 and not plan.abilities[did.carrier].groups:
        return {words.TO: words.no_groups()}
    why_nots = (_why_not(ledger, plan, did, number) for number in people)
    return next(({words.TO: why_not} for why_not in why_nots if why_not), {})


def _why_not(ledger: Ledger, plan: DialPlan, did: Did, number: Address) -> str:
    """Say why this number is not texted, if so."""
    if not number.is_repliable:
        return words.not_repliable()
    if plan.did(number):
        return words.is_ours(number.value)
    if barrier := limit.barred(plan, did, number):
        return barred(number.value, barrier)
    consent = ledger.consents.get(did.number, number)
    is_withdrawn = consent is not None and consent.state is ConsentState.WITHDRAWN
    return words.opted_out(number.value) if is_withdrawn else ""


def _wrong_text(did: Did, event: SmsComposed, now: datetime) -> dict[str, str]:
    if event.send_at and not now < event.send_at <= now + LONGEST:
        return {words.AT: words.not_in_reach(LONGEST.days)}
    if event.unfit_files:
        return {words.FILES: words.unfit_file(event.unfit_files[0])}
    if is_blank(event.text) and not event.files:
        return {words.TEXT: words.nothing_to_send()}
    segments = Segments.of(event.text).count
    if did.long_text is LongText.REFUSE and segments > 1:
        return {words.TEXT: words.too_long(segments)}
    return {}


def _send(
    ledger: Ledger, plan: DialPlan, did: Did, conversation: Conversation, event: SmsComposed, now: datetime
) -> ThreadReply | None:
    """Keep it, have it shown, and send it as if it had been said in the thread; once, however often it comes."""
    if ledger.messages.get(MessageId(event.form)):
        return None
    own.taken_on(ledger, plan, conversation, event.person, event.key, now)
    message = Message(
        id=MessageId(event.form),
        conversation=conversation.id,
        direction=Direction.OUTBOUND,
        author=event.person,
        text=event.text,
        media=len(event.files),
        said_at=now,
        received_at=now,
    )
    ledger.messages.save(message)
    request.shown(ledger, did, message, 1 if is_blank(event.text) else len(posts_of(event.text)), now)
    said = ThreadReply(
        key=EventKey(event.form),
        thread=conversation.thread or ThreadRef(""),
        post=PostRef(""),
        author=event.person,
        text=event.text,
        files=event.files,
        said_at=now,
        standing=event.standing,
        send_at=event.send_at,
    )
    reply.sent_anew(ledger, plan, conversation, message, said, now, whatever_it_says=True)
    return said
