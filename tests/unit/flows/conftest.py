"""A ledger for every test of a decision: the real one, in a file of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from tests.unit.flows.books import Books


@pytest.fixture
async def books(tmp_path: Path) -> AsyncIterator[Books]:
    clock = MovableClock()
    store = SqliteStore(tmp_path / "bridge.db", clock)
    await store.open()
    yield Books(store=store, clock=clock)
    await store.aclose()
