"""The table `sighting`: every request as it came, and each of its keys. Keys stay, requests only until retention."""

import json
from collections.abc import Sequence
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
_BLANK = """
    UPDATE sighting SET headers = NULL, body = NULL, poison = NULL
    WHERE number = (SELECT number FROM name WHERE name = ? AND noun = 's')
"""
_REACHED = "SELECT max(number) FROM (SELECT number FROM sighting WHERE number > ? ORDER BY number LIMIT ?)"
_BLANK_NAMING = """
    UPDATE sighting SET headers = NULL, body = NULL, poison = NULL
    WHERE number > ? AND number <= ? AND body IS NOT NULL
    AND EXISTS (SELECT 1 FROM json_each(?) AS claim WHERE instr(body, CAST(claim.value AS BLOB)) > 0)
"""


class SqliteSightings:
    __slots__ = ("_execute", "_execute_many")

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute
        self._execute_many = connection.executemany

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

    def blank(self, keys: Sequence[EventKey]) -> None:
        self._execute_many(_BLANK, [(key,) for key in keys])

    def blank_naming(self, words: Sequence[str], after: int, limit: int) -> int | None:
        (reached,) = self._execute(_REACHED, (after, limit)).fetchone()
        if reached is not None:
            self._execute(_BLANK_NAMING, (after, reached, json.dumps(list(words), ensure_ascii=False)))
        return reached and int(reached)

    def forget(self, before: datetime, limit: int) -> int:
        return self._execute(_FORGET, (moment(before), limit)).rowcount
