"""Both databases have the same tables with the same columns, so that one can be moved into the other."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from adapters.postgres.opening import connect, prepare
from adapters.sqlite.opening import open_file
from tests.contracts.postgres_bench import PostgresBench, opened_server

Schema = dict[str, set[str]]

# `name` and `sighting_key` answer the same question, each in the way that its database likes; so do indexes of words.
OWN = {"name", "sighting_key", "schema", "_sqlite_migrations"}
WORDS = "message_words"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = opened_server()
    yield PostgresBench(server).url
    server.cleanup()


def in_sqlite(connection: sqlite3.Connection) -> Schema:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    return {
        table: {name for (name,) in connection.execute("SELECT name FROM pragma_table_info(?)", (table,))}
        for (table,) in tables.fetchall()
    }


def in_postgres(url: str) -> Schema:
    with closing(psycopg.connect(url)) as connection:
        query = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        found: Schema = {}
        for table, column in connection.execute(query):
            found.setdefault(table, set()).add(column)
        return found


def common(schema: Schema) -> Schema:
    return {table: columns for table, columns in schema.items() if table not in OWN and not table.startswith(WORDS)}


def test_both_schemas_are_alike(url: str, tmp_path: Path) -> None:
    file = open_file(tmp_path / "bridge.db", timedelta(seconds=1))
    connection, begin = connect(url)
    with closing(connection):
        prepare(connection, begin)

    lite = in_sqlite(file.connection)
    file.close()

    assert common(lite) == common(in_postgres(url))
    assert len(common(lite)) > 10


def test_a_column_that_only_one_of_them_has_is_noticed() -> None:
    assert common({"post": {"ref"}, "name": {"noun"}}) != common({"post": {"ref", "up_to"}})


def test_preparing_again_changes_nothing(url: str) -> None:
    connection, begin = connect(url)
    with closing(connection):
        secrets = [prepare(connection, begin) for _ in range(3)]

    assert len(set(secrets)) == 1
