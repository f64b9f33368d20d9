"""Compose: a wish, which only names what it is about, becomes a complete command that says what is true now."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from bridge.domain.command import (
    AmendPost,
    Card,
    Command,
    DeletePost,
    FetchMedia,
    FitPictures,
    MarkPost,
    Note,
    PostToThread,
    Said,
    SendMail,
    SendSms,
    UploadFile,
)
from bridge.domain.conversation import ConsentState, Conversation
from bridge.domain.delivery import lowest
from bridge.domain.dialplan import DialPlan, Did, LongText
from bridge.domain.digest import OpenConversation, OpenText
from bridge.domain.ids import ChannelRef, ConversationId, DigestId, EventKey, MessageId, PersonRef, PostRef, step
from bridge.domain.length import cut
from bridge.domain.message import Attachment, Media, MediaState, Message, media_name
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryState, OutboxEntry, WishKind
from bridge.domain.parcel import room
from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.phrase import Mark
from bridge.domain.segment import Segments
from bridge.errors import Reason
from bridge.flows import depict, gather, mute, name, own, request
from bridge.ports import Ledger
from bridge.wording import erase as erase_words
from bridge.wording import post as post_words
from bridge.wording import thread as words

MEDIA_GRANT = timedelta(hours=12)
LARGEST_FILE = 25_000_000
INLINE_PICTURES = 4_000_000
_FOR_ALL = (Case.GIVEN_BACK, Case.REMINDER)  # notes that stand in the channel too: in a thread nobody might see them
_MARKS_OF_REFUSED = {Reason.NOTE: Mark.NOTE, Reason.OUTSIDE: Mark.NOTE, Reason.WITHDRAWN: Mark.CANCELLED}


class Unsaid(Enum):
    """Why there is no command."""

    WITHDRAWN = auto()  # it is not wanted any more
    NOT_YET = auto()  # it needs something that is not there yet


def command(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    """Return what a door needs to fulfil this wish as it is now."""
    return _COMPOSERS[entry.kind](ledger, plan, entry, now)


class Whose(NamedTuple):
    """What an entry about a message concerns: the message, its conversation, our number."""

    message: Message
    conversation: Conversation
    did: Did

    @property
    def person(self) -> PersonRef | None:
        """Who wrote it, if one of us did."""
        return self.message.author if isinstance(self.message.author, str) else None


def whose(ledger: Ledger, plan: DialPlan, entry: OutboxEntry) -> Whose | None:
    """Find what an entry about a message concerns; None when any of it is not there any more."""
    found = ledger.messages.in_context(MessageId(entry.subject))
    did = plan.did(found[1].did) if found and found[1].participants else None
    return Whose(*found, did) if found and did else None


def texts_of(message: Message, did: Did, plan: DialPlan) -> list[str]:
    """Cut a reply into the texts that leave the house."""
    return cut(message.text, did, plan, has_files=bool(message.media))


def recipients(
    ledger: Ledger, plan: DialPlan, did: Did, conversation: Conversation, reply: Message | None = None
) -> tuple[Address, ...]:
    """Return whom a reply reaches: everybody, or in a group that the carrier cannot serve whoever wrote last before it.

    Without a reply: whom one reaches that is written now.
    """
    if not conversation.is_group or plan.abilities[did.carrier].groups:
        return conversation.participants
    last = ledger.messages.last_sender(conversation.id, reply.position if reply else None)
    return (last,) if last else conversation.participants[:1]


def is_opted_out(ledger: Ledger, did: PhoneNumber, address: Address) -> bool:
    """Tell whether this person said STOP to this number of ours."""
    consent = ledger.consents.get(did, address)
    return consent is not None and consent.state is ConsentState.WITHDRAWN


def is_shown_by_us(ledger: Ledger, message: Message) -> bool:
    """Tell a text that was written in a form from a reply, which stands in its thread already."""
    return ledger.outbox.get(step(message.id, "show", 0)) is not None


def mark_of(ledger: Ledger, message: Message) -> Mark:
    """Return the state that a reply carries: that of its least advanced part, each part by its newest entry."""
    if message.refusal:
        return _MARKS_OF_REFUSED.get(message.refusal, Mark.FAILED)
    newest = {entry.part: entry.status for entry in ledger.outbox.of_message(message.id)}
    statuses = [status for status in newest.values() if status]
    return Mark(lowest(statuses).value) if statuses else Mark.QUEUED


def _show(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    found = ledger.messages.in_context(MessageId(entry.subject))
    if not found or not found[1].participants:  # all of it was deleted
        return Unsaid.WITHDRAWN
    message, conversation = found
    if conversation.thread is None:
        return _posted(entry, conversation, depict.card(ledger, plan, conversation, message, entry.part))
    said = depict.said(ledger, plan, conversation, message, entry.part)
    rest = [ledger.messages.get(MessageId(one.subject)) for one in gather.others(ledger, entry)]
    more = tuple(depict.said(ledger, plan, conversation, one, 0) for one in rest if one)
    is_news = depict.breaks_silence(ledger, plan, conversation, message)
    owner = own.of(plan, conversation) if is_news and plan.mentions else None
    owner = None if mute.until(ledger, owner, now) else owner
    footing = (*said.footing, *post_words.meant_for(owner)) if owner else said.footing
    posted = _posted(entry, conversation, replace(said, more=more, footing=footing))
    return replace(posted, in_channel=is_news)


def _posted(entry: OutboxEntry, conversation: Conversation, content: Card | Said | Note) -> PostToThread:
    channel = ChannelRef(entry.destination.partition("/")[2])
    return PostToThread(channel=channel, thread=conversation.thread, content=content, may_repeat=entry.is_repeat)


def _amend(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    conversation = ledger.conversations.get(ConversationId(entry.subject))
    post = conversation and conversation.thread and ledger.posts.get(PostRef(conversation.thread))
    first = ledger.messages.at(post.up_to) if post else None
    if not conversation or not conversation.thread or not first:
        return Unsaid.WITHDRAWN
    content = depict.card(ledger, plan, conversation, first, 0)
    return AmendPost(post=PostRef(conversation.thread), content=content)


def _say(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    conversation = ledger.conversations.get(ConversationId(entry.subject))
    if not conversation or not conversation.participants:
        return Unsaid.WITHDRAWN
    if conversation.thread is None and (last := ledger.messages.last_heard(conversation.id)):
        return _posted(entry, conversation, depict.card(ledger, plan, conversation, last, 0))  # the note goes below it
    notice, did = Notice.unpacked(entry.detail), plan.did(conversation.did)
    phrase, buttons = words.note(notice)
    posted = _posted(entry, conversation, Note(phrase=phrase, buttons=buttons))
    is_for_all = notice.case in _FOR_ALL and did is not None and bool(did.echo_after)
    return replace(posted, in_channel=is_for_all)


def _tell_erased(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    erasure = ledger.erasures.get(EventKey(entry.subject))
    if not erasure:
        return Unsaid.WITHDRAWN
    counts = (erasure.texts, erasure.files, erasure.posts, erasure.remaining)
    phrase = erase_words.done(erasure.ending, erasure.by, *counts)
    channel = erasure.channel
    return PostToThread(channel=channel, thread=None, content=Note(phrase=phrase), may_repeat=entry.is_repeat)


def _delete(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    post = ledger.posts.get(PostRef(entry.subject))
    return DeletePost(post=post.ref) if post else Unsaid.WITHDRAWN


def _say_instead(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    notice, ref = Notice.unpacked(entry.detail), PostRef(entry.subject)
    if notice.case is Case.MOVED_ON:
        content = depict.left(ledger, plan, ref, notice.detail)
        return AmendPost(post=ref, content=content) if content else Unsaid.WITHDRAWN
    phrase, buttons = words.note(notice)
    return AmendPost(post=ref, content=Note(phrase=phrase, buttons=buttons))


def _mark(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    message = ledger.messages.get(MessageId(entry.subject))
    if not message or not message.post:
        return Unsaid.WITHDRAWN
    return MarkPost(post=message.post, mark=mark_of(ledger, message))


def _send(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    found = whose(ledger, plan, entry)
    if not found:
        return Unsaid.WITHDRAWN
    message, conversation, did = found
    if message.refusal is Reason.WITHDRAWN:
        return Unsaid.WITHDRAWN
    texts = texts_of(message, did, plan)
    tokens = () if entry.detail == request.WITHOUT_FILES or entry.part else _granted(ledger, message, now)
    text = texts[entry.part] if entry.part < len(texts) else ""
    if not text and not tokens:
        return Unsaid.WITHDRAWN
    as_mms = did.long_text is LongText.MMS and Segments.of(text).count > 1
    to = recipients(ledger, plan, did, conversation, message)
    return SendSms(did=did.number, to=to, text=text, media_tokens=tokens, as_mms=as_mms)


def _granted(ledger: Ledger, message: Message, now: datetime) -> tuple[str, ...]:
    """Let the carrier fetch the kept files of a reply, for a while."""
    tokens = []
    for attachment in with_files(ledger, message):
        token = ledger.seal(f"{message.id}/media/{attachment.number}/{attachment.digest}")
        ledger.media.grant(token, attachment.digest, now + MEDIA_GRANT)
        tokens.append(token)
    return tuple(tokens)


def _fetch(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    attachments = ledger.messages.attachments(MessageId(entry.subject))
    wanted = [one for one in attachments if one.number == entry.part and one.state is MediaState.WANTED]
    return FetchMedia(ref=wanted[0].ref, limit=LARGEST_FILE) if wanted else Unsaid.WITHDRAWN


def _fit(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    found = whose(ledger, plan, entry)
    if not found or not found.did.converts or not _is_to_go(ledger, found.message):
        return Unsaid.WITHDRAWN
    kept = [ledger.media.get(one.digest) for one in with_files(ledger, found.message)]
    pictures = tuple(media for media in kept if media)
    if len(pictures) != len(kept):
        return Unsaid.WITHDRAWN
    return FitPictures(pictures=pictures, room=room(found.message.text, found.did.max_mms_bytes))


def _is_to_go(ledger: Ledger, message: Message) -> bool:
    """Tell whether this reply may still go out with its files."""
    ended = (EntryState.SENT, EntryState.FAILED, EntryState.CANCELLED)
    entries = [one for one in ledger.outbox.of_message(message.id) if one.detail != request.WITHOUT_FILES]
    return message.refusal is None and any(one.state not in ended for one in entries)


def with_files(ledger: Ledger, message: Message) -> tuple[Attachment, ...]:
    """Return the files of a reply that are here, in order."""
    return tuple(one for one in ledger.messages.attachments(message.id) if one.state is MediaState.KEPT)


def _upload(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    found = whose(ledger, plan, entry)
    if not found:
        return Unsaid.WITHDRAWN
    message, conversation, did = found
    if not conversation.thread:
        return Unsaid.NOT_YET
    for attachment in ledger.messages.attachments(message.id):
        media = ledger.media.get(attachment.digest) if attachment.number == entry.part else None
        if media:
            called = attachment.name or media_name(attachment.number, media.type)
            return UploadFile(channel=did.channel, thread=conversation.thread, name=called, media=media)
    return Unsaid.WITHDRAWN


def _digest(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    digest = ledger.digests.get(DigestId(entry.subject))
    if not digest:
        return Unsaid.WITHDRAWN
    new = [text for id in digest.new if (text := _open_text(ledger, id, is_new=True))]
    if not new:
        return Unsaid.WITHDRAWN
    old = [text for id in digest.still_open if (text := _open_text(ledger, id, is_new=False))]
    conversations = _by_conversation(ledger, plan, [*new, *old])
    return SendMail(
        to=digest.recipient,
        name=digest.name,
        conversations=conversations,
        pictures=_pictures(ledger, conversations),
        frozen_at=digest.frozen_at,
        chat_silent_since=_chat_silent_since(ledger, plan, new),
        is_everybody_off=mute.is_everybody_off(ledger, [one.did for one in conversations if one.did], now),
    )


def _chat_silent_since(ledger: Ledger, plan: DialPlan, texts: list[OpenText]) -> datetime | None:
    """Return since when the chat, or a channel that these texts are shown in, does not take what we say."""
    channels = {request.channel(plan.did(text.conversation.did)) for text in texts}
    keys = {"listener/slack"} | {f"{what}/{channel}" for channel in channels for what in ("blocked", "waiting")}
    return min((trouble.since for trouble in ledger.audit.troubles() if trouble.key in keys), default=None)


def _open_text(ledger: Ledger, id: MessageId, *, is_new: bool) -> OpenText | None:
    """Return the text if it is still unacknowledged."""
    found = ledger.messages.in_context(id)
    if not found or found[0].position <= found[1].covered:
        return None
    message, conversation = found
    attachments = ledger.messages.attachments(id) if message.media else ()
    return OpenText(message=message, conversation=conversation, attachments=attachments, is_new=is_new)


def _by_conversation(ledger: Ledger, plan: DialPlan, texts: list[OpenText]) -> tuple[OpenConversation, ...]:
    """Group texts by conversation; conversations with new texts come first, each one's texts in order."""
    groups: dict[ConversationId, list[OpenText]] = {}
    for text in texts:
        groups.setdefault(text.conversation.id, []).append(text)
    people = (address for text in texts for address in text.conversation.participants)
    names = name.of_all(ledger, plan, people)
    return tuple(
        OpenConversation(
            conversation=group[0].conversation,
            did=plan.did(group[0].conversation.did),
            names=tuple(names.get(address, "") for address in group[0].conversation.participants),
            texts=tuple(sorted(group, key=lambda text: text.message.position)),
        )
        for group in groups.values()
    )


def _pictures(ledger: Ledger, conversations: tuple[OpenConversation, ...]) -> tuple[tuple[str, Media], ...]:
    """Return the pictures to show inline, (digest, picture), until there are enough of them for one mail."""
    pictures: dict[str, Media] = {}
    room = INLINE_PICTURES
    for conversation in conversations:
        for attachment in (a for text in conversation.texts for a in text.attachments if a.digest not in pictures):
            media = ledger.media.get(attachment.digest) if attachment.size <= room else None
            if media and media.type.startswith("image/"):
                pictures[media.digest] = media
                room -= len(media.content)
    return tuple(pictures.items())


def _warning(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> Command | Unsaid:
    notices = tuple(trouble.what for trouble in ledger.audit.troubles())
    admin = next((person for person in plan.admins if person.email == entry.subject), None)
    if not notices or not admin:
        return Unsaid.WITHDRAWN
    return SendMail(to=admin.email, name=admin.name, conversations=(), frozen_at=entry.due_at, notices=notices)


_COMPOSERS = {
    WishKind.SHOW_MESSAGE: _show,
    WishKind.SAY_NOTE: _say,
    WishKind.AMEND_CARD: _amend,
    WishKind.AMEND_NOTE: _say_instead,
    WishKind.MARK_REPLY: _mark,
    WishKind.SEND_SMS: _send,
    WishKind.FETCH_MEDIA: _fetch,
    WishKind.FETCH_FILE: _fetch,
    WishKind.FIT_FILES: _fit,
    WishKind.UPLOAD_FILE: _upload,
    WishKind.SEND_DIGEST: _digest,
    WishKind.SEND_WARNING: _warning,
    WishKind.DELETE_POST: _delete,
    WishKind.TELL_ERASED: _tell_erased,
}
