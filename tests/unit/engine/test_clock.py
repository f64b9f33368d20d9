"""The time of this machine."""

import asyncio
from datetime import UTC, datetime, timedelta

from bridge.engine.clock import SystemClock


async def test_the_time_is_aware_and_the_sleep_of_no_time_returns() -> None:
    clock = SystemClock()
    before = datetime.now(UTC)

    async with asyncio.timeout(10):
        await clock.sleep(timedelta(seconds=-5))

    assert before <= clock.now() <= datetime.now(UTC)
    assert clock.now().tzinfo is UTC
