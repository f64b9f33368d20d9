"""All tables of the database, for a move: what they are called and hold, read and written whole.

Nobody may use the database meanwhile. A daemon that runs is known by the name of its connections, and one that is being
started waits in vain for the lock under which it would look at the schema.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from graphlib import TopologicalSorter

import psycopg
from psycopg import sql

from adapters.postgres.ledger.columns import adapt
from adapters.postgres.opening import MIGRATING, NAME, connect, prepare
from adapters.store.table import LIVED_IN, Kind, Row, Table
from bridge.errors import StoreBusy

_KINDS = {
    "text": Kind.TEXT,
    "integer": Kind.NUMBER,
    "bigint": Kind.NUMBER,
    "boolean": Kind.FLAG,
    "timestamp with time zone": Kind.MOMENT,
    "bytea": Kind.OCTETS,
}
_OWN = {"schema", "message_words"}  # what the database itself is, and its index of words, are never moved
# Likewise by what a file is known from an older copy of itself, and what is in its index: every store makes its own.
_OWN_COLUMNS = {("epoch", "id"), ("message", "is_indexed")}
_COLUMNS = """
    SELECT relname, attname, format_type(atttypid, atttypmod), attidentity <> ''
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    ORDER BY relname, attnum
"""
_REFERENCES = """
    SELECT of.relname, referred.relname
    FROM pg_constraint JOIN pg_class of ON of.oid = conrelid JOIN pg_class referred ON referred.oid = confrelid
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""
_UNHURRIED = """
    BEGIN ISOLATION LEVEL REPEATABLE READ;
    SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = '2s'
"""
_OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = %s AND pid <> pg_backend_pid()
"""
_COUNT_ON = "SELECT setval(pg_get_serial_sequence(%s, %s), (SELECT coalesce(max({}), 0) + 1 FROM {}), false)"
_PATIENCE, _LOOKS = 2.0, 20  # seconds, and how often is looked meanwhile
_AT_ONCE = 500  # rows that are fetched together; some hold a picture


class PostgresTables:
    """The whole database, in one transaction."""

    def __init__(self, url: str) -> None:
        self._connection, begin = connect(url, name=f"{NAME} store move")
        with ExitStack() as opening:
            opening.callback(self.close)
            prepare(self._connection, begin)
            adapt(self._connection)
            self._wait()
            self._hold()
            opening.pop_all()

    def _wait(self) -> None:
        """Wait a little for a daemon that has just stopped: the server notices later that its connections are gone.

        This stands before the transaction, which would not see what was committed after it began.
        """
        for _ in range(_LOOKS):
            if not self._others():
                return
            self._connection.execute("SELECT pg_sleep(%s)", (_PATIENCE / _LOOKS,))

    def _others(self) -> int:
        return int(self._connection.execute(_OTHERS, (NAME,)).fetchall()[0][0])

    def _hold(self) -> None:
        self._connection.execute(_UNHURRIED)
        (is_ours,) = self._connection.execute("SELECT pg_try_advisory_xact_lock(%s)", (MIGRATING,)).fetchall()[0]
        others = self._others()
        if not is_ours or others:
            raise StoreBusy(f"the database is used by a daemon ({others} connections, or one that is starting)")
        names = sql.SQL(", ").join(sql.Identifier(table.name) for table in self.catalog())
        try:
            self._connection.execute(sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(names))
        except psycopg.OperationalError as error:
            raise StoreBusy(f"the database cannot be had for a move: {error}") from error

    def catalog(self) -> list[Table]:
        """Return every table that is to be moved; one to which others refer stands before them."""
        columns: dict[str, list[tuple[str, Kind]]] = {}
        for table, column, kind, _ in self._connection.execute(_COLUMNS):
            if table not in _OWN and (table, column) not in _OWN_COLUMNS:
                columns.setdefault(table, []).append((column, _KINDS[kind]))
        order = TopologicalSorter(dict.fromkeys(columns, ()))
        for table, referred in self._connection.execute(_REFERENCES):
            order.add(table, referred)
        return [Table(name, tuple(columns[name])) for name in order.static_order() if name not in _OWN]

    def is_lived_in(self) -> bool:
        found = (self._connection.execute(_of("SELECT 1 FROM {} LIMIT 1", table)).fetchone() for table in LIVED_IN)
        return any(found)

    def rows(self, table: Table) -> Iterator[Row]:
        columns = sql.SQL(", ").join(sql.Identifier(name) for name, _ in table.columns)
        with self._connection.cursor(name="moved") as cursor:
            cursor.itersize = _AT_ONCE
            yield from cursor.execute(sql.SQL("SELECT {} FROM {}").format(columns, sql.Identifier(table.name)))

    def replace(self, table: Table, rows: Iterable[Row]) -> None:
        self._connection.execute(_of("DELETE FROM {}", table.name))
        columns = sql.SQL(", ").join(sql.Identifier(name) for name, _ in table.columns)
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
        with self._connection.cursor() as cursor, cursor.copy(into) as copy:
            for row in rows:
                copy.write_row(row)
        for of, column, _, counts in self._connection.execute(_COLUMNS).fetchall():
            if of == table.name and counts:
                query = sql.SQL(_COUNT_ON).format(sql.Identifier(column), sql.Identifier(of))
                self._connection.execute(query, (of, column))

    def commit(self) -> None:
        self._connection.execute("ANALYZE")
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def _of(query: str, table: str) -> sql.Composed:
    return sql.SQL(query).format(sql.Identifier(table))
