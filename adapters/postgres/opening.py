"""Connections to the database, as they must be set, and the schema that must be there before any of them is used.

A statement never hangs: the server gives up on locks and on idle transactions, and the client on a silent network.
"""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import psycopg
from psycopg import Connection

from bridge.errors import ConfigError, Mistake, SchemaMismatch, StoreBusy
from bridge.wording import config as wording

Row = tuple[Any, ...]

SCHEMA_VERSION = 9
NAME = "sms-bridge"  # by which the server knows the connections of daemons
MIGRATING = 0x534D5342  # the advisory lock under which one daemon at a time looks at the schema

# Seconds and milliseconds that were measured against a cut network: without them a peer's row stayed locked for 45 s.
NETWORK: dict[str, Any] = {
    "connect_timeout": 3,
    "tcp_user_timeout": 5000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
_SETTINGS = {
    "idle_in_transaction_session_timeout": "8s",
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "datestyle": "ISO",
}
_LONGEST_STEP = "10min"  # of a migration


def connect(url: str, *, name: str = NAME, lock_timeout_ms: int | None = None) -> tuple[Connection[Row], bytes]:
    """Open a connection for one thread; return it with the statements that begin a transaction and ask for its moment.

    What is set for a session, or prepared in it, is lost behind a pooler, which may give each transaction to another
    one; what has the same name there may be another daemon's statement. So there every transaction is set up anew.
    Raise `ConfigError` for an address that is none, `StoreBusy` where nobody answers, or not to us.
    """
    settings = _SETTINGS | ({"lock_timeout": f"{lock_timeout_ms}ms"} if lock_timeout_ms else {})
    begin = "BEGIN; SELECT clock_timestamp()"
    try:
        connection = psycopg.connect(url, autocommit=True, application_name=name, **NETWORK)
        if is_pooled(connection):
            connection.prepare_threshold = None
            begin = f"{begin}, {_told(settings, is_local=True)}"
        else:
            connection.execute(f"SELECT {_told(settings, is_local=False)}".encode())
    except psycopg.ProgrammingError as error:
        raise ConfigError((Mistake(place="[store] url", what=str(error), remedy=wording.store_url()),)) from error
    except psycopg.Error as error:
        raise StoreBusy(f"the database cannot be reached: {error}") from error
    return connection, begin.encode()


def is_pooled(connection: Connection[Row]) -> bool:
    """Tell whether a pooler stands before the server: then not the process answers that we were told of."""
    return bool(_one(connection, "SELECT pg_backend_pid()") != connection.info.backend_pid)


def _told(settings: Mapping[str, str], *, is_local: bool) -> str:
    return ", ".join(f"set_config('{name}', '{value}', {is_local})" for name, value in settings.items())


def prepare(connection: Connection[Row], begin: bytes) -> bytes:
    """Bring the schema up to date, one daemon at a time, and return this store's own secret.

    A schema that is newer than this release is left alone if it says that this release may run on it.
    """
    try:
        connection.execute(begin)
        connection.execute("SELECT pg_advisory_xact_lock(%s)", (MIGRATING,))
        _migrate(connection)
        seal = bytes(_one(connection, "SELECT value FROM secret WHERE name = 'seal'"))
        connection.execute("COMMIT")
    except psycopg.OperationalError as error:
        raise StoreBusy(f"the database cannot be opened now: {error}") from error
    return seal


def _migrate(connection: Connection[Row]) -> None:
    version = _version(connection)
    if version > SCHEMA_VERSION:
        _expect_readable(connection, version)
    connection.execute(f"SET LOCAL statement_timeout = '{_LONGEST_STEP}'")
    for number in range(version + 1, SCHEMA_VERSION + 1):
        connection.execute(_migration(number).encode())
        connection.execute("UPDATE schema SET version = %s", (number,))


def _version(connection: Connection[Row]) -> int:
    if _one(connection, "SELECT to_regclass('schema')") is None:
        return 0
    return int(_one(connection, "SELECT version FROM schema"))


def _expect_readable(connection: Connection[Row], version: int) -> None:
    oldest = int(_one(connection, "SELECT oldest_release FROM schema"))
    if oldest > SCHEMA_VERSION:
        raise SchemaMismatch(
            f"the database was written by a newer release (schema {version}, this one knows {SCHEMA_VERSION}): "
            "install that release, or restore a backup from before it"
        )


def _migration(number: int) -> str:
    steps = files(__package__).joinpath("migrations").iterdir()
    return next(step for step in steps if step.name.startswith(f"{number:04}_")).read_text()


def _one(connection: Connection[Row], query: str) -> Any:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None
