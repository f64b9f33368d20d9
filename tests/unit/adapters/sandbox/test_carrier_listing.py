"""Reading back from the carrier: the list with its filters and pages, single messages, and media."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.adapters.sandbox.carrier_bench import ANNA, BEN, DID, OTHER_DID, Bench, carrier_bench

DAY = timedelta(days=1)
PNG = b"\x89PNG\r\n" + b"0" * 20


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A carrier that starts on Monday, 2 March 2026, 15:00 UTC."""
    async with carrier_bench() as bench:
        bench.world.webhook_url = None
        yield bench


async def test_the_newest_message_is_listed_first_whatever_its_direction(bench: Bench) -> None:
    await bench.world.text(ANNA, DID, "one")
    bench.clock.forward(timedelta(seconds=1))
    await bench.send(Body="two")

    assert await bench.listed() == ["two", "one"]


async def test_the_list_is_filtered_by_to_and_from(bench: Bench) -> None:
    await bench.world.text(ANNA, DID, "Anna to first")
    await bench.world.text(BEN, DID, "Ben to first")
    await bench.world.text(ANNA, OTHER_DID, "Anna to second")

    assert await bench.listed(To=DID) == ["Ben to first", "Anna to first"]
    assert await bench.listed(From=ANNA) == ["Anna to second", "Anna to first"]
    assert await bench.listed(From=ANNA, To=DID) == ["Anna to first"]
    assert await bench.listed(To=ANNA) == []


@pytest.mark.parametrize(
    ("query", "bodies"),
    [
        pytest.param({"DateSent": "2026-03-03"}, ["Tuesday"], id="on a day"),
        pytest.param({"DateSent>": "2026-03-03"}, ["Wednesday", "Tuesday"], id="since the midnight of a day"),
        pytest.param({"DateSent<": "2026-03-03"}, ["Monday"], id="until the midnight of a day"),
        pytest.param({"DateSent>": "2026-03-03T15:00:00Z"}, ["Wednesday", "Tuesday"], id="since a moment, inclusive"),
        pytest.param({"DateSent>": "2026-03-03T15:00:01Z"}, ["Wednesday"], id="since a second later"),
        pytest.param({"DateSent<": "2026-03-03T15:00:00+00:00"}, ["Tuesday", "Monday"], id="until a moment, inclusive"),
        pytest.param({"DateSent>": "2026-03-03", "DateSent<": "2026-03-04"}, ["Tuesday"], id="between two days"),
        pytest.param({"DateSent": "2026-03-02T15:00:00Z"}, ["Monday"], id="at a moment"),
    ],
)
async def test_the_list_is_filtered_by_date(bench: Bench, query: dict[str, str], bodies: list[str]) -> None:
    for day in ("Monday", "Tuesday", "Wednesday"):
        await bench.world.text(ANNA, DID, day)
        bench.clock.forward(DAY)

    assert await bench.listed(**query) == bodies


@pytest.mark.parametrize("query", [{"DateSent>": "yesterday"}, {"PageSize": "0"}, {"PageSize": "many"}])
async def test_a_filter_that_cannot_be_read_is_refused(bench: Bench, query: dict[str, str]) -> None:
    await bench.world.text(ANNA, DID, "one")

    answer = await bench.http.get(f"{bench.account}/Messages.json", params=query)

    assert answer.status_code == 400


async def test_pages_follow_each_other_by_relative_addresses_and_new_texts_do_not_shift_them(bench: Bench) -> None:
    for number in range(5):
        await bench.world.text(ANNA, DID, f"text {number}")
    await bench.world.text(ANNA, OTHER_DID, "elsewhere")

    pages: list[dict[str, Any]] = []
    address: str | None = f"{bench.account}/Messages.json?To=%2B14155550100&PageSize=2"
    while address:
        pages.append((await bench.http.get(address)).json())
        address = pages[-1]["next_page_uri"]
        await bench.world.text(ANNA, DID, "while paging")

    assert [[each["body"] for each in page["messages"]] for page in pages] == [
        ["text 4", "text 3"],
        ["text 2", "text 1"],
        ["text 0"],
    ]
    assert [page["page"] for page in pages] == [0, 1, 2]
    assert all(page["next_page_uri"].startswith("/2010-04-01/") for page in pages[:-1])


async def test_an_accepted_message_appears_in_the_list_after_the_lag(bench: Bench) -> None:
    bench.world.api.listing_lag = timedelta(seconds=30)
    await bench.send(Body="slowly")

    before = await bench.listed()
    bench.clock.forward(timedelta(seconds=30))

    assert before == []
    assert await bench.listed() == ["slowly"]


async def test_one_message_is_read_with_its_present_state(bench: Bench) -> None:
    sid = (await bench.send()).json()["sid"]
    await bench.world.settled()

    message = (await bench.http.get(f"{bench.account}/Messages/{sid}.json")).json()

    assert (message["sid"], message["status"]) == (sid, "delivered")
    assert message["date_sent"] == "Mon, 02 Mar 2026 15:00:00 +0000"


async def _picture(bench: Bench) -> str:
    sid = await bench.world.text(ANNA, DID, "look", media=[("image/png", PNG)])
    listed = (await bench.http.get(f"{bench.account}/Messages/{sid}/Media.json")).json()
    (medium,) = listed["media_list"]
    assert (medium["content_type"], medium["parent_sid"]) == ("image/png", sid)
    return str(medium["uri"]).removesuffix(".json")


async def test_media_are_redirected_to_the_cdn_which_wants_no_credentials(bench: Bench) -> None:
    redirect = await bench.http.get(await _picture(bench))

    picture = await bench.http.get(redirect.headers["Location"], auth=None)

    assert redirect.status_code == 307
    assert (picture.status_code, picture.content, picture.headers["Content-Type"]) == (200, PNG, "image/png")
    assert bench.world.leaked == []


async def test_credentials_that_reach_the_cdn_are_refused_and_remembered(bench: Bench) -> None:
    redirect = await bench.http.get(await _picture(bench))

    picture = await bench.http.get(redirect.headers["Location"])

    assert picture.status_code == 400
    assert len(bench.world.leaked) == 1


async def test_media_without_credentials_are_refused(bench: Bench) -> None:
    answer = await bench.http.get(await _picture(bench), auth=None)

    assert (answer.status_code, answer.json()["code"]) == (401, 20003)


async def test_an_address_of_the_cdn_expires(bench: Bench) -> None:
    redirect = await bench.http.get(await _picture(bench))

    bench.clock.forward(timedelta(hours=4, seconds=1))

    assert (await bench.http.get(redirect.headers["Location"], auth=None)).status_code == 403
    assert (await bench.http.get("/cdn/unknown", auth=None)).status_code == 404


async def test_deleted_media_are_gone(bench: Bench) -> None:
    picture = await _picture(bench)

    deleted = await bench.http.delete(picture)

    assert deleted.status_code == 204
    assert (await bench.http.get(picture)).json()["code"] == 20404
