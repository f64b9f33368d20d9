"""The hostile inputs that no other test bears the name of, row by row: what is shown, and what is not sent."""

import asyncio
from pathlib import Path

import httpx
import pytest

from adapters.sandbox.carrier.signature import sign
from bridge.flows import audit
from tests.stories.language import ADA, DID, PUBLIC, House, opened_house, shown

CARRIER = "/carriers/main/message"


def form(house: House, sender: str, body: str, sid: str = "SM" + "5" * 32) -> tuple[dict[str, str], dict[str, str]]:
    """Make a webhook as the carrier signs it."""
    fields = {"AccountSid": house.carrier.account_sid, "MessageSid": sid, "From": sender, "To": DID, "Body": body}
    signed = sign(house.carrier.auth_token, PUBLIC + CARRIER, fields.items())
    return fields, {"X-Twilio-Signature": signed}


async def test_w5_a_webhook_that_comes_a_hundred_times_at_once_is_one_text(house: House) -> None:
    fields, headers = form(house, ADA, "Once")
    async with httpx.AsyncClient(base_url=house.base_url, trust_env=False) as client:
        answers = await asyncio.gather(*(client.post(CARRIER, data=fields, headers=headers) for _ in range(100)))

    thread = await house.thread(ADA)
    assert {answer.status_code for answer in answers} == {200}
    assert len(thread.messages) == 1


@pytest.mark.parametrize("body", ["", "   ", "\u200b\u2060\ufeff", "\n\t\n"])
async def test_w16_a_text_in_which_nobody_sees_anything_says_so(house: House, body: str) -> None:
    await house.phone(ADA).texts(body)

    thread = await house.thread(ADA)

    assert "(no text)" in shown(thread.card)


async def test_w25_a_host_in_two_alphabets_is_spelt_out(house: House) -> None:
    await house.phone(ADA).texts("Your parcel: https://\u0430pple.com/track")

    thread = await house.thread(ADA)

    assert "https://xn--pple-43d.com/track" in shown(thread.card)
    assert "\u0430pple" not in shown(thread.card)


async def test_w29_a_text_from_our_own_number_is_shown_and_answered_by_nobody(house: House) -> None:
    fields, headers = form(house, DID, "I am a loop")
    async with httpx.AsyncClient(base_url=house.base_url, trust_env=False) as client:
        answer = await client.post(CARRIER, data=fields, headers=headers)

    thread = await house.thread(DID)
    await house.forward(minutes=5)
    assert answer.status_code == 200
    assert "<Message>" not in answer.text
    assert len(thread.messages) == 1
    assert house.carrier.phone(DID).texts(DID) == []


@pytest.mark.parametrize("sender", ["72345", "ACMEBANK", "unknown", "anonymous", "+"])
async def test_w30_a_sender_that_is_no_number_is_shown_and_not_answered(house: House, sender: str) -> None:
    fields, headers = form(house, sender, "Your code is 1234")
    async with httpx.AsyncClient(base_url=house.base_url, trust_env=False) as client:
        await client.post(CARRIER, data=fields, headers=headers)
    await house.slack.wait_for(lambda: bool(house.roots()))
    thread = house.thread_at(house.roots()[0])

    reply = await house.agent().replies(thread, "Thanks")

    await thread.shows("not sent")
    await house.agent().sees_mark(thread, reply, "x")


@pytest.mark.parametrize("text", ["\u200b", " \u2060 ", "\ufeff\ufeff"])
async def test_s11_a_reply_in_which_nobody_sees_anything_is_not_sent(house: House, text: str) -> None:
    await house.phone(ADA).texts("Hello")
    thread = await house.thread(ADA)

    reply = await house.agent().replies(thread, text)

    await thread.shows("nothing in it that can be texted")
    await house.agent().sees_mark(thread, reply, "x")
    assert house.phone(ADA).got == []


@pytest.mark.parametrize("number", ["+19005550142", "+18765550142", "911", "72345"])
async def test_s14_a_number_that_bills_or_rescues_is_refused_with_why(house: House, number: str) -> None:
    fields, headers = form(house, number, "Call me")
    async with httpx.AsyncClient(base_url=house.base_url, trust_env=False) as client:
        await client.post(CARRIER, data=fields, headers=headers)
    await house.slack.wait_for(lambda: bool(house.roots()))
    thread = house.thread_at(house.roots()[0])

    await house.agent().replies(thread, "Yes")

    await thread.shows("not sent", " is ")


async def test_c15_proxies_of_the_environment_are_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with opened_house(tmp_path) as house:
        await house.phone(ADA).texts("Hello", media=[("image/gif", b"GIF89a")])
        thread = await house.thread(ADA)
        await house.slack.wait_for(lambda: any(post.files for post in thread.messages))

        reply = await house.agent().replies(thread, "Yes")

        await house.agent().sees_mark(thread, reply, "white_check_mark")
        assert house.phone(ADA).got == ["Yes"]


async def test_w54_a_flood_is_kept_shown_at_the_allowed_pace_and_told_of_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "CROWD", 100)
    phones = [f"+1212555{number:04d}" for number in range(100, 230)]
    async with opened_house(tmp_path, bridge={"admins": ["Ben"]}, slack={"posts_per_minute": 60}) as house:
        for phone in phones:
            await house.phone(phone).texts("Buy this")
        await house.forward(minutes=2)
        during = await house.read(lambda ledger: ledger.audit.troubles())
        async with httpx.AsyncClient(base_url=house.base_url, trust_env=False) as client:
            health = await client.get("/healthz")
        await house.forward_until(lambda: len(house.roots()) == len(phones))
        await house.forward(minutes=10)
        afterwards = await house.read(lambda ledger: ledger.audit.troubles())

        assert ["things wait for slack" in trouble.what for trouble in during] == [True]
        assert health.status_code == 200
        assert afterwards == []
        assert "Only 100 of 130" in (house.mail.inbox("desk@example.com")[0].text or "")
        assert ["things wait" in (mail.text or "") for mail in house.mail.inbox("ben@example.com")] == [True]
