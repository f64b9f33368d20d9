"""A daemon in a process of its own between worlds that live by the same moment, for proofs of what troubles it."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.mailbox import MailWorld
from adapters.sandbox.mailbox.mail import Mail
from adapters.sandbox.workspace import Workspace
from tests.faults.process import Process
from tests.stories.language import CHANNEL, DID, PUBLIC, House

HURRIED = ("-m", "proof.hurried")
DESK = "desk@example.com"
logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # a world that is left before it has answered
_LOOK = 0.05  # seconds between two looks at what a world shows
_HEALTH_SECONDS = 10.0


@dataclass(kw_only=True)
class Household:
    """The worlds, the daemon, and what was acknowledged: sid by sid, in how many seconds."""

    house: House
    process: Process
    acked: dict[str, float] = field(default_factory=dict)
    refused: dict[str, float] = field(default_factory=dict)

    async def text(self, phone: str, body: str) -> str:
        """Let a phone text us, whose carrier knocks once; return the sid."""
        began = time.monotonic()
        sid = await self.house.carrier.text(phone, DID, body)
        self._heard(sid, time.monotonic() - began)
        return sid

    async def repeat(self, sid: str) -> None:
        """Let the carrier knock once more with a text that was refused."""
        began = time.monotonic()
        await self.house.carrier.deliver_again(sid)
        self._heard(sid, time.monotonic() - began)

    def _heard(self, sid: str, seconds: float) -> None:
        last = [attempt for attempt in self.house.carrier.attempts if attempt.sid == sid][-1]
        if last.problem:
            self.refused[sid] = seconds
        else:
            self.acked[sid] = seconds

    def statuses(self) -> set[int | None]:
        """Return what the daemon answered to webhooks."""
        return {attempt.status for attempt in self.house.carrier.attempts if attempt.kind == "message"}

    def missing(self) -> list[str]:
        """Return which acknowledged texts are not in the file, read as anybody may read it."""
        with closing(sqlite3.connect(f"file:{self.house.path / 'bridge.db'}?mode=ro", uri=True)) as file:
            kept = " ".join(id for (id,) in file.execute("SELECT id FROM message WHERE direction = 'in'"))
        return [sid for sid in self.acked if sid not in kept]

    async def violated(self) -> tuple[int, list[str]]:
        """Ask `/healthz`."""
        async with httpx.AsyncClient(trust_env=False, timeout=_HEALTH_SECONDS) as client:
            answer = await client.get(f"{self.process.address}/healthz")
        return answer.status_code, list(answer.json()["violated"])

    def digests(self) -> list[Mail]:
        return [mail for mail in self.house.mail.inbox(DESK) if "unanswered" in mail.subject]

    def warnings(self) -> list[Mail]:
        return [mail for mail in self.house.mail.inbox(DESK) if "needs attention" in mail.subject]

    def is_warned_of(self, words: str) -> bool:
        return any(words in " ".join((mail.text or "").split()) for mail in self.warnings())


async def seen(is_seen: Callable[[], object], within: float) -> bool:
    """Look until it is seen, for so many seconds at most."""
    until = time.monotonic() + within
    while not is_seen():
        if time.monotonic() > until:
            return False
        await asyncio.sleep(_LOOK)
    return True


@asynccontextmanager
async def household(
    folder: Path, *, bridge: str = "", environment: Mapping[str, str] | None = None, at: datetime | None = None
) -> AsyncIterator[Household]:
    """Open worlds in which it is `at` o'clock, or now, and a daemon whose file lies in this folder.

    `bridge` are further lines of that section of its bridge.toml.
    """
    clock = MovableClock(at or datetime.now(UTC), running=True)
    carrier = CarrierWorld(clock, dids=(DID,))
    slack = Workspace(clock, paced=False)
    mail = MailWorld(clock, mailboxes=(DESK,))
    slack.add_user("desk", id="U0DESK", real_name="Front desk", email=DESK)
    slack.add_channel("texts", id=CHANNEL)
    house = House(path=folder, clock=clock, carrier=carrier, slack=slack, mail=mail)
    async with AsyncExitStack() as closing_all:
        for world in (carrier, slack, mail):
            await world.start()
            closing_all.push_async_callback(world.aclose)
        carrier.webhook_url = f"{PUBLIC}/carriers/main/message"
        process = Process(house, PUBLIC, DID, CHANNEL, HURRIED, environment)
        plan = folder / "bridge.toml"
        plan.write_text(plan.read_text().replace("[bridge]\n", f'[bridge]\nadmins = ["Front desk"]\n{bridge}\n'))
        closing_all.push_async_callback(process.stop)
        await process.start()
        carrier.route(PUBLIC, process.address)
        yield Household(house=house, process=process)
