"""An account at the simulated carrier, and our door before it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime

import pytest

from adapters.http import HttpServer
from adapters.http.media import mount_media
from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from adapters.twilio import TwilioCarrier
from bridge.domain.command import SendSms
from bridge.domain.delivery import DeliveryReceipt
from bridge.domain.event import InboundSms, RawEvent
from bridge.domain.ids import CarrierRef, EntryToken
from bridge.domain.message import Media
from bridge.domain.phone import PhoneNumber
from bridge.domain.query import MediaView, Query, View
from bridge.errors import PortError, WireError
from bridge.ports import StillDue
from tests.unit.adapters.http.wires import server
from tests.unit.adapters.twilio.rig import PUBLIC_URL, RecordingIntake, settings

OURS, THEIRS = PhoneNumber("+14155550100"), PhoneNumber("+12125550101")
WISH = SendSms(did=OURS, to=(THEIRS,), text="On our way")
KEY = EntryToken("Abc-123_x")
GIF = b"GIF89a" + bytes(20)
NOBODY: frozenset[CarrierRef] = frozenset()


def due(wish: SendSms | None) -> StillDue[SendSms]:
    async def still_due() -> SendSms | None:
        return wish

    return still_due


class Archive:
    async def ask(self, query: Query) -> View:
        return MediaView(media=Media(digest="d", type="image/gif", content=GIF))


class Rig:
    """Our door on one side, the simulated carrier on the other, a clock between them."""

    def __init__(self, world: CarrierWorld, clock: MovableClock, house: HttpServer, **more: object) -> None:
        self.world = world
        self.clock = clock
        self.intake = RecordingIntake()
        account = settings(account_sid=world.account_sid, auth_token=world.auth_token, api_url=world.api_url, **more)
        self.carrier = TwilioCarrier("main", account, public_url=PUBLIC_URL, server=house, now=clock.now)
        mount_media(house, Archive())

    async def send(self, wish: SendSms = WISH) -> CarrierRef:
        ref = await self.carrier.send(wish, KEY, due(wish))
        assert ref is not None
        return ref

    async def failure(self, wish: SendSms = WISH) -> PortError:
        with pytest.raises(PortError) as caught:
            await self.carrier.send(wish, KEY, due(wish))
        return caught.value

    async def found(self, since: datetime, taken: frozenset[CarrierRef] = NOBODY) -> CarrierRef | None:
        return await self.carrier.find(WISH, KEY, since, taken)

    async def read_back(self, since: datetime) -> list[tuple[RawEvent, InboundSms | DeliveryReceipt | WireError]]:
        return [each async for each in self.carrier.history(OURS, since)]


@asynccontextmanager
async def rigged(**more: object) -> AsyncIterator[Rig]:
    clock = MovableClock()
    world, house = CarrierWorld(clock), server()
    await world.start()
    rig = Rig(world, clock, house, **more)
    await house.start()
    world.route(PUBLIC_URL, house.base_url)
    world.webhook_url = f"{PUBLIC_URL}/carriers/main/message"
    listening = asyncio.create_task(rig.carrier.listen(rig.intake))
    try:
        yield rig
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await rig.carrier.aclose()
        await world.aclose()
        await house.aclose()
