"""Nobody keeps a connection for ever, and nobody is cut in the middle of a request that came in time.

Whether a time has passed is never guessed: it has when the server hangs up on a later connection that waits for it.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from adapters.http import HttpServer, WebRequest, WebResponse
from adapters.http.server import Patience
from tests.unit.adapters.http.wires import answer, ask, connection, server, serving

NOW, SOON, NEVER = timedelta(), timedelta(milliseconds=100), timedelta(hours=1)
HEAD = b"POST /hook HTTP/1.1\r\nHost: a\r\n"
WHOLE = HEAD + b"Content-Length: 2\r\n\r\nhi"
OPENINGS = {
    "silent": b"",
    "head": HEAD + b"X-Slow: ",
    "body": HEAD + b"Content-Length: 9999\r\n\r\n",
    "chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n",
}


def patience(
    *, request: timedelta = NEVER, idle: timedelta = NEVER, lifetime: timedelta = NEVER, grace: timedelta = NEVER
) -> Patience:
    return Patience(request=request, idle=idle, lifetime=lifetime, grace=grace, lingering=SOON, closing=SOON)


class Clerk:
    """A handler that says yes, at once or when it may."""

    def __init__(self, body: bytes = b"yes", *, is_held: bool = False) -> None:
        self.body = body
        self.entered, self.may_answer, self.has_answered = asyncio.Event(), asyncio.Event(), asyncio.Event()
        if not is_held:
            self.may_answer.set()

    async def __call__(self, request: WebRequest) -> WebResponse:
        self.entered.set()
        await self.may_answer.wait()
        self.has_answered.set()
        return WebResponse(200, self.body)


def house(patience: Patience, clerk: Clerk | None = None) -> HttpServer:
    house = server(patience)
    house.mount("/hook", clerk or Clerk())
    return house


async def the_end(reader: asyncio.StreamReader) -> bytes:
    """Return all that is said until the server hangs up, however it does."""
    said = bytearray()
    try:
        while piece := await reader.read(65536):
            said += piece
    except ConnectionError:  # it hung up on octets that it had not read
        pass
    return bytes(said)


async def old_age(house: HttpServer) -> None:
    """Wait until every connection that is open now has reached the end of its lifetime."""
    async with connection(house) as (reader, _):
        assert await the_end(reader) == b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dawdler:
    """A connection that goes on saying next to nothing."""

    opening: str
    writer: asyncio.StreamWriter
    end: "asyncio.Task[bytes]"

    def drip(self) -> None:
        if self.opening != "silent" and not self.writer.is_closing():
            self.writer.write(b"x")


@asynccontextmanager
async def dawdlers(house: HttpServer, count: int) -> AsyncIterator[list[Dawdler]]:
    async with AsyncExitStack() as stack:
        crowd: list[Dawdler] = []
        for number in range(count):
            opening = list(OPENINGS)[number % len(OPENINGS)]
            reader, writer = await stack.enter_async_context(connection(house))
            writer.write(OPENINGS[opening])
            crowd.append(Dawdler(opening=opening, writer=writer, end=asyncio.create_task(the_end(reader))))
        yield crowd
        for dawdler in crowd:
            dawdler.end.cancel()


async def test_two_hundred_slow_connections_are_all_closed_and_hinder_nobody() -> None:
    async with (
        serving(house(patience(request=4 * SOON, idle=4 * SOON))) as it,
        asyncio.timeout(30),
        dawdlers(it, 200) as crowd,
    ):
        honest = []
        while not all(dawdler.end.done() for dawdler in crowd):
            for dawdler in crowd:
                dawdler.drip()
            honest.append((await ask(it, "POST", "/hook", b"hi")).status)

        assert set(honest) == {200}
        assert {dawdler.end.result() for dawdler in crowd if dawdler.opening == "silent"} == {b""}


async def test_it_is_the_deadlines_that_close_slow_connections() -> None:
    async with serving(house(patience())) as it, asyncio.timeout(30), dawdlers(it, 200) as crowd:
        for _ in range(10):
            for dawdler in crowd:
                dawdler.drip()
            assert (await ask(it, "POST", "/hook", b"hi")).status == 200

        assert not any(dawdler.end.done() for dawdler in crowd)


@pytest.mark.parametrize("opening", ["head", "body", "chunk"])
async def test_a_request_that_is_late_is_told_so(opening: str) -> None:
    async with serving(house(patience(request=SOON))) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(OPENINGS[opening])

        assert (await the_end(reader)).startswith(b"HTTP/1.1 408 ")


async def test_a_head_that_is_complete_buys_no_time_for_the_body() -> None:
    told: list[str] = []

    async def hear(name: str, reader: asyncio.StreamReader) -> None:
        assert (await answer(reader)).status == 408
        told.append(name)

    async with (
        serving(house(patience(request=4 * SOON, idle=SOON))) as it,
        asyncio.timeout(10),
        connection(it) as (first, first_writer),
        connection(it) as (second, second_writer),
        connection(it) as (silent, _),
    ):
        first_writer.write(HEAD)
        second_writer.write(HEAD)
        await the_end(silent)
        first_writer.write(b"Content-Length: 9\r\n\r\n")
        async with connection(it) as (third, third_writer):
            third_writer.write(HEAD)
            await asyncio.gather(hear("first", first), hear("second", second), hear("third", third))

    assert told[-1] == "third"


async def test_a_silent_connection_is_closed_without_a_word() -> None:
    async with serving(house(patience(idle=SOON))) as it, asyncio.timeout(10), connection(it) as (reader, _):
        assert await the_end(reader) == b""


async def test_a_connection_that_falls_silent_after_an_answer_is_closed() -> None:
    async with serving(house(patience(idle=SOON))) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(WHOLE)
        told = await answer(reader)

        assert (told.status, "connection" in told.headers) == (200, False)
        assert await the_end(reader) == b""


async def test_a_head_that_has_begun_is_not_silence() -> None:
    async with (
        serving(house(patience(idle=2 * SOON))) as it,
        asyncio.timeout(10),
        connection(it) as (reader, writer),
        connection(it) as (silent, _),
    ):
        writer.write(HEAD)
        await the_end(silent)
        writer.write(b"Content-Length: 0\r\n\r\n")

        assert (await answer(reader)).status == 200


async def test_a_handler_may_take_longer_than_strangers() -> None:
    clerk = Clerk(is_held=True)
    async with (
        serving(house(patience(idle=SOON, request=SOON), clerk)) as it,
        asyncio.timeout(10),
        connection(it) as (reader, writer),
        connection(it) as (silent, _),
    ):
        writer.write(WHOLE)
        await clerk.entered.wait()
        await the_end(silent)
        clerk.may_answer.set()

        assert (await answer(reader)).status == 200


async def test_an_old_connection_is_closed_though_it_may_be_silent_for_longer() -> None:
    async with serving(house(patience(lifetime=SOON))) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(WHOLE)
        await answer(reader)

        assert await the_end(reader) == b""


async def test_old_age_does_not_cut_the_request_under_way_but_makes_it_the_last() -> None:
    clerk = Clerk(is_held=True)
    async with (
        serving(house(patience(lifetime=SOON), clerk)) as it,
        asyncio.timeout(10),
        connection(it) as (reader, writer),
    ):
        writer.write(WHOLE)
        await clerk.entered.wait()
        await old_age(it)
        clerk.may_answer.set()
        told = await answer(reader)

        assert (told.status, told.headers["connection"]) == (200, "close")
        assert await the_end(reader) == b""


async def test_old_age_does_not_cut_a_head_that_is_coming_in() -> None:
    async with (
        serving(house(patience(lifetime=2 * SOON))) as it,
        asyncio.timeout(10),
        connection(it) as (reader, writer),
    ):
        writer.write(HEAD)
        await old_age(it)
        writer.write(b"Content-Length: 0\r\n\r\n")
        told = await answer(reader)

        assert (told.status, told.headers["connection"]) == (200, "close")


async def test_a_handler_that_outlasts_the_grace_loses_the_connection_but_ends_its_work() -> None:
    clerk = Clerk(is_held=True)
    async with (
        serving(house(patience(lifetime=SOON, grace=SOON), clerk)) as it,
        asyncio.timeout(10),
        connection(it) as (reader, writer),
    ):
        writer.write(WHOLE)
        await clerk.entered.wait()

        assert await the_end(reader) == b""

        clerk.may_answer.set()
        await clerk.has_answered.wait()


async def test_old_age_does_not_cut_an_answer_that_is_being_read() -> None:
    clerk = Clerk(bytes(16_777_216))
    async with (
        serving(house(patience(lifetime=SOON), clerk)) as it,
        asyncio.timeout(10),
        connection(it) as (reader, writer),
    ):
        writer.write(WHOLE)
        await clerk.has_answered.wait()
        await old_age(it)

        assert (await the_end(reader)).endswith(clerk.body)


async def test_who_does_not_read_his_answer_is_cut_in_the_end() -> None:
    clerk = Clerk(bytes(16_777_216))  # more than the buffers of two ends of a connection hold
    async with (
        serving(house(patience(lifetime=SOON, grace=NOW), clerk)) as it,
        asyncio.timeout(10),
        connection(it) as (reader, writer),
    ):
        writer.write(WHOLE)
        await clerk.has_answered.wait()
        await old_age(it)

        assert len(await the_end(reader)) < len(clerk.body)


def test_the_patience_of_the_house_keeps_what_we_promise() -> None:
    ours = Patience()

    assert ours.request + ours.lingering <= timedelta(seconds=15)
    assert ours.idle <= timedelta(seconds=15)
    assert ours.lifetime + ours.grace <= timedelta(seconds=150)
