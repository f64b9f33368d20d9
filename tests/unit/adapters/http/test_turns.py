"""Requests of one connection take turns: each is read to its end and no further, answered, and then the next."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest

from adapters.http import HttpServer, WebRequest, WebResponse
from adapters.http.server import Patience
from tests.unit.adapters.http.wires import answer, connection, server, serving

POST = b"POST /hook HTTP/1.1\r\nHost: a\r\n"
SHORT = timedelta(milliseconds=100)
THREE = (
    POST + b"Content-Length: 10\r\n\r\n\r\n\r\nPOST /",
    POST + b"Transfer-Encoding: chunked\r\n\r\n4\r\n\r\n\r\n\r\n3;x=y\r\nabc\r\n0\r\nX-Seal: trailer\r\n\r\n",
    POST + b"X-Seal: header\r\n\r\n",
)
BODIES = [b"\r\n\r\nPOST /", b"\r\n\r\nabc", b""]


class Clerk:
    """A handler that keeps what it is handed, and answers with its number, when it may."""

    def __init__(self, body: bytes = b"", *, is_held: bool = False) -> None:
        self.heard: list[WebRequest] = []
        self.body = body
        self.entered, self.may_answer, self.has_answered = asyncio.Event(), asyncio.Event(), asyncio.Event()
        if not is_held:
            self.may_answer.set()

    async def __call__(self, request: WebRequest) -> WebResponse:
        self.heard.append(request)
        number = len(self.heard)
        self.entered.set()
        await self.may_answer.wait()
        self.has_answered.set()
        return WebResponse(200, self.body or b"%d" % number)


def house(clerk: Callable[[WebRequest], object], patience: Patience | None = None, limit: int = 262_144) -> HttpServer:
    house = server(patience)
    house.mount("/hook", clerk, limit=limit)  # type: ignore[arg-type]
    return house


@pytest.mark.parametrize("at", range(1, sum(map(len, THREE))))
async def test_requests_are_told_apart_wherever_they_are_cut(at: int) -> None:
    clerk = Clerk()
    said = b"".join(THREE)
    async with serving(house(clerk)) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(said[:at])
        await asyncio.gather(writer.drain(), asyncio.sleep(0))
        writer.write(said[at:])
        told = [(await answer(reader)).body for _ in THREE]

    assert told == [b"1", b"2", b"3"]
    assert [request.body for request in clerk.heard] == BODIES
    assert [request.headers.get("x-seal") for request in clerk.heard] == [None, None, "header"]


async def test_requests_are_told_apart_octet_by_octet() -> None:
    clerk = Clerk()
    async with serving(house(clerk)) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        for octet in b"".join(THREE):
            writer.write(bytes([octet]))
            await writer.drain()
        for _ in THREE:
            await answer(reader)

    assert [request.body for request in clerk.heard] == BODIES


async def test_the_second_is_not_begun_before_the_first_is_answered() -> None:
    clerk = Clerk(is_held=True)
    async with serving(house(clerk)) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(b"".join(THREE))
        await clerk.entered.wait()
        async with connection(it) as (other, other_writer):
            other_writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await answer(other)

        assert len(clerk.heard) == 1
        clerk.may_answer.set()
        assert [(await answer(reader)).body for _ in THREE] == [b"1", b"2", b"3"]


async def test_a_thousand_that_lead_nowhere_are_all_answered() -> None:
    async with serving(house(Clerk())) as it, asyncio.timeout(20), connection(it) as (reader, writer):
        writer.write(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n" * 1000 + POST + b"\r\n")
        told = [(await answer(reader)).status for _ in range(1001)]

    assert told == [404] * 1000 + [200]


async def test_who_talks_on_while_he_is_answered_is_not_listened_to_for_ever() -> None:
    clerk = Clerk(is_held=True)
    async with serving(house(clerk, Patience(closing=SHORT))) as it, connection(it) as (_, writer):
        writer.write(POST + b"\r\n")
        await clerk.entered.wait()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(talk_on(writer, 20_971_520), 2)
        writer.transport.abort()

    assert len(clerk.heard) == 1


async def talk_on(writer: asyncio.StreamWriter, octets: int) -> None:
    for _ in range(octets // 65_536):
        writer.write(b"\r\n" * 32_768)
        await writer.drain()


async def test_who_does_not_read_his_answers_gets_no_more_of_them() -> None:
    clerk = Clerk(bytes(1_048_576))
    async with serving(house(clerk)) as it, asyncio.timeout(10), connection(it) as (_, writer):
        writer.write((POST + b"\r\n") * 500)
        for _ in range(50):
            async with connection(it) as (other, other_writer):
                other_writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                await answer(other)
        writer.transport.abort()

    assert 0 < len(clerk.heard) < 50


async def test_the_next_request_is_heard_when_a_long_answer_was_read() -> None:
    clerk = Clerk(bytes(16_777_216))
    async with serving(house(clerk)) as it, asyncio.timeout(20), connection(it) as (reader, writer):
        writer.write((POST + b"\r\n") * 3)
        sizes = [len((await answer(reader)).body) for _ in range(3)]

    assert sizes == [16_777_216] * 3


async def test_who_hangs_up_does_not_end_the_work_for_him() -> None:
    clerk = Clerk(is_held=True)
    it = house(clerk, Patience(connections=1))
    await it.start()
    async with asyncio.timeout(10):
        async with connection(it) as (_, writer):
            writer.write(POST + b"\r\n")
            await clerk.entered.wait()
            writer.transport.abort()
        while await status(it, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n") == 503:
            pass  # the server has not noticed yet that he hung up
        closing = asyncio.create_task(it.aclose())
        await asyncio.sleep(0)
        clerk.may_answer.set()
        await closing

    assert clerk.has_answered.is_set()


async def status(house: HttpServer, octets: bytes) -> int:
    try:
        async with connection(house) as (reader, writer):
            writer.write(octets)
            return (await answer(reader)).status
    except (ConnectionError, asyncio.IncompleteReadError):
        return 503


async def test_a_handler_that_takes_too_long_is_cancelled_when_the_server_ends() -> None:
    clerk = Clerk(is_held=True)
    it = house(clerk, Patience(closing=SHORT))
    await it.start()
    async with asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(POST + b"\r\n")
        await clerk.entered.wait()
        await it.aclose()
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await answer(reader)

    assert not clerk.has_answered.is_set()


async def test_a_handler_that_is_cancelled_from_within_keeps_nobody_waiting() -> None:
    async def give_up(request: WebRequest) -> WebResponse:
        raise asyncio.CancelledError

    async with serving(house(give_up)) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(POST + b"\r\n")
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await answer(reader)


async def test_an_older_caller_keeps_the_connection_only_if_he_asks() -> None:
    old = b"POST /hook HTTP/1.0\r\n"
    async with serving(house(Clerk())) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(old + b"Connection: keep-alive\r\n\r\n" + old + b"\r\n")
        kept, last = await answer(reader), await answer(reader)

        assert (kept.headers["connection"], last.headers["connection"]) == ("keep-alive", "close")
        assert await reader.read() == b""


async def test_who_asks_before_he_sends_the_body_is_told_to_go_on() -> None:
    clerk = Clerk()
    async with serving(house(clerk)) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(POST + b"Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"h")
        await writer.drain()
        writer.write(b"i")

        assert (await answer(reader)).status == 200
    assert [request.body for request in clerk.heard] == [b"hi"]


async def test_who_asks_with_a_body_that_is_too_large_is_refused_at_once() -> None:
    patience = Patience(lingering=SHORT)
    async with serving(house(Clerk(), patience)) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(POST + b"Expect: 100-continue\r\nContent-Length: 999999\r\n\r\n")
        told = await answer(reader)

        assert (told.status, told.headers["connection"]) == (413, "close")
        assert await reader.read() == b""


@pytest.mark.parametrize("body", [b"", b"three"])
async def test_an_offer_of_another_protocol_is_answered_in_this_one(body: bytes) -> None:
    clerk = Clerk()
    head = POST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with serving(house(clerk)) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(head + body[:2])
        await writer.drain()
        writer.write(body[2:] + POST + b"\r\n")
        told = await answer(reader)

        assert (told.status, told.headers["connection"]) == (200, "close")
    assert [request.body for request in clerk.heard] == [body]


async def test_a_proxy_that_says_upgrade_to_everything_is_served() -> None:
    async with serving(house(Clerk())) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write((POST + b"Connection: upgrade\r\nContent-Length: 1\r\n\r\nx") * 2)

        assert [(await answer(reader)).status for _ in range(2)] == [200, 200]


async def test_a_path_and_a_header_arrive_octet_by_octet() -> None:
    clerk = Clerk()
    it = server()
    it.mount("/a/", clerk, prefix=True)
    async with serving(it), asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(b"POST /a/%C3%a9//../.;x?q=%2b+&&#f HTTP/1.1\r\nHost: a\r\nX:  \xff\xc3\xa9 y \t \r\n\r\n")
        await answer(reader)

    [request] = clerk.heard
    assert (request.path, request.query, request.tail) == ("/a/%C3%a9//../.;x", "q=%2b+&&#f", "%C3%a9//../.;x")
    assert request.headers["x"].encode("utf-8", "surrogateescape") == b"\xff\xc3\xa9 y"


@pytest.mark.parametrize(
    "odd",
    [
        WebResponse(200, b"x", "text/plain\r\nX-Injected: yes"),
        WebResponse(200, headers={"X": "y\nX-Injected: yes"}),
        WebResponse(200, headers={"X\r\nX-Injected": "yes"}),
        WebResponse(999),
    ],
)
async def test_an_answer_that_cannot_be_written_is_a_failure(odd: WebResponse) -> None:
    async def answer_oddly(request: WebRequest) -> WebResponse:
        return odd

    async with serving(house(answer_oddly)) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(POST + b"\r\n")
        told = await answer(reader)

    assert (told.status, told.headers["connection"]) == (500, "close")
    assert "x-injected" not in told.headers


async def test_an_answer_is_dated_and_measured() -> None:
    async with serving(house(Clerk())) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write(POST + b"\r\n")
        told = await answer(reader)

    assert told.headers["date"].endswith(" GMT")
    assert told.headers["content-length"] == "1"


async def test_no_content_has_no_length() -> None:
    async def agree(request: WebRequest) -> WebResponse:
        return WebResponse(204)

    async with serving(house(agree)) as it, asyncio.timeout(10), connection(it) as (reader, writer):
        writer.write((POST + b"\r\n") * 2)
        told = [await answer(reader), await answer(reader)]

    assert [(each.status, each.headers.get("content-length")) for each in told] == [(204, None)] * 2
