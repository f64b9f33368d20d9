"""Own: whose a conversation is. Everybody may still answer; whoever lets one wait too long loses it to the pool."""

from datetime import datetime

from bridge.domain.aside import Aside
from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import DialPlan, Owning
from bridge.domain.event import OwnerChosen
from bridge.domain.ids import PersonRef
from bridge.domain.notice import Case, Notice
from bridge.flows import admit, request, warn
from bridge.ports import Ledger
from bridge.wording import menu as words

AT_ONCE = 50  # conversations that go back to the pool in one transaction


def of(plan: DialPlan, conversation: Conversation) -> PersonRef | None:
    """Return whose it is: its owner's, else that of the first assigned to the number whom the chat knows."""
    did = plan.did(conversation.did)
    assigned = did.assigned if did else ()
    return conversation.owner or next((person.slack for person in assigned if person.slack), None)


def taken_on(
    ledger: Ledger, plan: DialPlan, conversation: Conversation, person: PersonRef, cause: str, now: datetime
) -> None:
    """Let whoever answers, or presses the button, own what nobody owns; where the configuration says so."""
    if plan.owning is Owning.REPLY and conversation.owner is None:
        _give(ledger, conversation, person, cause, now)


def claimed(
    ledger: Ledger, plan: DialPlan, conversation: Conversation, person: PersonRef, cause: str, now: datetime
) -> None:
    """Let whoever says that it is his own it, whoever did before."""
    if plan.owning is not Owning.ASSIGNED:
        _give(ledger, conversation, person, cause, now)


def given_up(ledger: Ledger, conversation: Conversation, person: PersonRef, cause: str, now: datetime) -> None:
    """Let the pool have what this person owned."""
    if conversation.owner == person:
        _give(ledger, conversation, None, cause, now)


def by_form(ledger: Ledger, plan: DialPlan, event: OwnerChosen, now: datetime) -> Aside | None:
    """Give it to whoever was chosen, or to the pool, and tell him in the thread, if he did not choose himself."""
    conversation = ledger.conversations.get(event.conversation)
    did = plan.did(conversation.did) if conversation else None
    if conversation is None or conversation.is_erased or admit.refusal(plan, did, event.person, event.standing):
        return Aside(wrong={words.OWNER: words.not_yours()})
    if event.owner and admit.refusal(plan, did, event.owner, event.owner_standing):
        return Aside(wrong={words.OWNER: words.not_a_responder()})
    before = conversation.owner
    _give(ledger, conversation, event.owner, event.key, now)
    if event.owner and event.owner not in (before, event.person):
        notice = Notice(case=Case.ASSIGNED, person=event.owner, detail=event.person)
        warn.thread(ledger, did, conversation, notice, event.key, now)
    return None


def give_back(ledger: Ledger, plan: DialPlan, now: datetime) -> None:
    """Give back to the pool what has waited for its owner too long, and say so where everybody sees it."""
    if not plan.give_back:
        return
    for conversation in ledger.conversations.kept_waiting(now - plan.give_back, AT_ONCE):
        cause = f"{conversation.id}/waiting since {conversation.waiting_since}"
        notice = Notice(case=Case.GIVEN_BACK, person=conversation.owner, at=conversation.waiting_since)
        _give(ledger, conversation, None, cause, now)
        warn.thread(ledger, plan.did(conversation.did), conversation, notice, cause, now)


def _give(ledger: Ledger, conversation: Conversation, owner: PersonRef | None, cause: str, now: datetime) -> None:
    if conversation.owner != owner:
        ledger.conversations.set_owner(conversation.id, owner)
        request.amended(ledger, conversation, f"{cause}/owner", now)
