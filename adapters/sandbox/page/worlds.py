"""The worlds that the page stands before, and the signal that one of them changed."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.mailbox import MailWorld
from adapters.sandbox.scenario import Cast
from adapters.sandbox.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Worlds:
    """Everything that can be seen and touched from the page."""

    clock: MovableClock
    carrier: CarrierWorld
    workspace: Workspace
    mailbox: MailWorld
    cast: Cast


class Watch:
    """One signal for all worlds: whoever waits for `next` is woken when anything changed."""

    def __init__(self, worlds: Worlds) -> None:
        self._signals = (worlds.carrier.changed.rung, worlds.workspace.changed.rung, worlds.mailbox.changed.rung)
        self._tasks: list[asyncio.Task[None]] = []
        self._next = asyncio.Event()

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._listen(signal)) for signal in self._signals]

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def tell(self) -> None:
        self._next.set()
        self._next = asyncio.Event()

    @property
    def next(self) -> asyncio.Event:
        """The event of the next change; take it before looking, so that no change in between is missed."""
        return self._next

    async def _listen(self, signal: Callable[[], Awaitable[None]]) -> None:
        while True:
            await signal()
            self.tell()
