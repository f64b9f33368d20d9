"""Initiate: a person writes to somebody first. It goes out as a reply does, and stands in the thread in his name."""

from datetime import datetime

from bridge.domain.aside import Aside
from bridge.domain.conversation import ConsentState, Conversation
from bridge.domain.dialplan import DialPlan, Did, LongText
from bridge.domain.event import SmsComposed, ThreadReply
from bridge.domain.ids import EventKey, MessageId, PostRef, ThreadRef
from bridge.domain.message import Direction, Message
from bridge.domain.phone import PhoneNumber, dialled
from bridge.domain.segment import Segments
from bridge.domain.toll import region_of
from bridge.domain.visible import is_blank, posts_of
from bridge.flows import admit, converse, limit, reply, request
from bridge.ports import Ledger
from bridge.wording import form as words
from bridge.wording.barrier import barred

MOST_PEOPLE = 10  # in one group


def sms(ledger: Ledger, plan: DialPlan, event: SmsComposed, now: datetime) -> Aside | None:
    """Have it sent and shown, or say of each field of the form what is wrong with it."""
    did = plan.did(event.did)
    if did is None:
        return Aside(wrong={words.DID: words.no_such_did()})
    if did.channel not in event.channels or admit.refusal(plan, did, event.person, event.standing):
        return Aside(wrong={words.DID: words.not_yours()})
    people = _people(did, event)
    wrong = _wrong_people(ledger, plan, did, people, event) | _wrong_text(did, event)
    if wrong:
        return Aside(wrong=wrong)
    if ledger.messages.get(MessageId(event.form)) is None:
        _send(ledger, plan, did, converse.between(ledger, did, people, now), event, now)
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


def _why_not(ledger: Ledger, plan: DialPlan, did: Did, number: PhoneNumber) -> str:
    """Say why this number is not texted, if so."""
    if plan.did(number):
        return words.is_ours(number.value)
    if barrier := limit.barred(plan, did, number):
        return barred(number.value, barrier)
    consent = ledger.consents.get(did.number, number)
    is_withdrawn = consent is not None and consent.state is ConsentState.WITHDRAWN
    return words.opted_out(number.value) if is_withdrawn else ""


def _wrong_text(did: Did, event: SmsComposed) -> dict[str, str]:
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
) -> None:
    """Keep it, have it shown, and send it as if it had been said in the thread."""
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
    )
    reply.sent_anew(ledger, plan, conversation, message, said, now, whatever_it_says=True)
