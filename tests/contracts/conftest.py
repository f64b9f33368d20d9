"""The opened store that every test of the suite begins with."""

from collections.abc import AsyncIterator

import pytest

from bridge.ports import Store
from tests.contracts.bench import Bench


@pytest.fixture
async def store(bench: Bench) -> AsyncIterator[Store]:
    store = await bench.open()
    yield store
    await store.aclose()
