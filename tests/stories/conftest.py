"""A house for each story."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests import audit
from tests.stories.language import House, opened_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened_house(tmp_path) as house:
        yield house


@pytest.fixture(scope="session", autouse=True)
def audits(record_testsuite_property: Callable[[str, object], None]) -> Iterator[None]:
    """Tell at how many ends an audit was held."""
    yield
    record_testsuite_property(audit.PROPERTY, audit.held())
