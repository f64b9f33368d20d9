"""Keep every listener and worker alive: start it again when it ends, later each time, and know how each one is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bridge.ports import Clock

log = logging.getLogger(__name__)

FIRST_PAUSE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(seconds=60)


@dataclass(slots=True)
class Supervisor:
    """Run each work for ever; what ends is started again after a pause that doubles up to a minute."""

    clock: Clock
    states: dict[str, str] = field(default_factory=dict)
    is_closing: bool = False  # work that ends now has ended for good

    async def keep(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        """Keep this work running until cancelled."""
        pause = FIRST_PAUSE
        while True:
            self.states[name] = "up"
            began = self.clock.now()
            try:
                await work()
                self.states[name] = "ended"
                if self.is_closing:
                    return
            except Exception as error:
                self.states[name] = f"failed: {type(error).__name__}"
                log.error("%s failed", name, exc_info=error)
            if self.clock.now() - began > LONGEST_PAUSE:
                pause = FIRST_PAUSE
            await self.clock.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def ended(tasks: list[asyncio.Task[None]], within: timedelta) -> None:
    """Give tasks this long to end by themselves, then cancel them; return when they have."""
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=within.total_seconds())
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
