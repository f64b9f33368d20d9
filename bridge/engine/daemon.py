"""Open the house in order, keep it, close it in reverse. A kill at any point is merely a restart."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Protocol

from bridge.domain.dialplan import DialPlan
from bridge.engine.auditor import Auditor
from bridge.engine.desk import ReadingDesk
from bridge.engine.dispatcher import Dispatcher
from bridge.engine.intake import DurableIntake
from bridge.engine.pacer import Manner, Pacer
from bridge.engine.recovery import CHAT, Recovery
from bridge.engine.supervisor import Supervisor, ended
from bridge.engine.timekeeper import CATCH_UP_EVERY, Timekeeper
from bridge.ports import Clock, Desk, Intake, Store, Worlds

log = logging.getLogger(__name__)

GRACE = timedelta(seconds=20)
FIRST_PASS = timedelta(seconds=30)  # how long the first reading back may hold up what is to be said


class Gate(Protocol):
    """Something that listens for others: opened once all routes are there, closed before anything else."""

    async def start(self, desk: Desk) -> None: ...
    async def aclose(self) -> None: ...


@dataclass(slots=True)
class Daemon:
    """The whole house, put together elsewhere."""

    store: Store
    plan: DialPlan
    worlds: Worlds
    manners: Mapping[str, Manner]
    gates: Sequence[Gate]
    clock: Clock
    owner: str
    drifts: Callable[[], Mapping[str, timedelta]] = dict  # how far our time is ahead of whose
    _supervisor: Supervisor = field(init=False)
    _dispatcher: Dispatcher | None = None
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _outbox: list[asyncio.Task[None]] = field(default_factory=list)

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Open, call `ready` when texts can be taken, serve until `stop`, and close."""
        self._supervisor = Supervisor(self.clock)
        recovery = Recovery(self.store, self.plan, self.worlds, self.clock, self.owner)
        auditor = self._auditor()
        intake = DurableIntake(self.store, self.plan, recovery.want, auditor.suspect)
        desk = ReadingDesk(self.store, self.plan, self._listeners, lambda: auditor.violated)
        await recovery.begin()
        self._listen(intake, desk)
        await asyncio.sleep(0)  # the listeners take their intake before the port opens
        opened: list[Gate] = []
        try:
            for gate in self.gates:
                await gate.start(desk)
                opened.append(gate)
            ready()
            self._keep("audit", auditor.run)
            self._tasks.append(asyncio.create_task(self._speak(recovery, intake)))
            await stop.wait()
        finally:
            await self._close(opened)

    def _auditor(self) -> Auditor:
        host, within = self.owner.partition(":")[0], 2 * CATCH_UP_EVERY
        return Auditor(self.store, self.plan, self.clock, host, self.drifts, within)

    def _listen(self, intake: Intake, desk: Desk) -> None:
        for name, carrier in self.worlds.carriers.items():
            self._keep(f"carrier {name}", partial(carrier.listen, intake))
        self._keep(CHAT, partial(self.worlds.chat.listen, intake, desk))

    def _keep(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        self._tasks.append(asyncio.create_task(self._supervisor.keep(name, work)))

    def _listeners(self) -> dict[str, str]:
        return {**self._supervisor.states, CHAT: self.worlds.chat.state}

    async def _speak(self, recovery: Recovery, intake: Intake) -> None:
        """Read back what was missed before anything is said, so that what came first is shown first.

        Digests do not wait for it, and nothing waits longer than half a minute.
        """
        keeper = Timekeeper(self.store, self.plan, self.worlds, recovery, intake, self.clock, self._listeners)
        self._keep("digests", keeper.digests)
        first_pass = asyncio.create_task(recovery.catch_up_all(intake, FIRST_PASS))
        self._tasks.append(first_pass)
        await asyncio.wait({first_pass}, timeout=FIRST_PASS.total_seconds())
        if self._supervisor.is_closing:
            return
        pacer = Pacer(self.manners, self.clock)
        self._dispatcher = Dispatcher(self.store, self.plan, self.worlds, pacer, self.clock, self.owner)
        self._outbox.append(asyncio.create_task(self._supervisor.keep("outbox", self._dispatcher.run)))
        self._keep("questions", keeper.questions)
        self._keep("catching up", keeper.catching_up)
        self._keep("forgetting", keeper.forgetting)
        self._keep("erasing", keeper.erasing)
        self._keep("indexing", keeper.indexing)

    async def _close(self, opened: list[Gate]) -> None:
        """Stop listening, let what is under way be settled, and close the store."""
        self._supervisor.is_closing = True
        for gate in reversed(opened):
            await gate.aclose()
        if self._dispatcher:
            self._dispatcher.stop()
        await ended(self._outbox, GRACE)
        while self._tasks:  # the first of them may have begun others meanwhile
            tasks, self._tasks = self._tasks, []
            await ended(tasks, timedelta())
        await self.store.aclose()
        log.info("stopped")
