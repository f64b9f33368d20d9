"""The simulated carrier between a client of its REST interface and a stand-in for our side, for the carrier's tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from tests.unit.adapters.sandbox.our_side import Heard, OurSide, our_side

DID, OTHER_DID = "+14155550100", "+14155550101"
ANNA, BEN = "+12125550123", "+12125550124"
PUBLIC = "https://sms.example.com"


@dataclass(slots=True, kw_only=True)
class Bench:
    """One carrier under test and both of its neighbours."""

    world: CarrierWorld
    side: OurSide
    http: httpx.AsyncClient
    clock: MovableClock

    @property
    def account(self) -> str:
        return f"/2010-04-01/Accounts/{self.world.account_sid}"

    async def send(self, **changed: Any) -> httpx.Response:
        """Ask for a message to Anna; a field given as None is left out."""
        form = {"To": ANNA, "From": DID, "Body": "Hello Anna"} | changed
        return await self.http.post(
            f"{self.account}/Messages.json", data={name: value for name, value in form.items() if value is not None}
        )

    async def listed(self, **query: str) -> list[str]:
        """Return the bodies of the first page of the list."""
        answer = await self.http.get(f"{self.account}/Messages.json", params=query)
        return [each["body"] for each in answer.json()["messages"]]

    def callbacks(self) -> list[tuple[str, str]]:
        """Return sid and status of every status callback heard, in order."""
        return [(each.form["MessageSid"], each.form["MessageStatus"]) for each in self.heard("/hook/status")]

    def heard(self, path: str) -> list[Heard]:
        return [each for each in self.side.heard if each.path == path]


@asynccontextmanager
async def carrier_bench() -> AsyncIterator[Bench]:
    """Start a carrier with two numbers, whose webhook is a public address that leads to our side."""
    clock = MovableClock()
    world = CarrierWorld(clock, dids=(DID, OTHER_DID))
    async with our_side() as side:
        await world.start()
        world.route(PUBLIC, side.url)
        world.webhook_url = f"{PUBLIC}/hook/message"
        auth = (world.account_sid, world.auth_token)
        try:
            async with httpx.AsyncClient(base_url=world.api_url, auth=auth, trust_env=False) as http:
                yield Bench(world=world, side=side, http=http, clock=clock)
        finally:
            await world.aclose()
