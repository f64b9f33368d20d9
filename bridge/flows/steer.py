"""Steer: a person closes, mutes or blocks a conversation, or takes that back; and what each means for its texts."""

from datetime import datetime

from bridge.domain.acknowledgement import Acknowledgement, Means
from bridge.domain.aside import Aside
from bridge.domain.conversation import Conversation, Course
from bridge.domain.dialplan import DialPlan
from bridge.domain.event import ButtonPressed
from bridge.domain.ids import ConversationId, PersonRef
from bridge.domain.message import Message
from bridge.domain.phrase import Action
from bridge.flows import acknowledge, admit, request
from bridge.ports import Ledger
from bridge.wording import menu as words

COURSES = {
    Action.CLOSE: Course.CLOSED,
    Action.REOPEN: Course.OPEN,
    Action.MUTE: Course.MUTED,
    Action.UNMUTE: Course.OPEN,
    Action.BLOCK: Course.BLOCKED,
    Action.UNBLOCK: Course.OPEN,
}
_SILENT = (Course.MUTED, Course.BLOCKED)


def by_person(ledger: Ledger, plan: DialPlan, event: ButtonPressed, now: datetime) -> Aside | None:
    """Do what was chosen, unless whoever chose does not answer here."""
    conversation = ledger.conversations.get(ConversationId(event.value))
    if conversation is None or conversation.is_erased:
        return None
    if admit.refusal(plan, plan.did(conversation.did), event.person, event.standing):
        return _refused(words.not_yours())
    if event.action is Action.REOPEN and not reopened(ledger, conversation, event.key, now):
        return _refused(words.nothing_to_reopen())
    if event.action is Action.CLOSE and conversation.course in _SILENT:
        return None  # nothing waits here
    if event.action is Action.CLOSE:
        acknowledge.by_button(ledger, plan, event, now)
        closed = ledger.conversations.get(conversation.id)
        if closed is None or closed.waiting_since:
            return _refused(words.newer_text())
        ledger.conversations.set_owner(conversation.id, None)
    _set(ledger, conversation, COURSES[event.action], event.person, now)
    last = ledger.messages.last_heard(conversation.id)
    if COURSES[event.action] in _SILENT and last:
        _pass_over(ledger, plan, conversation, last, event.person, f"{event.key}/silenced", now)
    request.amended(ledger, conversation, event.key, now)
    return None


def _refused(words_said: str) -> Aside:
    """Say it where it was chosen: in the form, or beside the post."""
    return Aside(phrase=(words_said,), wrong={words.CHOICE: words_said})


def reopened(ledger: Ledger, conversation: Conversation, cause: str, now: datetime) -> bool:
    """Let the last text wait again, from now on, as if it had come now; False where there is none.

    What was said about it counts no more; whoever reacts anew takes it on anew.
    """
    last = ledger.messages.last_heard(conversation.id)
    if last is None:
        return False
    if conversation.course is not Course.OPEN:
        _set(ledger, conversation, Course.OPEN, None, now)
    if conversation.waiting_since is None:
        covered = last.position - 1
        ledger.acknowledgements.lower(conversation.id, covered)
        ledger.messages.cover(conversation.id, covered)
        ledger.digests.renew(last.id)
        ledger.conversations.reopen(conversation.id, now)
        ledger.conversations.set_covered(conversation.id, covered, now)
    request.amended(ledger, conversation, f"{cause}/reopened", now)
    return True


def heard(ledger: Ledger, plan: DialPlan, conversation: Conversation, message: Message, now: datetime) -> bool:
    """Heed the course of a conversation in which a text has come. Return whether it waits for somebody.

    It opens again what was closed.
    """
    if conversation.course in _SILENT:
        by = conversation.steered_by or PersonRef("")
        _pass_over(ledger, plan, conversation, message, by, f"{message.id}/silent", now)
        return False
    if conversation.course is Course.CLOSED:
        _set(ledger, conversation, Course.OPEN, None, now)
    return True


def _set(ledger: Ledger, conversation: Conversation, course: Course, by: PersonRef | None, now: datetime) -> None:
    ledger.conversations.steer(conversation.id, course, by, now)


def _pass_over(
    ledger: Ledger,
    plan: DialPlan,
    conversation: Conversation,
    up_to: Message,
    by: PersonRef,
    key: str,
    now: datetime,
) -> None:
    """Let nothing up to this text wait, though nobody takes it on."""
    silence = Acknowledgement(
        key=key, conversation=conversation.id, post=None, by=by, means=Means.MUTE, up_to=up_to.position, at=now
    )
    acknowledge.put(ledger, plan, conversation, silence, now)
