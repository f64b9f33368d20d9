"""A phrase: words with the people and moments in them still recognisable, so that each place shows them its own way."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.domain.ids import PersonRef


@dataclass(frozen=True, slots=True)
class Mention:
    """A person of the workspace."""

    person: PersonRef


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day, shown in the reader's own zone; with the date where it is not today's."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that somebody outside wrote: shown exactly, never interpreted."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address of the chat's own that opens something there, under these words."""

    url: str
    words: str


Part = str | Mention | Moment | Quote | Link
Phrase = tuple[Part, ...]


class Action(StrEnum):
    """What a button asks for."""

    ACKNOWLEDGE = "acknowledge"
    RETRY = "retry"
    ARRIVED = "arrived"
    SEND_AGAIN = "send-again"
    SEND_NOW = "send-now"
    SEND_WITHOUT_FILES = "send-without-files"
    CANCEL = "cancel"
    UNDO = "undo"
    NAME = "name"  # opens a form, as those down to MORE do
    ASSIGN = "assign"
    REPLY = "reply"
    REMIND = "remind"
    MORE = "more"
    CLOSE = "close"
    REOPEN = "reopen"
    MUTE = "mute"
    UNMUTE = "unmute"
    BLOCK = "block"
    UNBLOCK = "unblock"
    EXPORT = "export"
    DELETE = "delete"
    SAVE_CONTACT = "save-contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """A verb to press. `value` is a key into our own table and proves nothing."""

    action: Action
    label: str
    value: str
    is_primary: bool = False


class Mark(StrEnum):
    """What a reply carries as its state."""

    HELD = "held"
    QUEUED = "queued"
    UNCLEAR = "unclear"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NOTE = "note"
