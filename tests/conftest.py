"""For every test: none reaches beyond this machine, and nothing that it says holds a canary."""

from collections.abc import Generator

import pytest

from tests import outside

pytest_plugins = ["tests.canaries"]

outside.watch()


def pytest_collection_finish() -> None:
    """Refuse to run what reaches outside as soon as it is imported."""
    if tried := outside.seen():
        raise pytest.UsageError(f"an import reaches outside: {', '.join(tried)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, None, None]:
    yield
    if tried := outside.seen():
        pytest.fail(f"the test reaches outside: {', '.join(tried)}", pytrace=False)
