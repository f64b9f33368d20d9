"""The tables of a store as they are moved into another: their columns, their rows as plain values, their checksums.

Both stores name tables and columns alike. The rows of both are the same values: moments are UTC, flags are flags.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

Value = str | int | bool | bytes | datetime | None
Row = tuple[Value, ...]

# Whoever has used a store has left something in one of these; a new one has its schema and a secret only.
LIVED_IN = ("sighting", "conversation", "entry", "cursor", "contact")


class Kind(StrEnum):
    """What the values of a column are."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    MOMENT = "moment"
    OCTETS = "octets"


@dataclass(frozen=True, slots=True)
class Table:
    """One table, and what is in its columns."""

    name: str
    columns: tuple[tuple[str, Kind], ...]

    @property
    def listed(self) -> str:
        """Return the names of its columns, as a statement lists them."""
        return ", ".join(name for name, _ in self.columns)


@dataclass(slots=True)
class Tally:
    """How many rows, and one checksum of all of them, in whatever order they come."""

    count: int = 0
    total: int = 0

    def add(self, row: Row) -> None:
        digest = hashlib.sha256(repr(row).encode()).digest()
        self.count += 1
        self.total = (self.total + int.from_bytes(digest[:16])) % (1 << 128)

    def counted(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass the rows on, and count them."""
        for row in rows:
            self.add(row)
            yield row

    @property
    def checksum(self) -> str:
        return f"{self.total:032x}"


class Tables(Protocol):
    """A whole store, held so that nobody else uses it, in one transaction; nothing stays that is not committed."""

    def is_lived_in(self) -> bool:
        """Tell whether a daemon has ever kept anything here."""

    def rows(self, table: Table) -> Iterator[Row]: ...
    def replace(self, table: Table, rows: Iterable[Row]) -> None:
        """Let the table hold exactly these rows; tables to which others refer come first."""

    def commit(self) -> None: ...
    def close(self) -> None:
        """Let others have it; undo what was not committed."""
