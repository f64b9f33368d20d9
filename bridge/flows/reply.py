"""Reply: what a person writes in a thread becomes a message, and an SMS, or the reason why not."""

from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from bridge.domain.aside import Aside
from bridge.domain.conversation import Conversation, Course
from bridge.domain.dialplan import DialPlan, Did, LongText, Replies
from bridge.domain.event import ThreadReply
from bridge.domain.ids import EntryToken, MessageId, PersonRef, PostRef, ThreadRef
from bridge.domain.length import Becomes, Length
from bridge.domain.message import Direction, Message, Post
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryState
from bridge.domain.phrase import Action, Button
from bridge.domain.segment import Segments
from bridge.domain.visible import is_blank
from bridge.errors import Reason
from bridge.flows import acknowledge, admit, attach, compose, doubt, group, limit, own, request, warn
from bridge.ports import Ledger
from bridge.wording import aside as words
from bridge.wording import post as post_words

MARKED_AFTER = timedelta(seconds=1)  # after it became due; by then it has mostly left


def is_ours(ledger: Ledger, event: ThreadReply) -> bool:
    """Tell whether the reply stands in a thread of ours; all others are none of our business."""
    return is_in_ours(ledger, event.thread)


def is_in_ours(ledger: Ledger, thread: ThreadRef) -> bool:
    """Tell whether this is a thread of ours."""
    return _conversation(ledger, thread) is not None


def _conversation(ledger: Ledger, thread: ThreadRef) -> Conversation | None:
    """Find whose thread it is; one whose first post was deleted is known by that post yet.

    One in which all is being deleted is nobody's any more: what is said there goes nowhere, and is not kept.
    """
    shown = ledger.conversations.shown_in(thread)
    post = None if shown else ledger.posts.get(PostRef(thread))
    found = ledger.conversations.get(post.conversation) if post else shown
    return None if found and found.is_erased else found


def by_sms(ledger: Ledger, plan: DialPlan, event: ThreadReply, now: datetime) -> Aside | None:
    """Keep a reply, take it as an acknowledgement, and have it sent in its turn; or say why it is not.

    Whoever does not answer here is heard by colleagues only, and told so.
    """
    conversation = _conversation(ledger, event.thread)
    if conversation is None:
        return None
    did = plan.did(conversation.did)
    if from_outside := admit.refusal(plan, did, event.author, event.standing):
        _kept(ledger, conversation, event, Reason.OUTSIDE, now)
        request.marked(ledger, MessageId(event.key), event.key, now)
        return from_outside
    if _is_note(plan, did, event):
        _taken_on(ledger, plan, conversation, event, Reason.NOTE, now)
        request.marked(ledger, MessageId(event.key), event.key, now)
        return None
    own.taken_on(ledger, plan, conversation, event.author, event.key, now)
    unsure_since = doubt.since_reply(ledger, event, now)
    refusal = _refusal(ledger, plan, did, conversation, event, is_unsure=unsure_since is not None)
    message = _taken_on(ledger, plan, conversation, event, Reason.REJECTED if refusal else None, now)
    if did is None or refusal:
        warn.thread(ledger, did, conversation, refusal or _no_number(event), event.key, now, unsure_since)
    elif event.unfit_files:
        _without_files(ledger, plan, did, conversation, message, event, now)
    else:
        _send(ledger, plan, did, conversation, message, event, now, unsure_since)
    if unsure_since:
        doubt.heed(ledger, event, ledger.outbox.of_message(message.id))
    _followed_up(ledger, did, message, event, now)
    return _elsewhere(conversation, event, _undo(ledger, plan, message, now))


def _elsewhere(conversation: Conversation, event: ThreadReply, aside: Aside | None) -> Aside | None:
    """Add, for whoever has replied in a thread that the conversation has left, where it goes on."""
    if not conversation.thread or conversation.thread == event.thread:
        return aside
    there = post_words.goes_on(conversation.link)
    return replace(aside, phrase=(*aside.phrase, " ", *there)) if aside else Aside(phrase=there)


def sent_anew(
    ledger: Ledger,
    plan: DialPlan,
    conversation: Conversation,
    message: Message,
    event: ThreadReply,
    now: datetime,
    *,
    whatever_it_says: bool = False,
) -> Aside | None:
    """Decide once more on a reply that has not gone out; `event` bears the key of what changed it.

    It may be a note by now, unless somebody has said that it is none.
    """
    did = plan.did(conversation.did)
    is_note = not whatever_it_says and _is_note(plan, did, event)
    refusal = None if is_note else _refusal(ledger, plan, did, conversation, event, is_unsure=False)
    reason = Reason.NOTE if is_note else Reason.REJECTED if refusal else None
    ledger.messages.reword(message.id, event.text, reason)
    if refusal:
        warn.thread(ledger, did, conversation, refusal, event.key, now)
    elif did and not is_note:
        _send(ledger, plan, did, conversation, replace(message, text=event.text), event, now, None)
    _followed_up(ledger, did, message, event, now)
    return _undo(ledger, plan, message, now)


def _undo(ledger: Ledger, plan: DialPlan, message: Message, now: datetime) -> Aside | None:
    """Offer its author to take a reply back, as long as it waits for nothing else."""
    waiting = [entry for entry in ledger.outbox.of_message(message.id) if entry.state is EntryState.READY]
    seconds = max((ceil((entry.due_at - now).total_seconds()) for entry in waiting), default=0)
    if not plan.offers_undo or seconds <= 0:
        return None
    button = Button(action=Action.UNDO, label=words.UNDO, value=waiting[0].token)
    return Aside(phrase=words.leaves_in(seconds), buttons=(button,))


def _followed_up(ledger: Ledger, did: Did | None, message: Message, event: ThreadReply, now: datetime) -> None:
    """Have the reply marked, and put it where it stands by its moment."""
    request.marked(ledger, message.id, event.key, now, due_at=_marked_from(ledger, message, now))
    if did:
        request.in_time(ledger, request.lane(did, message.conversation), message)


def _marked_from(ledger: Ledger, message: Message, now: datetime) -> datetime | None:
    """Return from when on a reply bears a mark: one that its author may still take back bears none."""
    waiting = [entry.due_at for entry in ledger.outbox.of_message(message.id) if entry.state is EntryState.READY]
    due_at = max(waiting, default=now)
    return due_at + MARKED_AFTER if due_at > now else None


def author_of(message: Message) -> PersonRef | None:
    """Return the colleague who wrote it."""
    return message.author if isinstance(message.author, str) else None


def _no_number(event: ThreadReply) -> Notice:
    return Notice(case=Case.NO_NUMBER, person=event.author)


def _is_note(plan: DialPlan, did: Did | None, event: ThreadReply) -> bool:
    """Tell what is meant for colleagues, by its beginning or by the rule of the number."""
    if did is not None and (did.replies is Replies.OFF or (did.replies is Replies.MENTION and not event.mentions_us)):
        return True
    return without_sign(plan, event.text) != event.text


def without_sign(plan: DialPlan, text: str) -> str:
    """Return what is said after the sign of a note, or all of it where it begins with none."""
    beginning = text.lstrip()
    for sign in plan.notes:
        if beginning.casefold().startswith(sign.casefold()):
            return beginning[len(sign) :].lstrip()
    return text


def _taken_on(
    ledger: Ledger,
    plan: DialPlan,
    conversation: Conversation,
    event: ThreadReply,
    refusal: Reason | None,
    now: datetime,
) -> Message:
    """Keep a reply, and take it as an acknowledgement; a note is one too."""
    message = _kept(ledger, conversation, event, refusal, now)
    acknowledge.by_reply(ledger, plan, conversation, event, now)
    return message


def _kept(
    ledger: Ledger, conversation: Conversation, event: ThreadReply, refusal: Reason | None, now: datetime
) -> Message:
    message = _message(event, conversation, refusal, now)
    ledger.messages.save(message)
    seen = ledger.posts.shown_at(conversation.id, event.said_at)
    ledger.posts.save(Post(ref=event.post, conversation=conversation.id, up_to=seen, posted_at=event.said_at))
    return message


def _message(event: ThreadReply, conversation: Conversation, refusal: Reason | None, now: datetime) -> Message:
    return Message(
        id=MessageId(event.key),
        conversation=conversation.id,
        direction=Direction.OUTBOUND,
        author=event.author,
        text=event.text,
        media=len(event.files) + len(event.unfit_files),
        said_at=event.said_at,
        received_at=now,
        post=event.post,
        refusal=refusal,
    )


def _refusal(
    ledger: Ledger,
    plan: DialPlan,
    did: Did | None,
    conversation: Conversation,
    event: ThreadReply,
    *,
    is_unsure: bool,
) -> Notice | None:
    """Return why this reply can never be sent, if so; one that is unsure may have gone out before the STOP."""
    if did is None:
        return _no_number(event)
    if is_blank(event.text) and not event.files:
        return _nothing_to_send(event)
    if notice := _unreachable(ledger, plan, did, conversation, event, is_unsure=is_unsure):
        return notice
    segments = Segments.of(event.text).count
    if did.long_text is LongText.REFUSE and segments > 1:
        return Notice(case=Case.TOO_LONG, person=event.author, detail=str(segments))
    return None


def _unreachable(
    ledger: Ledger, plan: DialPlan, did: Did, conversation: Conversation, event: ThreadReply, *, is_unsure: bool
) -> Notice | None:
    """Return why whoever would get this reply is not to be texted, if so."""
    if conversation.course is Course.BLOCKED:
        return Notice(case=Case.BLOCKED, person=event.author)
    for address in compose.recipients(ledger, plan, did, conversation):
        if not address.is_repliable:
            return Notice(case=Case.NOT_REPLIABLE, person=event.author)
        if barrier := limit.barred(plan, did, address):
            return Notice(case=Case.BARRED, person=event.author, address=address.value, reason=barrier)
        if compose.is_opted_out(ledger, did.number, address) and not is_unsure:
            return group.opted_out(ledger, plan, conversation, address, event.author)
    return None


def _nothing_to_send(event: ThreadReply) -> Notice:
    """Say that there are no words, and no file that could go."""
    if event.unfit_files:
        return Notice(case=Case.UNSUPPORTED_FILE, person=event.author, detail=", ".join(event.unfit_files))
    return Notice(case=Case.EMPTY_REPLY, person=event.author)


def _send(
    ledger: Ledger,
    plan: DialPlan,
    did: Did,
    conversation: Conversation,
    message: Message,
    event: ThreadReply,
    now: datetime,
    unsure_since: datetime | None,
) -> None:
    for number, file in enumerate(event.files, 1):
        attach.wanted(ledger, message, number, file)
        request.fetched_before_sending(ledger, did, message, number, now)
    if event.files and did.converts:
        request.fitted_before_sending(ledger, did, message, event.key, now)
    texts = compose.texts_of(message, did, plan)
    length = Length.of(message.text, did, plan, has_files=bool(message.media))
    question = None if unsure_since or event.send_at else _question(plan, length, event, now)
    if event.send_at:
        _plan(ledger, did, conversation, message, event, texts, event.send_at, now)
    elif question:
        tokens = _requested(ledger, did, message, event, texts, now, held=True)
        notice = Notice(case=question, about=tokens[0], person=event.author, at=event.said_at, detail=str(length.cost))
        warn.thread(ledger, did, conversation, notice, event.key, now)
    elif unsure_since:
        _requested(ledger, did, message, event, texts, now, unsure_since=unsure_since)
    else:
        _send_within_limits(ledger, plan, did, conversation, message, event, texts, now)
    if event.files:
        attach.judged(ledger, plan, compose.Whose(message, conversation, did), f"{event.key}/unfit", now)
    group.say_who_gets_it(ledger, plan, did, conversation, now, unsure_since)


def _plan(
    ledger: Ledger,
    did: Did,
    conversation: Conversation,
    message: Message,
    event: ThreadReply,
    texts: list[str],
    due_at: datetime,
    now: datetime,
) -> None:
    """Hold it until its time, and say so where it stands."""
    tokens = _requested(ledger, did, message, event, texts, now, held=True, detail=request.PLANNED, due_at=due_at)
    notice = Notice(case=Case.PLANNED, about=tokens[0], person=event.author, at=due_at)
    warn.thread(ledger, did, conversation, notice, event.key, now)


def _send_within_limits(
    ledger: Ledger,
    plan: DialPlan,
    did: Did,
    conversation: Conversation,
    message: Message,
    event: ThreadReply,
    texts: list[str],
    now: datetime,
) -> None:
    """Send it, or hold it; one note stands for all replies of this thread that a limit holds."""
    to = compose.recipients(ledger, plan, did, conversation)
    over = limit.let_out(ledger, plan, did, message, to, len(texts), now)
    if not over:
        due_at = max(now, min(now, event.said_at) + plan.hold)
        _requested(ledger, did, message, event, texts, now, due_at=due_at)
        return
    is_first = not ledger.outbox.held(request.lane(did, conversation.id), request.OVER_LIMIT, 1)
    tokens = _requested(ledger, did, message, event, texts, now, held=True, detail=request.OVER_LIMIT)
    if is_first:
        warn.thread(ledger, did, conversation, over.notice(tokens[0], event.author), event.key, now)


def _requested(
    ledger: Ledger,
    did: Did,
    message: Message,
    event: ThreadReply,
    texts: list[str],
    now: datetime,
    *,
    held: bool = False,
    detail: str = "",
    unsure_since: datetime | None = None,
    due_at: datetime | None = None,
) -> list[EntryToken]:
    more: dict[str, Any] = {"held": held, "detail": detail, "unsure_since": unsure_since, "due_at": due_at}
    return [request.sent(ledger, did, message, event.key, part, now, **more) for part in range(len(texts))]


def _question(plan: DialPlan, length: Length, event: ThreadReply, now: datetime) -> Case | None:
    """Return what the author is asked before anything is sent."""
    if event.read_back and now - event.said_at > plan.late_after:
        return Case.ASK_LATE
    return Case.ASK_LONG if length.becomes is Becomes.ASKED else None


def _without_files(
    ledger: Ledger,
    plan: DialPlan,
    did: Did,
    conversation: Conversation,
    message: Message,
    event: ThreadReply,
    now: datetime,
) -> None:
    """Offer to send the words alone, because a file of it cannot go."""
    about = attach.words_alone(ledger, plan, did, message, event.key, now)
    unfit = ", ".join(event.unfit_files)
    notice = Notice(case=Case.UNSUPPORTED_FILE, about=about, person=event.author, detail=unfit)
    warn.thread(ledger, did, conversation, notice, event.key, now, event.said_at)
