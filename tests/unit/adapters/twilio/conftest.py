"""One rig for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.unit.adapters.twilio.account import Rig, rigged


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with rigged() as rig:
        yield rig
