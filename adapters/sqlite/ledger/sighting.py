"""The table `sighting`: every request as it came, and each of its keys. Keys stay, requests only until retention."""

from datetime import datetime
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment
from bridge.domain.event import RawEvent
from bridge.domain.ids import EventKey

_MEET = """
    INSERT INTO name (name, noun, number) VALUES (?, 's', (SELECT coalesce(max(number), 0) + 1 FROM sighting))
    ON CONFLICT (name, noun) DO NOTHING
"""
_MET = "SELECT 1 FROM name WHERE name = ? AND noun = 's'"
_KEEP = "INSERT INTO sighting (source, kept_at, headers, body) VALUES (?, ?, ?, ?)"
_POISON = """
    UPDATE sighting SET poison = ? WHERE number = (SELECT number FROM name WHERE name = ? AND noun = 's')
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
        """Keep the request, and let each of its keys name it."""
        if len(raw.keys) > 1 and any(self._execute(_MET, (key,)).fetchone() for key in raw.keys):
            return False
        for key in dict.fromkeys(raw.keys):
            if not self._execute(_MEET, (key,)).rowcount:
                return False
        headers = "\n".join(map(": ".join, raw.headers.items()))
        self._execute(_KEEP, (raw.source, moment(now), headers, raw.body))
        return True

    def poison(self, key: EventKey, why: str) -> None:
        self._execute(_POISON, (why, key))

    def forget(self, before: datetime, limit: int) -> int:
        return self._execute(_FORGET, (moment(before), limit)).rowcount
