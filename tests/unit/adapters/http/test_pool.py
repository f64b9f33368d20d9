"""What strangers' octets take up is bounded: a crowd of large bodies is turned away, a small one always finds room."""

import asyncio
from datetime import timedelta

from adapters.http import HttpServer, WebRequest, WebResponse
from adapters.http.crowd import Patience, Pool, Share
from tests.unit.adapters.http.wires import answer, connection, server, serving

POST = b"POST /hook HTTP/1.1\r\nHost: a\r\n"
LARGE = POST + b"Content-Length: 3001\r\n\r\n" + b"x" * 3000  # all but the last octet
SMALL = POST + b"Content-Length: 900\r\n\r\n" + b"x" * 900
TIGHT = Patience(own=1000, pool=4002, lingering=timedelta(milliseconds=100))


class Clerk:
    def __init__(self) -> None:
        self.entered, self.may_answer = asyncio.Event(), asyncio.Event()
        self.heard: list[int] = []

    async def __call__(self, request: WebRequest) -> WebResponse:
        self.heard.append(len(request.body))
        self.entered.set()
        await self.may_answer.wait()
        return WebResponse(200, b"yes")


def house(clerk: Clerk, patience: Patience = TIGHT) -> HttpServer:
    house = server(patience)
    house.mount("/hook", clerk)
    return house


async def seen(house: HttpServer) -> None:
    """Return when the server has read what was sent before."""
    async with connection(house) as (reader, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await answer(reader)


async def test_a_body_for_which_there_is_no_room_must_come_again_and_a_small_one_is_taken() -> None:
    clerk = Clerk()
    clerk.may_answer.set()
    async with (
        serving(house(clerk)) as it,
        asyncio.timeout(10),
        connection(it) as (first, first_writer),
        connection(it) as (second, second_writer),
        connection(it) as (third, third_writer),
        connection(it) as (small, small_writer),
    ):
        for writer in (first_writer, second_writer):
            writer.write(LARGE)
            await writer.drain()
            await seen(it)
        third_writer.write(LARGE)
        turned_away = await answer(third)
        small_writer.write(SMALL)
        taken = await answer(small)
        first_writer.write(b"x")
        second_writer.write(b"x")
        told = [(await answer(first)).status, (await answer(second)).status]

    assert (turned_away.status, turned_away.headers["retry-after"], turned_away.headers["connection"]) == (
        503,
        "5",
        "close",
    )
    assert taken.status == 200
    assert told == [200, 200]
    assert sorted(clerk.heard) == [900, 3001, 3001]


async def test_it_is_the_pool_that_turns_it_away() -> None:
    clerk = Clerk()
    clerk.may_answer.set()
    async with (
        serving(house(clerk, Patience())) as it,
        asyncio.timeout(10),
        connection(it) as (_, first),
        connection(it) as (_, second),
        connection(it) as (reader, third),
    ):
        for writer in (first, second, third):
            writer.write(LARGE)
            await writer.drain()
            await seen(it)
        third.write(b"x")

        assert (await answer(reader)).status == 200


async def test_a_body_keeps_its_room_until_it_is_answered_even_if_nobody_waits() -> None:
    clerk = Clerk()
    async with serving(house(clerk)) as it, asyncio.timeout(10):
        for _ in range(2):
            clerk.entered.clear()
            async with connection(it) as (_, writer):
                writer.write(LARGE + b"x")
                await clerk.entered.wait()
        async with connection(it) as (reader, writer):
            writer.write(LARGE)
            assert (await answer(reader)).status == 503
        clerk.may_answer.set()
        await seen(it)
        async with connection(it) as (reader, writer):
            writer.write(LARGE + b"x")
            assert (await answer(reader)).status == 200


async def test_what_comes_early_is_not_kept_without_room_and_the_answer_says_so() -> None:
    clerk = Clerk()
    async with serving(house(clerk)) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(SMALL + SMALL * 20)
        await clerk.entered.wait()
        clerk.may_answer.set()
        told = await answer(reader)

        assert (told.status, told.headers["connection"]) == (200, "close")
        assert await reader.read() == b""
    assert clerk.heard == [900]


def test_a_share_borrows_what_is_more_than_its_own_and_gives_it_back() -> None:
    pool = Pool(Patience(own=10, pool=20))
    one, other = Share(pool), Share(pool)

    assert one.holds(10)
    assert one.holds(25)
    assert not other.holds(16)
    assert other.holds(15)
    one.release()
    assert other.holds(30)
    other.release()
    assert pool.free == 20


def test_all_that_strangers_may_fill_is_bounded() -> None:
    ours = Patience()

    assert ours.connections * ours.own + ours.pool <= 25_165_824
