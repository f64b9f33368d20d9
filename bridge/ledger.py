"""The contracts of the ledger that the store hands to a decision: one small protocol per noun.

Every store keeps them alike; the conformance suite in `tests/contracts` is their definition.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from bridge.domain.acknowledgement import Acknowledgement
from bridge.domain.contact import Contact, Source
from bridge.domain.conversation import Consent, Conversation
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
    PostRef,
    ThreadRef,
)
from bridge.domain.invariant import Duty
from bridge.domain.message import Attachment, Media, Message, Post
from bridge.domain.outbox import Claim, EntryChange, OutboxEntry, Settlement, WishKind
from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.query import StatusView, Trouble
from bridge.domain.toll import Cap, Toll
from bridge.errors import Reason


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
    def dids(self) -> list[PhoneNumber]:
        """Return every number of ours that has ever had a conversation."""

    def is_opening(self) -> bool:
        """Tell whether the first post of some conversation is being tried: a thread that we do not know may be ours."""

    def active_threads(self, since: datetime) -> list[ThreadRef]:
        """Return the threads with a message since then, or with an unacknowledged one; the newest first."""

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

    def counts_since(self, moment: datetime) -> tuple[int, int]:
        """Return how many texts came in since then, and how many of ours were written, notes and refused ones apart."""

    def get(self, id: MessageId) -> Message | None: ...
    def in_context(self, id: MessageId) -> tuple[Message, Conversation] | None:
        """Return a message with the conversation that it belongs to."""

    def last_sender(self, conversation: ConversationId, before: int | None) -> Address | None:
        """Return who wrote the last text that came in before this position, or at all."""

    def last_heard(self, conversation: ConversationId) -> datetime | None:
        """Return when the last text of this conversation came to us."""

    def at(self, position: int) -> Message | None: ...
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

    def since(self, conversation: ConversationId, moment: datetime) -> list[Acknowledgement]:
        """Return those of this conversation that were given at or after this moment."""

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
        """Change an entry that nobody is trying, or that a person or a receipt has decided."""

    def get(self, id: EntryId) -> OutboxEntry | None: ...
    def by_token(self, token: EntryToken) -> OutboxEntry | None: ...  # of an SMS
    def by_ref(self, ref: CarrierRef) -> OutboxEntry | None: ...  # of an SMS
    def of_message(self, message: MessageId) -> list[OutboxEntry]:
        """Return the entries that send this message as SMS, oldest first."""

    def held(self, lane: str, detail: str, limit: int) -> list[OutboxEntry]:
        """Return up to `limit` held SMS of this lane that have this detail, in their order."""

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


class Leases(Protocol):
    """Whose turn it is at what one daemon at a time should do. A store for a single daemon grants it every turn."""

    def claim(self, name: str, owner: str, until: datetime, now: datetime) -> int | None:
        """Have the turn until then, or keep it for longer: return its fence, which rises with every new holder.

        None, and nothing changed, while it is another's.
        """

    def is_held(self, name: str, fence: int) -> bool:
        """Tell whether nobody has had the turn since it was claimed with this fence; it stays so until we commit."""

    def release(self, name: str, fence: int) -> None:
        """Let others have it from now on, if it is still held with this fence."""


class Epoch(Protocol):
    """The life of a database: a new one begins where a backup takes the place of what was written since."""

    def declare(self) -> None:
        """Say that a backup was put in place; a store that sees it by itself does so when it is opened."""

    def is_declared(self) -> bool:
        """Tell whether that was said and no life has begun since."""

    def begin(self, now: datetime) -> None:
        """Begin the life that was declared."""

    def restored_at(self) -> datetime | None:
        """Return when the present life began; None for the first."""


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


class Invariants(Protocol):
    """What must be true whenever somebody looks: each verb returns an example of the contrary, or nothing.

    They only read, and never all that ever was: of what is unfinished or unacknowledged, and of what was finished, each
    looks at the newest ten thousand. An example is a source, a message's id or an entry's token.
    """

    def unseen_request(self) -> str:
        """A request that we could not use, of whose source no trouble tells."""

    def unasked_attempt(self, before: datetime) -> str:
        """An entry that is *trying*, and could have been asked about before then."""

    def untaken_entry(self, before: datetime) -> str:
        """A free lane head that was due before then, of whose destination no trouble tells."""

    def stuck_lane(self) -> str:
        """The first ready entry of a lane in which nothing is tried or asked about, and that is not free."""

    def unshown_text(self, before: datetime) -> str:
        """An open message from before then without a post, and without an entry that will make one or has told why."""

    def unmailed_text(self, duties: Sequence[Duty]) -> str:
        """An open message that one of these duties demands to be new in a digest, and that is in none."""

    def text_mailed_twice(self) -> str:
        """An open message that is new in two digests to one person."""

    def sent_without_reference(self) -> str:
        """A post or an SMS that was answered, without the name that the world gave it."""

    def reference_twice(self) -> str:
        """An SMS whose reference another one has too."""


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
    def contacts(self) -> Contacts: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def tolls(self) -> Tolls: ...
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
