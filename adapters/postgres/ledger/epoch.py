"""The table `epoch`: which life of the database this is. A restore cannot be seen from here: it has to be declared."""

from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger.columns import Row

_DECLARE = "UPDATE epoch SET id = gen_random_uuid()::text, is_declared = true, number = number + 1"
_IS_DECLARED = "SELECT is_declared FROM epoch FOR UPDATE"  # of several daemons that start, one begins the new life
_BEGIN = "UPDATE epoch SET is_declared = false, restored_at = %s"
_RESTORED_AT = "SELECT restored_at FROM epoch"


class PostgresEpoch:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def declare(self) -> None:
        self._execute(_DECLARE)

    def is_declared(self) -> bool:
        row = self._execute(_IS_DECLARED).fetchone()
        return bool(row and row[0])

    def begin(self, now: datetime) -> None:
        self._execute(_BEGIN, (now,))

    def restored_at(self) -> datetime | None:
        row = self._execute(_RESTORED_AT).fetchone()
        return row[0] if row else None
