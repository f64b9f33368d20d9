"""A signal that something changed, for whoever waits to see it: tests and the live page."""

import asyncio
from collections.abc import Callable


class Changes:
    """Wake everybody who waits whenever `tell` is called; nothing is queued, so look at the state after waking."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def tell(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    async def wait(self) -> None:
        """Wait for the next change."""
        await self._next.wait()

    async def wait_for(self, predicate: Callable[[], bool], timeout: float = 5.0) -> None:
        """Wait until the predicate holds, asked after every change; TimeoutError after `timeout` real seconds."""
        async with asyncio.timeout(timeout):
            while not predicate():
                await self.wait()
