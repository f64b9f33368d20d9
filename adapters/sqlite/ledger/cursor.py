"""The table `cursor`: up to when each source was read back."""

from datetime import datetime
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment, read_moment

_GET = "SELECT at FROM cursor WHERE name = ?"
_PUT = "INSERT OR REPLACE INTO cursor (name, at) VALUES (?, ?)"


class SqliteCursors:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute

    def get(self, name: str) -> datetime | None:
        row = self._execute(_GET, (name,)).fetchone()
        return read_moment(row[0]) if row else None

    def put(self, name: str, at: datetime) -> None:
        self._execute(_PUT, (name, moment(at)))
