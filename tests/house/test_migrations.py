"""Released migrations are never edited: each one's schema has a fingerprint."""

import hashlib
import sqlite3

from sqlite_utils import Database

from adapters.sqlite.migrations import APPLICATION_ID, SCHEMA_VERSION, migrations

# One line is added with each migration, at its release; none is ever changed.
RELEASED = {
    "0001_initial": "f7b699e52969ee80",
}


def _applied(*, until: str | None = None) -> tuple[list[str], Database]:
    """Apply the migrations up to and including one, and name those that were."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    database = Database(connection, execute_plugins=False)
    names = [each.name for each in migrations.pending(database)]
    following = names[names.index(until) + 1 :] if until else []
    migrations.apply(database, stop_before=following)
    return names, database


def _fingerprint(database: Database) -> str:
    """Digest the schema, blanks apart."""
    rows = database.conn.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name").fetchall()
    lines = [" ".join(f"{kind} {name} {sql}".split()) for kind, name, sql in rows]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def test_every_released_migration_still_makes_the_schema_that_it_made() -> None:
    for name, fingerprint in RELEASED.items():
        _, database = _applied(until=name)
        assert (name, _fingerprint(database)) == (name, fingerprint)
        database.close()


def test_every_migration_is_either_released_or_the_next_one() -> None:
    names, database = _applied()
    database.close()

    assert names[: len(RELEASED)] == list(RELEASED)
    assert names == sorted(names)
    assert len(names) == SCHEMA_VERSION


def test_the_file_says_whose_it_is_and_of_which_version() -> None:
    _, database = _applied()

    found = [database.conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
    database.close()

    assert found == [APPLICATION_ID, SCHEMA_VERSION]


def test_every_table_is_strict() -> None:
    _, database = _applied()

    query = "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    rows = database.conn.execute(query).fetchall()
    database.close()

    assert {name for name, strict in rows if not strict} <= {"sqlite_schema", "sqlite_sequence", "_sqlite_migrations"}
