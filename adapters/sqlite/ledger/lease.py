"""The table `lease`: whose turn it is. One daemon has the file, so whoever asks gets it: the last holder is dead."""

from datetime import datetime
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment

_CLAIM = """
    INSERT INTO lease (name, owner, fence, until) VALUES (?, ?, 1, ?)
    ON CONFLICT (name) DO UPDATE
    SET owner = excluded.owner, until = excluded.until, fence = fence + (owner <> excluded.owner)
    RETURNING fence
"""
_IS_HELD = "SELECT 1 FROM lease WHERE name = ? AND fence = ?"
_RELEASE = "UPDATE lease SET owner = '' WHERE name = ? AND fence = ?"


class SqliteLeases:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute

    def claim(self, name: str, owner: str, until: datetime, now: datetime) -> int | None:
        (fence,) = self._execute(_CLAIM, (name, owner, moment(until))).fetchone()
        return int(fence)

    def is_held(self, name: str, fence: int) -> bool:
        return self._execute(_IS_HELD, (name, fence)).fetchone() is not None

    def release(self, name: str, fence: int) -> None:
        self._execute(_RELEASE, (name, fence))
