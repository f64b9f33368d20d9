"""Acknowledge: a human reaction, reply or button takes responsibility for the texts up to one point, or gives it back.

Nothing that came by mail ever gets here.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bridge.domain.acknowledgement import Acknowledgement, Means
from bridge.domain.aside import Aside
from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import DialPlan, Meaning
from bridge.domain.event import ButtonPressed, Reaction, ReactionSet, ThreadReply
from bridge.domain.ids import ConversationId, PersonRef, PostRef, ThreadRef
from bridge.domain.message import Post
from bridge.domain.standing import MEMBER
from bridge.flows import admit, own, request
from bridge.ports import Ledger

_INSTANT = timedelta(microseconds=1)


def by_reaction(ledger: Ledger, plan: DialPlan, event: Reaction, now: datetime) -> Aside | None:
    """Set or clear one reaction; what is covered follows from all that are set.

    Events come late, twice and out of order: the one that happened last decides. A reaction on a post that is not
    known yet is kept: it counts as soon as the post turns out to be ours. One of somebody who does not answer here
    counts never; that it is gone may be news yet, if he did once.
    """
    if not _is_news(ledger, event.post, event.person, event.emoji, event.at):
        return None
    conversation = _conversation_at(ledger, event.post)
    did = plan.did(conversation.did) if conversation else None
    refusal = admit.refusal(plan, did, event.person, event.standing) if event.is_set else None
    if refusal:  # on a post that is not ours it is nobody's business
        if not conversation:
            return None
        is_root = conversation.thread == ThreadRef(
            event.post
        )  # which has perhaps no thread yet in which he could hear it
        return replace(refusal, thread=None if is_root else conversation.thread)
    change = partial(_become, ledger, plan, event.post, event.person, event.emoji, event.at, now, is_set=event.is_set)
    _changed_on(ledger, plan, event.post, change, f"{event.person}/{event.emoji}/{event.at.isoformat()}", now)
    return None


def by_reactions(ledger: Ledger, plan: DialPlan, event: ReactionSet, now: datetime) -> None:
    """Make the reactions on a post what they were found to be."""
    conversation = _conversation_at(ledger, event.post)
    did = plan.did(conversation.did) if conversation else None
    standings = event.standings
    present = {one for one in event.present if not admit.refusal(plan, did, one[0], standings.get(one[0], MEMBER))}
    known = {(one.by, _emoji(one)) for one in ledger.acknowledgements.reactions_on(event.post)}
    differing = [one for one in known ^ present if _is_news(ledger, event.post, *one, event.at)]

    def change() -> None:
        for person, emoji in differing:
            is_set = (person, emoji) in present
            _become(ledger, plan, event.post, person, emoji, event.at, now, is_set=is_set)

    found = " ".join(sorted(f"{person}/{emoji}" for person, emoji in present))
    _changed_on(ledger, plan, event.post, change, f"read {event.at.isoformat()} {found}", now)


def by_reply(ledger: Ledger, plan: DialPlan, conversation: Conversation, event: ThreadReply, now: datetime) -> None:
    """Take a reply as responsibility for all that its author could see: what was shown by its moment.

    In a thread that the conversation has left he saw nothing of what was shown since.
    """
    root = ledger.posts.get(PostRef(conversation.thread or "")) if event.thread != conversation.thread else None
    seen_at = min(event.said_at, root.posted_at - _INSTANT) if root else event.said_at
    _stay(ledger, plan, conversation, event.key, event.author, Means.REPLY, seen_at, now)


def by_button(ledger: Ledger, plan: DialPlan, event: ButtonPressed, now: datetime) -> None:
    """Take the button's press likewise."""
    conversation = ledger.conversations.get(ConversationId(event.value))
    if conversation:
        _stay(ledger, plan, conversation, event.key, event.person, Means.BUTTON, event.at, now)


def told(ledger: Ledger, plan: DialPlan, conversation: ConversationId) -> Acknowledgement | None:
    """Return the acknowledgement that the first post tells of: of those that cover most, the newest with a meaning.

    Where none has one, it is the first: who took the texts on, and when.
    """
    first = ledger.acknowledgements.latest(conversation)
    if not first or not plan.meanings:
        return first
    equals = [one for one in ledger.acknowledgements.since(conversation, first.at) if one.up_to == first.up_to]
    meaningful = [one for one in equals if meaning(plan, one)]
    return max(meaningful, key=lambda one: one.at, default=first)


def put(
    ledger: Ledger, plan: DialPlan, conversation: Conversation, acknowledgement: Acknowledgement, now: datetime
) -> None:
    """Record one that stays, and let it cover what it reaches."""
    change = partial(ledger.acknowledgements.put, acknowledgement)
    _changed(ledger, plan, conversation, change, acknowledgement.key, now)


def meaning(plan: DialPlan, acknowledgement: Acknowledgement) -> Meaning | None:
    """Return what a reaction says beyond taking texts on; its skin tone says nothing."""
    if acknowledgement.means is not Means.REACTION:
        return None
    return _meaning(plan, _emoji(acknowledgement))


def _meaning(plan: DialPlan, emoji: str) -> Meaning | None:
    return plan.meanings.get(emoji.partition("::")[0])


def adopt(ledger: Ledger, plan: DialPlan, post: PostRef, now: datetime) -> None:
    """Count the reactions that were set on a post before we knew it as ours."""
    waiting = [one for one in ledger.acknowledgements.reactions_on(post) if one.conversation is None]
    if not waiting:
        return

    def change() -> None:
        for one in waiting:
            _become(ledger, plan, post, one.by, _emoji(one), one.at, now, is_set=True)

    _changed_on(ledger, plan, post, change, "adopted", now)


def shown_before(ledger: Ledger, plan: DialPlan, conversation: Conversation, post: Post, now: datetime) -> None:
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
        _changed(ledger, plan, conversation, change, f"{post.ref}/shown before", now)


def _key(post: PostRef, person: PersonRef, emoji: str) -> str:
    return f"reaction {post} {person} {emoji}"


def _is_news(ledger: Ledger, post: PostRef, person: PersonRef, emoji: str, at: datetime) -> bool:
    """Tell whether nothing is known of this reaction that happened at this moment or after."""
    known = ledger.acknowledgements.get(_key(post, person, emoji))
    return known is None or known.at < at


def _emoji(reaction: Acknowledgement) -> str:
    return reaction.key.rpartition(" ")[2]


def _become(
    ledger: Ledger,
    plan: DialPlan,
    ref: PostRef,
    person: PersonRef,
    emoji: str,
    at: datetime,
    now: datetime,
    *,
    is_set: bool,
) -> None:
    """Record the state of one reaction; a cleared one stays on record without its post, so that it covers nothing.

    One that says "mine" takes the whole conversation, or gives it up.
    """
    conversation = _conversation_at(ledger, ref) if _meaning(plan, emoji) is Meaning.MINE else None
    if conversation:
        cause = f"{_key(ref, person, emoji)}/{at.isoformat()}"
        if is_set:
            own.claimed(ledger, plan, conversation, person, cause, now)
        else:
            own.given_up(ledger, conversation, person, cause, now)
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
    plan: DialPlan,
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
    put(ledger, plan, conversation, stays, now)


def _conversation_at(ledger: Ledger, ref: PostRef) -> Conversation | None:
    post = ledger.posts.get(ref)
    return ledger.conversations.get(post.conversation) if post else None


def _changed_on(
    ledger: Ledger, plan: DialPlan, ref: PostRef, change: Callable[[], None], cause: str, now: datetime
) -> None:
    conversation = _conversation_at(ledger, ref)
    if conversation:
        _changed(ledger, plan, conversation, change, f"{ref}/{cause}", now)
    else:
        change()


def _changed(
    ledger: Ledger, plan: DialPlan, conversation: Conversation, change: Callable[[], None], cause: str, now: datetime
) -> None:
    """Make the change, let the conversation be covered as far as what stands reaches, and its first post say so."""
    if conversation.is_erased:
        return
    before = told(ledger, plan, conversation.id)
    change()
    after = told(ledger, plan, conversation.id)
    if before == after:
        return
    covered = after.up_to if after else 0
    if covered != conversation.covered:
        waiting_since = ledger.messages.cover(conversation.id, covered)
        ledger.conversations.set_covered(conversation.id, covered, waiting_since)
    request.amended(ledger, conversation, cause, now)
