"""Acknowledge: a human reaction, reply or button takes responsibility for the texts up to one point, or gives it back.

Nothing that came by mail ever gets here.
"""

from datetime import datetime

from bridge.domain.acknowledgement import Acknowledgement, Means
from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import DialPlan
from bridge.domain.event import ButtonPressed, Reaction, ReactionSet, ThreadReply
from bridge.domain.ids import ConversationId, PersonRef, PostRef, ThreadRef
from bridge.domain.message import Post
from bridge.flows import request
from bridge.ports import Ledger


def by_reaction(ledger: Ledger, plan: DialPlan, event: Reaction, now: datetime) -> None:
    """Set or clear one reaction; what is covered follows from all that are set.

    A reaction on a post that is not known yet is kept: it counts as soon as the post turns out to be ours.
    """
    if event.is_set:
        _set(ledger, event.post, event.person, event.emoji, event.at)
    else:
        ledger.acknowledgements.remove(_key(event.post, event.person, event.emoji))
    _recount(ledger, event.post, now)


def by_reactions(ledger: Ledger, plan: DialPlan, event: ReactionSet, now: datetime) -> None:
    """Make the reactions on a post what they were found to be."""
    known = {one.key: one for one in ledger.acknowledgements.reactions_on(event.post)}
    present = {_key(event.post, person, emoji): (person, emoji) for person, emoji in event.present}
    for key in known.keys() - present.keys():
        ledger.acknowledgements.remove(key)
    for key in present.keys() - known.keys():
        _set(ledger, event.post, *present[key], event.at)
    _recount(ledger, event.post, now)


def by_reply(ledger: Ledger, conversation: Conversation, event: ThreadReply, now: datetime) -> None:
    """Take a reply as responsibility for all that its author could see: what was shown by its moment."""
    up_to = ledger.posts.shown_at(conversation.id, event.said_at)
    _stay(ledger, conversation, event.key, event.author, Means.REPLY, up_to, event.said_at, now)


def by_button(ledger: Ledger, plan: DialPlan, event: ButtonPressed, now: datetime) -> None:
    """Take the button's press likewise."""
    conversation = ledger.conversations.get(ConversationId(event.value))
    if conversation:
        up_to = ledger.posts.shown_at(conversation.id, event.at)
        _stay(ledger, conversation, event.key, event.person, Means.BUTTON, up_to, event.at, now)


def adopt(ledger: Ledger, post: PostRef, now: datetime) -> None:
    """Count the reactions that were set on a post before we knew it as ours."""
    waiting = [one for one in ledger.acknowledgements.reactions_on(post) if one.conversation is None]
    for one in waiting:
        _set(ledger, post, one.by, one.key.rpartition(" ")[2], one.at)
    if waiting:
        _recount(ledger, post, now)


def _key(post: PostRef, person: PersonRef, emoji: str) -> str:
    return f"reaction {post} {person} {emoji}"


def _set(ledger: Ledger, ref: PostRef, person: PersonRef, emoji: str, at: datetime) -> None:
    post = ledger.posts.get(ref)
    ledger.acknowledgements.put(
        Acknowledgement(
            key=_key(ref, person, emoji),
            conversation=post.conversation if post else None,
            post=ref,
            by=person,
            means=Means.REACTION,
            up_to=_reach(ledger, post, at) if post else 0,
            at=at,
        )
    )


def _reach(ledger: Ledger, post: Post, at: datetime) -> int:
    """Return up to where a reaction on this post covers: on the first post all shown by then, else up to the post."""
    conversation = ledger.conversations.get(post.conversation)
    if conversation and conversation.thread == ThreadRef(post.ref):
        return max(post.up_to, ledger.posts.shown_at(post.conversation, at))
    return post.up_to


def _stay(
    ledger: Ledger,
    conversation: Conversation,
    key: str,
    by: PersonRef,
    means: Means,
    up_to: int,
    at: datetime,
    now: datetime,
) -> None:
    ledger.acknowledgements.put(
        Acknowledgement(key=key, conversation=conversation.id, post=None, by=by, means=means, up_to=up_to, at=at)
    )
    _recover(ledger, conversation, key, now)


def _recount(ledger: Ledger, ref: PostRef, now: datetime) -> None:
    post = ledger.posts.get(ref)
    conversation = post and ledger.conversations.get(post.conversation)
    if conversation:
        _recover(ledger, conversation, f"{ref}/reactions/{now.isoformat()}", now)


def _recover(ledger: Ledger, conversation: Conversation, cause: str, now: datetime) -> None:
    """Let the conversation be covered as far as what stands reaches, and its first post say so."""
    latest = ledger.acknowledgements.latest(conversation.id)
    covered = latest.up_to if latest else 0
    if covered == conversation.covered:
        return
    waiting_since = ledger.messages.cover(conversation.id, covered)
    ledger.conversations.set_covered(conversation.id, covered, waiting_since)
    request.amended(ledger, conversation, cause, now)
