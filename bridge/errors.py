"""Everything that can go wrong, as one tree.

BridgeError
├── ConfigError        the operator must change something; all mistakes at once
├── SchemaMismatch     the database is newer than this program, or not ours
│   └── StoreDamaged   it is damaged, cut short or gone
├── BackupFailed       a backup cannot be written, or put back, now
├── StoreBusy          another daemon holds the store, or it does not take a transaction in time
├── CannotListen       an address that we must listen on cannot be had
├── WireError          a payload we cannot read; ours to mend, kept raw
└── PortError          a world said no, or said nothing
    ├── Transient      certainly not done; worth trying again
    ├── Blocked        certainly not done; nothing of this account or channel can be until somebody repairs it
    ├── Permanent      certainly not done; never will be as it is
    └── Uncertain      may have been done; ask before repeating
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class BridgeError(Exception):
    """The root of everything we raise ourselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One thing the operator must change, with its place and its remedy."""

    place: str
    what: str
    remedy: str = ""


class ConfigError(BridgeError):
    """The configuration cannot be used; carries every mistake that was found."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("; ".join(f"{m.place}: {m.what}" for m in mistakes))
        self.mistakes = mistakes


class SchemaMismatch(BridgeError):
    """The database was written by a newer release, or is not one of ours."""


class StoreDamaged(SchemaMismatch):
    """The database is damaged, cut short, or gone: only a backup helps."""


class BackupFailed(BridgeError):
    """A backup could not be written, or put back, for now; what was there before is as it was."""


class StoreBusy(BridgeError):
    """Another daemon holds the store, or it did not take a transaction in time."""


class CannotListen(BridgeError):
    """An address that we must listen on cannot be had."""


class WireError(BridgeError):
    """A payload that passed every check of the door and yet cannot be read by us."""


class Reason(StrEnum):
    """Why something can never be done as it is; also the label of the metric and the key of the sentence."""

    INVALID_NUMBER = "invalid-number"
    UNREACHABLE = "unreachable"
    LANDLINE = "landline"
    OPTED_OUT = "opted-out"
    FILTERED = "filtered"
    TOO_LONG = "too-long"
    TOO_LARGE = "too-large"
    UNSUPPORTED_MEDIA = "unsupported-media"
    MEDIA_UNREACHABLE = "media-unreachable"
    NOT_REPLIABLE = "not-repliable"
    GONE = "gone"
    MOVED = "moved"  # it is not to be said in the channel of its thread any more
    REJECTED = "rejected"
    NOTE = "note"  # meant for colleagues
    WITHDRAWN = "withdrawn"  # taken back by its author
    FOREIGN = "foreign"  # a person's own, and not ours to change
    OUTSIDE = "outside"  # said by somebody who does not answer for the number


class PortError(BridgeError):
    """A world said no, or said nothing. Raised by adapters only."""


class Transient(PortError):
    """Certainly not done; worth trying again, after `retry_after` if the world said so."""

    def __init__(self, detail: str, retry_after: timedelta | None = None) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Blocked(PortError):
    """Certainly not done, and nothing of this scope can be until somebody applies the remedy."""

    def __init__(self, detail: str, remedy: str) -> None:
        super().__init__(detail)
        self.remedy = remedy


class Permanent(PortError):
    """Certainly not done, and it never will be as it is."""

    def __init__(self, detail: str, reason: Reason) -> None:
        super().__init__(detail)
        self.reason = reason


class Uncertain(PortError):
    """It may have been done. Ask the world before saying it again."""
