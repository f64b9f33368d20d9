"""What is read back from the carrier, and the files that are fetched from it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from adapters.http import WebRequest, WebResponse
from adapters.http.exchange import Handler
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.faults import Fault
from adapters.twilio import TwilioCarrier
from bridge.domain.command import FetchMedia
from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus
from bridge.domain.event import InboundSms
from bridge.domain.ids import MediaRef
from bridge.errors import Permanent, Reason, Transient, WireError
from tests.unit.adapters.http.wires import server, serving
from tests.unit.adapters.twilio.account import GIF, OURS, THEIRS, Rig
from tests.unit.adapters.twilio.rig import ACCOUNT, PUBLIC_URL, settings

OTHER_PHONE = "+12125550143"

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


async def test_each_text_names_the_one_before_it_of_the_same_phone(rig: Rig) -> None:
    rig.world.mischief.drop = True
    since = rig.clock.now()
    sids = [await rig.world.text(phone, OURS.value, "ok") for phone in (THEIRS.value, OTHER_PHONE, THEIRS.value)]

    events = [event for _, event in await rig.read_back(since)]

    told = {event.key.rpartition(":")[2]: event.follows for event in events if isinstance(event, InboundSms)}
    assert [told[sid] for sid in sids[:2]] == [None, None]
    assert (told[sids[2]] or "").endswith(sids[0])


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
