"""Each refusal of the carrier's REST interface, over real HTTP, and the shape of what it accepts."""

import re
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import pytest

from tests.unit.adapters.sandbox.carrier_bench import ANNA, BEN, DID, Bench, carrier_bench
from tests.unit.adapters.sandbox.our_side import Served

JPEG = b"\xff\xd8\xff" + b"0" * 100


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with carrier_bench() as bench:
        yield bench


async def test_an_accepted_message_is_answered_in_the_vendors_shape(bench: Bench) -> None:
    answer = await bench.send(Body="é" * 161)

    message = answer.json()
    sid = message["sid"]
    assert answer.status_code == 201
    assert re.fullmatch(r"SM[0-9a-f]{32}", sid)
    assert parsedate_to_datetime(message["date_created"]) == bench.clock.now()
    assert message["date_created"] == "Mon, 02 Mar 2026 15:00:00 +0000"
    expected = {
        "status": "queued",
        "from": DID,
        "to": ANNA,
        "body": "é" * 161,
        "num_segments": "2",
        "num_media": "0",
        "direction": "outbound-api",
        "date_sent": None,
        "error_code": None,
        "error_message": None,
        "messaging_service_sid": None,
        "account_sid": bench.world.account_sid,
        "uri": f"{bench.account}/Messages/{sid}.json",
        "subresource_uris": {"media": f"{bench.account}/Messages/{sid}/Media.json"},
    }
    assert message.items() >= expected.items()


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        pytest.param({"To": None}, 400, 21604, id="no To"),
        pytest.param({"To": "415-555"}, 400, 21211, id="a To that is no number"),
        pytest.param({"To": "12125550123"}, 400, 21211, id="a To without its plus"),
        pytest.param({"To": "+11115550123"}, 400, 21211, id="a To in no numbering plan"),
        pytest.param({"To": DID}, 400, 21266, id="a To that is the From"),
        pytest.param({"To": "+442079460123"}, 400, 21408, id="a region that is not enabled"),
        pytest.param({"To": "+18765550123"}, 400, 21408, id="an island under +1 is a region of its own"),
        pytest.param({"From": None}, 400, 21603, id="no From"),
        pytest.param({"From": None, "MessagingServiceSid": "MG0"}, 400, 21701, id="an unknown messaging service"),
        pytest.param({"From": "4155550100"}, 400, 21212, id="a From that is no number"),
        pytest.param({"From": BEN}, 400, 21606, id="a From that is not ours"),
        pytest.param({"Body": None}, 400, 21602, id="neither text nor media"),
        pytest.param({"Body": ""}, 400, 21602, id="an empty text"),
        pytest.param({"Body": "a" * 1601}, 400, 21617, id="1601 characters"),
        pytest.param({"MediaUrl": ["https://sms.example.com/files/a"] * 11}, 400, 21623, id="eleven media"),
        pytest.param({"MediaUrl": "ftp://sms.example.com/files/a"}, 400, 21620, id="media that is not on the web"),
        pytest.param({"MediaUrl": "nonsense"}, 400, 21620, id="media without an address"),
        pytest.param({"MediaUrl": "http://127.0.0.1:1/a.jpg"}, 400, 21620, id="media nobody serves"),
        pytest.param({"StatusCallback": "nonsense"}, 400, 21609, id="a callback without an address"),
        pytest.param({"StatusCallback": "https://sms_1.example.com/s"}, 400, 21609, id="an underscore in the host"),
    ],
)
async def test_a_send_is_refused(bench: Bench, changed: dict[str, Any], status: int, code: int) -> None:
    answer = await bench.send(**changed)

    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json().keys() == {"code", "message", "more_info", "status"}
    assert answer.json()["status"] == status
    assert bench.world.messages == []


async def test_1600_characters_and_a_message_without_text_are_accepted(bench: Bench) -> None:
    bench.side.files["a.jpg"] = Served(content_type="image/jpeg", content=JPEG)

    assert (await bench.send(Body="a" * 1600)).status_code == 201
    assert (await bench.send(Body=None, MediaUrl="https://sms.example.com/files/a.jpg")).status_code == 201


@pytest.mark.parametrize("code", [21211, 21408, 21608, 21612, 21614])
async def test_a_number_is_refused_with_a_chosen_code(bench: Bench, code: int) -> None:
    bench.world.refuse(ANNA, code)
    refused = await bench.send()

    bench.world.refuse(ANNA, None)
    accepted = await bench.send()

    assert (refused.status_code, refused.json()["code"]) == (400, code)
    assert accepted.status_code == 201


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"From": "+15005550001"}, 21212),
        ({"From": "+15005550007"}, 21606),
        ({"From": "+15005550008"}, 21611),
        ({"To": "+15005550001"}, 21211),
        ({"To": "+15005550002"}, 21612),
        ({"To": "+15005550003"}, 21408),
        ({"To": "+15005550004"}, 21610),
        ({"To": "+15005550009"}, 21614),
    ],
)
async def test_a_magic_number_is_refused_as_with_test_credentials(
    bench: Bench, changed: dict[str, str], code: int
) -> None:
    bench.world.know_magic_numbers()

    answer = await bench.send(**changed)

    assert answer.json()["code"] == code


@pytest.mark.parametrize(
    "auth",
    [
        pytest.param(None, id="nobody"),
        pytest.param(("AC00000000000000000000000000000001", "wrong"), id="a wrong token"),
        pytest.param(("AC00000000000000000000000000000002", "sandbox-carrier-token"), id="another account"),
        pytest.param(("AC00000000000000000000000000000001", ""), id="no token"),
        pytest.param(("", ""), id="empty names"),
    ],
)
async def test_a_stranger_is_refused(bench: Bench, auth: tuple[str, str] | None) -> None:
    async with httpx.AsyncClient(base_url=bench.world.api_url, auth=auth, trust_env=False) as stranger:
        sent = await stranger.post(f"{bench.account}/Messages.json", data={"To": ANNA, "From": DID, "Body": "x"})
        listed = await stranger.get(f"{bench.account}/Messages.json", headers={"X-Nothing": "1"})

    assert (sent.status_code, sent.json()["code"]) == (401, 20003)
    assert (listed.status_code, listed.json()["code"]) == (401, 20003)
    assert bench.world.messages == []


async def test_an_api_key_signs_in_for_the_account(bench: Bench) -> None:
    bench.world.api.api_keys["SK00000000000000000000000000000001"] = "key-secret"

    auth = ("SK00000000000000000000000000000001", "key-secret")
    answer = await bench.http.get(f"{bench.account}/Messages.json", auth=auth)

    assert answer.status_code == 200


async def test_what_does_not_exist_is_not_found(bench: Bench) -> None:
    for path in (
        f"{bench.account}/Messages/SM{'0' * 32}.json",
        f"{bench.account}/Messages/SM{'0' * 32}/Media.json",
        f"/2010-04-01/Accounts/AC{'9' * 32}/Messages.json",
    ):
        answer = await bench.http.get(path)

        assert (answer.status_code, answer.json()["code"]) == (404, 20404)


async def test_more_than_ten_hours_of_queue_is_refused(bench: Bench) -> None:
    bench.world.delivery.segments_per_second = 10 / 3600 / 10  # ten hours hold ten segments

    answers = [await bench.send(Body="a" * 1530), await bench.send()]

    assert answers[0].status_code == 201
    assert (await bench.send()).json()["code"] == 21611
    assert answers[1].status_code == 201


@pytest.mark.parametrize(
    ("served", "code"),
    [
        pytest.param(Served(content_type="image/jpeg", content=JPEG, status=404), 21620, id="gone"),
        pytest.param(Served(content_type="image/jpeg", content=JPEG, status=403), 21620, id="an expired address"),
        pytest.param(Served(content_type="image/jpeg", content=JPEG, head_status=405), 21620, id="HEAD is not allowed"),
        pytest.param(Served(content_type="text/html", content=b"<html>"), 12300, id="a web page"),
        pytest.param(Served(content_type="application/zip", content=b"PK"), 12300, id="an archive"),
        pytest.param(
            Served(content_type="image/jpeg", content=b"<html>"), 12300, id="a page that claims to be a picture"
        ),
        pytest.param(
            Served(content_type="image/jpeg", content=JPEG + b"0" * 5_000_000), 11751, id="a picture over 5 MB"
        ),
        pytest.param(
            Served(content_type="application/pdf", content=b"%PDF" + b"0" * 500_000), 11751, id="500 KB of PDF"
        ),
    ],
)
async def test_media_are_refused(bench: Bench, served: Served, code: int) -> None:
    bench.side.files["a"] = served

    answer = await bench.send(MediaUrl="https://sms.example.com/files/a")

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert bench.world.phone(ANNA).messages == []


async def test_a_picture_is_fetched_with_head_then_get_and_shown_on_the_phone(bench: Bench) -> None:
    bench.side.files["a"] = Served(content_type="image/jpeg", content=JPEG)
    bench.side.files["b"] = Served(content_type="text/vcard", content=b"BEGIN:VCARD")

    urls = ["https://sms.example.com/files/a", "https://sms.example.com/files/b"]
    answer = await bench.send(MediaUrl=urls)
    await bench.world.settled()

    (shown,) = bench.world.phone(ANNA).received()
    assert re.fullmatch(r"MM[0-9a-f]{32}", answer.json()["sid"])
    assert answer.json()["num_media"] == "2"
    assert bench.side.fetched == ["HEAD", "GET", "HEAD", "GET"]
    assert [(each.content_type, each.content) for each in shown.media] == [
        ("image/jpeg", JPEG),
        ("text/vcard", b"BEGIN:VCARD"),
    ]
