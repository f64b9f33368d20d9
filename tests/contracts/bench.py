"""What a store's test must provide, and the nouns that all the tests of stores speak of."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol

from adapters.sandbox.clock import MovableClock
from bridge.domain.conversation import Conversation
from bridge.domain.event import RawEvent
from bridge.domain.ids import ConversationId, EntryId, EntryToken, EventKey, MessageId, PersonRef, ThreadRef
from bridge.domain.message import Direction, Message
from bridge.domain.outbox import EntryState, OutboxEntry, WishKind
from bridge.domain.phone import Address, PhoneNumber
from bridge.errors import Reason
from bridge.ports import Clock, Ledger, Store

DID = PhoneNumber("+14155550100")
OTHER_DID = PhoneNumber("+14155550101")
ANN = PhoneNumber("+12125550110")
BOB = PhoneNumber("+12125550111")
AGENT = PersonRef("U1")
MINUTE = timedelta(minutes=1)


class Bench(Protocol):
    """One place on disk with one store in it, and the accidents that can happen to it."""

    clock: MovableClock

    async def open(self, clock: Clock | None = None) -> Store:
        """Open the store of this place, a new one the first time."""

    async def open_elsewhere(self) -> Store:
        """Open a new store in a place of its own."""

    async def open_after_crash(self) -> Store:
        """Open what would be found if everything had been killed at this moment."""

    def locked(self) -> AbstractContextManager[None]:
        """Let another process hold the store, so that no transaction gets through; patience is short."""

    def full(self) -> AbstractContextManager[None]:
        """Let there be no room for another octet."""

    def tamper(self, *statements: str) -> None:
        """Change the tables behind the store's back."""

    def octets(self) -> bytes:
        """Return everything that lies on disk, once the store is closed."""


def request(*keys: str, body: bytes = b"From=1") -> RawEvent:
    return RawEvent(source="twilio/main", keys=tuple(map(EventKey, keys)), body=body, headers={"host": "example.com"})


def conversation(id: str, now: datetime, *participants: Address, did: PhoneNumber = DID) -> Conversation:
    return Conversation(id=ConversationId(id), did=did, participants=participants or (ANN,), opened_at=now)


def inbound(id: str, now: datetime, *, within: str = "ann", text: str = "hello", author: Address = ANN) -> Message:
    return Message(
        id=MessageId(id),
        conversation=ConversationId(within),
        direction=Direction.INBOUND,
        author=author,
        text=text,
        said_at=now,
        received_at=now,
    )


def outbound(
    id: str, now: datetime, *, within: str = "ann", text: str = "hello", refusal: Reason | None = None
) -> Message:
    return Message(
        refusal=refusal,
        id=MessageId(id),
        conversation=ConversationId(within),
        direction=Direction.OUTBOUND,
        author=AGENT,
        text=text,
        said_at=now,
        received_at=now,
    )


def entry(
    id: str,
    now: datetime,
    *,
    lane: str = "slack/C1:ann",
    kind: WishKind = WishKind.SHOW_MESSAGE,
    subject: str = "m1",
    state: EntryState = EntryState.READY,
    due_in: timedelta = timedelta(),
) -> OutboxEntry:
    """Make a wish; its destination is the lane's name before the colon."""
    return OutboxEntry(
        id=EntryId(id),
        token=EntryToken(f"token of {id}"),
        lane=lane,
        destination=lane.partition(":")[0],
        kind=kind,
        subject=subject,
        state=state,
        due_at=now + due_in,
    )


def with_conversation(ledger: Ledger, now: datetime, id: str = "ann", thread: str | None = None) -> None:
    """Open a conversation, shown in a thread if one is named."""
    ledger.conversations.open(conversation(id, now))
    if thread is not None:
        ledger.conversations.set_thread(ConversationId(id), ThreadRef(thread), "https://chat.example.com/1")
