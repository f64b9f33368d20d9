"""The outbox: wishes not yet fulfilled, the lanes they stand in, and what may become of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bridge.domain.delivery import DeliveryStatus
from bridge.domain.ids import EntryId, EntryToken, MessageId
from bridge.domain.message import Media
from bridge.errors import Reason


class WishKind(StrEnum):
    """What an entry wants. Its subject is the id of what it is about; the rest is read when it is taken."""

    SHOW_MESSAGE = "show-message"  # subject: a message
    SAY_NOTE = "say-note"  # subject: a conversation
    AMEND_CARD = "amend-card"  # subject: a conversation
    AMEND_NOTE = "amend-note"  # subject: a post
    MARK_REPLY = "mark-reply"  # subject: a message
    SEND_SMS = "send-sms"  # subject: a message
    FETCH_MEDIA = "fetch-media"  # subject: a message; from the carrier
    FETCH_FILE = "fetch-file"  # subject: a message; from the chat
    FIT_FILES = "fit-files"  # subject: a message; all its files together
    UPLOAD_FILE = "upload-file"  # subject: a message
    SEND_DIGEST = "send-digest"  # subject: a digest
    SEND_WARNING = "send-warning"  # subject: an admin's address
    DELETE_POST = "delete-post"  # subject: a post of ours; detail: the erasure for which
    TELL_ERASED = "tell-erased"  # subject: an erasure


ASKABLE = (
    WishKind.SHOW_MESSAGE,
    WishKind.SAY_NOTE,
    WishKind.TELL_ERASED,
    WishKind.UPLOAD_FILE,
    WishKind.SEND_SMS,
    WishKind.SEND_DIGEST,
)  # of these a world can be asked whether they happened


class EntryState(StrEnum):
    READY = "ready"
    TRYING = "trying"  # an attempt is on record; what came of it is not
    SENT = "sent"
    FAILED = "failed"
    ASKED = "asked"  # unclear; a person decides, and the lane waits
    HELD = "held"  # not tried yet; a person decides, and the lane goes on
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """One wish. The lane keeps the order within a conversation; the destination is what has a pace of its own."""

    id: EntryId
    token: EntryToken
    lane: str
    destination: str
    kind: WishKind
    subject: str
    part: int = 0  # which part or file of the subject
    detail: str = ""  # JSON of a note, or of what else a post says; of an SMS, what it lacks or by what it was held
    state: EntryState = EntryState.READY
    status: DeliveryStatus | None = None  # of an SMS
    fence: int = 0
    tries: int = 0
    looks: int = 0  # how often the world was asked in vain whether it happened
    started_at: datetime | None = None
    due_at: datetime
    ask_at: datetime | None = None  # from when on a *trying* entry may be asked about
    is_repeat: bool = False  # nobody could say whether it happened, and it is said once more
    ref: str = ""
    unsure_since: datetime | None = None  # from when on it may have happened in a life that a restore undid


class Claim(NamedTuple):
    """How many entries may be claimed for one destination, and from when on what is claimed may be asked about."""

    destination: str
    limit: int
    ask_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """What is to change in an entry; None leaves a field as it is."""

    state: EntryState | None = None
    status: DeliveryStatus | None = None
    due_at: datetime | None = None
    ask_at: datetime | None = None
    looks: int | None = None
    is_repeat: bool | None = None
    ref: str | None = None
    detail: str | None = None
    is_sure: bool | None = None  # True: it was asked about, and may be tried


class Outcome(StrEnum):
    """How an attempt ended."""

    SENT = "sent"
    TRANSIENT = "transient"
    BLOCKED = "blocked"
    PERMANENT = "permanent"
    UNCERTAIN = "uncertain"
    INTERRUPTED = "interrupted"  # nobody heard its end: the worker died
    WITHDRAWN = "withdrawn"  # before the first byte left, the wish was no longer one


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """An outcome with all that is known of it: the world's reference, when to try again, why not."""

    outcome: Outcome
    ref: str = ""
    link: str = ""
    posted_at: datetime | None = None
    retry_after: timedelta | None = None
    reason: Reason | None = None
    detail: str = ""
    remedy: str = ""
    shown: frozenset[MessageId] | None = None  # the messages that a digest contained when it went, where that is known
    media: Media | None = None  # what was fetched
    fitted: tuple[Media, ...] = ()  # what was made fit; where one cannot be, those before it


def backoff(tries: int) -> timedelta:
    """Return how long to wait after this many tries: 2 s, doubling, at most 5 minutes."""
    return timedelta(seconds=min(1 << min(tries, 10), 300))


FRESH = timedelta(seconds=30)  # older claims are given back unsent: the machine may have slept
MOST_KILLS = 3  # an entry that was open at so many deaths of its worker is shown to a person instead
