"""All tables of the file, for a move: read and written whole, under the daemon's own lock.

The keys of requests stand in `name` here, beside the ids of messages and entries, which their own tables hold as well.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from adapters.sqlite.ledger.columns import moment, read_moment
from adapters.sqlite.opening import open_file
from adapters.store.table import LIVED_IN, Kind, Row, Table, Value
from bridge.errors import ConfigError, Mistake
from bridge.wording import config as wording

_KEYS = "sighting_key"
_READ_KEYS = "SELECT name, number FROM name WHERE noun = 's'"
_WRITE_KEY = "INSERT INTO name (name, noun, number) VALUES (?, 's', ?)"
_NAMED = {"message": "m", "entry": "e"}

_READ: dict[Kind, Callable[[Any], Value]] = {Kind.FLAG: bool, Kind.MOMENT: read_moment}
_WRITE: dict[Kind, Callable[[Any], Value]] = {Kind.FLAG: int, Kind.MOMENT: moment}


class SqliteTables:
    """The whole file, in one transaction."""

    def __init__(self, path: Path, *, must_exist: bool) -> None:
        if must_exist and not path.exists():
            raise ConfigError((Mistake(place=str(path), what="does not exist", remedy=wording.store_file()),))
        self._file = open_file(path, timedelta(seconds=1))
        self._execute = self._file.connection.execute
        self._execute("BEGIN IMMEDIATE")
        (self._life,) = self._execute("SELECT id FROM epoch").fetchone()

    def is_lived_in(self) -> bool:
        return any(self._execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone() for table in LIVED_IN)  # noqa: S608 - names of ours

    def rows(self, table: Table) -> Iterator[Row]:
        read = _READ_KEYS if table.name == _KEYS else f"SELECT {table.listed} FROM {table.name}"  # noqa: S608
        return _translated(self._execute(read), table, _READ)

    def replace(self, table: Table, rows: Iterable[Row]) -> None:
        write = _WRITE_KEY
        if table.name != _KEYS:
            self._execute(f"DELETE FROM {table.name}")  # noqa: S608
            places = ", ".join("?" for _ in table.columns)
            write = f"INSERT INTO {table.name} ({table.listed}) VALUES ({places})"  # noqa: S608
        self._file.connection.executemany(write, _translated(rows, table, _WRITE))
        if table.name == "epoch":
            self._execute("UPDATE epoch SET id = ?", (self._life,))
        if noun := _NAMED.get(table.name):
            self._execute(f"INSERT INTO name SELECT id, '{noun}', position FROM {table.name}")  # noqa: S608

    def commit(self) -> None:
        self._execute("COMMIT")

    def close(self) -> None:
        if self._file.connection.in_transaction:
            self._execute("ROLLBACK")
        self._file.close()


def _translated(rows: Iterable[Any], table: Table, into: dict[Kind, Callable[[Any], Value]]) -> Iterator[Row]:
    ways = [into.get(kind) for _, kind in table.columns]
    for row in rows:
        yield tuple(value if way is None or value is None else way(value) for way, value in zip(ways, row, strict=True))
