"""The contracts between the bridge and its doors, in prose. No door is known here.

Every world is asked the same four questions: do this; did it happen; what did I miss; tell me. There are no optional
methods: a world that cannot answer raises `Uncertain`, one that cannot do a thing says so in its `abilities`.

Whatever a port is asked to do, it raises nothing but the four kinds of `PortError`, and cancellation.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Never, Protocol, TypeVar

from bridge.domain.aside import Aside
from bridge.domain.command import (
    AmendPost,
    Command,
    DeletePost,
    FetchMedia,
    MarkPost,
    PostToThread,
    SendMail,
    SendSms,
    UploadFile,
)
from bridge.domain.contact import Imported, Named, Page
from bridge.domain.delivery import DeliveryReceipt
from bridge.domain.dialplan import Abilities
from bridge.domain.event import ChatEvent, Event, InboundSms, RawEvent
from bridge.domain.ids import (
    CarrierRef,
    EntryToken,
    MailRef,
    ThreadRef,
)
from bridge.domain.message import Media, Posted
from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.query import Query, View
from bridge.errors import WireError
from bridge.ledger import Ledger as Ledger

C = TypeVar("C", bound=Command)

StillDue = Callable[[], Awaitable[C | None]]
"""The last question before the first byte (before DATA, for mail). It returns the wish as it is now, which is what is
to be sent; on None the door sends nothing and returns None. A door never needs to know why."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Tell the time: aware, UTC."""

    async def sleep(self, duration: timedelta) -> None:
        """Return when this much time has passed by this clock."""


Hear = Callable[[datetime], None]
"""Offered to a door: told what time it is by its world's own clock, whenever an answer says so."""


class Answer(StrEnum):
    """What a listener tells the remote: the first two mean success, after `BUSY` it must come again."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    BUSY = "busy"


class Intake(Protocol):
    """Offered by the bridge to every listener: the one way in, for live and for read-back facts alike."""

    async def accept(self, raw: RawEvent, read: Event | WireError) -> Answer | Aside:
        """Return once the raw request and all its effects are durable; acknowledge the remote after this, never before.

        Call it only for requests whose origin is proven. A payload that cannot be read is handed in as the `WireError`
        it gave: it is kept raw and shown to the admin, and the remote is told that we have it. `BUSY` means that
        nothing was stored in time: the remote must repeat (HTTP 503; no ack on a socket).
        An `Aside` means accepted, too, and is to be said to the person who did it, if he is there to hear it.
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
        that can never tell, is `Uncertain`; one that cannot be asked now is any other `PortError`, and is asked again.
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

    async def delete(self, deletion: DeletePost) -> None:
        """Take away one of our posts and the files in it; one that is gone already is well.

        `Permanent` if it stays: with FOREIGN where a person wrote it, which is found out here.
        """

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


class Darkroom(Protocol):
    """Where pictures are made such that phones and carriers take them. Strangers' pictures are decoded only there."""

    async def fit(self, media: Media, most: int) -> Media:
        """Return the picture as JPEG or GIF of at most `most` octets, bare of what it tells beside itself.

        The same picture and limit give the same result; one that is fit already comes back as it is. `Permanent` with
        TOO_LARGE where it cannot be made small enough, UNSUPPORTED_MEDIA where it is no picture that is known there,
        REJECTED where it cannot be read, whether it is broken or made to do harm. `Transient` where nothing can be
        tried now.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Worlds:
    """Every door of the house, by the name that destinations and sources use."""

    chat: Chat
    mail: Mail
    carriers: dict[str, Carrier]
    darkroom: Darkroom


T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Parked(Protocol[T_co]):
    """A work that waits in the store for something to do."""

    @property
    def outcome(self) -> Awaitable[T_co]:
        """What it returned, once that is durable."""

    def hurry(self) -> None:
        """Run it now, unless it is being run or was."""

    def withdraw(self) -> None:
        """Do not run it any more, unless it is being run or was."""


class Room(NamedTuple):
    """How many octets may still be written where a store lies, and of how many."""

    free: int
    total: int


class Store(Protocol):
    async def transact(self, work: Callable[[Ledger, datetime], T]) -> T:
        """Run `work(ledger, now)` in one transaction, off the event loop, and return once it is durable.

        It may be run again after a conflict: it must depend on nothing but its arguments. Several waiting works may
        share one commit; what one of them raises undoes only that one and is raised here.
        """

    def park(self, work: Callable[[Ledger, datetime], T]) -> Parked[T]:
        """Keep one work ready, to be run when an entry may have become ready: at once, if that was since the last one.

        It is run as `transact` runs one; where the store can, in the very transaction that makes the entry ready, after
        all else in it. One at a time is parked.
        """

    async def room(self) -> Room | None:
        """Tell how much room is left; None where only the database's own server knows."""

    async def aclose(self) -> None:
        """Finish what was handed in, and close."""


class Book(Protocol):
    """All names of people outside, as the command line reads and changes them: a running daemon's, or a stopped one's.

    Raises `StoreBusy`, and `ConnectionError` where it is a daemon's that does not answer.
    """

    async def take(self, people: Sequence[Named], cards: int) -> Imported:
        """Keep some imported names in one transaction, and have at most `cards` open threads say them."""

    async def page(self, after: Address | None) -> Page:
        """Return the next entries behind this address, or the first."""
