"""What time it is for whoever answers us, by the `Date` of his answers (RFC 9110, 6.6.1)."""

from datetime import datetime
from email.utils import parsedate_to_datetime

from bridge.ports import Hear


class DateReader:
    """Reads the headers `Date` of one world's answers; one that says nothing new, or nothing at all, is passed over."""

    __slots__ = ("_hear", "_last")

    def __init__(self, hear: Hear) -> None:
        self._hear = hear
        self._last: str | None = None

    def read(self, header: str | None) -> None:
        if header is None or header == self._last:
            return
        self._last = header
        told = _moment(header)
        if told is not None:
            self._hear(told)


def _moment(header: str) -> datetime | None:
    try:
        told = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    return told if told.tzinfo is not None else None
