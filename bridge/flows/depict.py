"""Depict: what a text looks like in its thread, and what the first post of a conversation says and offers."""

from dataclasses import replace
from datetime import timedelta

from bridge.domain.acknowledgement import Means
from bridge.domain.command import Card, Said
from bridge.domain.conversation import Conversation, Course
from bridge.domain.dialplan import DialPlan, Did, Replies
from bridge.domain.ids import PostRef
from bridge.domain.message import Direction, Message
from bridge.domain.phrase import Action, Button, Mention, Phrase
from bridge.domain.visible import is_blank, posts_of
from bridge.flows import acknowledge, name
from bridge.ports import Ledger
from bridge.wording import menu as menu_words
from bridge.wording import post as words

LATE_BY = timedelta(minutes=2)


def breaks_silence(ledger: Ledger, plan: DialPlan, conversation: Conversation, message: Message) -> bool:
    """Tell a text from a phone that comes after a long quiet, and would go unnoticed in its thread."""
    did = plan.did(conversation.did)
    if message.direction is not Direction.INBOUND or not did or not did.echo_after:
        return False
    if conversation.course is Course.MUTED:
        return False
    last = ledger.messages.last_before(message.conversation, message.position)
    return last is not None and message.received_at - last >= did.echo_after


def said(ledger: Ledger, plan: DialPlan, conversation: Conversation, message: Message, part: int) -> Said:
    heading = _heading(ledger, plan, message) if conversation.is_group else ""
    return Said(text=_shown_text(message, part), heading=heading, footing=_footing(message))


def _footing(message: Message) -> Phrase:
    """Say who of us wrote a text, or when one was written that reached us late."""
    if isinstance(message.author, str):
        return words.written_by(message.author)
    return words.sent_earlier(message.said_at) if message.received_at - message.said_at > LATE_BY else ()


def _from(ledger: Ledger, plan: DialPlan, conversation: Conversation, message: Message) -> Phrase:
    """Say who of a group wrote the text of its first post."""
    who = _heading(ledger, plan, message) if conversation.is_group else ""
    return words.from_whom(who) if who else ()


def _shown_text(message: Message, part: int) -> str:
    if not message.is_kept:
        return words.NO_LONGER_KEPT
    if is_blank(message.text):
        return words.PICTURE if message.media else words.NO_TEXT
    pieces = posts_of(message.text)
    return pieces[part] if part < len(pieces) else ""


def _heading(ledger: Ledger, plan: DialPlan, message: Message) -> str:
    author = message.author
    return words.who([name.of(ledger, plan, author)], [author.value]) if not isinstance(author, str) else ""


def card(ledger: Ledger, plan: DialPlan, conversation: Conversation, message: Message, part: int) -> Card:
    did = plan.did(conversation.did)
    is_waiting = conversation.waiting_since is not None
    acknowledge = Button(action=Action.ACKNOWLEDGE, label=words.ACKNOWLEDGE, value=conversation.id, is_primary=True)
    return Card(
        title=words.who(
            name.of_each(ledger, plan, conversation), [address.value for address in conversation.participants]
        ),
        subtitle=(*words.to_did(did.label if did else "", conversation.did.value), *_continued(conversation)),
        text=_shown_text(message, part),
        footing=(*_from(ledger, plan, conversation, message), *_footing(message)),
        state=_owned(conversation, _state(ledger, plan, conversation)),
        is_waiting=is_waiting,
        buttons=(*((acknowledge,) if is_waiting else ()), *_answering(did, conversation)),
        menu=_menu(conversation),
    )


def _answering(did: Did | None, conversation: Conversation) -> tuple[Button, ...]:
    """Offer the form for an answer, where anything goes out at all."""
    if did is None or did.replies is Replies.OFF or conversation.course is Course.BLOCKED:
        return ()
    return (Button(action=Action.REPLY, label=words.REPLY, value=conversation.id),)


def _continued(conversation: Conversation) -> Phrase:
    return () if conversation.earlier_link is None else words.continued(conversation.earlier_link)


def left(ledger: Ledger, plan: DialPlan, root: PostRef, link: str) -> Card | None:
    """Return what the first post of an earlier thread says, whose conversation goes on under this link."""
    post = ledger.posts.get(root)
    found = ledger.messages.at(post.up_to) if post else None
    context = ledger.messages.in_context(found.id) if found else None
    if not context:
        return None
    shown = card(ledger, plan, replace(context[1], earlier_link=None), context[0], 0)
    return replace(shown, state=words.goes_on(link), is_waiting=False, buttons=(), menu=())


def _menu(conversation: Conversation) -> tuple[Button, ...]:
    """Return what is done to a conversation more rarely: five things at most, as the chat takes no more."""
    turns = {Course.OPEN: (Action.CLOSE,), Course.CLOSED: (Action.REOPEN,)}.get(conversation.course, ())
    actions = (Action.ASSIGN, Action.NAME, Action.REMIND, *turns, Action.MORE)
    return tuple(Button(action=one, label=menu_words.LABELS[one], value=conversation.id) for one in actions)


def _owned(conversation: Conversation, state: Phrase) -> Phrase:
    """Add whose it is, unless it names him anyway."""
    owner = conversation.owner
    return state if owner is None or Mention(owner) in state else (*state, *menu_words.owned_by(owner))


def _state(ledger: Ledger, plan: DialPlan, conversation: Conversation) -> Phrase:
    """Say since when it waits; or what people have decided on a conversation in which nothing does."""
    if conversation.waiting_since:
        return words.waiting(conversation.waiting_since)
    if conversation.course is not Course.OPEN and conversation.steered_by and conversation.steered_at:
        return menu_words.course(conversation.course, conversation.steered_by, conversation.steered_at)
    told = acknowledge.told(ledger, plan, conversation.id)
    if told is None or told.means is Means.MUTE:
        return words.nothing_waits()
    return words.taken(told.by, told.at, acknowledge.meaning(plan, told))
