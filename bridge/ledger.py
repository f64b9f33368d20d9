"""The contracts of the ledger that the store hands to a decision: one small protocol per noun.

Every store keeps them alike; the conformance suite in `tests/contracts` is their definition.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from bridge.domain.acknowledgement import Acknowledgement
from bridge.domain.contact import Contact, Source
from bridge.domain.conversation import Consent, Conversation, Course
from bridge.domain.delivery import DeliveryReceipt
from bridge.domain.digest import Digest, OpenLine
from bridge.domain.event import RawEvent
from bridge.domain.ids import (
    CarrierRef,
    ConversationId,
    DigestId,
    EntryId,
    EntryToken,
    EventKey,
    MessageId,
    PersonRef,
    PostRef,
    ThreadRef,
)
from bridge.domain.message import Attachment, Media, Message, Post
from bridge.domain.outbox import Claim, EntryChange, OutboxEntry, Settlement, WishKind
from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.toll import Cap, Toll
from bridge.errors import Reason
from bridge.housekeeping import Audit, Cursors, Epoch, Erasures, Invariants, Leases


class Sightings(Protocol):
    """Which facts have been met, and each one as it came."""

    def first(self, raw: RawEvent, now: datetime) -> bool:
        """Keep the raw request and return True, once; return False and change nothing if any of its keys was met."""

    def poison(self, key: EventKey, why: str) -> None:
        """Mark a kept request as one that we could not use; it stays, raw, until retention."""

    def blank(self, keys: Sequence[EventKey]) -> None:
        """Blank the raw requests that bear any of these keys, which stay."""

    def blank_naming(self, words: Sequence[str], after: int, limit: int) -> int | None:
        """Look at up to `limit` requests behind this place, and blank those in which one of these words stands.

        Return the place of the last; None where there was none.
        """

    def forget(self, before: datetime, limit: int) -> int:
        """Blank up to `limit` raw requests kept before then; their keys stay. Return how many."""


class Conversations(Protocol):
    def open(self, conversation: Conversation) -> None: ...
    def get(self, id: ConversationId) -> Conversation | None: ...
    def shown_in(self, thread: ThreadRef) -> Conversation | None: ...
    def set_thread(self, id: ConversationId, thread: ThreadRef | None, link: str) -> None: ...
    def leave_thread(self, id: ConversationId, earlier: ThreadRef | None, link: str) -> None:
        """Let it have no thread until it gets another; what is said in the earlier one, if named, still counts."""

    def set_covered(self, id: ConversationId, covered: int, waiting_since: datetime | None) -> None: ...
    def set_owner(self, id: ConversationId, owner: PersonRef | None) -> None: ...
    def steer(self, id: ConversationId, course: Course, by: PersonRef | None, at: datetime) -> None: ...
    def reopen(self, id: ConversationId, at: datetime) -> None:
        """Let its open texts wait since this moment, where they came before it."""

    def kept_waiting(self, before: datetime, limit: int) -> list[Conversation]:
        """Return up to `limit` that have an owner and have waited since then or before, the longest waiting first."""

    def dids(self) -> list[PhoneNumber]:
        """Return every number of ours that has ever had a conversation."""

    def is_opening(self) -> bool:
        """Tell whether the first post of some conversation is being tried: a thread that we do not know may be ours."""

    def active_threads(self, since: datetime) -> list[ThreadRef]:
        """Return the threads with a message since then, or with an unacknowledged one; the newest first.

        Behind each stands the earlier one in another channel, if there is one.
        """

    def active_with(self, addresses: Sequence[Address], since: datetime, limit: int) -> list[ConversationId]:
        """Return up to `limit` of those conversations that have a thread, such a message, and one of these people."""


class Messages(Protocol):
    def save(self, message: Message) -> int:
        """Keep it and return its position, higher than every earlier one. An inbound message is open at first."""

    def reword(self, id: MessageId, text: str, refusal: Reason | None) -> None:
        """Give a kept message other words, and the reason why they are not sent, if so."""

    def set_post(self, id: MessageId, post: PostRef) -> None:
        """Say which post shows a message that one of us did not write in the thread himself."""

    def longest_waiting(self, limit: int) -> list[tuple[Message, Conversation]]:
        """Return the conversations that wait, each with its text that has waited longest; the longest waiting first."""

    def counts_since(self, moment: datetime, dids: Sequence[PhoneNumber]) -> tuple[int, int]:
        """Return how many texts came in for these numbers, and how many of ours were written, notes and such apart."""

    def get(self, id: MessageId) -> Message | None: ...
    def in_context(self, id: MessageId) -> tuple[Message, Conversation] | None:
        """Return a message with the conversation that it belongs to."""

    def last_sender(self, conversation: ConversationId, before: int | None) -> Address | None:
        """Return who wrote the last text that came in before this position, or at all."""

    def last_heard(self, conversation: ConversationId) -> Message | None:
        """Return the last text of this conversation that came to us."""

    def last_before(self, conversation: ConversationId, position: int) -> datetime | None:
        """Return when the message before this position came to us, from whichever side."""

    def at(self, position: int) -> Message | None: ...
    def cover(self, conversation: ConversationId, up_to: int) -> datetime | None:
        """Close its inbound messages up to this position, open those after it; return when the oldest open one came."""

    def open_before(self, moment: datetime) -> list[OpenLine]:
        """Return the open messages that wait since this moment or before, oldest first."""

    def after(self, conversation: ConversationId, position: int, limit: int) -> list[Message]:
        """Return up to `limit` messages of this conversation behind this position, in their order."""

    def attach(self, attachment: Attachment) -> None:
        """Keep or replace the attachment (message, number)."""

    def attachments(self, message: MessageId) -> tuple[Attachment, ...]: ...
    def forget(self, did: PhoneNumber, before: datetime, limit: int) -> int:
        """Blank the text and the files of up to `limit` messages received before then. Return how many."""

    def erase(self, positions: Sequence[int]) -> int:
        """Blank the texts, the files and the authors outside of these messages. Return how many files there were."""


class Search(Protocol):
    """By which words kept messages are found, inbound and outbound alike (see `domain.word`).

    A message gets into the index some time after it was saved, so that saving costs nothing. It is taken out where it
    is reworded or forgotten, in the same transaction; of what was forgotten the index holds nothing any more once
    `overwrite` has nothing to do.
    """

    def index(self, limit: int) -> int:
        """Put up to `limit` kept messages into the index that are not in it, the newest first. Return how many."""

    def unindexed(self, before: int | None, limit: int) -> list[tuple[Message, Conversation]]:
        """Return the newest kept messages that are not in the index, of those before this position if one is given."""

    def indexed(self, words: Sequence[str], before: int | None, limit: int) -> list[tuple[Message, Conversation]]:
        """Return the newest kept messages in the index that have all of these words; there is at least one word."""

    def conversations(self, ending: str, limit: int) -> list[Conversation]:
        """Return those with a participant whose number ends in these digits, the last opened first."""

    def overwrite(self) -> bool:
        """Overwrite a part of what was taken out of the index. True while there may be more."""


class Posts(Protocol):
    def save(self, post: Post) -> None: ...
    def get(self, ref: PostRef) -> Post | None: ...
    def drop(self, ref: PostRef) -> None: ...
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

    def since(self, conversation: ConversationId, moment: datetime) -> list[Acknowledgement]:
        """Return those of this conversation that were given at or after this moment."""

    def lower(self, conversation: ConversationId, up_to: int) -> None:
        """Let none of this conversation cover more than up to this position."""

    def reactions_on(self, post: PostRef) -> list[Acknowledgement]: ...


class Consents(Protocol):
    def put(self, consent: Consent) -> None: ...
    def get(self, did: PhoneNumber, address: Address) -> Consent | None: ...


class Contacts(Protocol):
    """What people outside are called: for each address one name from each source."""

    def put(self, contact: Contact) -> None: ...
    def drop(self, address: Address, source: Source) -> None: ...
    def of(self, addresses: Sequence[Address]) -> list[Contact]: ...
    def like(self, typed: str, limit: int) -> list[Contact]:
        """Return up to `limit` who have every word `sought` in what was typed, each by the name that counts."""

    def all(self, after: Address | None, limit: int) -> list[Contact]:
        """Return every name of the first `limit` addresses behind this one, in the order of addresses."""


class Outbox(Protocol):
    def enqueue(self, entry: OutboxEntry) -> bool:
        """Keep a wish; False, and nothing changed, if one of that id is there already."""

    def is_amending(self, lane: str) -> bool:
        """Tell whether a ready entry stands in this lane, which will say what is true when it is taken."""

    def untried(self, lane: str) -> list[OutboxEntry]:
        """Return the ready entries of this lane that were never tried, in their order."""

    def move_back(self, id: EntryId) -> None:
        """Put a ready entry that was never tried behind all others."""

    def ready(self, kinds: Sequence[WishKind]) -> list[OutboxEntry]:
        """Return the ready entries of these kinds, due or not, in their order."""

    def readdress(self, id: EntryId, destination: str, lane: str) -> None:
        """Let a ready entry go there, in this lane, at the same place in the order."""

    def destinations(self, now: datetime) -> list[str]:
        """Return the destinations that have a lane head ready by now."""

    def crowded(self, more_than: int, now: datetime) -> list[str]:
        """Return the destinations before which more lanes than this are ready by now."""

    def next_due(self, now: datetime) -> datetime | None:
        """Return when the next entry that is not due yet becomes due."""

    def hasten(self, world: str, now: datetime) -> None:
        """Make every lane head due that waits in a destination of this world (WORLD/… or WORLD.…)."""

    def take(self, claims: Sequence[Claim], owner: str, now: datetime) -> list[OutboxEntry]:
        """Claim up to so many free lane heads of each destination, the oldest first.

        Of each the fence is raised, an attempt is written, and it is *trying*.

        A lane is free when its first unfinished entry is ready: one that is being tried or asked about blocks it.
        """

    def settle(self, entry: OutboxEntry, settlement: Settlement, change: EntryChange, now: datetime) -> bool:
        """End the attempt with the entry's fence, unless it has ended already, and apply the change.

        False if another holds the entry now: then only the attempt is written, as a hint for whoever asks.
        """

    def alter(self, id: EntryId, change: EntryChange) -> None:
        """Change an entry that nobody is trying, or that a person or a receipt has decided, or its detail."""

    def get(self, id: EntryId) -> OutboxEntry | None: ...
    def by_token(self, token: EntryToken) -> OutboxEntry | None: ...  # of an SMS
    def by_ref(self, ref: CarrierRef) -> OutboxEntry | None: ...  # of an SMS
    def of_message(self, message: MessageId) -> list[OutboxEntry]:
        """Return the entries that send this message as SMS, oldest first."""

    def held(self, lane: str, detail: str, limit: int) -> list[OutboxEntry]:
        """Return up to `limit` held SMS of this lane that have this detail, in their order."""

    def held_until(self, moment: datetime, detail: str, limit: int) -> list[OutboxEntry]:
        """Return up to `limit` held entries with this detail that are due by then, the longest due first."""

    def unresolved(self, now: datetime, limit: int) -> list[OutboxEntry]:
        """Return entries that are *trying* and may be asked about by now."""

    def unended(self, id: EntryId) -> int:
        """Return how many attempts of this entry ended unheard: its worker died on them."""

    def unclear(self, id: EntryId) -> int:
        """Return how many attempts of this entry ended in a silence that its worker heard."""

    def taken_refs(self, lane: str, since: datetime) -> frozenset[CarrierRef]:
        """Return the references that SMS of this lane got since then."""

    def doubt(self, kinds: Sequence[WishKind]) -> int:
        """Make every unfinished entry of these kinds unsure since it was enqueued; return how many.

        An asked one becomes ready: the note with its buttons may have been answered in the life that was undone.
        """

    def forget(self, before: datetime, limit: int) -> int:
        """Drop finished entries and their attempts from before then; ids stay known where a repeat could come."""


class Tolls(Protocol):
    """What was let out to the carriers, by which the limits are counted."""

    def put(self, toll: Toll) -> None: ...
    def nth_last(self, cap: Cap, of: str, number: int, since: datetime) -> datetime | None:
        """Return when the last (1), the last but one (2) … of the tolls that this cap counts was let out after `since`.

        `of` is the account's name, the person or the participant's number, as the cap says. Where several daemons share
        the store, whoever asks is the only one to count these until the transaction ends.
        """

    def forget(self, before: datetime, limit: int) -> int:
        """Drop up to `limit` tolls from before then. Return how many."""

    def unname(self, participant: Address) -> None:
        """Forget to whom these were; they count for everybody else as before."""


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

    def renew(self, message: MessageId) -> None:
        """Let this message be new once more, to everybody, in a later digest."""

    def release(self, id: DigestId, shown: frozenset[MessageId]) -> None:
        """Take every message that was not shown out of this digest, so that it may be new in a later one."""


class Ledger(Protocol):
    """Everything a decision may read and write, inside one transaction. Synchronous on purpose: nobody can await."""

    @property
    def sightings(self) -> Sightings: ...
    @property
    def conversations(self) -> Conversations: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def search(self) -> Search: ...
    @property
    def posts(self) -> Posts: ...
    @property
    def media(self) -> MediaShelf: ...
    @property
    def acknowledgements(self) -> Acknowledgements: ...
    @property
    def consents(self) -> Consents: ...
    @property
    def contacts(self) -> Contacts: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def tolls(self) -> Tolls: ...
    @property
    def erasures(self) -> Erasures: ...
    @property
    def receipts(self) -> Receipts: ...
    @property
    def digests(self) -> Digests: ...
    @property
    def cursors(self) -> Cursors: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def epoch(self) -> Epoch: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def invariants(self) -> Invariants: ...

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo everything done inside it, and nothing else, when it is left by an exception."""

    def seal(self, cause: str) -> str:
        """Return the keyed digest of a cause under this store's own secret: 32 hex digits, always the same."""
