"""A phone's text on its way to us: the webhook, its signature and repetition, our answer, STOP, and what goes wrong."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from adapters.sandbox.carrier.signature import sign
from adapters.sandbox.carrier.webhooks import Policy
from tests.unit.adapters.sandbox.carrier_bench import ANNA, BEN, DID, OTHER_DID, PUBLIC, Bench, carrier_bench

GIF, PNG = b"GIF89a", b"\x89PNG\r\n"


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with carrier_bench() as bench:
        yield bench


def _failure(status: int) -> web.Response:
    return web.Response(status=status)


async def test_a_text_arrives_as_a_webhook_with_the_vendors_fields(bench: Bench) -> None:
    sid = await bench.world.text(ANNA, DID, "Hi & bye = ok é")

    (heard,) = bench.side.heard
    assert re.fullmatch(r"SM[0-9a-f]{32}", sid)
    assert heard.form["MessageSid"] == heard.form["SmsSid"] == heard.form["SmsMessageSid"] == sid
    expected = {
        "AccountSid": bench.world.account_sid,
        "From": ANNA,
        "To": DID,
        "Body": "Hi & bye = ok é",
        "NumMedia": "0",
        "NumSegments": "1",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        "FromCity": "NEW YORK",
    }
    assert heard.form.items() >= expected.items()
    assert heard.headers["Content-Type"].startswith("application/x-www-form-urlencoded")


async def test_the_signature_is_over_the_public_address_though_the_connection_goes_elsewhere(bench: Bench) -> None:
    bench.world.webhook_url = f"{PUBLIC}/hook/message?line=main#rc=3&rp=all"

    await bench.world.text(ANNA, DID, "Hello")

    (heard,) = bench.side.heard
    expected = sign(bench.world.auth_token, f"{PUBLIC}/hook/message?line=main", heard.form.items())
    assert heard.headers["X-Twilio-Signature"] == expected
    assert heard.headers["Host"] == "sms.example.com"
    assert heard.path == "/hook/message?line=main"


async def test_pictures_come_as_addresses_that_lead_to_them(bench: Bench) -> None:
    sid = await bench.world.text(ANNA, DID, media=[("image/gif", GIF), ("image/png", PNG)])

    (heard,) = bench.side.heard
    redirect = await bench.http.get(heard.form["MediaUrl1"])
    assert sid.startswith("MM")
    assert heard.form["NumMedia"] == "2"
    assert (heard.form["MediaContentType0"], heard.form["MediaContentType1"]) == ("image/gif", "image/png")
    assert (await bench.http.get(redirect.headers["Location"], auth=None)).content == PNG


async def test_a_group_text_names_its_other_recipients(bench: Bench) -> None:
    sid = await bench.world.text(ANNA, DID, "all of you", others=[BEN, OTHER_DID])

    (heard,) = bench.side.heard
    assert sid.startswith("MM")
    assert (heard.form["OtherRecipients0"], heard.form["OtherRecipients1"]) == (BEN, OTHER_DID)


async def test_a_text_to_a_number_the_carrier_does_not_have_is_impossible(bench: Bench) -> None:
    with pytest.raises(ValueError, match="no number of this carrier"):
        await bench.world.text(ANNA, "+14155550199", "Hello?")


@pytest.mark.parametrize(
    ("fragment", "failures", "heard"),
    [
        pytest.param("", [500], 1, id="by default a 5xx is not repeated"),
        pytest.param("", [404], 1, id="by default a 4xx is not repeated"),
        pytest.param("", [None], 1, id="by default a lost answer is not repeated"),
        pytest.param("#rc=3&rp=all", [500, None, 404], 4, id="all failures, three repeats"),
        pytest.param("#rc=3&rp=all", [500, 500, 500, 500, 500], 4, id="no more than three repeats"),
        pytest.param("#rc=2&rp=5xx", [503, 404, 200], 2, id="only 5xx: ends at a 4xx"),
        pytest.param("#rc=2&rp=4xx,rt", [404, None], 3, id="4xx and lost answers"),
        pytest.param("#rc=0&rp=all", [500], 1, id="never"),
    ],
)
async def test_a_webhook_is_repeated_as_its_fragment_says(
    bench: Bench, fragment: str, failures: list[int | None], heard: int
) -> None:
    bench.side.answers.extend(_failure(status) if status else None for status in failures)
    bench.world.webhook_url = f"{PUBLIC}/hook/message{fragment}"

    await bench.world.text(ANNA, DID, "Hello")

    tokens = [each.headers.get("I-Twilio-Idempotency-Token") for each in bench.side.heard]
    assert len(tokens) == heard
    assert tokens[0] is None
    assert len(set(tokens[1:])) <= 1
    assert None not in tokens[1:]


async def test_a_failed_connection_is_tried_twice_and_shown_in_the_console(bench: Bench) -> None:
    bench.world.webhook_url = "http://127.0.0.1:1/hook"

    sid = await bench.world.text(ANNA, DID, "Hello")

    assert [each.problem for each in bench.world.attempts] == ["ct", "ct"]
    assert [(each.code, each.sid) for each in bench.world.alerts] == [(11205, sid)]
    assert await bench.listed() == ["Hello"]


async def test_a_slow_answer_counts_as_a_failed_read(bench: Bench) -> None:
    bench.side.gate = asyncio.Event()
    bench.world.webhook_url = f"{PUBLIC}/hook/message#rt=100&rc=1&rp=rt"

    await bench.world.text(ANNA, DID, "Hello")

    assert [each.problem for each in bench.world.attempts] == ["rt", "rt"]
    bench.side.gate.set()


def test_the_patience_is_read_from_the_fragment_and_bounded() -> None:
    policy = Policy.read("ct=100&rt=200&tt=300&rc=9&rp=4xx,5xx")

    assert (policy.connect_seconds, policy.read_seconds, policy.total_seconds) == (0.1, 0.2, 0.3)
    assert (policy.retries, policy.repeats) == (5, frozenset({"4xx", "5xx"}))
    assert Policy.read("") == Policy()


@pytest.mark.parametrize(
    ("answer", "texts", "alerts"),
    [
        pytest.param(web.Response(status=204), [], [], id="no content"),
        pytest.param(web.Response(text="", content_type="text/plain"), [], [], id="an empty text"),
        pytest.param(web.Response(text="ok", content_type="text/plain"), ["ok"], [], id="an innocent ok is sent"),
        pytest.param(
            web.Response(text="<Response><Message>Hi</Message></Response>", content_type="text/xml"),
            ["Hi"],
            [],
            id="a message is sent",
        ),
        pytest.param(
            web.Response(
                text="<Response><Message><Body>A</Body></Message><Sms>B</Sms></Response>",
                content_type="application/xml",
            ),
            ["A", "B"],
            [],
            id="two messages are sent",
        ),
        pytest.param(
            web.Response(text="{}", content_type="application/json"), [], [12300], id="JSON is not understood"
        ),
        pytest.param(web.Response(text="<Respo", content_type="text/xml"), [], [12100], id="broken XML"),
        pytest.param(web.Response(text="<Reply/>", content_type="text/xml"), [], [12100], id="another document"),
        pytest.param(
            web.Response(text='<!DOCTYPE a [<!ENTITY b "c">]><Response/>', content_type="text/xml"),
            [],
            [12100],
            id="entities",
        ),
        pytest.param(web.Response(status=500, text="no", content_type="text/plain"), [], [11200], id="a failure"),
    ],
)
async def test_our_answer_is_read_as_the_vendor_reads_it(
    bench: Bench, answer: web.Response, texts: list[str], alerts: list[int]
) -> None:
    bench.side.answers.append(answer)

    await bench.world.text(ANNA, DID, "Hello")

    assert bench.world.phone(ANNA).texts() == texts
    assert [each.code for each in bench.world.alerts] == alerts


async def test_stop_blocks_our_texts_until_start_and_both_are_still_announced(bench: Bench) -> None:
    await bench.world.text(ANNA, DID, "Stop.")
    refused = await bench.send()
    elsewhere = await bench.send(From=OTHER_DID)
    await bench.world.text(ANNA, DID, "stop")
    await bench.world.text(ANNA, DID, "START")
    accepted = await bench.send()
    await bench.world.settled()

    phone = bench.world.phone(ANNA)
    assert (refused.status_code, refused.json()["code"]) == (400, 21610)
    assert elsewhere.status_code == accepted.status_code == 201
    assert [each.form["Body"] for each in bench.side.heard] == ["Stop.", "stop", "START"]
    assert [text.split(".")[0] for text in phone.texts(DID)] == [
        "You have successfully been unsubscribed",
        "You have successfully been re-subscribed to messages from this number",
        "Hello Anna",
    ]
    assert not bench.world.is_blocked(DID, ANNA)


async def test_our_answer_to_a_stop_does_not_reach_the_phone(bench: Bench) -> None:
    bench.side.answers.append(web.Response(text="We are sorry to see you go", content_type="text/plain"))

    await bench.world.text(ANNA, DID, "stop")

    assert len(bench.world.phone(ANNA).received()) == 1
    assert [each.code for each in bench.world.alerts] == [21610]


async def test_a_yes_that_lifts_nothing_is_an_ordinary_word(bench: Bench) -> None:
    await bench.world.text(ANNA, DID, "yes")

    assert bench.world.phone(ANNA).received() == []


async def test_help_is_answered_by_the_carrier(bench: Bench) -> None:
    await bench.world.text(ANNA, DID, "help")

    assert bench.world.phone(ANNA).texts() == ["Reply STOP to unsubscribe. Msg&Data Rates May Apply."]
    assert len(bench.side.heard) == 1


async def test_the_carriers_own_opt_out_can_be_switched_off_or_named(bench: Bench) -> None:
    bench.world.inbound.opt_out = False
    bench.world.inbound.opt_out_type = True

    await bench.world.text(ANNA, DID, "stop")

    assert not bench.world.is_blocked(DID, ANNA)
    assert bench.world.phone(ANNA).received() == []
    assert bench.side.heard[0].form["OptOutType"] == "STOP"


async def test_duplicates_carry_the_same_sid_and_are_under_way_at_the_same_time(bench: Bench) -> None:
    bench.world.mischief.duplicates = 2
    bench.side.gate = asyncio.Event()

    await bench.world.text(ANNA, DID, "Hello", wait=False)
    await bench.side.changed.wait_for(lambda: len(bench.side.heard) == 3)
    bench.side.gate.set()
    await bench.world.settled()

    assert len({each.form["MessageSid"] for each in bench.side.heard}) == 1
    assert await bench.listed() == ["Hello"]


async def test_reordered_webhooks_arrive_the_newest_first(bench: Bench) -> None:
    bench.world.mischief.reorder = 2

    for text in ("one", "two", "three"):
        await bench.world.text(ANNA, DID, text)
    held = [each.form["Body"] for each in bench.side.heard]
    await bench.world.inbound.release()

    assert held == ["two", "one"]
    assert [each.form["Body"] for each in bench.side.heard] == ["two", "one", "three"]


async def test_a_dropped_webhook_leaves_the_text_in_the_list(bench: Bench) -> None:
    bench.world.mischief.drop = True

    await bench.world.text(ANNA, DID, "missed")

    assert bench.side.heard == []
    assert await bench.listed(To=DID) == ["missed"]


async def test_a_delayed_webhook_waits_for_the_worlds_clock(bench: Bench) -> None:
    bench.world.mischief.delay = timedelta(minutes=3)

    await bench.world.text(ANNA, DID, "later", wait=False)
    listed = await bench.listed()  # a whole round trip, in which the webhook would have come
    before = len(bench.side.heard)
    bench.clock.forward(timedelta(minutes=3))
    await bench.world.settled()

    assert listed == ["later"]
    assert (before, len(bench.side.heard)) == (0, 1)


async def test_a_wrong_signature_is_wrong(bench: Bench) -> None:
    bench.world.mischief.wrong_signature = True

    await bench.world.text(ANNA, DID, "Hello")

    (heard,) = bench.side.heard
    right = sign(bench.world.auth_token, f"{PUBLIC}/hook/message", heard.form.items())
    assert heard.headers["X-Twilio-Signature"] != right


async def test_a_webhook_can_be_delivered_again_many_times_at_once(bench: Bench) -> None:
    sid = await bench.world.text(ANNA, DID, "Hello")

    attempts = await bench.world.deliver_again(sid, copies=10)

    assert [each.status for each in attempts] == [200] * 10
    assert len(bench.side.heard) == 11
    assert len({each.headers["X-Twilio-Signature"] for each in bench.side.heard}) == 1
