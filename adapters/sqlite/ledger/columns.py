"""How values of the nouns are written into columns and read back; it knows no table.

Times are UTC text of one width (2026-03-02T15:00:00.000000Z), because text of one width compares as time does.
"""

import json
from datetime import UTC, datetime
from functools import lru_cache

from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.phone import address as _address
from bridge.domain.word import digits_of

Row = tuple[object, ...]


@lru_cache(maxsize=512)  # one transaction writes its own moment several times
def moment(at: datetime) -> str:
    """Write a moment; a naive one is refused."""
    if at.tzinfo is not UTC:
        if at.tzinfo is None:
            raise ValueError("a moment without a time zone")
        at = at.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def moment_or_none(at: datetime | None) -> str | None:
    return None if at is None else moment(at)


read_moment = datetime.fromisoformat


def read_moment_or_none(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


read_address = lru_cache(maxsize=4096)(_address)
read_number = lru_cache(maxsize=1024)(PhoneNumber)


def addresses(participants: tuple[Address, ...]) -> str:
    return json.dumps([participant.value for participant in participants])


@lru_cache(maxsize=4096)
def read_addresses(written: str) -> tuple[Address, ...]:
    return tuple(map(read_address, json.loads(written)))


def endings(participants: tuple[Address, ...]) -> set[str]:
    """Write the numbers among them backwards, so that an index finds each by its last digits."""
    return {digits[::-1] for digits in map(digits_of, participants) if digits}
