"""Asking the carrier: sending once, looking it up, reading back, fetching; against the simulated carrier."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import pytest

from adapters.http import HttpServer, WebRequest, WebResponse
from adapters.http.exchange import Handler
from adapters.http.media import mount_media
from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.faults import Fault
from adapters.twilio import TwilioCarrier
from bridge.domain.command import FetchMedia, SendSms
from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus
from bridge.domain.event import InboundSms, RawEvent
from bridge.domain.ids import CarrierRef, EntryToken, MediaRef
from bridge.domain.message import Media
from bridge.domain.phone import PhoneNumber, SenderName
from bridge.domain.query import MediaView, Query, View
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient, Uncertain, WireError
from bridge.ports import StillDue
from tests.unit.adapters.http.wires import server, serving
from tests.unit.adapters.twilio.rig import ACCOUNT, PUBLIC_URL, RecordingIntake, settings

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


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with rigged() as rig:
        yield rig


# --- send ---


async def test_a_text_arrives_and_its_receipts_carry_our_token(rig: Rig) -> None:
    ref = await rig.send()
    await rig.world.settled()

    assert rig.world.phone(THEIRS.value).texts() == ["On our way"]
    receipts = [event for event in rig.intake.events if isinstance(event, DeliveryReceipt)]
    assert [(each.token, each.ref, each.status) for each in receipts] == [
        (KEY, ref, DeliveryStatus.SENT),
        (KEY, ref, DeliveryStatus.DELIVERED),
    ]


async def test_what_is_sent_is_the_wish_as_it_is_at_the_last_moment(rig: Rig) -> None:
    late = SendSms(did=OURS, to=(THEIRS,), text="Already there")

    await rig.carrier.send(WISH, KEY, due(late))
    await rig.world.settled()

    assert rig.world.phone(THEIRS.value).texts() == ["Already there"]


async def test_what_is_no_longer_due_is_not_sent(rig: Rig) -> None:
    assert await rig.carrier.send(WISH, KEY, due(None)) is None
    assert rig.world.messages == []


async def test_pictures_go_out_by_our_own_media_address(rig: Rig) -> None:
    await rig.send(SendSms(did=OURS, to=(THEIRS,), text="", media_tokens=("tok_1", "tok-2")))
    await rig.world.settled()

    [message] = rig.world.phone(THEIRS.value).received()
    assert [(each.content_type, each.content) for each in message.media] == [("image/gif", GIF)] * 2


@pytest.mark.parametrize("text", ["é😀\n&=+%", "half \ud83d", "\x00", "x" * 1600])
async def test_any_text_goes_out(rig: Rig, text: str) -> None:
    await rig.send(SendSms(did=OURS, to=(THEIRS,), text=text))
    await rig.world.settled()

    assert rig.world.phone(THEIRS.value).texts() == [text.encode("utf-8", "replace").decode()]


@pytest.mark.parametrize("to", [(), (THEIRS, PhoneNumber("+12125550102")), (SenderName("ACMEBANK"),)])
async def test_what_cannot_be_addressed_is_not_sent(rig: Rig, to: tuple[PhoneNumber, ...]) -> None:
    told = await rig.failure(SendSms(did=OURS, to=to, text="x"))

    assert isinstance(told, Permanent)
    assert told.reason is Reason.NOT_REPLIABLE
    assert rig.world.messages == []


@pytest.mark.parametrize(
    ("code", "kind"), [(21610, Permanent), (21612, Permanent), (21614, Permanent), (21606, Blocked), (21611, Transient)]
)
async def test_a_refusal_is_told_in_our_kinds(rig: Rig, code: int, kind: type[PortError]) -> None:
    rig.world.refuse(THEIRS.value, code)

    told = await rig.failure()

    assert type(told) is kind
    assert rig.world.messages == []


async def test_a_wrong_login_holds_the_account() -> None:
    async with rigged(api_key_sid="SK" + "0" * 32, api_key_secret="wrong") as rig:
        told = await rig.failure()

    assert isinstance(told, Blocked)
    assert told.remedy


async def test_an_api_key_logs_in_under_the_accounts_own_path() -> None:
    async with rigged(api_key_sid="SK" + "0" * 32, api_key_secret="right") as rig:
        rig.world.api.api_keys["SK" + "0" * 32] = "right"

        assert await rig.send()


@pytest.mark.parametrize(
    ("fault", "kind", "is_processed"),
    [
        (Fault.REFUSE, Uncertain, False),
        (Fault.ERROR, Uncertain, False),
        (Fault.LIMIT, Transient, False),
        (Fault.CUT, Uncertain, True),
        (Fault.LATE_ERROR, Uncertain, True),
        (Fault.GARBAGE, Uncertain, True),
        (Fault.SILENT, Uncertain, True),
    ],
)
async def test_whatever_may_have_been_sent_is_uncertain_and_sent_once(
    fault: Fault, kind: type[PortError], is_processed: bool
) -> None:
    async with rigged(timeout="1s" if fault is Fault.SILENT else "20s") as rig:
        rig.world.faults.next("messages.create", fault)

        told = await rig.failure()

        assert type(told) is kind
        assert len(rig.world.messages) == is_processed


async def test_a_carrier_that_cannot_be_reached_has_not_sent_it(rig: Rig) -> None:
    await rig.world.down()

    assert isinstance(await rig.failure(), Transient)


# --- find ---


async def test_a_text_whose_answer_was_lost_is_found(rig: Rig) -> None:
    started_at = rig.clock.now()
    rig.world.faults.next("messages.create", Fault.CUT)
    await rig.failure()

    assert await rig.found(started_at) == rig.world.messages[0].sid


async def test_a_text_that_never_left_is_absent_once_the_list_can_be_believed(rig: Rig) -> None:
    started_at = rig.clock.now()
    rig.world.faults.next("messages.create", Fault.REFUSE)
    await rig.failure()

    with pytest.raises(Transient):
        await rig.found(started_at)
    rig.clock.forward(timedelta(seconds=60))

    assert await rig.found(started_at) is None


async def test_a_list_that_lags_is_not_taken_for_a_no(rig: Rig) -> None:
    started_at = rig.clock.now()
    rig.world.api.listing_lag = timedelta(seconds=30)
    rig.world.faults.next("messages.create", Fault.CUT)
    await rig.failure()

    with pytest.raises(Transient):
        await rig.found(started_at)
    rig.clock.forward(timedelta(seconds=60))

    assert await rig.found(started_at) == rig.world.messages[0].sid


async def test_an_equal_text_that_belongs_to_another_entry_is_not_taken_for_this_one(rig: Rig) -> None:
    earlier = await rig.send()
    rig.clock.forward(timedelta(seconds=60))

    assert await rig.found(rig.clock.now() - timedelta(seconds=60), frozenset({earlier})) is None


async def test_two_that_may_be_it_leave_it_uncertain(rig: Rig) -> None:
    started_at = rig.clock.now()
    await rig.send()
    await rig.send()

    with pytest.raises(Uncertain):
        await rig.found(started_at)


async def test_an_old_equal_text_is_not_this_one(rig: Rig) -> None:
    await rig.send()
    rig.clock.forward(timedelta(hours=1))
    started_at = rig.clock.now()
    rig.clock.forward(timedelta(minutes=5))

    assert await rig.found(started_at) is None


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.ERROR, Fault.LIMIT, Fault.CUT, Fault.LATE_ERROR, Fault.GARBAGE])
async def test_a_list_that_does_not_answer_now_is_to_be_asked_again(rig: Rig, fault: Fault) -> None:
    rig.world.faults.next("messages.list", fault)

    with pytest.raises(Transient):
        await rig.found(rig.clock.now() - timedelta(hours=1))


async def test_what_cannot_be_sent_was_not(rig: Rig) -> None:
    group = SendSms(did=OURS, to=(THEIRS, PhoneNumber("+12125550102")), text="On our way")

    assert await rig.carrier.find(group, KEY, rig.clock.now(), NOBODY) is None


# --- history ---


async def test_texts_missed_while_we_were_away_are_read_back_oldest_first(rig: Rig) -> None:
    rig.world.mischief.drop = True
    since = rig.clock.now()
    for text in ("one", "two", "three"):
        await rig.world.text(THEIRS.value, OURS.value, text)
        rig.clock.forward(timedelta(seconds=5))

    events = [event for _, event in await rig.read_back(since)]

    assert [event.text for event in events if isinstance(event, InboundSms)] == ["one", "two", "three"]
    assert next(event.said_at for event in events if isinstance(event, InboundSms)) == since


async def test_what_is_read_back_is_the_same_fact_as_its_webhook(rig: Rig) -> None:
    since = rig.clock.now()
    await rig.world.text(THEIRS.value, OURS.value, "look", media=[("image/gif", GIF), ("image/gif", GIF)])
    await rig.send()
    await rig.world.settled()
    live = {raw.keys: event for raw, event in rig.intake.heard}

    told = await rig.read_back(since)

    assert {raw.keys for raw, _ in told} < set(live)
    [(raw, text), (_, receipt)] = told
    assert isinstance(text, InboundSms)
    webhook = live[raw.keys]
    assert isinstance(webhook, InboundSms)
    assert (text.key, text.did, text.sender, text.text, text.files) == (
        webhook.key,
        webhook.did,
        webhook.sender,
        webhook.text,
        webhook.files,
    )
    assert isinstance(receipt, DeliveryReceipt)
    assert receipt.status is DeliveryStatus.DELIVERED


async def test_what_came_before_is_not_read_back(rig: Rig) -> None:
    rig.world.mischief.drop = True
    await rig.world.text(THEIRS.value, OURS.value, "before")
    rig.clock.forward(timedelta(minutes=1))
    since = rig.clock.now()
    await rig.world.text(THEIRS.value, OURS.value, "after")

    events = [event for _, event in await rig.read_back(since)]

    assert [event.text for event in events if isinstance(event, InboundSms)] == ["after"]


async def test_a_text_on_its_way_has_no_news_yet(rig: Rig) -> None:
    rig.world.delivery.sent_after = timedelta(minutes=5)
    since = rig.clock.now()
    await rig.send()

    assert await rig.read_back(since) == []
    rig.clock.forward(timedelta(minutes=5))


@pytest.mark.parametrize("call", ["messages.list", "media.list"])
@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.ERROR, Fault.LIMIT, Fault.GARBAGE])
async def test_reading_back_that_fails_is_for_later(rig: Rig, call: str, fault: Fault) -> None:
    since = rig.clock.now()
    await rig.world.text(THEIRS.value, OURS.value, "look", media=[("image/gif", GIF)])
    rig.world.faults.next(call, fault)

    with pytest.raises(Transient):
        await rig.read_back(since)


async def test_a_list_of_several_pages_is_read_to_its_end(rig: Rig) -> None:
    since = rig.clock.now()
    for number in range(2001):
        rig.world.inbound.take(THEIRS.value, OURS.value, str(number), (), ())

    events = [event for _, event in await rig.read_back(since)]

    assert [event.text for event in events if isinstance(event, InboundSms)] == [str(each) for each in range(2001)]


@asynccontextmanager
async def listing(answer: Handler) -> AsyncIterator[TwilioCarrier]:
    """A carrier that can do nothing but list."""
    house = server()
    house.mount(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", answer, methods=("GET",))
    async with serving(house):
        carrier = TwilioCarrier("main", settings(api_url=house.base_url), public_url=PUBLIC_URL, server=server())
        try:
            yield carrier
        finally:
            await carrier.aclose()


def page(*messages: object, onward: str | None = None) -> WebResponse:
    body = {"messages": messages, "next_page_uri": onward}
    return WebResponse(200, json.dumps(body).encode(), "application/json")


@pytest.mark.parametrize("onward", ["https://evil.test/x", "//evil.test/x", "http://127.0.0.1:1/x", ""])
async def test_a_list_that_leads_elsewhere_is_not_followed_with_our_login(onward: str) -> None:
    heard: list[str] = []

    async def answer(request: WebRequest) -> WebResponse:
        heard.append(request.query)
        return page(onward=onward or f"{request.path}?{request.query}")

    async with listing(answer) as carrier:
        with pytest.raises(Transient):
            await anext(aiter(carrier.history(OURS, MovableClock().now())))

    assert len(heard) == (1 if onward else 100)


async def test_what_the_list_holds_and_we_cannot_read_is_handed_in_as_such() -> None:
    odd_text = {"direction": "inbound", "sid": "SM" + "0" * 32, "to": "72345", "from": "+12125550101", "body": "x"}
    odd_state = {"direction": "outbound-api", "sid": "SM" + "1" * 32, "status": "teleported"}
    foreign = {"direction": "outbound-call", "sid": "SM" + "2" * 32, "status": "sent"}

    async def answer(request: WebRequest) -> WebResponse:
        return page(odd_text, foreign) if "To=" in request.query else page(odd_state, foreign)

    async with listing(answer) as carrier:
        told = [each async for each in carrier.history(OURS, MovableClock().now())]

    assert [type(event) for _, event in told] == [WireError, WireError]
    assert {json.loads(raw.body)["sid"] for raw, _ in told} == {odd_text["sid"], odd_state["sid"]}
    assert len({raw.keys for raw, _ in told}) == 2


# --- fetch ---


async def test_a_picture_is_fetched_with_our_login_on_the_first_hop_only(rig: Rig) -> None:
    await rig.world.text(THEIRS.value, OURS.value, "look", media=[("image/jpeg", GIF)])
    [event] = rig.intake.events
    assert isinstance(event, InboundSms)

    media = await rig.carrier.fetch(FetchMedia(ref=event.files[0].ref, limit=1000))

    assert (media.content, media.type) == (GIF, "image/gif")
    assert rig.world.leaked == []


async def test_a_picture_over_the_limit_is_too_large(rig: Rig) -> None:
    await rig.world.text(THEIRS.value, OURS.value, "look", media=[("image/jpeg", GIF)])
    [event] = rig.intake.events
    assert isinstance(event, InboundSms)

    with pytest.raises(Permanent) as caught:
        await rig.carrier.fetch(FetchMedia(ref=event.files[0].ref, limit=len(GIF) - 1))

    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("ref", ["http://192.168.0.1/x", "https://evil.test/x", "file:///etc/passwd", ""])
async def test_a_picture_from_elsewhere_is_not_fetched(rig: Rig, ref: str) -> None:
    with pytest.raises(Permanent) as caught:
        await rig.carrier.fetch(FetchMedia(ref=MediaRef(ref), limit=1000))

    assert caught.value.reason is Reason.REJECTED


async def test_an_empty_picture_is_no_picture(rig: Rig) -> None:
    await rig.world.text(THEIRS.value, OURS.value, "look", media=[("image/jpeg", b"")])
    [event] = rig.intake.events
    assert isinstance(event, InboundSms)

    with pytest.raises(Permanent):
        await rig.carrier.fetch(FetchMedia(ref=event.files[0].ref, limit=1000))
