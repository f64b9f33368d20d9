"""Facts that come in. A door translates them from its own language; each is named so that it is recognised again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bridge.domain.delivery import DeliveryReceipt
from bridge.domain.ids import ChannelRef, ConversationId, EventKey, MediaRef, PersonRef, PostRef, ThreadRef
from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.phrase import Action, Mark
from bridge.domain.standing import MEMBER, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEvent:
    """A request as it came: stored before anything else is done with it. Any key seen before makes it a repeat."""

    source: str  # the door and its account: twilio/main, slack
    keys: tuple[EventKey, ...]
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)  # without secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that is announced: where it can be fetched, and what its sender says it is."""

    ref: MediaRef
    name: str
    type: str
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundSms:
    key: EventKey
    did: PhoneNumber
    sender: Address
    others: tuple[Address, ...] = ()  # the rest of a group, our own number apart
    text: str
    files: tuple[File, ...] = ()
    said_at: datetime | None = None  # by the carrier's clock, where it says
    follows: EventKey | None = None  # the sender's text before it, where the carrier's list tells; its times are coarse


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadReply:
    """A human's message in a thread; `text` is plain, the markup of the chat is already undone."""

    key: EventKey
    thread: ThreadRef
    post: PostRef
    author: PersonRef
    text: str
    files: tuple[File, ...] = ()
    unfit_files: tuple[str, ...] = ()  # names of files that this door may not fetch
    said_at: datetime
    read_back: bool = False  # found by catch-up, not told live
    mark: Mark | None = None  # the mark of ours that it bore when it was read back
    mentions_us: bool = False  # the app was called by its name, which `text` leaves out
    standing: Standing = MEMBER  # its author's
    send_at: datetime | None = None  # when it is to go out, where its author has chosen a time


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyEdited:
    """A person changed his reply; `reply` is the whole of it as it stands now, under its own key."""

    key: EventKey
    reply: ThreadReply


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyDeleted:
    """A reply is gone from its thread."""

    key: EventKey
    reply: EventKey
    thread: ThreadRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTurned:
    """A person wants a message of a thread to stay inside, or to go out, whatever was decided on it before."""

    key: EventKey
    reply: ThreadReply
    person: PersonRef
    is_note: bool
    at: datetime
    standing: Standing = MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsComposed:
    """A person filled in the form for a new text, or for one within a conversation.

    `to` are numbers, each as people write one; within a conversation neither they nor `did` say anything.
    """

    key: EventKey
    form: EventKey  # however often one form is submitted, one text comes of it
    conversation: ConversationId | None = None
    did: PhoneNumber | None = None
    to: tuple[str, ...] = ()
    text: str
    files: tuple[File, ...] = ()
    unfit_files: tuple[str, ...] = ()
    send_at: datetime | None = None  # where it is not to go out at once
    person: PersonRef
    standing: Standing = MEMBER
    channels: frozenset[ChannelRef]  # that he can see


@dataclass(frozen=True, slots=True, kw_only=True)
class NameGiven:
    """A person says what somebody outside is called; an empty name takes back what people have said before."""

    key: EventKey
    address: Address
    name: str
    person: PersonRef
    standing: Standing = MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderWished:
    """A person wants to be reminded of a conversation; without a moment, not any more."""

    key: EventKey
    conversation: ConversationId
    due_at: datetime | None
    note: str = ""
    person: PersonRef
    standing: Standing = MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteWished:
    """A person wants neither mails nor mentions until a moment; without one, he wants them again."""

    key: EventKey
    until: datetime | None
    person: PersonRef
    standing: Standing = MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChosen:
    """A person gives a conversation to somebody, perhaps to himself; without an owner, to the pool."""

    key: EventKey
    conversation: ConversationId
    owner: PersonRef | None
    owner_standing: Standing = MEMBER
    person: PersonRef
    standing: Standing = MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureOrdered:
    """A person wants all deleted that is kept of somebody in this conversation; `typed` proves that he means it."""

    key: EventKey
    conversation: ConversationId
    address: Address
    typed: str
    person: PersonRef
    standing: Standing = MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """A human set or removed a reaction on a post."""

    post: PostRef
    person: PersonRef
    emoji: str
    is_set: bool
    at: datetime
    standing: Standing = MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionSet:
    """All human reactions on a post, as read back: (person, emoji). What is not in it has been removed."""

    post: PostRef
    present: frozenset[tuple[PersonRef, str]]
    at: datetime
    standings: Mapping[PersonRef, Standing] = field(default_factory=dict)  # of those who are no plain members


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed:
    key: EventKey
    action: Action
    value: str
    person: PersonRef
    post: PostRef | None = None  # the post that carries the button
    at: datetime
    standing: Standing = MEMBER


CarrierEvent = InboundSms | DeliveryReceipt
Form = SmsComposed | NameGiven | OwnerChosen | ReminderWished | MuteWished | ErasureOrdered  # of one person
Act = ThreadReply | ReplyEdited | ReplyDeleted | ReplyTurned | Reaction | ButtonPressed | Form  # of one person
ChatEvent = Act | ReactionSet
Event = CarrierEvent | ChatEvent
