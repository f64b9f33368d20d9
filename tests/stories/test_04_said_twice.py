"""What the worlds say twice has one effect, and what strangers say has none."""

import httpx

from adapters.sandbox.carrier.receipts import Receipts
from tests.stories.language import ADA, DID, STRAY_DID, House


async def test_a_webhook_that_comes_many_times_shows_one_post(house: House) -> None:
    house.carrier.mischief.duplicates = 5
    await house.phone(ADA).texts("Only once, please")
    house.carrier.mischief.duplicates = 0
    await house.phone(ADA).texts("And then this")

    thread = await house.thread(ADA)
    await thread.shows("And then this")

    assert len(thread.messages) == 2
    assert all(attempt.status == 200 for attempt in house.carrier.attempts)


async def test_an_event_that_comes_twice_sends_one_text(house: House) -> None:
    ada = house.phone(ADA)
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    house.slack.event_faults.duplicate = True

    await house.agent().replies(thread, "ok")
    await house.agent().replies(thread, "ok")

    await ada.gets("ok", "ok")
    await house.slack.settled()
    await house.carrier.settled()
    assert ada.got == ["ok", "ok"]


async def test_receipts_that_come_late_twice_and_shuffled_end_at_delivered(house: House) -> None:
    ada = house.phone(ADA)
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    ben = house.agent()

    for receipts in (Receipts.DUPLICATED, Receipts.SHUFFLED):
        house.carrier.delivery.receipts = receipts
        reply = await ben.replies(thread, f"with {receipts.value} receipts")
        await ben.sees_mark(thread, reply, "white_check_mark")
        await house.carrier.settled()
        await ben.sees_mark(thread, reply, "white_check_mark")


async def test_a_webhook_that_the_carrier_did_not_sign_is_refused_and_leaves_nothing(house: House) -> None:
    form = {
        "MessageSid": "SM" + "0" * 32,
        "AccountSid": house.carrier.account_sid,
        "From": ADA,
        "To": DID,
        "Body": "Hi",
    }
    address = f"{house.base_url}/carriers/main/message"

    async with httpx.AsyncClient() as stranger:
        unsigned = await stranger.post(address, data=form)
        forged = await stranger.post(address, data=form, headers={"X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="})

    assert (unsigned.status_code, forged.status_code) == (403, 403)
    status = await house.read(lambda ledger: ledger.audit.status(house.clock.now()))
    assert status.counts["messages"] == 0


async def test_a_text_for_a_number_that_is_not_ours_is_kept_and_shown_to_the_admin(house: House) -> None:
    await house.carrier.text(ADA, DID, "fine")
    await house.carrier.text(ADA, STRAY_DID, "whose number is this?")

    status = await house.read(lambda ledger: ledger.audit.status(house.clock.now()))
    assert [trouble.key for trouble in status.troubles] == [f"unknown-did/{STRAY_DID}"]
    assert status.counts["poison"] == 1
