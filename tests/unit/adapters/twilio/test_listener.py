"""Webhooks over a real socket: who is believed, what the intake hears, and what the carrier is answered."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from adapters.http import HttpServer
from adapters.twilio import TwilioCarrier, TwilioSettings
from bridge.domain.delivery import DeliveryReceipt
from bridge.domain.event import InboundSms
from bridge.errors import WireError
from bridge.ports import Answer
from tests.unit.adapters.http.wires import Answer as HttpAnswer
from tests.unit.adapters.http.wires import ask, server, serving
from tests.unit.adapters.twilio.rig import (
    ACCOUNT,
    PUBLIC_URL,
    TOKEN,
    RecordingIntake,
    fields_of,
    payload,
    settings,
    sign,
)

MESSAGE, STATUS = "/carriers/main/message", "/carriers/main/status"


class Door:
    """The webhooks of one account behind a real server."""

    def __init__(self, house: HttpServer, carrier: TwilioCarrier, intake: RecordingIntake) -> None:
        self.house = house
        self.carrier = carrier
        self.intake = intake

    async def knock(
        self,
        path: str = MESSAGE,
        body: bytes | None = None,
        *,
        signature: bytes | None = None,
        key: str = TOKEN,
        signed_url: str | None = None,
        more: tuple[tuple[str, bytes], ...] = (),
    ) -> HttpAnswer:
        """Post a form, signed as the vendor would unless another signature is given."""
        body = payload("inbound") if body is None else body
        seal = sign(signed_url or PUBLIC_URL + path, fields_of(body), key) if signature is None else signature
        kind = ("Content-Type", b"application/x-www-form-urlencoded; charset=UTF-8")
        return await ask(self.house, "POST", path, body, (kind, ("X-Twilio-Signature", seal), *more))


@asynccontextmanager
async def opened(intake: RecordingIntake | None = None, account: TwilioSettings | None = None) -> AsyncIterator[Door]:
    intake, house = intake or RecordingIntake(), server()
    carrier = TwilioCarrier("main", account or settings(), public_url=PUBLIC_URL, server=house)
    listening = asyncio.create_task(carrier.listen(intake))
    try:
        async with serving(house):
            yield Door(house, carrier, intake)
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await carrier.aclose()


async def test_a_text_is_handed_in_and_answered_with_silence() -> None:
    async with opened() as door:
        told = await door.knock()

    assert (told.status, told.headers["content-type"]) == (200, "text/xml")
    assert told.body == b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
    [(raw, event)] = door.intake.heard
    assert isinstance(event, InboundSms)
    assert raw.source == "twilio/main"
    assert raw.keys == (event.key,)
    assert raw.body == payload("inbound")


async def test_what_is_kept_of_a_request_holds_no_signature() -> None:
    async with opened() as door:
        await door.knock(STATUS + "?entry=abc", payload("status-delivered"))

    [(raw, _)] = door.intake.heard
    assert raw.headers == {
        ":path": "/carriers/main/status?entry=abc",
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
    }


async def test_a_receipt_is_handed_in_with_its_token() -> None:
    async with opened() as door:
        told = await door.knock(STATUS + "?entry=tok-1", payload("status-delivered"))

    assert (told.status, told.body) == (204, b"")
    [receipt] = door.intake.events
    assert isinstance(receipt, DeliveryReceipt)
    assert receipt.token == "tok-1"


@pytest.mark.parametrize(("answer", "status"), [(Answer.ACCEPTED, 200), (Answer.REPEATED, 200), (Answer.BUSY, 503)])
async def test_the_carrier_is_told_what_the_intake_says(answer: Answer, status: int) -> None:
    async with opened(RecordingIntake(answer)) as door:
        told = await door.knock()

    assert told.status == status
    assert told.headers.get("retry-after") == ("5" if status == 503 else None)


async def test_the_answer_comes_only_after_the_intake_is_done() -> None:
    class SlowIntake(RecordingIntake):
        may_end = asyncio.Event()

        async def accept(self, *given: object) -> Answer:
            self.arrived.set()
            await self.may_end.wait()
            return Answer.ACCEPTED

    intake = SlowIntake()
    async with asyncio.timeout(10), opened(intake) as door:
        knocking = asyncio.create_task(door.knock())
        await intake.arrived.wait()
        was_answered = knocking.done()
        intake.may_end.set()
        told = await knocking

    assert (was_answered, told.status) == (False, 200)


async def test_before_anybody_listens_the_carrier_must_come_again() -> None:
    house = server()
    carrier = TwilioCarrier("main", settings(), public_url=PUBLIC_URL, server=house)
    async with serving(house):
        told = [await ask(house, "POST", path, payload("inbound")) for path in (MESSAGE, STATUS)]
    await carrier.aclose()

    assert [(each.status, each.headers["retry-after"]) for each in told] == [(503, "5"), (503, "5")]


async def test_when_nobody_listens_any_more_the_carrier_must_come_again() -> None:
    house, intake = server(), RecordingIntake()
    carrier = TwilioCarrier("main", settings(), public_url=PUBLIC_URL, server=house)
    listening = asyncio.create_task(carrier.listen(intake))
    async with serving(house):
        door = Door(house, carrier, intake)
        before = await door.knock()
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        after = await door.knock()
    await carrier.aclose()

    assert (before.status, after.status) == (200, 503)


GOOD = sign(PUBLIC_URL + MESSAGE, fields_of(payload("inbound")))


@pytest.mark.parametrize(
    "signature",
    [b"", b" ", "é".encode(), b"\xff\xfe", b"\xed\xa0\xbd", b"a" * 8000, GOOD[:-1], GOOD.lower(), GOOD + b", " + GOOD],
    ids=["empty", "space", "é", "no utf-8", "surrogate", "8 KB", "short", "lower", "twice"],
)
async def test_a_stranger_gets_403_and_leaves_only_a_count(signature: bytes) -> None:
    async with opened() as door:
        told = await door.knock(signature=signature)

    assert told.status == 403
    assert door.intake.heard == []
    assert door.carrier.refused == 1


async def test_a_request_without_a_signature_is_refused() -> None:
    async with opened() as door:
        told = await ask(door.house, "POST", MESSAGE, payload("inbound"))

    assert (told.status, door.carrier.refused) == (403, 1)


async def test_two_signatures_are_none_even_if_both_are_right() -> None:
    async with opened() as door:
        told = await door.knock(more=(("X-Twilio-Signature", GOOD),))

    assert told.status == 403


async def test_another_accounts_secret_is_refused_and_so_is_another_account_under_ours() -> None:
    foreign = payload("inbound").replace(ACCOUNT.encode(), b"AC" + b"f" * 32)
    async with opened() as door:
        told = [await door.knock(key="another"), await door.knock(body=foreign)]

    assert [each.status for each in told] == [403, 403]
    assert (door.intake.heard, door.carrier.refused) == ([], 2)


async def test_while_tokens_are_replaced_both_hold() -> None:
    async with opened(account=settings(auth_token="new", auth_token_old="old")) as door:
        told = [await door.knock(key=key) for key in ("new", "old", "older")]

    assert [each.status for each in told] == [200, 200, 403]


@pytest.mark.parametrize(
    ("signed_url", "status"),
    [
        (PUBLIC_URL + MESSAGE, 200),
        ("https://sms.example.com:443" + MESSAGE, 200),
        ("http://sms.example.com" + MESSAGE, 403),
        (PUBLIC_URL + MESSAGE + "/", 403),
        (PUBLIC_URL + MESSAGE + "?", 403),
        ("https://sms.example.com:8443" + MESSAGE, 403),
        (PUBLIC_URL + STATUS, 403),
    ],
)
async def test_what_was_signed_must_be_our_public_address(signed_url: str, status: int) -> None:
    async with opened() as door:
        told = await door.knock(signed_url=signed_url)

    assert told.status == status


async def test_headers_of_a_proxy_change_nothing() -> None:
    forged = (("X-Forwarded-Host", b"evil.test"), ("X-Forwarded-Proto", b"http"), ("Forwarded", b"host=evil.test"))
    async with opened() as door:
        told = [
            await door.knock(more=forged),
            await door.knock(signed_url="http://evil.test" + MESSAGE, more=forged),
        ]

    assert [each.status for each in told] == [200, 403]


async def test_a_query_is_part_of_what_is_signed_in_the_order_in_which_it_came() -> None:
    async with opened() as door:
        told = [
            await door.knock(MESSAGE + "?b=2&a=%20"),
            await door.knock(MESSAGE + "?b=2&a=%20", signed_url=PUBLIC_URL + MESSAGE + "?a=%20&b=2"),
            await door.knock(MESSAGE + "?b=2&a=%20", signed_url=PUBLIC_URL + MESSAGE),
        ]

    assert [each.status for each in told] == [200, 403, 403]


async def test_a_signature_under_the_shared_key_is_believed_where_one_is_configured() -> None:
    fields = fields_of(payload("inbound"))
    seal = sign(PUBLIC_URL + MESSAGE, fields, "shared", "sha256")
    how = (("X-Twilio-Webhooks-Signature-Settings", b"key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"),)
    async with opened(account=settings(webhook_shared_key="shared")) as door:
        with_key = await door.knock(signature=seal, more=how)
    async with opened() as door:
        without = await door.knock(signature=seal, more=how)

    assert (with_key.status, without.status) == (200, 403)


async def test_a_body_that_is_no_form_is_believed_by_its_digest_and_kept_as_unreadable() -> None:
    body = b'{"property": "value"}'
    path = f"{MESSAGE}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    seal = sign(PUBLIC_URL + path, {})
    async with opened() as door:
        told = [await door.knock(path, body, signature=seal), await door.knock(path, body + b" ", signature=seal)]

    assert [each.status for each in told] == [200, 403]
    assert [type(event) for event in door.intake.events] == [WireError]


async def test_what_is_genuine_but_unreadable_is_kept_and_answered_like_the_rest() -> None:
    body = payload("inbound").replace(b"&To=%2B14155550100", b"&To=72345")
    async with opened() as door:
        told = [await door.knock(body=body), await door.knock(body=body), await door.knock(body=body + b"&x=1")]

    assert [each.status for each in told] == [200, 200, 200]
    assert all(isinstance(event, WireError) for event in door.intake.events)
    keys = [raw.keys for raw, _ in door.intake.heard]
    assert keys[0] == keys[1] != keys[2]


async def test_repeats_bear_the_same_name() -> None:
    async with opened() as door:
        await asyncio.gather(*(door.knock() for _ in range(20)))

    assert {raw.keys for raw, _ in door.intake.heard} == {("twilio:main:SM00000000000000000000000000000001",)}
    assert len(door.intake.heard) == 20


async def test_a_form_of_a_thousand_fields_is_malformed() -> None:
    async with opened() as door:
        told = await door.knock(body=b"&".join([b"a=1"] * 1000))

    assert told.status == 400


async def test_a_form_of_a_megabyte_is_too_large() -> None:
    async with opened() as door:
        told = await door.knock(body=payload("inbound") + b"&Body=" + b"x" * 1_000_000, signature=b"x")

    assert (told.status, door.intake.heard) == (413, [])


@pytest.mark.parametrize("method", ["GET", "PUT", "HEAD", "OPTIONS", "TRACE"])
async def test_a_webhook_is_posted(method: str) -> None:
    async with opened() as door:
        told = await ask(door.house, method, MESSAGE)

    assert told.status == 405


# A header's value is any octets but these: a line must end, and a NUL is malformed to any server.
_values = st.binary(max_size=200).map(lambda value: bytes(octet for octet in value if octet >= 0x20 and octet != 0x7F))


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as door:
        yield door


@hypothesis_settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=500) | st.binary(max_size=200).map(lambda more: payload("inbound") + b"&" + more),
    signature=_values,
    how=_values,
    query=st.text("abc=&%?/;+-._~", max_size=40),
    is_signed=st.booleans(),
)
async def test_whatever_comes_nothing_breaks(
    door: Door, body: bytes, signature: bytes, how: bytes, query: str, is_signed: bool
) -> None:
    before, path = len(door.intake.heard), f"{MESSAGE}?{query}"

    if is_signed:
        told = await door.knock(path, body)
    else:
        settings_header = (("X-Twilio-Webhooks-Signature-Settings", how),)
        told = await door.knock(path, body, signature=signature, more=settings_header)

    assert told.status in (200, 400, 403)
    assert len(door.intake.heard) - before == (told.status == 200)
