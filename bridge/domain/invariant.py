"""What must be true of the house at any moment, and what was found where it is not."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from bridge.domain.phone import PhoneNumber


class Invariant(StrEnum):
    """Each is named for what was found instead; these names are all that `/healthz` tells.

    That no kept request is left undecided is none of them: it is decided in the transaction that keeps it.
    """

    REQUEST_UNSEEN = "request-unseen"  # one that we could not use, of which no trouble tells
    ATTEMPT_UNASKED = "attempt-unasked"  # it is unclear, and nobody asks what became of it
    ENTRY_UNTAKEN = "entry-untaken"  # it has long been due, and no trouble tells why it is not tried
    LANE_STUCK = "lane-stuck"  # nothing is under way in it, and yet nothing of it may be taken
    TEXT_UNSHOWN = "text-unshown"  # no post shows it, none will, and no trouble tells why
    TEXT_UNMAILED = "text-unmailed"  # nobody acknowledges it, and an assigned person is not told
    TEXT_MAILED_TWICE = "text-mailed-twice"  # as new, to the same person
    SENT_WITHOUT_REFERENCE = "sent-without-reference"
    REFERENCE_TWICE = "reference-twice"  # two texts of ours go by one name at the carrier
    NOT_READ_BACK = "not-read-back"  # a source that ought to have been
    CLOCK_DRIFT = "clock-drift"
    DISK_SPACE = "disk-space"
    STORE_REFUSES = "store-refuses"

    @property
    def is_local(self) -> bool:
        """Tell whether it concerns one machine, and not what the daemons of a shared store have in common."""
        return self in (Invariant.CLOCK_DRIFT, Invariant.DISK_SPACE, Invariant.STORE_REFUSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """An invariant that does not hold; `detail` is an example of ours, or how bad it is."""

    invariant: Invariant
    detail: str


class Duty(NamedTuple):
    """Whom of which number's unacknowledged texts must be told: of those that came by `due`.

    Whoever was mailed after `quiet_since` is told by the next mail.
    """

    did: PhoneNumber
    recipient: str
    due: datetime
    quiet_since: datetime
