"""The SQLite store keeps the contract of stores."""

from pathlib import Path

import pytest

from tests.contracts.sqlite_bench import SqliteBench
from tests.contracts.store import StoreContract


@pytest.fixture
def bench(tmp_path: Path) -> SqliteBench:
    return SqliteBench(tmp_path)


class TestSqlite(StoreContract): ...
