"""A store that is closed leaves nothing behind at the server, however early that is."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from adapters.postgres.opening import NAME
from tests.contracts.postgres_bench import PostgresBench, opened_server

_LEFT = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s"
_LOOKS, _TURNS = 40, 25


@pytest.fixture
def database() -> Iterator[PostgresBench]:
    server = opened_server()
    yield PostgresBench(server)
    server.cleanup()


def left_at(url: str) -> int:
    """Count our connections, when the server has had two seconds to notice that they are gone."""
    with closing(psycopg.connect(url, autocommit=True)) as other:
        for _ in range(_LOOKS):
            (left,) = other.execute(_LEFT, (NAME,)).fetchall()[0]
            if not left:
                break
            other.execute("SELECT pg_sleep(0.05)")
    return int(left)


async def test_a_store_that_is_closed_while_it_is_still_opening_its_ear_leaves_no_connection(
    database: PostgresBench,
) -> None:
    gc.disable()  # what only the collector would close counts as left behind
    try:
        for turns in range(_TURNS):
            store = await database.open()
            for _ in range(turns):
                await asyncio.sleep(0)
            await store.aclose()
        assert left_at(database.url) == 0
    finally:
        gc.enable()
