"""The tables `contact` and `contact_key`: what people outside are called, and by which beginnings they are found."""

from collections.abc import Sequence

from psycopg import Connection

from adapters.postgres.ledger.columns import Row, read_address
from bridge.domain.contact import Contact, Source, foremost, keys, sought
from bridge.domain.phone import Address

_PUT = """
    INSERT INTO contact (address, source, name, person, at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (address, source) DO UPDATE SET name = excluded.name, person = excluded.person, at = excluded.at
"""
_DROP_KEYS = "DELETE FROM contact_key WHERE address = %s AND source = %s"
_PUT_KEY = "INSERT INTO contact_key (address, source, key) SELECT %s, %s, key FROM unnest(%s::text[]) AS key"
_DROP = "DELETE FROM contact WHERE address = %s AND source = %s"
_SELECT = "SELECT address, source, name, person, at FROM contact"
_OF = f"{_SELECT} WHERE address = ANY(%s) ORDER BY address, source"
_PAGE = """
    SELECT address, source, name, person, at FROM contact
    WHERE address IN (SELECT DISTINCT address FROM contact WHERE address > %s ORDER BY address LIMIT %s)
    ORDER BY address, source
"""
_LIKE = """
    SELECT address FROM contact_key AS found WHERE key >= %(first)s AND key < %(first)s || chr(1114111) AND NOT EXISTS (
        SELECT 1 FROM unnest(%(others)s::text[]) AS claim WHERE NOT EXISTS (
            SELECT 1 FROM contact_key AS other WHERE other.address = found.address
                AND other.key >= claim AND other.key < claim || chr(1114111)
        )
    )
    ORDER BY key, address LIMIT %(limit)s
"""
_REPEATS = 12  # of an address among those that are found: by each of its sources, and several of its words


class PostgresContacts:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def put(self, contact: Contact) -> None:
        it = contact
        row = (it.address.value, it.source.value)
        self._execute(_PUT, (*row, it.name, it.by or "", it.at))
        self._execute(_DROP_KEYS, row)
        self._execute(_PUT_KEY, (*row, sorted(keys(it.address, it.name))))

    def drop(self, address: Address, source: Source) -> None:
        self._execute(_DROP, (address.value, source.value))

    def of(self, addresses: Sequence[Address]) -> list[Contact]:
        return list(map(_contact, self._execute(_OF, ([address.value for address in addresses],))))

    def like(self, typed: str, limit: int) -> list[Contact]:
        words = sought(typed)
        if not words:
            return []
        found = self._execute(_LIKE, {"first": words[0], "others": list(words[1:]), "limit": limit * _REPEATS})
        addresses = list(dict.fromkeys(read_address(address) for (address,) in found))[:limit]
        kept = foremost(self.of(addresses))
        return [kept[address] for address in addresses if address in kept]

    def all(self, after: Address | None, limit: int) -> list[Contact]:
        return list(map(_contact, self._execute(_PAGE, (after.value if after else "", limit))))


def _contact(row: Row) -> Contact:
    address, source, name, person, at = row
    return Contact(address=read_address(address), source=Source(source), name=name, by=person or None, at=at)
