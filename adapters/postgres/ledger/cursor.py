"""The table `cursor`: up to when each source was read back."""

from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger.columns import Row

_GET = "SELECT at FROM cursor WHERE name = %s"
_PUT = "INSERT INTO cursor (name, at) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET at = excluded.at"


class PostgresCursors:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def get(self, name: str) -> datetime | None:
        row = self._execute(_GET, (name,)).fetchone()
        return row[0] if row else None

    def put(self, name: str, at: datetime) -> None:
        self._execute(_PUT, (name, at))
