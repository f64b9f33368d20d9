"""Attach: a file that was fetched joins its message; what of a reply cannot be sent, or was made smaller, is said."""

from dataclasses import replace
from datetime import datetime

from bridge.domain.conversation import Conversation
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import DialPlan, Did
from bridge.domain.event import File
from bridge.domain.ids import MessageId
from bridge.domain.message import (
    CONVERTIBLE_TYPES,
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
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry, Settlement, WishKind
from bridge.errors import Reason
from bridge.flows import compose, doubt, request, warn
from bridge.flows.compose import Whose
from bridge.ports import Ledger
from bridge.wording import thread as words

MOST_AT_ONCE = 50_000_000  # octets of one reply that are made fit: all of them are held in memory meanwhile


def wanted(ledger: Ledger, message: Message, number: int, file: File) -> None:
    """Record a file that a message announces, before it is fetched; `number` is 1 for the first.

    A reply whose words were changed announces its files again: what became of them stays.
    """
    if any(one.number == number for one in ledger.messages.attachments(message.id)):
        return
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
    """Record that a file cannot be had, or not be made fit, and say so."""
    if entry.kind is WishKind.FIT_FILES:
        _not_fitted(ledger, plan, entry, settlement, now)
        return
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
    if kind == UNKNOWN_TYPE and attachment.type not in (*SENDABLE_TYPES, *CONVERTIBLE_TYPES):
        kind = attachment.type  # its own word is all that we know of it
    ledger.messages.attach(replace(attachment, type=kind, size=size or attachment.size, state=state, digest=digest))


def _go_on(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, now: datetime) -> None:
    about = compose.whose(ledger, plan, entry)
    if not about:
        return
    message, conversation, _ = about
    if message.direction is Direction.OUTBOUND:
        if compose.is_shown_by_us(ledger, message):
            _shown_too(ledger, conversation, message, entry, now)
        judged(ledger, plan, about, f"{message.id}/unfit", now)
        return
    _shown_too(ledger, conversation, message, entry, now)


def _shown_too(ledger: Ledger, conversation: Conversation, message: Message, entry: OutboxEntry, now: datetime) -> None:
    """Have a file put into the thread that is not there yet."""
    attachments = ledger.messages.attachments(message.id)
    if any(one.number == entry.part and one.state is MediaState.KEPT for one in attachments):
        request.uploaded(ledger, conversation, message, entry.part, now)


def judged(ledger: Ledger, plan: DialPlan, about: Whose, cause: str, now: datetime) -> None:
    """Hold a reply back whose files are all there, or never will be, and cannot be texted."""
    attachments = ledger.messages.attachments(about.message.id)
    if all(one.state is not MediaState.WANTED for one in attachments):
        notice = _unfit(plan, about.did, about.message, attachments)
        if notice:
            _hold_back(ledger, plan, about, notice, cause, now)


def _unfit(plan: DialPlan, did: Did, message: Message, attachments: tuple[Attachment, ...]) -> Notice | None:
    """Return why these files cannot be texted, and cannot be made so either."""
    for one in attachments:
        if one.state is MediaState.REFUSED:
            return Notice(case=Case.FILE_UNREACHABLE, detail=one.name)
        if one.type not in SENDABLE_TYPES and not (did.converts and one.type in CONVERTIBLE_TYPES):
            return _unsupported(did, one)
    most = plan.abilities[did.carrier].max_files
    if len(attachments) > most:
        return Notice(case=Case.FILE_TOO_LARGE, detail=words.too_many(len(attachments), most))
    sizes = [one.size for one in attachments]
    size = encoded_size(message.text, sizes)
    if sum(sizes) > MOST_AT_ONCE if did.converts else size > did.max_mms_bytes:
        return Notice(case=Case.FILE_TOO_LARGE, detail=words.too_large(size, did.max_mms_bytes))
    return None


def _unsupported(did: Did, file: Attachment) -> Notice:
    named = file.name if file.type == UNKNOWN_TYPE else f"{file.name} ({file.type})"
    return Notice(case=Case.UNSUPPORTED_FILE, detail=named, reason=words.ANY_PICTURE if did.converts else "")


def fitted(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, pictures: tuple[Media, ...], now: datetime) -> None:
    """Let a reply have its pictures as they were made fit; say so where it would have been too large without."""
    about = compose.whose(ledger, plan, entry)
    if not about:
        return
    files = compose.with_files(ledger, about.message)
    for file, media in zip(files, pictures, strict=False):
        ledger.media.keep(media, now)
        _become(ledger, file, MediaState.KEPT, media)
    if encoded_size(about.message.text, [one.size for one in files]) > about.did.max_mms_bytes:
        sizes = [(file.name, file.size, len(made.content)) for file, made in zip(files, pictures, strict=False)]
        detail = words.smaller([one for one in sizes if one[1] > one[2]])
        notice = Notice(case=Case.FILES_SHRUNK, detail=detail)
        warn.thread(ledger, about.did, about.conversation, notice, entry.id, now, about.message.said_at)


def _not_fitted(ledger: Ledger, plan: DialPlan, entry: OutboxEntry, settlement: Settlement, now: datetime) -> None:
    """Hold a reply back of whose pictures one cannot be made fit."""
    about = compose.whose(ledger, plan, entry)
    if not about:
        return
    files = compose.with_files(ledger, about.message)[len(settlement.fitted) :]
    if files:
        _hold_back(ledger, plan, about, _why(about.did, files[0], settlement.reason), entry.id, now)


def _why(did: Did, file: Attachment, reason: Reason | None) -> Notice:
    if reason is Reason.UNSUPPORTED_MEDIA:
        return _unsupported(did, file)
    if reason is Reason.TOO_LARGE:
        return Notice(case=Case.FILE_TOO_LARGE, detail=words.cannot_shrink(file.name, file.size, did.max_mms_bytes))
    return Notice(case=Case.FILE_UNREADABLE, detail=file.name)


def _hold_back(ledger: Ledger, plan: DialPlan, about: Whose, why: Notice, cause: str, now: datetime) -> None:
    """Withdraw the reply with its files, keep its words, and ask."""
    message, conversation, did = about
    for entry in ledger.outbox.of_message(message.id):
        cancelled = EntryChange(state=EntryState.CANCELLED, status=DeliveryStatus.FAILED)
        ledger.outbox.alter(entry.id, cancelled)
    token = words_alone(ledger, plan, did, message, cause, now)
    notice = replace(why, about=token, person=about.person)
    warn.thread(ledger, did, conversation, notice, cause, now, message.said_at)
    request.marked(ledger, message.id, cause, now)
