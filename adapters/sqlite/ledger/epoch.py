"""The table `epoch`: which life of the database this is. Its id stands beside the file too, as `opening` says."""

from datetime import datetime
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment, read_moment

_DECLARE = "UPDATE epoch SET is_declared = 1, number = number + 1"
_IS_DECLARED = "SELECT is_declared FROM epoch"
_BEGIN = "UPDATE epoch SET is_declared = 0, restored_at = ?"
_RESTORED_AT = "SELECT restored_at FROM epoch"


class SqliteEpoch:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute

    def declare(self) -> None:
        self._execute(_DECLARE)

    def is_declared(self) -> bool:
        return bool(self._execute(_IS_DECLARED).fetchone()[0])

    def begin(self, now: datetime) -> None:
        self._execute(_BEGIN, (moment(now),))

    def restored_at(self) -> datetime | None:
        (at,) = self._execute(_RESTORED_AT).fetchone()
        return read_moment(at) if at else None
