"""A house of which every request to the carrier is written down, so that a proof can say how it treated the account."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from adapters.sandbox.faults import Fault
from config import assemble
from tests.stories.language import CHANNEL, DID, OTHER_DID, House, Thread, opened_house

MAIN, SERVICE = DID, OTHER_DID
PHONES = tuple(f"+121255501{number}" for number in range(60, 66))
SEND, LIST = "messages.create", "messages.list"
_LONGEST = 180  # seconds of real time
API_KEY = "SK00000000000000000000000000000001"


@dataclass(kw_only=True)
class Account:
    """The account as its carrier saw it: (moment, call) of every request."""

    house: House
    calls: list[tuple[datetime, str]] = field(default_factory=list)
    threads: dict[str, Thread] = field(default_factory=dict)

    def __post_init__(self) -> None:
        draw = self.house.carrier.faults.draw

        def seen(call: str) -> Fault | None:
            self.calls.append((self.house.clock.now(), call))
            self.house.carrier.changed.ring()
            return draw(call)

        self.house.carrier.faults.draw = seen  # type: ignore[method-assign] # the world has taken its faults already

    def count(self, call: str, since: datetime | None = None) -> int:
        return sum(name == call and (not since or at >= since) for at, name in self.calls)

    async def opens_threads(self, phones: Sequence[str] = PHONES) -> None:
        """Let these phones text us, in turn to either number, so that they can be answered."""
        for at, phone in enumerate(phones):
            did, channel = ((MAIN, CHANNEL), (SERVICE, "C0SERVICE"))[at % 2]
            await self.house.phone(phone, did).texts("Hello")
            self.threads[phone] = await self.house.thread(phone, channel)

    async def answers(self, phone: str, text: str = "Yes") -> str:
        return await self.house.agent().replies(self.threads[phone], text)

    def got(self, phone: str) -> list[str]:
        did = (MAIN, SERVICE)[list(self.threads).index(phone) % 2]
        return self.house.phone(phone, did).got

    async def passes(self, until: Callable[[], object], step: timedelta) -> None:
        """Let the house's time pass until this holds, with a moment of real time for each step."""
        async with asyncio.timeout(_LONGEST):
            while not until():
                await self.house.forward(seconds=step.total_seconds())
                await asyncio.sleep(0.02)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait, without any time passing by the house's clock, until a world's change makes this so."""
        await self.house.carrier.wait_for(is_so)


@asynccontextmanager
async def opened_account(folder: Path, *, admins: Sequence[str] = (), **main: Any) -> AsyncIterator[Account]:
    """Open a house whose account `main` has these settings besides the usual ones."""
    async with opened_house(folder) as house:
        usual = house.settings().carriers["main"]
        house.changes = {
            "bridge": {"admins": list(admins)},
            "carriers": {
                "main": {
                    "account_sid": usual.account_sid,
                    "auth_token": usual.auth_token.get_secret_value(),
                    "api_url": usual.api_url,
                    "messages_per_second": 0,
                    **main,
                }
            },
        }
        await house.restart()
        account = Account(house=house)
        await account.opens_threads()
        yield account


def without_breaker() -> AbstractContextManager[object]:
    """Take the breakers out: for controls."""
    return patch.object(assemble, "Breaker", lambda name, carrier, clock: carrier)
