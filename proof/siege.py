"""A town under siege: twelve conversations, worlds of which three calls in ten go wrong, daemons that are killed.

The worlds live in this process, keep their own truth, and are never killed.
"""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from types import MappingProxyType

from adapters.sandbox.carrier import CarrierWorld, Receipts
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.faults import UNCLEAR, Fault
from adapters.sandbox.mailbox import MailWorld
from adapters.sandbox.workspace import Workspace
from proof.balancer import Balancer
from proof.books import Books, PostgresBooks, SqliteBooks, open_entries, trying
from proof.haste import CALL_SECONDS
from proof.talk import DESK, Talk
from tests.faults.ambush import NOT_PROCESSED, PROCESSED, Ambush
from tests.faults.process import Process
from tests.stories.language import CHANNEL, DID, PUBLIC, House

CHANCE = 0.3
_PHASES = 5  # of a mail, each of which may go wrong
_ANY = tuple(Fault)
_BY_CARRIER = {"messages.create": (*_ANY, *UNCLEAR, *UNCLEAR)}  # mostly nobody can tell whether it was sent
_BY_SLACK = {"socket": ()}  # a handshake that fails is tried for a minute, longer than any daemon lives here
# A server that falls silent and has not got the mail, twice, is beyond mending: a mail is repeated once.
_MAIL = (Fault.REFUSE, Fault.LIMIT, Fault.CUT, Fault.SILENT)
_BY_MAIL = {"smtp.data": (Fault.LIMIT,), "smtp.dot": (Fault.LIMIT, Fault.CUT, Fault.SILENT)}
_LISTING_LAG = timedelta(seconds=1.8)  # of the carrier's list; the daemons count on two
_RECEIPTS_AFTER = timedelta(seconds=3)  # late enough for the list to be asked first
_MORE = {
    "carrier": 'listing_lag = "2s"',
    "bridge": 'acknowledge_within = "5s"\ndigest_window = "1s"\ndigest_interval = "5s"',
    "mail": f'timeout = "{CALL_SECONDS}s"\naccept_timeout = "{CALL_SECONDS}s"',
}
_MOST_OPEN = 60  # wishes in the outbox; when there are more, people pause, and so do the kills
_KINDS = {
    "messages.create": ("send-sms",),
    "chat.postMessage": ("show-message", "say-note"),
    "smtp.dot": ("send-digest",),
}
_SENDS = (*(("messages.create", "chat.postMessage") * 4), "smtp.dot")
_OTHERS = ("chat.update", "reactions.add", "conversations.replies", "messages.list", "apps.connections.open")
_AT_ONCE = 3  # up to so many calls are let pass before the kill
_AMBUSH_SECONDS = 8
_LONGEST_START_SECONDS = 120


class Misfortune(Ambush):
    """Faults by chance, besides the one that kills; some calls go wrong in their own ways, or not at all."""

    def __init__(
        self,
        seed: int,
        chance: float = CHANCE,
        faults: Sequence[Fault] = _ANY,
        by_call: Mapping[str, Sequence[Fault]] = MappingProxyType({}),
    ) -> None:
        super().__init__()
        self._lot = random.Random(seed)
        self._odds = chance
        self._ways = faults
        self._by_call = by_call

    def clear(self) -> None:
        super().clear()
        self._odds = 0

    def draw(self, call: str) -> Fault | None:
        fault = super().draw(call)
        ways = self._by_call.get(call, self._ways)
        if fault is None and ways and self._lot.random() < self._odds:
            fault = self._lot.choice(ways)
            self.drawn.append((call, fault))
        return fault


@dataclass(kw_only=True)
class Siege:
    """The worlds, the people, and the daemons."""

    house: House
    talk: Talk
    daemons: list[Process]
    books: Books
    lot: random.Random
    carrier_faults: Misfortune
    slack_faults: Misfortune
    mail_faults: Misfortune
    kills: int = 0
    kills_on_attempts: int = 0
    died: int = 0  # daemons that ended although nobody had killed them
    _is_closing: bool = False
    _doomed: set[int] = field(default_factory=set)
    _struck: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def inhabited(self) -> AsyncIterator[None]:
        """Keep the daemons running, whatever happens to them; stop them in good order in the end."""
        keepers = [asyncio.create_task(self._keep(daemon)) for daemon in self.daemons]
        try:
            yield
        finally:
            for daemon in self.daemons:
                await daemon.wait_for(partial(_is_there, daemon), _LONGEST_START_SECONDS)
            self._is_closing = True
            await asyncio.gather(*(daemon.stop() for daemon in self.daemons))
            await asyncio.gather(*keepers)

    async def live(self, kills: int, messages: int) -> None:
        """Let people talk and daemons die until there were so many of both."""
        await self._somebody_is_there()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._hunt(kills, messages))
            tasks.create_task(self.talk.go_on(messages, lambda: self._by_now(kills, messages)))

    def _by_now(self, kills: int, messages: int) -> int:
        """Return how much may have been said: as much as goes with so many kills, but nothing while much waits."""
        if len(open_entries(self.books)) > _MOST_OPEN:
            return 0
        return messages * (self.kills + 1) // (kills or 1)

    async def _keep(self, daemon: Process) -> None:
        """Start it again whenever it is dead."""
        while not self._is_closing:
            await daemon.start()
            pid = daemon.pid
            await daemon.gone()
            self.died += pid not in self._doomed and not self._is_closing

    async def _hunt(self, kills: int, messages: int) -> None:
        while self.kills < kills:
            while self.talk.messages * kills < messages * self.kills:  # noqa: ASYNC110 - people speak in their own time
                await asyncio.sleep(0.1)
            await self._somebody_is_there()
            await self._kill_one(self.lot.choice(_SENDS if self.kills % 4 else _OTHERS))
            await asyncio.sleep(self.lot.uniform(0, 1))

    async def _somebody_is_there(self) -> None:
        async with asyncio.timeout(_LONGEST_START_SECONDS):
            while not self._alive():  # noqa: ASYNC110 - it comes about in other processes
                await asyncio.sleep(0.05)

    def _alive(self) -> list[Process]:
        return [daemon for daemon in self.daemons if daemon.pid and daemon.address and daemon.pid not in self._doomed]

    async def _kill_one(self, call: str) -> None:
        """Lie in wait for a call, and kill whoever makes it; at last anybody, at any moment."""
        self._struck.clear()
        faults = self._faults_of(call)
        fault = self.lot.choice((PROCESSED, NOT_PROCESSED))
        faults.lie(call, self.lot.randrange(_AT_ONCE), fault, lambda: self._strike(call))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._struck.wait(), _AMBUSH_SECONDS)
        faults.lift()
        if not self._struck.is_set() and self._alive():
            self._strike("")

    def _faults_of(self, call: str) -> Misfortune:
        if call.startswith("smtp."):
            return self.mail_faults
        return self.carrier_faults if call.startswith("messages.") else self.slack_faults

    def _strike(self, call: str) -> None:
        alive = {daemon.pid: daemon for daemon in self._alive()}
        attempts = [(pid, kind) for pid, kind in trying(self.books) if pid in alive]
        callers = [pid for pid, kind in attempts if kind in _KINDS.get(call, ())]
        if not alive:
            return
        pid = [*callers, *(owner for owner, _ in attempts), self.lot.choice(list(alive))][0]
        self._doomed.add(pid or 0)
        alive[pid].kill()
        self.kills += 1
        self.kills_on_attempts += any(owner == pid for owner, _ in attempts)
        self._struck.set()

    def lift(self) -> None:
        """Let the worlds behave from now on."""
        for faults in (self.carrier_faults, self.slack_faults, self.mail_faults):
            faults.clear()

    @property
    def faults(self) -> int:
        return sum(len(one.drawn) for one in (self.carrier_faults, self.slack_faults, self.mail_faults))


def _is_there(daemon: Process) -> str:
    return daemon.address


@asynccontextmanager
async def opened_siege(
    folder: Path, *, seed: int, pause: float, url: str = "", daemons: int = 1, controls: Sequence[str] = ()
) -> AsyncIterator[Siege]:
    """Open the worlds, which live by this machine's clock as the daemons do; `controls` are taken from these."""
    lot, clock = random.Random(seed), MovableClock(datetime.now(UTC), running=True)
    carrier_faults = Misfortune(seed + 1, by_call=_BY_CARRIER)
    slack_faults = Misfortune(seed + 2, by_call=_BY_SLACK)
    mail_faults = Misfortune(seed + 3, CHANCE / _PHASES, _MAIL, _BY_MAIL)
    carrier = CarrierWorld(clock, carrier_faults, dids=(DID,))
    carrier.api.listing_lag, carrier.delivery.late_by = _LISTING_LAG, _RECEIPTS_AFTER
    carrier.delivery.receipts = Receipts.LATE
    slack = Workspace(clock, slack_faults, paced=False)
    mail = MailWorld(clock, mail_faults, mailboxes=("desk@example.com",))
    slack.add_user("desk", id=DESK, real_name="Front desk", email="desk@example.com")
    slack.add_channel("texts", id=CHANNEL)
    house = House(path=folder, clock=clock, carrier=carrier, slack=slack, mail=mail)
    processes: list[Process] = []
    balancer = Balancer(lambda: [process.address for process in processes if process.address], lot)
    async with AsyncExitStack() as closing:
        for world in (carrier, slack, mail, balancer):
            await world.start()
            closing.push_async_callback(world.aclose)
        carrier.webhook_url = f"{PUBLIC}/carriers/main/message#rc=3&rp=all"
        carrier.route(PUBLIC, balancer.url)
        python = ("-m", "proof.haste", *controls, "--")
        for number in range(daemons):
            process = Process(house, PUBLIC, DID, CHANNEL, python, name=f"d{number}", url=url, more=_MORE)
            processes.append(process)
            closing.push_async_callback(process.stop)
        yield Siege(
            house=house,
            talk=Talk(house=house, lot=lot, pause=pause),
            daemons=processes,
            books=PostgresBooks(url) if url else SqliteBooks(folder / "bridge.db"),
            lot=lot,
            carrier_faults=carrier_faults,
            slack_faults=slack_faults,
            mail_faults=mail_faults,
        )
