"""What may be asked at the desk, and the views that answer. Asking changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bridge.domain.invariant import Invariant
from bridge.domain.message import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStatus:
    """How is the house?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskMedia:
    """Which file stands behind this address of ours?"""

    token: str


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


Query = AskStatus | AskMedia
View = StatusView | MediaView
