"""The tables `contact` and `contact_key`: what people outside are called, and by which beginnings they are found."""

import json
from collections.abc import Sequence
from sqlite3 import Connection
from typing import Any

from adapters.sqlite.ledger.columns import moment, read_address, read_moment
from bridge.domain.contact import Contact, Source, foremost, keys, sought
from bridge.domain.phone import Address

_PUT = """
    INSERT INTO contact (address, source, name, person, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (address, source) DO UPDATE SET name = excluded.name, person = excluded.person, at = excluded.at
"""
_DROP_KEYS = "DELETE FROM contact_key WHERE address = ? AND source = ?"
_PUT_KEY = "INSERT INTO contact_key (address, source, key) VALUES (?, ?, ?)"
_DROP = "DELETE FROM contact WHERE address = ? AND source = ?"
_SELECT = "SELECT address, source, name, person, at FROM contact"
_OF = f"{_SELECT} WHERE address = ? ORDER BY source"
_PAGE = """
    SELECT address, source, name, person, at FROM contact
    WHERE address IN (SELECT DISTINCT address FROM contact WHERE address > ? ORDER BY address LIMIT ?)
    ORDER BY address, source
"""
_LIKE = """
    SELECT address FROM contact_key AS found WHERE key >= ?1 AND key < ?1 || char(1114111) AND NOT EXISTS (
        SELECT 1 FROM json_each(?2) AS claim WHERE NOT EXISTS (
            SELECT 1 FROM contact_key AS other WHERE other.address = found.address
                AND other.key >= claim.value AND other.key < claim.value || char(1114111)
        )
    )
    ORDER BY key, address LIMIT ?3
"""
_REPEATS = 12  # of an address among those that are found: by each of its sources, and several of its words


class SqliteContacts:
    __slots__ = ("_execute", "_executemany")

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute
        self._executemany = connection.executemany

    def put(self, contact: Contact) -> None:
        it = contact
        row = (it.address.value, it.source.value)
        self._execute(_PUT, (*row, it.name, it.by or "", moment(it.at)))
        self._execute(_DROP_KEYS, row)
        self._executemany(_PUT_KEY, [(*row, key) for key in sorted(keys(it.address, it.name))])

    def drop(self, address: Address, source: Source) -> None:
        self._execute(_DROP, (address.value, source.value))

    def of(self, addresses: Sequence[Address]) -> list[Contact]:
        rows = (row for address in dict.fromkeys(addresses) for row in self._execute(_OF, (address.value,)))
        return list(map(_contact, rows))

    def like(self, typed: str, limit: int) -> list[Contact]:
        words = sought(typed)
        if not words:
            return []
        found = self._execute(_LIKE, (words[0], json.dumps(words[1:]), limit * _REPEATS))
        addresses = list(dict.fromkeys(read_address(address) for (address,) in found))[:limit]
        kept = foremost(self.of(addresses))
        return [kept[address] for address in addresses if address in kept]

    def all(self, after: Address | None, limit: int) -> list[Contact]:
        return list(map(_contact, self._execute(_PAGE, (after.value if after else "", limit))))


def _contact(row: tuple[Any, ...]) -> Contact:
    address, source, name, person, at = row
    return Contact(
        address=read_address(address), source=Source(source), name=name, by=person or None, at=read_moment(at)
    )
