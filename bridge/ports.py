"""The contracts between the bridge and its doors, in prose. No door is known here.

Every world is asked the same four questions: do this; did it happen; what did I miss; tell me. There are no optional
methods: a world that cannot answer raises `Uncertain`, one that cannot do a thing says so in its `abilities`.

Whatever a port is asked to do, it raises nothing but the four kinds of `PortError`, and cancellation.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Never, Protocol, TypeVar

from bridge.domain.acknowledgement import Acknowledgement
from bridge.domain.command import AmendPost, Command, FetchMedia, MarkPost, PostToThread, SendMail, SendSms, UploadFile
from bridge.domain.conversation import Consent, Conversation
from bridge.domain.delivery import DeliveryReceipt
from bridge.domain.dialplan import Abilities
from bridge.domain.digest import Digest, OpenLine
from bridge.domain.event import ChatEvent, Event, InboundSms, RawEvent
from bridge.domain.ids import (
    CarrierRef,
    ConversationId,
    DigestId,
    EntryId,
    EntryToken,
    EventKey,
    MailRef,
    MessageId,
    PostRef,
    ThreadRef,
)
from bridge.domain.message import Attachment, Media, Message, Post, Posted
from bridge.domain.outbox import EntryChange, OutboxEntry, Settlement
from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.query import Query, StatusView, Trouble, View
from bridge.errors import WireError

C = TypeVar("C", bound=Command)

StillDue = Callable[[], Awaitable[C | None]]
"""The last question before the first byte (before DATA, for mail). It returns the wish as it is now, which is what is
to be sent; on None the door sends nothing and returns None. A door never needs to know why."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Tell the time: aware, UTC."""

    async def sleep(self, duration: timedelta) -> None:
        """Return when this much time has passed by this clock."""


class Answer(StrEnum):
    """What a listener tells the remote: the first two mean success, after `BUSY` it must come again."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    BUSY = "busy"


class Intake(Protocol):
    """Offered by the bridge to every listener: the one way in, for live and for read-back facts alike."""

    async def accept(self, raw: RawEvent, read: Event | WireError) -> Answer:
        """Return once the raw request and all its effects are durable; acknowledge the remote after this, never before.

        Call it only for requests whose origin is proven. A payload that cannot be read is handed in as the `WireError`
        it gave: it is kept raw and shown to the admin, and the remote is told that we have it. `BUSY` means that
        nothing was stored in time: the remote must repeat (HTTP 503; no ack on a socket).
        """


class Desk(Protocol):
    """Offered by the bridge to whoever must show something now. It only reads."""

    async def ask(self, query: Query) -> View:
        """Answer from the store as it is now."""


class Carrier(Protocol):
    """An account at a company that carries SMS and MMS."""

    @property
    def abilities(self) -> Abilities: ...

    async def send(self, sms: SendSms, key: EntryToken, still_due: StillDue[SendSms]) -> CarrierRef | None:
        """Send one SMS or MMS, exactly one request, never repeated here.

        `key` must come back with every receipt for it (in the callback's address, or as the carrier's own reference).
        Ask `still_due` immediately before the first byte and send what it returns. Raise `Uncertain` for everything
        after which the carrier may have accepted it: a cut, a time-out, a 5xx, an answer that cannot be read.
        """

    async def find(
        self, sms: SendSms, key: EntryToken, since: datetime, taken: frozenset[CarrierRef]
    ) -> CarrierRef | None:
        """Tell whether this SMS went out at or after `since`: its reference, or None if it certainly did not.

        `taken` are references that belong to other SMS of ours and must not be matched. Two candidates, or a carrier
        that cannot tell, is `Uncertain`.
        """

    def history(
        self, did: PhoneNumber, since: datetime
    ) -> AsyncIterator[tuple[RawEvent, InboundSms | DeliveryReceipt | WireError]]:
        """Read back what came for this number since then, oldest first, with the same keys as live events have."""

    async def fetch(self, media: FetchMedia) -> Media:
        """Fetch a file that came with a text, from the carrier's own hosts only, at most `media.limit` octets.

        `Permanent` with TOO_LARGE, GONE or REJECTED where it never will be had.
        """

    async def listen(self, intake: Intake) -> Never:
        """Hand every webhook to the intake, as long as this runs."""


class Chat(Protocol):
    """The workspace in which people read and answer."""

    @property
    def state(self) -> str: ...  # "up", or what is wrong, in words
    @property
    def gaps(self) -> asyncio.Event: ...  # set whenever events may have been missed; whoever reads back clears it

    async def post(self, post: PostToThread, key: EntryToken, still_due: StillDue[PostToThread]) -> Posted | None:
        """Post once, never repeated here, carrying `key` so that `find` recognises it."""

    async def upload(self, file: UploadFile, key: EntryToken, still_due: StillDue[UploadFile]) -> Posted | None:
        """Share a file in a thread; the same promise as `post`."""

    async def amend(self, amendment: AmendPost) -> None:
        """Change one of our posts; doing it twice is harmless. `Permanent` with GONE when it no longer exists."""

    async def mark(self, mark: MarkPost) -> None:
        """Leave exactly this one mark of ours on anybody's post; doing it twice is harmless."""

    async def find(self, wish: PostToThread | UploadFile, key: EntryToken, since: datetime) -> Posted | None:
        """Tell whether the post with this key exists: what it was answered then, or None if it certainly does not."""

    async def fetch(self, media: FetchMedia) -> Media:
        """Fetch a file that a person posted; the same promise as `Carrier.fetch`."""

    def history(
        self, threads: Sequence[ThreadRef], since: datetime
    ) -> AsyncIterator[tuple[RawEvent, ChatEvent | WireError]]:
        """Read back people's replies since then (marked `read_back`) and the reaction sets of our posts.

        Thread by thread, oldest first, with the same keys as live events have.
        """

    async def listen(self, intake: Intake, desk: Desk) -> Never:
        """Connect, and hand every event to the intake before acknowledging it; reconnect for ever."""


class Mail(Protocol):
    """A server that takes mail for others. Mail is one-way: nothing that arrives by it ever reaches a participant."""

    async def send(self, mail: SendMail, key: EntryToken, still_due: StillDue[SendMail]) -> MailRef | None:
        """Hand over one mail to one recipient, with a Message-ID made from `key`; ask `still_due` before DATA.

        Any failure before the final dot is written is `Transient`, `Blocked` or `Permanent`; silence after it is
        `Uncertain`.
        """

    async def find(self, mail: SendMail, key: EntryToken, since: datetime) -> MailRef | None:
        """Tell whether the mail with this key was taken; a server without a copy mailbox raises `Uncertain`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worlds:
    """Every door of the house, by the name that destinations and sources use."""

    chat: Chat
    mail: Mail
    carriers: dict[str, Carrier]


# --- The store, and the ledger that it hands to a decision ------------------------------------------------------------


class Sightings(Protocol):
    """Which facts have been met, and each one as it came."""

    def first(self, raw: RawEvent, now: datetime) -> bool:
        """Keep the raw request and return True, once; return False and change nothing if any of its keys was met."""

    def poison(self, key: EventKey, why: str) -> None:
        """Mark a kept request as one that we could not use; it stays, raw, until retention."""

    def forget(self, before: datetime, limit: int) -> int:
        """Blank up to `limit` raw requests kept before then; their keys stay. Return how many."""


class Conversations(Protocol):
    def open(self, conversation: Conversation) -> None: ...
    def get(self, id: ConversationId) -> Conversation | None: ...
    def shown_in(self, thread: ThreadRef) -> Conversation | None: ...
    def set_thread(self, id: ConversationId, thread: ThreadRef | None, link: str) -> None: ...
    def set_covered(self, id: ConversationId, covered: int, waiting_since: datetime | None) -> None: ...
    def active_threads(self, since: datetime) -> list[ThreadRef]:
        """Return the threads with a message since then, or with an unacknowledged one; the newest first."""


class Messages(Protocol):
    def save(self, message: Message) -> int:
        """Keep it and return its position, higher than every earlier one. An inbound message is open at first."""

    def get(self, id: MessageId) -> Message | None: ...
    def first_of(self, conversation: ConversationId) -> Message | None: ...
    def last_sender(self, conversation: ConversationId) -> Address | None: ...
    def cover(self, conversation: ConversationId, up_to: int) -> datetime | None:
        """Close its inbound messages up to this position, open those after it; return when the oldest open one came."""

    def open_before(self, moment: datetime) -> list[OpenLine]:
        """Return the open messages that came to us at or before this moment, oldest first."""

    def attach(self, attachment: Attachment) -> None:
        """Keep or replace the attachment (message, number)."""

    def attachments(self, message: MessageId) -> tuple[Attachment, ...]: ...
    def forget(self, did: PhoneNumber, before: datetime, limit: int) -> int:
        """Blank the text and the files of up to `limit` messages received before then. Return how many."""


class Posts(Protocol):
    def save(self, post: Post) -> None: ...
    def get(self, ref: PostRef) -> Post | None: ...
    def shown_at(self, conversation: ConversationId, moment: datetime) -> int:
        """Return the position of the last message that a post of ours showed by then (the chat's clock), or 0."""


class MediaShelf(Protocol):
    def keep(self, media: Media, now: datetime) -> None: ...
    def get(self, digest: str) -> Media | None: ...
    def grant(self, token: str, digest: str, until: datetime) -> None:
        """Let this file be fetched from outside under the token until then."""

    def granted(self, token: str, now: datetime) -> Media | None: ...
    def forget(self) -> None:
        """Drop every file that no attachment refers to any more, and every expired grant."""


class Acknowledgements(Protocol):
    def put(self, acknowledgement: Acknowledgement) -> None: ...
    def get(self, key: str) -> Acknowledgement | None: ...
    def latest(self, conversation: ConversationId) -> Acknowledgement | None:
        """Return the one that covers most; of equals the earliest."""

    def reactions_on(self, post: PostRef) -> list[Acknowledgement]: ...


class Consents(Protocol):
    def put(self, consent: Consent) -> None: ...
    def get(self, did: PhoneNumber, address: Address) -> Consent | None: ...


class Outbox(Protocol):
    def enqueue(self, entry: OutboxEntry) -> bool:
        """Keep a wish; False, and nothing changed, if one of that id is there already."""

    def is_amending(self, lane: str) -> bool:
        """Tell whether a ready entry stands in this lane, which will say what is true when it is taken."""

    def destinations(self, now: datetime) -> list[str]:
        """Return the destinations that have a lane head ready by now."""

    def next_due(self, now: datetime) -> datetime | None:
        """Return when the next entry that is not due yet becomes due."""

    def take(self, destination: str, limit: int, owner: str, now: datetime, ask_after: timedelta) -> list[OutboxEntry]:
        """Claim up to `limit` free lane heads, the oldest first: fence raised, attempt written, *trying*.

        A lane is free when its first unfinished entry is ready: one that is being tried or asked about blocks it.
        """

    def settle(self, entry: OutboxEntry, settlement: Settlement, change: EntryChange, now: datetime) -> bool:
        """End the attempt with the entry's fence and apply the change.

        False if another holds the entry now: then only the attempt is written, as a hint for whoever asks.
        """

    def alter(self, id: EntryId, change: EntryChange) -> None:
        """Change an entry that nobody is trying, or that a person or a receipt has decided."""

    def get(self, id: EntryId) -> OutboxEntry | None: ...
    def by_token(self, token: EntryToken) -> OutboxEntry | None: ...
    def by_ref(self, ref: CarrierRef) -> OutboxEntry | None: ...  # of an SMS
    def of_message(self, message: MessageId) -> list[OutboxEntry]:
        """Return the entries that send this message as SMS, oldest first."""

    def unresolved(self, now: datetime, limit: int) -> list[OutboxEntry]:
        """Return entries that are *trying* and may be asked about by now."""

    def unended(self, id: EntryId) -> int:
        """Return how many attempts of this entry never ended: its worker died on them."""

    def taken_refs(self, lane: str, since: datetime) -> frozenset[CarrierRef]:
        """Return the references that SMS of this lane got since then."""

    def forget(self, before: datetime, limit: int) -> int:
        """Drop finished entries and their attempts from before then; ids stay known where a repeat could come."""


class Receipts(Protocol):
    """Receipts for an SMS that we do not know yet: they wait a day for it."""

    def wait(self, receipt: DeliveryReceipt, now: datetime) -> None: ...
    def claim(self, ref: CarrierRef) -> list[DeliveryReceipt]: ...


class Digests(Protocol):
    def freeze(self, digest: Digest) -> bool:
        """Keep it; False, and nothing changed, if any of its new messages is new in another digest to that person."""

    def get(self, id: DigestId) -> Digest | None: ...
    def count(self, recipient: str) -> int: ...
    def last_at(self, recipient: str) -> datetime | None:
        """Return when the last digest to this person was frozen that has gone out or may yet."""

    def memberships(self) -> set[tuple[str, MessageId]]:
        """Return (recipient, message) for every open message that is new in some digest."""

    def release(self, id: DigestId, shown: frozenset[MessageId]) -> None:
        """Take every message that was not shown out of this digest, so that it may be new in a later one."""


class Cursors(Protocol):
    def get(self, name: str) -> datetime | None: ...
    def put(self, name: str, at: datetime) -> None: ...


class Audit(Protocol):
    def note(self, key: str, what: str, now: datetime) -> None:
        """Record a trouble that a person should know of; the same key again only counts."""

    def clear(self, key: str) -> None: ...
    def troubles(self) -> list[Trouble]: ...
    def unmailed(self) -> list[Trouble]: ...
    def mailed(self, now: datetime) -> None:
        """Mark the present troubles as told."""

    def last_mailed(self) -> datetime | None: ...
    def status(self, now: datetime) -> StatusView: ...


class Ledger(Protocol):
    """Everything a decision may read and write, inside one transaction. Synchronous on purpose: nobody can await."""

    @property
    def sightings(self) -> Sightings: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def posts(self) -> Posts: ...
    @property
    def media(self) -> MediaShelf: ...
    @property
    def acknowledgements(self) -> Acknowledgements: ...
    @property
    def consents(self) -> Consents: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def receipts(self) -> Receipts: ...
    @property
    def digests(self) -> Digests: ...
    @property
    def cursors(self) -> Cursors: ...
    @property
    def audit(self) -> Audit: ...

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo everything done inside it, and nothing else, when it is left by an exception."""

    def seal(self, cause: str) -> str:
        """Return the keyed digest of a cause under this store's own secret: 32 hex digits, always the same."""


T = TypeVar("T")


class Store(Protocol):
    async def transact(self, work: Callable[[Ledger, datetime], T]) -> T:
        """Run `work(ledger, now)` in one transaction, off the event loop, and return once it is durable.

        It may be run again after a conflict: it must depend on nothing but its arguments. Several waiting works may
        share one commit; what one of them raises undoes only that one and is raised here.
        """

    async def work_arrives(self, timeout: timedelta) -> None:
        """Return when an entry may have become ready since the last call, or when this much time has passed."""

    async def aclose(self) -> None:
        """Finish what was handed in, and close."""
