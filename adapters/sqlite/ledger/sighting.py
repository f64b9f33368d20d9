"""The table `sighting`: every request as it came, and each of its keys. Keys stay, requests only until retention."""

from datetime import datetime
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment
from bridge.domain.event import RawEvent
from bridge.domain.ids import EventKey

_KEEP = """
    INSERT INTO sighting (key, source, kept_at, headers, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
"""
_MET = "SELECT 1 FROM sighting WHERE key = ?"
_ALSO = "INSERT INTO sighting (key, request, source, kept_at) VALUES (?, ?, ?, ?)"
_POISON = """
    UPDATE sighting SET poison = ? WHERE number = (SELECT coalesce(request, number) FROM sighting WHERE key = ?)
"""
_FORGET = """
    UPDATE sighting SET headers = NULL, body = NULL, poison = NULL WHERE number IN (
        SELECT number FROM sighting WHERE body IS NOT NULL AND kept_at < ? ORDER BY kept_at LIMIT ?
    )
"""


class SqliteSightings:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute

    def first(self, raw: RawEvent, now: datetime) -> bool:
        """Keep the request in the row of its first key, and let the rows of the others point there."""
        key, *others = dict.fromkeys(raw.keys) or (None,)
        if any(self._execute(_MET, (other,)).fetchone() for other in others):
            return False
        headers = "\n".join(map(": ".join, raw.headers.items()))
        kept = self._execute(_KEEP, (key, raw.source, moment(now), headers, raw.body))
        if not kept.rowcount:
            return False
        for other in others:
            self._execute(_ALSO, (other, kept.lastrowid, raw.source, moment(now)))
        return True

    def poison(self, key: EventKey, why: str) -> None:
        self._execute(_POISON, (why, key))

    def forget(self, before: datetime, limit: int) -> int:
        return self._execute(_FORGET, (moment(before), limit)).rowcount
