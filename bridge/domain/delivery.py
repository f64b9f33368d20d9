"""How far a text has come, and the one direction in which that may change."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.domain.ids import CarrierRef, EntryToken, EventKey


class DeliveryStatus(StrEnum):
    """Where an SMS stands: *sent* means on the carrier's network, *delivered* on the phone."""

    HELD = "held"
    QUEUED = "queued"
    UNCLEAR = "unclear"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


_RANK = {
    DeliveryStatus.HELD: 0,
    DeliveryStatus.QUEUED: 1,
    DeliveryStatus.UNCLEAR: 2,
    DeliveryStatus.SENT: 3,
    DeliveryStatus.DELIVERED: 4,
    DeliveryStatus.FAILED: 4,
    DeliveryStatus.CANCELLED: 4,
}


def advance(old: DeliveryStatus, new: DeliveryStatus) -> DeliveryStatus:
    """Return the status that holds after hearing `new`: never lower than `old`, and of equals the first.

    Only what has not left can be cancelled.
    """
    if new is DeliveryStatus.CANCELLED and old not in (DeliveryStatus.HELD, DeliveryStatus.QUEUED):
        return old
    return new if _RANK[new] > _RANK[old] else old


def lowest(statuses: list[DeliveryStatus]) -> DeliveryStatus:
    """Return the status of a whole that has these parts: a failed part fails it, else the least advanced counts."""
    if DeliveryStatus.FAILED in statuses:
        return DeliveryStatus.FAILED
    return min(statuses, key=_RANK.__getitem__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReceipt:
    """The carrier's word on what became of an SMS. `token` is our own, echoed by the callback; None if it was not."""

    key: EventKey
    token: EntryToken | None
    ref: CarrierRef
    status: DeliveryStatus
    detail: str
    at: datetime | None
