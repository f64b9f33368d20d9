"""Attach: a file that was fetched joins its message; one that cannot be had, or not be sent, is said in the thread."""

from dataclasses import replace
from datetime import datetime

from bridge.domain.conversation import Conversation
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import DialPlan, Did
from bridge.domain.event import File
from bridge.domain.ids import MessageId
from bridge.domain.message import (
    SENDABLE_TYPES,
    UNKNOWN_TYPE,
    Attachment,
    Direction,
    Media,
    MediaState,
    Message,
    encoded_size,
)
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry, Settlement
from bridge.errors import Reason
from bridge.flows import compose, doubt, request, warn
from bridge.ports import Ledger
from bridge.wording import thread as words


def wanted(ledger: Ledger, message: Message, number: int, file: File) -> None:
    """Record a file that a message announces, before it is fetched; `number` is 1 for the first."""
    ledger.messages.attach(
        Attachment(
            message=message.id,
            number=number,
            ref=file.ref,
            name=file.name,
            type=file.type or UNKNOWN_TYPE,
            size=file.size,
            state=MediaState.WANTED,
        )
    )


def fetched(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, media: Media, now: datetime) -> None:
    """Keep the file; have an inbound one uploaded, and see whether a reply is complete and fit."""
    ledger.media.keep(media, now)
    found = _attachment(ledger, entry)
    if found:
        _become(ledger, found, MediaState.KEPT, media)
    _go_on(ledger, plan, entry, now)


def refused(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    """Record that the file cannot be had, and say so."""
    found = _attachment(ledger, entry)
    if found:
        _become(ledger, found, MediaState.REFUSED, None)
    why = words.because(settlement.reason or Reason.GONE)
    _say(ledger, plan, entry, Notice(case=Case.PICTURE_REFUSED, detail=why), now)
    _go_on(ledger, plan, entry, now)


def late(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> None:
    """Say that a file is still being fetched."""
    _say(ledger, plan, entry, Notice(case=Case.PICTURE_LATE), now)


def words_alone(ledger: Ledger, plan: DialPlan, did: Did, message: Message, cause: str, now: datetime) -> str:
    """Hold the words of a reply back, all of them, to be sent without its files; return the token to decide on."""
    if not message.text.strip():
        return ""
    unsure, detail = doubt.since(ledger, message.said_at, now), request.WITHOUT_FILES
    tokens = [
        request.sent(ledger, did, message, cause, part, now, held=True, detail=detail, unsure_since=unsure)
        for part in range(len(compose.texts_of(message, did, plan)))
    ]
    return tokens[0]


def _say(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, notice: Notice, now: datetime) -> None:
    """Say it of a file that came with a text; what is said of a reply's files is said once they are all there."""
    about = compose.whose(ledger, plan, entry)
    if about and about.message.direction is Direction.INBOUND:
        warn.thread(ledger, about.did, about.conversation, notice, entry.id, now, about.message.said_at)


def _attachment(ledger: Ledger, entry: OutboxEntry) -> Attachment | None:
    attachments = ledger.messages.attachments(MessageId(entry.subject))
    return next((one for one in attachments if one.number == entry.part), None)


def _become(ledger: Ledger, attachment: Attachment, state: MediaState, media: Media | None) -> None:
    kind, size, digest = (media.type, len(media.content), media.digest) if media else (attachment.type, 0, "")
    ledger.messages.attach(replace(attachment, type=kind, size=size or attachment.size, state=state, digest=digest))


def _go_on(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> None:
    about = compose.whose(ledger, plan, entry)
    if not about:
        return
    message, conversation, did = about
    attachments = ledger.messages.attachments(message.id)
    if message.direction is Direction.INBOUND:
        if any(one.number == entry.part and one.state is MediaState.KEPT for one in attachments):
            request.uploaded(ledger, conversation, message, entry.part, now)
    elif all(one.state is not MediaState.WANTED for one in attachments):
        if compose.is_shown_by_us(ledger, message):
            for one in attachments:
                request.uploaded(ledger, conversation, message, one.number, now)
        notice = _unfit(plan, did, message, attachments)
        if notice:
            _hold_back(ledger, plan, did, conversation, message, notice, now)


def _unfit(plan: DialPlan, did: Did, message: Message, attachments: tuple[Attachment, ...]) -> tuple[Case, str] | None:
    """Return why these files cannot be texted, in a case and its words."""
    for one in attachments:
        if one.state is MediaState.REFUSED:
            return Case.FILE_UNREACHABLE, one.name
        if one.type not in SENDABLE_TYPES:
            return Case.UNSUPPORTED_FILE, one.name if one.type == UNKNOWN_TYPE else f"{one.name} ({one.type})"
    most = plan.abilities[did.carrier].max_files
    if len(attachments) > most:
        return Case.FILE_TOO_LARGE, words.too_many(len(attachments), most)
    size = encoded_size(message.text, [one.size for one in attachments])
    if size > did.max_mms_bytes:
        return Case.FILE_TOO_LARGE, words.too_large(size, did.max_mms_bytes)
    return None


def _hold_back(
    ledger: Ledger,
    plan: DialPlan,
    did: Did,
    conversation: Conversation,
    message: Message,
    why: tuple[Case, str],
    now: datetime,
) -> None:
    """Withdraw the reply with its files, keep its words, and ask."""
    for entry in ledger.outbox.of_message(message.id):
        cancelled = EntryChange(state=EntryState.CANCELLED, status=DeliveryStatus.FAILED)
        ledger.outbox.alter(entry.id, cancelled)
    cause = f"{message.id}/unfit"
    about = words_alone(ledger, plan, did, message, cause, now)
    person = message.author if isinstance(message.author, str) else None
    notice = Notice(case=why[0], about=about, person=person, detail=why[1])
    warn.thread(ledger, did, conversation, notice, cause, now, message.said_at)
    request.marked(ledger, message.id, cause, now)
