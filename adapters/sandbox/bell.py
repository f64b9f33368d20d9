"""A bell that rings whenever a world has changed, so that nobody has to sleep and look again."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


class Bell:
    """Wake everybody who waits; a ring nobody waits for is forgotten."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()
        self.rings = 0

    def ring(self) -> None:
        self.rings += 1
        for waiting in self._waiting:
            waiting.set()

    async def rung(self) -> None:
        """Wait for the next ring."""
        waiting = asyncio.Event()
        self._waiting.add(waiting)
        try:
            await waiting.wait()
        finally:
            self._waiting.discard(waiting)

    async def wait_for(self, predicate: Callable[[], Found], timeout: float = 10) -> Found:
        """Return what the predicate found as soon as it is truthy; look again after every ring.

        `timeout` counts real seconds and is a safety net: it raises TimeoutError.
        """
        waiting = asyncio.Event()
        self._waiting.add(waiting)
        try:
            async with asyncio.timeout(timeout):
                while not (found := predicate()):
                    waiting.clear()
                    await waiting.wait()
                return found
        finally:
            self._waiting.discard(waiting)
