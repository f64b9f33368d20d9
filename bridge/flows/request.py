"""Request things of the outbox: which lane each wish stands in, and the name that makes a second request harmless."""

from datetime import datetime

from bridge.domain.conversation import Conversation
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.dialplan import Did
from bridge.domain.erasure import Erasure
from bridge.domain.ids import ConversationId, EntryId, EntryToken, MessageId, PersonRef, PostRef, ThreadRef, step
from bridge.domain.message import Message
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryChange, EntryState, OutboxEntry, WishKind
from bridge.flows import doubt
from bridge.ports import Ledger

_ABOUT_MESSAGES = (WishKind.SHOW_MESSAGE, WishKind.SEND_SMS, WishKind.FETCH_FILE, WishKind.FIT_FILES)
CARDS, MARKS, FILES, RELAY = "slack.cards", "slack.marks", "slack.files", "mail/relay"
DELETIONS = "slack.deletions"
DARKROOM = "pictures"
WITHOUT_FILES, OVER_LIMIT, PLANNED = "without files", "over limit", "planned"  # details that a reply's SMS may have


def channel(did: Did | None) -> str:
    """Name the destination that shows the texts of this number; all that left the configuration have one."""
    return f"slack/{did.channel}" if did else "slack/unlisted"


def line(did: Did) -> str:
    """Name the destination that sends for this number."""
    return f"{did.carrier}/{did.number.value}"


def lane(did: Did, conversation: ConversationId) -> str:
    """Name the lane in which the replies of a conversation go out."""
    return f"{line(did)}:{conversation}"


def token(ledger: Ledger, entry: EntryId) -> EntryToken:
    """Return the only name of an entry that leaves the house."""
    return EntryToken(ledger.seal(entry))


def shown(ledger: Ledger, did: Did, message: Message, parts: int, now: datetime) -> None:
    """Have a text shown in its conversation's thread, in as many posts as it needs."""
    destination, unsure_since = channel(did), doubt.since(ledger, message.said_at, now)
    for part in range(parts):
        _put(
            ledger,
            step(message.id, "show", part),
            WishKind.SHOW_MESSAGE,
            message.id,
            now,
            part=part,
            destination=destination,
            within=message.conversation,
            unsure_since=unsure_since,
        )


def note(cause: str, case: Case) -> EntryId:
    """Name the note that says this case of this cause."""
    return step(cause, "note", case)


def said(
    ledger: Ledger,
    did: Did | None,
    conversation: Conversation,
    notice: Notice,
    cause: str,
    now: datetime,
    since: datetime | None = None,
) -> None:
    """Have a note put into the thread; the same cause and case say it once. (Flows say it by `warn.thread`.)

    `since` is the moment of what it answers, where that may have been answered before a restore. In a conversation that
    is erased nothing is said any more.
    """
    if conversation.is_erased:
        return
    _put(
        ledger,
        note(cause, notice.case),
        WishKind.SAY_NOTE,
        conversation.id,
        now,
        destination=channel(did),
        within=conversation.id,
        detail=notice.packed(),
        unsure_since=doubt.since(ledger, since, now),
    )


def reminded(
    ledger: Ledger, did: Did, conversation: Conversation, notice: Notice, cause: str, due_at: datetime, now: datetime
) -> None:
    """Have a reminder said at its time, in a lane of its own, so that nothing waits behind it."""
    _put(
        ledger,
        note(cause, notice.case),
        WishKind.SAY_NOTE,
        conversation.id,
        now,
        destination=channel(did),
        within=reminders(conversation.id, notice.person),
        detail=notice.packed(),
        due_at=due_at,
    )


def reminders(conversation: ConversationId, person: PersonRef | None) -> str:
    """Name the part of a lane in which a person's reminder of this conversation stands."""
    return f"{conversation}/reminder/{person}"


def amended(ledger: Ledger, conversation: Conversation, cause: str, now: datetime) -> None:
    """Have the first post tell the present state; requests that wait together are one."""
    if (
        conversation.thread
        and not conversation.is_erased
        and not ledger.outbox.is_amending(f"{CARDS}:{conversation.id}")
    ):
        _put(
            ledger,
            step(cause, "card"),
            WishKind.AMEND_CARD,
            conversation.id,
            now,
            destination=CARDS,
            within=conversation.id,
        )


def noted(ledger: Ledger, post: PostRef, notice: Notice, cause: str, now: datetime) -> None:
    """Have one of our notes say something else, without its buttons."""
    _put(
        ledger,
        step(cause, "note"),
        WishKind.AMEND_NOTE,
        post,
        now,
        destination=CARDS,
        within=post,
        detail=notice.packed(),
    )


def moved_on(ledger: Ledger, thread: ThreadRef, link: str, cause: str, now: datetime) -> None:
    """Have the first post of a thread that was left say where it goes on."""
    noted(ledger, PostRef(thread), Notice(case=Case.MOVED_ON, detail=link), f"{cause}/moved on", now)


def marked(ledger: Ledger, message: MessageId, cause: str, now: datetime, *, due_at: datetime | None = None) -> None:
    """Have a reply carry the state that it has then; requests that wait together are one, at the earlier moment."""
    lane = f"{MARKS}:{message}"
    if ledger.outbox.is_amending(lane):
        for entry in ledger.outbox.untried(lane):
            if entry.due_at > (due_at or now):
                ledger.outbox.alter(entry.id, EntryChange(due_at=due_at or now))
    else:
        _put(
            ledger,
            step(cause, "mark"),
            WishKind.MARK_REPLY,
            message,
            now,
            destination=MARKS,
            within=message,
            due_at=due_at,
        )


def fetched(ledger: Ledger, did: Did, message: Message, number: int, now: datetime) -> None:
    """Have a file of an inbound text brought into the house, in a side lane of its own."""
    _put(
        ledger,
        step(message.id, "fetch", number),
        WishKind.FETCH_MEDIA,
        message.id,
        now,
        part=number,
        destination=f"{did.carrier}.media",
        within=f"{message.id}/{number}",
    )


def fetched_before_sending(ledger: Ledger, did: Did, message: Message, number: int, now: datetime) -> None:
    """Have a file of a reply brought in, in the lane of the SMS, so that no later reply overtakes it."""
    _put(
        ledger,
        step(message.id, "fetch", number),
        WishKind.FETCH_FILE,
        message.id,
        now,
        part=number,
        destination=line(did),
        within=message.conversation,
    )


def fitted_before_sending(ledger: Ledger, did: Did, message: Message, cause: str, now: datetime) -> None:
    """Have the files of a reply made fit, in the lane of the SMS, behind their fetching, but at no carrier's pace."""
    _put(
        ledger,
        step(cause, "fit"),
        WishKind.FIT_FILES,
        message.id,
        now,
        destination=DARKROOM,
        within=message.conversation,
        in_lane=lane(did, message.conversation),
    )


def uploaded(ledger: Ledger, conversation: Conversation, message: Message, number: int, now: datetime) -> None:
    """Have a kept file put into the thread."""
    _put(
        ledger,
        step(message.id, "upload", number),
        WishKind.UPLOAD_FILE,
        message.id,
        now,
        part=number,
        destination=FILES,
        within=conversation.id,
        unsure_since=doubt.since(ledger, message.said_at, now),
    )


def sent(
    ledger: Ledger,
    did: Did,
    message: Message,
    cause: str,
    part: int,
    now: datetime,
    *,
    held: bool = False,
    detail: str = "",
    unsure_since: datetime | None = None,
    due_at: datetime | None = None,
) -> EntryToken:
    """Have a reply sent; held, it waits for a person's word and blocks nobody; unsure, it is asked about first.

    Until `due_at` it waits, and later ones of its lane wait behind it.
    """
    id = step(cause, "send", part)
    _put(
        ledger,
        id,
        WishKind.SEND_SMS,
        message.id,
        now,
        part=part,
        destination=line(did),
        within=message.conversation,
        detail=detail,
        state=EntryState.HELD if held else EntryState.READY,
        status=DeliveryStatus.HELD if held else DeliveryStatus.QUEUED,
        unsure_since=unsure_since,
        due_at=due_at,
    )
    return token(ledger, id)


def mailed(ledger: Ledger, digest: str, recipient: str, now: datetime) -> None:
    """Have a frozen digest mailed."""
    _put(ledger, step(digest, "mail"), WishKind.SEND_DIGEST, digest, now, destination=RELAY, within=recipient)


def warned(ledger: Ledger, recipient: str, cause: str, now: datetime) -> None:
    """Have an admin told of the present troubles by mail."""
    _put(
        ledger,
        step(cause, "warn", recipient),
        WishKind.SEND_WARNING,
        recipient,
        now,
        destination=RELAY,
        within=recipient,
    )


def deletions(erasure: Erasure) -> str:
    """Name the lane in which the posts of an erasure are deleted, one after another."""
    return f"{DELETIONS}:{erasure.id}"


def deleted(ledger: Ledger, erasure: Erasure, post: PostRef, now: datetime) -> None:
    """Have one of our posts deleted."""
    _put(
        ledger,
        step(erasure.id, "delete", post),
        WishKind.DELETE_POST,
        post,
        now,
        destination=DELETIONS,
        within=erasure.id,
        detail=erasure.id,
    )


def told_erased(ledger: Ledger, erasure: Erasure, now: datetime) -> None:
    """Have it said, where it was ordered, that it is done."""
    _put(
        ledger,
        step(erasure.id, "told"),
        WishKind.TELL_ERASED,
        erasure.id,
        now,
        destination=f"slack/{erasure.channel}",
        within=erasure.id,
    )


def in_time(ledger: Ledger, lane: str, message: Message, follows: MessageId | None = None) -> None:
    """Let what was said later, and was not tried yet, go after this message, which came to us only now.

    Facts come out of order after an interruption; people and phones are to see them in the order of their moments.
    Where it is known which message this one follows, that decides: a carrier's list counts in whole seconds.
    """
    waiting = [entry for entry in ledger.outbox.untried(lane) if entry.kind in _ABOUT_MESSAGES]
    before = ledger.messages.get(follows) if follows else None
    if before and before.conversation == message.conversation:
        later = _after(waiting, before)
    else:
        later = [entry for entry in waiting if _said_at(ledger, entry) > message.said_at]
    for entry in later:
        if entry.subject != message.id:
            ledger.outbox.move_back(entry.id)


def _after(waiting: list[OutboxEntry], message: Message) -> list[OutboxEntry]:
    """Return what stands behind the wishes for this message: all, if none of them waits any more."""
    its = [at for at, entry in enumerate(waiting) if entry.subject == message.id]
    return waiting[its[-1] + 1 :] if its else waiting


def _said_at(ledger: Ledger, entry: OutboxEntry) -> datetime:
    message = ledger.messages.get(MessageId(entry.subject))
    return message.said_at if message else entry.due_at


def _put(
    ledger: Ledger,
    id: EntryId,
    kind: WishKind,
    subject: str,
    now: datetime,
    *,
    destination: str,
    within: str,
    in_lane: str = "",
    part: int = 0,
    detail: str = "",
    state: EntryState = EntryState.READY,
    status: DeliveryStatus | None = None,
    unsure_since: datetime | None = None,
    due_at: datetime | None = None,
) -> None:
    ledger.outbox.enqueue(
        OutboxEntry(
            id=id,
            token=token(ledger, id),
            lane=in_lane or f"{destination}:{within}",
            destination=destination,
            kind=kind,
            subject=subject,
            part=part,
            detail=detail,
            state=state,
            status=status,
            due_at=due_at or now,
            unsure_since=unsure_since,
        )
    )
