"""The store's columns: what was written is read back as it was."""

from datetime import UTC, datetime, timedelta, timezone

from adapters.sqlite.ledger import columns
from bridge.domain.notice import Case, Notice
from bridge.domain.phone import address
from fuzz.promises import can_be_kept, promise

_FIRST = datetime(1, 1, 2, tzinfo=UTC)
_SPAN = int((datetime(9999, 12, 30, tzinfo=UTC) - _FIRST).total_seconds())


def column(data: bytes) -> None:
    """Take eight octets as a moment, two as its zone, and the rest line by line as people, and as a notice."""
    at, zone, rest = int.from_bytes(data[:8]), int.from_bytes(data[8:10]), data[10:].decode("utf-8", "replace")
    moment = _FIRST + timedelta(seconds=at % _SPAN, microseconds=at % 1_000_000)
    local = moment.astimezone(timezone(timedelta(minutes=zone % 2878 - 1439)))
    written = columns.moment(local)
    promise(columns.read_moment(written) == moment == local, "a moment is read as it was written")
    promise(len(written) == 27 and written.endswith("Z"), "a moment has one width, so that text compares as time does")
    later = columns.moment(local + timedelta(microseconds=1))
    promise(later > written, "a later moment is a later text")
    people = tuple(map(address, rest.split("\n")))
    promise(columns.read_addresses(columns.addresses(people)) == people, "people are read as they were written")
    notice = Notice(case=Case.SEND_FAILED, about=rest[:40], detail=rest, at=moment)
    promise(Notice.unpacked(notice.packed()) == notice, "a notice is read as it was written")
    promise(can_be_kept(notice.packed()), "a notice can be kept")
