"""An accepted message's journey to its phone, the callbacks that tell of it, and an interface that misbehaves."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from adapters.sandbox.carrier import Receipts
from adapters.sandbox.carrier.signature import sign
from adapters.sandbox.faults import Fault
from tests.unit.adapters.sandbox.carrier_bench import ANNA, BEN, DID, PUBLIC, Bench, carrier_bench

CALLBACK = {"StatusCallback": f"{PUBLIC}/hook/status"}


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with carrier_bench() as bench:
        yield bench


async def _send(bench: Bench, body: str = "Hello Anna", to: str = ANNA) -> str:
    answer = await bench.send(To=to, Body=body, StatusCallback=f"{PUBLIC}/hook/status#rc=1")
    assert answer.status_code == 201
    return str(answer.json()["sid"])


async def test_sent_and_delivered_are_told_in_order_but_never_the_initial_status(bench: Bench) -> None:
    sid = await _send(bench)
    await bench.world.settled()

    last = bench.side.heard[-1]
    assert bench.callbacks() == [(sid, "sent"), (sid, "delivered")]
    assert last.form["RawDlrDoneDate"] == "2603021500"
    assert last.headers["X-Twilio-Signature"] == sign(
        bench.world.auth_token, f"{PUBLIC}/hook/status", last.form.items()
    )
    assert (last.form["From"], last.form["To"], last.form["SmsStatus"]) == (DID, ANNA, "delivered")


async def test_without_a_callback_address_nothing_is_told_and_the_text_arrives(bench: Bench) -> None:
    await bench.send()
    await bench.world.settled()

    assert bench.side.heard == []
    assert bench.world.phone(ANNA).texts() == ["Hello Anna"]


@pytest.mark.parametrize(
    ("receipts", "statuses"),
    [
        (Receipts.PROMPT, ["sent", "delivered"]),
        (Receipts.NEVER, []),
        (Receipts.SHUFFLED, ["delivered", "sent"]),
        (Receipts.DUPLICATED, ["sent", "sent", "delivered", "delivered"]),
    ],
)
async def test_receipts_come_as_configured_while_the_text_arrives_once(
    bench: Bench, receipts: Receipts, statuses: list[str]
) -> None:
    bench.world.delivery.receipts = receipts

    await _send(bench)
    await bench.world.settled()

    assert [status for _, status in bench.callbacks()] == statuses
    assert bench.world.phone(ANNA).texts() == ["Hello Anna"]


async def test_late_receipts_wait_for_the_clock_though_the_text_has_arrived(bench: Bench) -> None:
    bench.world.delivery.receipts = Receipts.LATE

    await _send(bench)
    await bench.world.wait_for(lambda: bool(bench.world.phone(ANNA).received()))
    before = bench.callbacks()
    bench.clock.forward(timedelta(minutes=20))
    await bench.world.settled()

    assert before == []
    assert [status for _, status in bench.callbacks()] == ["sent", "delivered"]


async def test_the_journey_takes_its_time_on_the_worlds_clock(bench: Bench) -> None:
    bench.world.delivery.sent_after = timedelta(seconds=2)
    bench.world.delivery.delivered_after = timedelta(seconds=3)
    await _send(bench)
    statuses = [bench.world.messages[0].status]

    bench.clock.forward(timedelta(seconds=2))
    await bench.world.wait_for(lambda: bench.world.messages[0].status == "sent")
    statuses.append(str(bench.world.snapshot()["not_delivered"][0]["status"]))
    bench.clock.forward(timedelta(seconds=3))
    await bench.world.settled()

    assert [*statuses, bench.world.messages[0].status] == ["queued", "sent", "delivered"]


@pytest.mark.parametrize(
    ("fate", "code", "statuses"),
    [
        ("undelivered", 30003, ["sent", "undelivered"]),
        ("undelivered", 30005, ["sent", "undelivered"]),
        ("undelivered", 30006, ["sent", "undelivered"]),
        ("failed", 30007, ["failed"]),
    ],
)
async def test_a_chosen_number_never_gets_its_texts(bench: Bench, fate: str, code: int, statuses: list[str]) -> None:
    bench.world.fate(ANNA, fate, code)

    sid = await _send(bench)
    await _send(bench, to=BEN)
    await bench.world.settled()

    told = [each.form for each in bench.side.heard if each.form["MessageSid"] == sid]
    read = (await bench.http.get(f"{bench.account}/Messages/{sid}.json")).json()
    assert [form["MessageStatus"] for form in told] == statuses
    assert told[-1]["ErrorCode"] == str(code)
    assert (read["status"], read["error_code"]) == (fate, code)
    assert bench.world.phone(ANNA).messages == []
    assert bench.world.phone(BEN).texts() == ["Hello Anna"]


async def test_a_receipt_may_overtake_the_answer(bench: Bench) -> None:
    bench.world.api.overtake = True
    bench.side.gate = asyncio.Event()

    sending = asyncio.create_task(_send(bench))
    await bench.side.changed.wait_for(lambda: bool(bench.callbacks()))
    answered_before = sending.done()
    bench.side.gate.set()

    assert not answered_before
    assert bench.callbacks()[0] == (await sending, "sent")
    await bench.world.settled()


async def test_texts_to_one_phone_arrive_in_the_order_they_were_accepted_at_the_numbers_pace(bench: Bench) -> None:
    bench.world.delivery.segments_per_second = 1
    texts = ["a" * 161, "b", "c"]
    for text in texts:
        await _send(bench, text)
    phone = bench.world.phone(ANNA)
    await bench.world.wait_for(lambda: len(phone.received()) == 1)

    bench.clock.forward(timedelta(seconds=2))
    await bench.world.wait_for(lambda: len(phone.received()) == 2)
    bench.clock.forward(timedelta(hours=1))
    await bench.world.settled()

    assert phone.texts() == texts
    assert [(each.at - phone.messages[0].at).total_seconds() for each in phone.received()][:2] == [0, 2]


@pytest.mark.parametrize("fault", [Fault.REFUSE, Fault.ERROR, Fault.LIMIT])
async def test_a_call_that_fails_early_sends_nothing(bench: Bench, fault: Fault) -> None:
    bench.world.faults.next("messages.create", fault)

    outcome = await _outcome(bench)
    await bench.world.settled()

    assert outcome == {Fault.REFUSE: "cut", Fault.ERROR: 500, Fault.LIMIT: 429}[fault]
    assert bench.world.messages == []
    assert bench.world.phone(ANNA).messages == []


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.SILENT, Fault.LATE_ERROR, Fault.GARBAGE])
async def test_a_call_whose_answer_is_lost_has_sent_all_the_same(bench: Bench, fault: Fault) -> None:
    bench.world.faults.next("messages.create", fault)

    outcome = await _outcome(bench)
    await bench.world.settled()

    assert outcome == {Fault.CUT: "cut", Fault.SILENT: "silent", Fault.LATE_ERROR: 500, Fault.GARBAGE: 200}[fault]
    assert await bench.listed() == ["Hello Anna"]
    assert bench.world.phone(ANNA).texts() == ["Hello Anna"]
    assert [status for _, status in bench.callbacks()] == ["sent", "delivered"]


async def _outcome(bench: Bench) -> int | str:
    bench.http.timeout = httpx.Timeout(0.3)
    try:
        return (await bench.send(**CALLBACK)).status_code
    except httpx.TimeoutException:
        return "silent"
    except httpx.TransportError:
        return "cut"


async def test_a_silent_call_does_not_keep_the_carrier_from_closing(bench: Bench) -> None:
    bench.world.faults.next("messages.create", Fault.SILENT)
    sending = asyncio.create_task(bench.send())
    await bench.world.wait_for(lambda: bool(bench.world.messages))

    async with asyncio.timeout(2):
        await bench.world.aclose()

    with pytest.raises(httpx.TransportError):
        await sending


async def test_too_many_requests_say_when_to_come_back(bench: Bench) -> None:
    bench.world.faults.retry_after_seconds = 7
    bench.world.faults.next("messages.list", Fault.LIMIT)

    answer = await bench.http.get(f"{bench.account}/Messages.json")

    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (429, 20429, "7")


async def test_every_call_has_its_own_faults(bench: Bench) -> None:
    bench.world.faults.next("messages.fetch", Fault.ERROR)

    sid = await _send(bench)
    first = await bench.http.get(f"{bench.account}/Messages/{sid}.json")
    second = await bench.http.get(f"{bench.account}/Messages/{sid}.json")

    assert (first.status_code, first.json()["code"], second.status_code) == (500, 20500, 200)


async def test_a_carrier_that_is_down_refuses_connections_and_comes_back_on_its_port(bench: Bench) -> None:
    address = bench.world.api_url

    await bench.world.down()
    with pytest.raises(httpx.ConnectError):
        await bench.send()
    await bench.world.text(ANNA, DID, "while you were away")
    await bench.world.up()

    assert bench.world.api_url == address
    assert await bench.listed() == ["while you were away"]
    assert len(bench.side.heard) == 1


async def test_the_page_sees_phones_conversations_and_states(bench: Bench) -> None:
    await bench.world.text(ANNA, DID, "Hello", media=[("image/gif", b"GIF89a")])
    await _send(bench)
    await bench.world.settled()

    shown = bench.world.snapshot()

    (phone,) = shown["phones"]
    (conversation,) = phone["conversations"]
    medium = bench.world.media(conversation["messages"][0]["media"][0]["sid"])
    assert (phone["number"], conversation["did"]) == (ANNA, DID)
    assert [(each["direction"], each["text"], each["status"]) for each in conversation["messages"]] == [
        ("sent", "Hello", "received"),
        ("received", "Hello Anna", "delivered"),
    ]
    assert medium is not None
    assert medium.content == b"GIF89a"
