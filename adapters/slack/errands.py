"""What is done beside the answer to Slack: nobody waits for it, and it ends with the door."""

import asyncio
from collections.abc import Coroutine


class Errands:
    """Tasks of ours, kept until they are done."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def run(self, errand: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(errand)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def aclose(self) -> None:
        """Give up whatever is not done yet."""
        running = list(self._running)
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)
