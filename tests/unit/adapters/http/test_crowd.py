"""How many connections there may be, and that whoever finds no room is told so at once."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from adapters.http import HttpServer, WebRequest, WebResponse
from adapters.http.crowd import Gate, Patience
from tests.unit.adapters.http.wires import answer, ask, connection, server, serving

STRANGER = "8.8.8.8"


async def agree(request: WebRequest) -> WebResponse:
    return WebResponse(200, b"yes")


def house(patience: Patience | None = None) -> HttpServer:
    house = server(patience)
    house.mount("/hook", agree)
    return house


async def fill(stack: AsyncExitStack, house: HttpServer, count: int) -> list[asyncio.StreamWriter]:
    """Open that many connections; each has had an answer, and so its place."""
    writers = []
    for _ in range(count):
        reader, writer = await stack.enter_async_context(connection(house))
        writer.write(b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        assert (await answer(reader)).status == 200
        writers.append(writer)
    return writers


async def test_who_finds_no_room_is_told_to_come_again_and_is_not_kept() -> None:
    async with serving(house(Patience(connections=3))) as it, asyncio.timeout(10), AsyncExitStack() as stack:
        await fill(stack, it, 3)
        reader, _ = await stack.enter_async_context(connection(it))
        told = await answer(reader)

        assert (told.status, told.headers["retry-after"], told.headers["connection"]) == (503, "5", "close")
        assert told.headers["server"] == "sms-bridge"
        assert await reader.read() == b""


async def test_one_place_more_is_enough() -> None:
    async with serving(house(Patience(connections=4))) as it, asyncio.timeout(10), AsyncExitStack() as stack:
        await fill(stack, it, 4)


async def test_whoever_leaves_makes_room() -> None:
    async with serving(house(Patience(connections=1))) as it, asyncio.timeout(10):
        for _ in range(5):
            async with connection(it) as (reader, writer):
                writer.write(b"POST /hook HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                assert (await answer(reader)).status == 200
                assert await reader.read() == b""  # the place is free when the server has hung up


async def test_a_proxy_on_this_machine_may_open_as_many_as_it_likes() -> None:
    async with serving(house()) as it, asyncio.timeout(30), AsyncExitStack() as stack:
        await fill(stack, it, 100)

        assert (await ask(it, "POST", "/hook", b"hi")).status == 200


async def test_a_crowd_is_worth_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with serving(house(Patience(connections=1))) as it, asyncio.timeout(10), AsyncExitStack() as stack:
        await fill(stack, it, 1)
        for _ in range(5):
            async with connection(it) as (reader, _):
                await reader.read()

    assert [record.message for record in caplog.records] == ["connections turned away"]


def test_a_stranger_has_twenty_places_and_takes_none_from_the_next() -> None:
    gate = Gate(Patience())

    assert [gate.admit(STRANGER) for _ in range(21)] == [True] * 20 + [False]
    assert gate.admit("1.1.1.1")


def test_a_place_that_was_given_back_is_free() -> None:
    gate = Gate(Patience(per_address=1))
    gate.admit(STRANGER)
    assert not gate.admit(STRANGER)

    gate.release(STRANGER)

    assert gate.admit(STRANGER)


def test_a_stranger_cannot_multiply_within_the_network_he_was_given() -> None:
    gate = Gate(Patience(per_address=2))

    assert gate.admit("2a00:1:2:3::1")
    assert gate.admit("2a00:1:2:3:ffff::1")
    assert not gate.admit("2a00:1:2:3::ffff")
    assert gate.admit("2a00:1:2:4::1")


@pytest.mark.parametrize("proxy", ["127.0.0.1", "::1", "10.1.2.3", "172.17.0.1", "192.168.1.1", "fd00::1", ""])
def test_a_proxy_is_counted_only_in_the_sum(proxy: str) -> None:
    gate = Gate(Patience())

    assert all(gate.admit(proxy) for _ in range(512))
    assert not gate.admit(proxy)
