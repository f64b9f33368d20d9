"""What may be asked at the desk, and the views that answer. Asking changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bridge.domain.conversation import Conversation
from bridge.domain.invariant import Invariant
from bridge.domain.message import Media, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStatus:
    """How is the house?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskMedia:
    """Which file stands behind this address of ours?"""

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSearch:
    """Which kept texts hold all of these words; and if they are a number, whose is it?"""

    words: str  # as a person wrote them; nothing in them is an operator
    limit: int = 20
    before: int | None = None  # the position that the last answer ended with, for what is older


def is_up(state: str) -> bool:
    """Tell whether a listener's state is a good one: "up", or "up" with how."""
    return state == "up" or state.startswith("up ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that a person should know of and can mend."""

    key: str
    what: str
    since: datetime
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """The state of the house in one snapshot."""

    now: datetime
    counts: Mapping[str, int]  # conversations, messages, unacknowledged, waiting entries by destination kind …
    oldest_unacknowledged: datetime | None
    oldest_waiting: datetime | None
    listeners: Mapping[str, str] = field(default_factory=dict)  # name → "up", or what is wrong
    troubles: tuple[Trouble, ...] = ()
    violated: tuple[Invariant, ...] = ()  # as this daemon's auditor last saw it


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaView:
    """`media` is None for an address that never was, or has expired."""

    media: Media | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A text that was found, and the conversation in which it stands."""

    message: Message
    conversation: Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """The texts that were found, the newest first."""

    hits: tuple[Hit, ...] = ()
    before: int | None = None  # ask for what is older with this; None where there is nothing more
    conversations: tuple[Conversation, ...] = ()  # with the number that was asked for, the last opened first
    is_complete: bool = (
        True  # False while older texts wait to be put into the index: after an upgrade, a move or a flood
    )


Query = AskStatus | AskMedia | AskSearch
View = StatusView | MediaView | SearchView
