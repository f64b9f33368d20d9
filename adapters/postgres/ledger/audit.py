"""The table `trouble`, and the figures of the house, which are counted when somebody asks."""

from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger import lock
from adapters.postgres.ledger.columns import Row
from adapters.postgres.ledger.cursor import PostgresCursors
from bridge.domain.query import StatusView, Trouble

_NOTE = """
    INSERT INTO trouble (key, what, since) VALUES (%s, %s, %s) ON CONFLICT (key) DO UPDATE SET count = trouble.count + 1
"""
_CLEAR = "DELETE FROM trouble WHERE key = %s"
_TROUBLES = "SELECT key, what, since, count FROM trouble ORDER BY since, key"
_UNMAILED = "SELECT key, what, since, count FROM trouble WHERE NOT is_mailed ORDER BY since, key"
_MAILED = "UPDATE trouble SET is_mailed = true WHERE NOT is_mailed"
_MAILED_AT = "troubles mailed"  # a cursor, because it outlives the troubles

# A highest number is no count here: one that was undone leaves a gap. Counting a million takes a tenth of a second.
_TOTALS = "SELECT (SELECT count(*) FROM conversation), (SELECT count(*) FROM message)"
_UNACKNOWLEDGED = "SELECT count(*), min(received_at) FROM message WHERE is_open"
_WAITING = """
    SELECT count(*) FILTER (WHERE state <> 'asked'), count(*) FILTER (WHERE state = 'asked'),
        min(position) FILTER (WHERE state <> 'asked')
    FROM entry WHERE state IN ('ready', 'trying', 'asked')
"""
_SINCE = "SELECT enqueued_at FROM entry WHERE position = %s"
_TROUBLED = """
    SELECT (SELECT count(*) FROM entry WHERE state = 'failed'),
        (SELECT count(*) FROM sighting WHERE poison IS NOT NULL)
"""


class PostgresAudit:
    __slots__ = ("_cursors", "_execute")

    def __init__(self, connection: Connection[Row], cursors: PostgresCursors) -> None:
        self._execute = connection.execute
        self._cursors = cursors

    def note(self, key: str, what: str, now: datetime) -> None:
        self._execute(_NOTE, (key, what, now))

    def clear(self, key: str) -> None:
        self._execute(_CLEAR, (key,))

    def troubles(self) -> list[Trouble]:
        return self._troubles(_TROUBLES)

    def unmailed(self) -> list[Trouble]:
        return self._troubles(_UNMAILED)

    def mailed(self, now: datetime) -> None:
        self._execute(_MAILED)
        self._cursors.put(_MAILED_AT, now)

    def last_mailed(self) -> datetime | None:
        """Return it as it stays until this transaction ends: nobody else who asks mails them meanwhile."""
        self._execute(lock.WARNINGS)
        return self._cursors.get(_MAILED_AT)

    def status(self, now: datetime) -> StatusView:
        conversations, messages = self._one(_TOTALS)
        unacknowledged, oldest = self._one(_UNACKNOWLEDGED)
        waiting, asked, first = self._one(_WAITING)
        failed, poison = self._one(_TROUBLED)
        counts = {
            "conversations": conversations,
            "messages": messages,
            "unacknowledged": unacknowledged,
            "waiting": waiting,
            "asked": asked,
            "failed": failed,
            "poison": poison,
        }
        return StatusView(
            now=now,
            counts=counts,
            oldest_unacknowledged=oldest,
            oldest_waiting=self._since(first),
            troubles=tuple(self.troubles()),
        )

    def _troubles(self, query: str) -> list[Trouble]:
        rows = self._execute(query)
        return [Trouble(key=key, what=what, since=since, count=count) for key, what, since, count in rows]

    def _one(self, query: str) -> Row:
        (row,) = self._execute(query).fetchall()
        return row

    def _since(self, position: int | None) -> datetime | None:
        """Return when this entry was wished; None too if it has been moved meanwhile."""
        row = self._execute(_SINCE, (position,)).fetchone()
        return row[0] if row else None
