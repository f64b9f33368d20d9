"""Anchor: a post of ours stands, and what follows from that; or its thread is gone, or in another channel by now."""

from datetime import datetime, timedelta

from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import DialPlan
from bridge.domain.ids import ConversationId, MessageId, PostRef, ThreadRef
from bridge.domain.message import Direction, Message, Post
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry, Settlement, WishKind
from bridge.errors import Reason
from bridge.flows import acknowledge, gather, request, steer
from bridge.ports import Ledger

PROMPT = timedelta(seconds=1)  # an answer to a post that comes within this overtakes nobody's acknowledgement


def stands(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    """Remember which post shows what; a conversation's first post becomes its thread."""
    ref, posted_at = PostRef(settlement.ref), settlement.posted_at or now
    message, conversation = _concerned(ledger, entry)
    if not conversation or not ref:
        return
    says_more = entry.kind is WishKind.SHOW_MESSAGE and conversation.thread is not None
    message = (gather.shown(ledger, entry, ref) if says_more else None) or message
    up_to = message.position if message else ledger.posts.shown_at(conversation.id, posted_at)
    post = Post(ref=ref, conversation=conversation.id, up_to=up_to, posted_at=posted_at)
    ledger.posts.save(post)
    if not conversation.is_erased:
        _counts(ledger, plan, conversation, message, post, entry, settlement.link, now)


def _counts(
    ledger: Ledger,
    plan: DialPlan,
    conversation: Conversation,
    message: Message | None,
    post: Post,
    entry: OutboxEntry,
    link: str,
    now: datetime,
) -> None:
    """Let what follows from a post come about."""
    _stands_for(ledger, message, post.ref, entry, now)
    _said(ledger, conversation, entry, now)
    if conversation.thread is None:
        _opened(ledger, conversation, ThreadRef(post.ref), link, entry, now)
    acknowledge.adopt(ledger, plan, post.ref, now)
    if now - post.posted_at > PROMPT:
        acknowledge.shown_before(ledger, plan, ledger.conversations.get(conversation.id) or conversation, post, now)


def _opened(
    ledger: Ledger, conversation: Conversation, thread: ThreadRef, link: str, entry: OutboxEntry, now: datetime
) -> None:
    """Take a first post for the thread of its conversation; one that was left meanwhile says where it goes on."""
    ledger.conversations.set_thread(conversation.id, thread, link)
    if conversation.earlier_thread:
        request.moved_on(ledger, conversation.earlier_thread, link, entry.id, now)
    if conversation.waiting_since is None:
        request.amended(ledger, ledger.conversations.get(conversation.id) or conversation, entry.id, now)


def _said(ledger: Ledger, conversation: Conversation, entry: OutboxEntry, now: datetime) -> None:
    """Say a note below the first post that had to be made for it; once a reminder is said, its conversation waits."""
    if entry.kind is not WishKind.SAY_NOTE:
        return
    if conversation.thread is None:
        ledger.outbox.alter(entry.id, EntryChange(state=EntryState.READY))
    elif Notice.unpacked(entry.detail).case is Case.REMINDER:
        steer.reopened(ledger, conversation, entry.id, now)


def _stands_for(ledger: Ledger, message: Message | None, ref: PostRef, entry: OutboxEntry, now: datetime) -> None:
    """Let the first post of a text that one of us began with carry its mark, as his own would."""
    is_first = entry.kind is WishKind.SHOW_MESSAGE and entry.part == 0
    if is_first and message and message.direction is Direction.OUTBOUND:
        ledger.messages.set_post(message.id, ref)
        request.marked(ledger, message.id, entry.id, now)


def left(ledger: Ledger, entry: OutboxEntry, why: Reason | None) -> None:
    """Show it in a new thread: somebody deleted the first post of the old one, or the number has another channel."""
    _, conversation = _concerned(ledger, entry)
    if conversation and conversation.thread and not _is_newer(ledger, conversation.thread, entry):
        _leave(ledger, conversation, conversation.thread, why)
    ledger.outbox.alter(entry.id, EntryChange(state=EntryState.READY))


def lost(ledger: Ledger, entry: OutboxEntry, why: Reason | None) -> None:
    """Let the next text open a new thread where the first post cannot be changed, because somebody has deleted it.

    Below what the chat puts in its place posts could still stand; but nobody could see there what waits.
    """
    conversation = ledger.conversations.get(ConversationId(entry.subject))
    if conversation and conversation.thread and not _is_newer(ledger, conversation.thread, entry):
        _leave(ledger, conversation, conversation.thread, why)


def _leave(ledger: Ledger, conversation: Conversation, thread: ThreadRef, why: Reason | None) -> None:
    earlier, link = (thread, conversation.link) if why is Reason.MOVED else (None, "")
    ledger.conversations.leave_thread(conversation.id, earlier, link)


def _is_newer(ledger: Ledger, thread: ThreadRef, entry: OutboxEntry) -> bool:
    """Tell whether this thread was opened while the entry was being tried, and so in another."""
    root = ledger.posts.get(PostRef(thread))
    return root is not None and entry.started_at is not None and root.posted_at > entry.started_at


def _concerned(ledger: Ledger, entry: OutboxEntry) -> tuple[Message | None, Conversation | None]:
    """Return the message that an entry shows, if it shows one, and the conversation in which."""
    if entry.kind is WishKind.SAY_NOTE:
        return None, ledger.conversations.get(ConversationId(entry.subject))
    return ledger.messages.in_context(MessageId(entry.subject)) or (None, None)
