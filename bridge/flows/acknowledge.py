"""Acknowledge: a human reaction, reply or button takes responsibility for the texts up to one point, or gives it back.

Nothing that came by mail ever gets here.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

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

    Events come late, twice and out of order: the one that happened last decides. A reaction on a post that is not
    known yet is kept: it counts as soon as the post turns out to be ours.
    """
    if _is_news(ledger, event.post, event.person, event.emoji, event.at):
        change = partial(_become, ledger, event.post, event.person, event.emoji, event.at, is_set=event.is_set)
        _changed_on(ledger, event.post, change, f"{event.person}/{event.emoji}/{event.at.isoformat()}", now)


def by_reactions(ledger: Ledger, plan: DialPlan, event: ReactionSet, now: datetime) -> None:
    """Make the reactions on a post what they were found to be."""
    known = {(one.by, _emoji(one)) for one in ledger.acknowledgements.reactions_on(event.post)}
    differing = [one for one in known ^ event.present if _is_news(ledger, event.post, *one, event.at)]

    def change() -> None:
        for person, emoji in differing:
            is_set = (person, emoji) in event.present
            _become(ledger, event.post, person, emoji, event.at, is_set=is_set)

    found = " ".join(sorted(f"{person}/{emoji}" for person, emoji in event.present))
    _changed_on(ledger, event.post, change, f"read {event.at.isoformat()} {found}", now)


def by_reply(ledger: Ledger, conversation: Conversation, event: ThreadReply, now: datetime) -> None:
    """Take a reply as responsibility for all that its author could see: what was shown by its moment."""
    _stay(ledger, conversation, event.key, event.author, Means.REPLY, event.said_at, now)


def by_button(ledger: Ledger, plan: DialPlan, event: ButtonPressed, now: datetime) -> None:
    """Take the button's press likewise."""
    conversation = ledger.conversations.get(ConversationId(event.value))
    if conversation:
        _stay(ledger, conversation, event.key, event.person, Means.BUTTON, event.at, now)


def adopt(ledger: Ledger, post: PostRef, now: datetime) -> None:
    """Count the reactions that were set on a post before we knew it as ours."""
    waiting = [one for one in ledger.acknowledgements.reactions_on(post) if one.conversation is None]
    if not waiting:
        return

    def change() -> None:
        for one in waiting:
            _become(ledger, post, one.by, _emoji(one), one.at, is_set=True)

    _changed_on(ledger, post, change, "adopted", now)


def shown_before(ledger: Ledger, conversation: Conversation, post: Post, now: datetime) -> None:
    """Let those who acknowledged after this post stood there, but before we knew of it, have acknowledged it too."""
    root = PostRef(conversation.thread or "")
    later = [
        one
        for one in ledger.acknowledgements.since(conversation.id, post.posted_at)
        if one.up_to < post.up_to and (one.means is not Means.REACTION or one.post == root)
    ]

    def change() -> None:
        for one in later:
            ledger.acknowledgements.put(replace(one, up_to=post.up_to))

    if later:
        _changed(ledger, conversation, change, f"{post.ref}/shown before", now)


def _key(post: PostRef, person: PersonRef, emoji: str) -> str:
    return f"reaction {post} {person} {emoji}"


def _is_news(ledger: Ledger, post: PostRef, person: PersonRef, emoji: str, at: datetime) -> bool:
    """Tell whether nothing is known of this reaction that happened at this moment or after."""
    known = ledger.acknowledgements.get(_key(post, person, emoji))
    return known is None or known.at < at


def _emoji(reaction: Acknowledgement) -> str:
    return reaction.key.rpartition(" ")[2]


def _become(ledger: Ledger, ref: PostRef, person: PersonRef, emoji: str, at: datetime, *, is_set: bool) -> None:
    """Record the state of one reaction; a cleared one stays on record without its post, so that it covers nothing."""
    post = ledger.posts.get(ref) if is_set else None
    ledger.acknowledgements.put(
        Acknowledgement(
            key=_key(ref, person, emoji),
            conversation=post.conversation if post else None,
            post=ref if is_set else None,
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
    at: datetime,
    now: datetime,
) -> None:
    """Record an acknowledgement that cannot be taken back."""
    up_to = ledger.posts.shown_at(conversation.id, at)
    stays = Acknowledgement(key=key, conversation=conversation.id, post=None, by=by, means=means, up_to=up_to, at=at)
    _changed(ledger, conversation, partial(ledger.acknowledgements.put, stays), key, now)


def _changed_on(ledger: Ledger, ref: PostRef, change: Callable[[], None], cause: str, now: datetime) -> None:
    post = ledger.posts.get(ref)
    conversation = post and ledger.conversations.get(post.conversation)
    if conversation:
        _changed(ledger, conversation, change, f"{ref}/{cause}", now)
    else:
        change()


def _changed(ledger: Ledger, conversation: Conversation, change: Callable[[], None], cause: str, now: datetime) -> None:
    """Make the change, let the conversation be covered as far as what stands reaches, and its first post say so."""
    before = ledger.acknowledgements.latest(conversation.id)
    change()
    after = ledger.acknowledgements.latest(conversation.id)
    if before == after:
        return
    covered = after.up_to if after else 0
    if covered != conversation.covered:
        waiting_since = ledger.messages.cover(conversation.id, covered)
        ledger.conversations.set_covered(conversation.id, covered, waiting_since)
    request.amended(ledger, conversation, cause, now)
