"""Receive: a text from a phone becomes a message in a conversation, and a wish to show it."""

from dataclasses import replace
from datetime import datetime

from bridge.domain.conversation import Consent, ConsentState, Conversation, Course, Keyword, keyword
from bridge.domain.dialplan import DialPlan, Did
from bridge.domain.event import InboundSms
from bridge.domain.ids import MessageId
from bridge.domain.message import Direction, Message
from bridge.domain.notice import Case, Notice
from bridge.domain.phone import PhoneNumber
from bridge.domain.visible import is_blank, posts_of
from bridge.flows import attach, converse, postpone, request, steer, warn
from bridge.ports import Ledger
from bridge.wording import admin as admin_words

_SAID = {Keyword.STOP: Case.STOPPED, Keyword.START: Case.STARTED, Keyword.HELP: Case.HELP_ASKED}


def sms(ledger: Ledger, plan: DialPlan, event: InboundSms, now: datetime) -> None:
    """Keep what came, have it shown, and have its files fetched; a number that is not ours is kept and reported."""
    did = plan.did(event.did)
    if did is None:
        ledger.sightings.poison(event.key, "for a number that is not configured")
        warn.admin(ledger, f"unknown-did/{event.did.value}", admin_words.unknown_did(event.did.value), now)
        return
    conversation = converse.between(ledger, did, (event.sender, *event.others), now)
    message = Message(
        id=MessageId(event.key),
        conversation=conversation.id,
        direction=Direction.INBOUND,
        author=event.sender,
        text=event.text,
        media=len(event.files),
        said_at=event.said_at or now,
        received_at=now,
    )
    message = replace(message, position=ledger.messages.save(message))
    if conversation.course is not Course.BLOCKED:
        _show(ledger, did, event, message, now)
    if steer.heard(ledger, plan, conversation, message, now) and conversation.waiting_since is None:
        ledger.conversations.set_covered(conversation.id, conversation.covered, now)
        request.amended(ledger, conversation, event.key, now)
    postpone.overtaken(ledger, did, conversation, event.key, now)
    _keyword(ledger, did, conversation, event, now)


def _show(ledger: Ledger, did: Did, event: InboundSms, message: Message, now: datetime) -> None:
    request.shown(ledger, did, message, 1 if is_blank(event.text) else len(posts_of(event.text)), now)
    if message.said_at < now:
        follows = MessageId(event.follows) if event.follows else None
        request.in_time(ledger, f"{request.channel(did)}:{message.conversation}", message, follows)
    _files(ledger, did, event, message, now)


def _files(ledger: Ledger, did: Did, event: InboundSms, message: Message, now: datetime) -> None:
    for number, file in enumerate(event.files, 1):
        attach.wanted(ledger, message, number, file)
        request.fetched(ledger, did, message, number, now)


def _keyword(ledger: Ledger, did: Did, conversation: Conversation, event: InboundSms, now: datetime) -> None:
    word = keyword(event.text)
    if word is None or not isinstance(event.sender, PhoneNumber):
        return
    before = ledger.consents.get(did.number, event.sender)
    said_at = event.said_at or now
    if before is not None and said_at < before.since:
        return  # read back late: what was said after it counts
    withdrawn = before is not None and before.state is ConsentState.WITHDRAWN
    if word is Keyword.START and not withdrawn:
        return  # "yes" is an ordinary answer while nothing is blocked
    if word is not Keyword.HELP:
        state = ConsentState.WITHDRAWN if word is Keyword.STOP else ConsentState.GRANTED
        ledger.consents.put(Consent(did=did.number, address=event.sender, state=state, since=said_at))
    notice = Notice(case=_SAID[word], address=event.sender.value)
    warn.thread(ledger, did, conversation, notice, event.key, now, event.said_at)
