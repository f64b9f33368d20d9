"""The tables `sighting` and `sighting_key`: every request as it came, and its keys. Requests go with retention."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger.columns import Row
from bridge.domain.event import RawEvent
from bridge.domain.ids import EventKey

# Keys are written in one order, so that two daemons that meet the same ones do not wait for each other.
_KEEP = """
    WITH kept AS (
        INSERT INTO sighting (source, kept_at, headers, body) SELECT %(source)s, %(now)s, %(headers)s, %(body)s
        WHERE NOT EXISTS (SELECT 1 FROM sighting_key WHERE key = ANY(%(keys)s::text[]))
        RETURNING number
    ), met AS (
        INSERT INTO sighting_key (key, sighting)
        SELECT key, number FROM kept CROSS JOIN unnest(%(keys)s::text[]) AS key ORDER BY key COLLATE "C"
        ON CONFLICT (key) DO NOTHING
        RETURNING key
    )
    SELECT number, (SELECT count(*) FROM met) FROM kept
"""
_DROP = "DELETE FROM sighting WHERE number = %s"
_POISON = "UPDATE sighting SET poison = %s WHERE number = (SELECT sighting FROM sighting_key WHERE key = %s)"
_FORGET = """
    UPDATE sighting SET headers = NULL, body = NULL, poison = NULL WHERE number IN (
        SELECT number FROM sighting WHERE body IS NOT NULL AND kept_at < %s ORDER BY kept_at LIMIT %s
        FOR NO KEY UPDATE SKIP LOCKED
    )
"""
_BLANK = """
    UPDATE sighting SET headers = NULL, body = NULL, poison = NULL
    WHERE number IN (SELECT sighting FROM sighting_key WHERE key = ANY(%s::text[]))
"""
_REACHED = "SELECT max(number) FROM (SELECT number FROM sighting WHERE number > %s ORDER BY number LIMIT %s) AS next"
_BLANK_NAMING = """
    UPDATE sighting SET headers = NULL, body = NULL, poison = NULL
    WHERE number > %s AND number <= %s AND body IS NOT NULL
    AND EXISTS (SELECT 1 FROM unnest(%s::bytea[]) AS word WHERE position(word IN body) > 0)
"""


class PostgresSightings:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def first(self, raw: RawEvent, now: datetime) -> bool:
        """Keep the request, and let each of its keys name it."""
        keys = list(dict.fromkeys(raw.keys))
        headers = "\n".join(map(": ".join, raw.headers.items()))
        fact = {"source": raw.source, "now": now, "headers": headers, "body": raw.body, "keys": keys}
        row = self._execute(_KEEP, fact).fetchone()
        if not row:
            return False
        number, new = row
        if new < len(keys):  # another daemon has met one of them since this statement began to look
            self._execute(_DROP, (number,))
            return False
        return True

    def poison(self, key: EventKey, why: str) -> None:
        self._execute(_POISON, (why, key))

    def blank(self, keys: Sequence[EventKey]) -> None:
        self._execute(_BLANK, (list(keys),))

    def blank_naming(self, words: Sequence[str], after: int, limit: int) -> int | None:
        ((reached,),) = self._execute(_REACHED, (after, limit)).fetchall()
        if reached is not None:
            self._execute(_BLANK_NAMING, (after, reached, [word.encode() for word in words]))
        return reached and int(reached)

    def forget(self, before: datetime, limit: int) -> int:
        return self._execute(_FORGET, (before, limit)).rowcount
