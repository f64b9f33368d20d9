"""The table `trouble`, and the figures of the house: exact where they are small, cheap where they are large."""

from datetime import datetime
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment, read_moment, read_moment_or_none
from adapters.sqlite.ledger.cursor import SqliteCursors
from bridge.domain.query import StatusView, Trouble

_NOTE = """
    INSERT INTO trouble (key, what, since) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET count = count + 1
"""
_CLEAR = "DELETE FROM trouble WHERE key = ?"
_TROUBLES = "SELECT key, what, since, count FROM trouble ORDER BY since, key"
_UNMAILED = "SELECT key, what, since, count FROM trouble WHERE is_mailed = 0 ORDER BY since, key"
_MAILED = "UPDATE trouble SET is_mailed = 1 WHERE is_mailed = 0"
_MAILED_AT = "troubles mailed"  # a cursor, because it outlives the troubles

# Conversations and messages are never deleted, so their highest number is their count.
_TOTALS = "SELECT (SELECT max(number) FROM conversation), (SELECT max(position) FROM message)"
_UNACKNOWLEDGED = "SELECT count(*), min(received_at) FROM message WHERE is_open = 1"
_WAITING = """
    SELECT state, count(*), min(position) FROM entry
    WHERE state = 'ready' OR state = 'trying' OR state = 'asked' GROUP BY state
"""
_SINCE = "SELECT enqueued_at FROM entry WHERE position = ?"
_FAILED = "SELECT count(*) FROM entry WHERE state = 'failed'"
_POISON = "SELECT count(*) FROM sighting WHERE poison IS NOT NULL"


class SqliteAudit:
    __slots__ = ("_cursors", "_execute")

    def __init__(self, connection: Connection, cursors: SqliteCursors) -> None:
        self._execute = connection.execute
        self._cursors = cursors

    def note(self, key: str, what: str, now: datetime) -> None:
        self._execute(_NOTE, (key, what, moment(now)))

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
        return self._cursors.get(_MAILED_AT)

    def status(self, now: datetime) -> StatusView:
        conversations, messages = self._execute(_TOTALS).fetchone()
        unacknowledged, oldest = self._execute(_UNACKNOWLEDGED).fetchone()
        states = {state: (count, first) for state, count, first in self._execute(_WAITING)}
        waiting = [states[state] for state in ("ready", "trying") if state in states]
        counts = {
            "conversations": conversations or 0,
            "messages": messages or 0,
            "unacknowledged": unacknowledged,
            "waiting": sum(count for count, _ in waiting),
            "asked": states.get("asked", (0, None))[0],
            "failed": self._count(_FAILED),
            "poison": self._count(_POISON),
        }
        return StatusView(
            now=now,
            counts=counts,
            oldest_unacknowledged=read_moment_or_none(oldest),
            oldest_waiting=self._since(min(first for _, first in waiting)) if waiting else None,
            troubles=tuple(self.troubles()),
        )

    def _troubles(self, query: str) -> list[Trouble]:
        rows = self._execute(query)
        return [Trouble(key=key, what=what, since=read_moment(since), count=count) for key, what, since, count in rows]

    def _count(self, query: str) -> int:
        return int(self._execute(query).fetchone()[0])

    def _since(self, position: int) -> datetime:
        return read_moment(self._execute(_SINCE, (position,)).fetchone()[0])
