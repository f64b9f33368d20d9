"""The HTTP server: who gets an answer, which, and that nonsense costs nothing."""

import asyncio
import logging
from datetime import timedelta

import pytest

from adapters.http import HttpServer, HttpSettings, WebRequest, WebResponse
from adapters.http.exchange import BUSY
from adapters.http.server import Patience
from bridge.errors import CannotListen
from tests.unit.adapters.http.wires import PUBLIC_URL, Answer, answer, ask, connection, say, server, serving

LIMIT = 1000


class Desk:
    """A handler that keeps what it was handed, and answers as told."""

    def __init__(self, response: WebResponse | None = None) -> None:
        self.heard: list[WebRequest] = []
        self.response = response or WebResponse(200, b"heard")

    async def __call__(self, request: WebRequest) -> WebResponse:
        self.heard.append(request)
        return self.response


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def house(desk: Desk) -> HttpServer:
    house = server(Patience(lingering=timedelta(milliseconds=50)))
    house.mount("/hook", desk, limit=LIMIT)
    house.mount("/files/", desk, methods=("GET", "HEAD"), prefix=True)
    return house


async def test_a_request_reaches_the_handler_at_its_path_as_it_was_sent(house: HttpServer, desk: Desk) -> None:
    async with serving(house):
        told = await ask(house, "POST", "/hook?a=%20b&a=2", b"x=1&y=%C3%A9", [("X-Shout", b"Loud")])

    assert (told.status, told.body) == (200, b"heard")
    [request] = desk.heard
    assert (request.method, request.path, request.query, request.body) == (
        "POST",
        "/hook",
        "a=%20b&a=2",
        b"x=1&y=%C3%A9",
    )
    assert request.headers["x-shout"] == "Loud"
    assert (request.peer, request.tail) == ("127.0.0.1", "")


async def test_a_header_that_comes_twice_has_both_values(house: HttpServer, desk: Desk) -> None:
    async with serving(house):
        await ask(house, "POST", "/hook", b"", [("X-Seal", b"one"), ("X-Seal", b"two")])

    assert desk.heard[0].headers["x-seal"] == "one, two"


async def test_what_follows_a_prefix_is_handed_on(house: HttpServer, desk: Desk) -> None:
    async with serving(house):
        await ask(house, "GET", "/files/abc?x=1")

    assert desk.heard[0].tail == "abc"


async def test_head_is_answered_like_get_without_the_body(house: HttpServer, desk: Desk) -> None:
    async with serving(house):
        told = await ask(house, "HEAD", "/files/abc")

    assert (told.status, told.headers["content-length"]) == (200, "5")


@pytest.mark.parametrize(
    "target",
    [
        *(
            "/",
            "/hoo",
            "/hookx",
            "/hook/",
            "//hook",
            "/hook/../hook",
            "/files/../hook/",
            "/%68ook",
            "/hook%2e",
            "/HOOK",
        ),
        *("/hook;x", "/hook#x", "http://sms.example.com/hook", "*", "hook", "/files"),
    ],
)
async def test_every_other_path_is_not_found(house: HttpServer, desk: Desk, target: str) -> None:
    async with serving(house):
        told = await ask(house, "POST", target)

    assert told.status in (400, 404, 405)
    assert desk.heard == []


@pytest.mark.parametrize("method", ["GET", "PUT", "TRACE", "OPTIONS", "DELETE", "HEAD", "PATCH"])
async def test_a_webhook_takes_nothing_but_post(house: HttpServer, desk: Desk, method: str) -> None:
    async with serving(house):
        told = await ask(house, method, "/hook")

    assert (told.status, told.headers["allow"]) == (405, "POST")
    assert desk.heard == []


@pytest.mark.parametrize(
    "octets",
    [
        b"GET /hook\r\n\r\n",
        b"POST /hook HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nx\r\n0\r\n\r\n",
        b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        b"POST /hook HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
        b"POST /hook HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 2000 + b"\r\n",
        b"POST /hook HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 65536 + b"\r\n\r\n",
    ],
    ids=[
        "0.9",
        "no host",
        "h2",
        "tls",
        "cl+te",
        "chunk",
        "negative",
        "two lengths",
        "nul",
        "2000 headers",
        "64 KiB header",
    ],
)
async def test_what_is_no_proper_request_is_malformed_and_leaves_no_line_in_the_log(
    house: HttpServer, desk: Desk, octets: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(house):
        told = await say(house, octets)

    assert told.status in (400, 405)
    assert desk.heard == []
    assert caplog.records == []


@pytest.mark.parametrize(("size", "status"), [(LIMIT, 200), (LIMIT + 1, 413), (50_000, 413)])
@pytest.mark.parametrize("is_chunked", [False, True])
async def test_a_body_over_the_limit_of_its_route_is_refused(
    house: HttpServer, desk: Desk, size: int, status: int, is_chunked: bool
) -> None:
    if is_chunked:
        head = b"POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        octets = head + b"%x\r\n" % size + b"x" * size + b"\r\n0\r\n\r\n"
    else:
        octets = (
            b"POST /hook HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size
        )
    async with serving(house):
        told = await say(house, octets)

    assert told.status == status
    assert len(desk.heard) == (status == 200)


async def test_a_length_that_is_too_large_is_refused_before_the_body_comes(house: HttpServer, desk: Desk) -> None:
    async with serving(house):
        told = await say(house, b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n")

    assert told.status == 413


async def test_an_endless_body_is_refused_when_the_limit_is_passed(house: HttpServer) -> None:
    async with serving(house), asyncio.timeout(10), connection(house) as (reader, writer):
        writer.write(b"POST /hook HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(3):
            writer.write(b"1f4\r\n" + b"x" * 500 + b"\r\n")
            await writer.drain()
        told = await answer(reader)

    assert told.status == 413


async def test_the_encoding_that_is_none_may_be_named(house: HttpServer, desk: Desk) -> None:
    async with serving(house):
        told = await ask(house, "POST", "/hook", b"plain", [("Content-Encoding", b"Identity")])

    assert told.status == 200
    assert [heard.body for heard in desk.heard] == [b"plain"]


@pytest.mark.parametrize("encoding", [b"gzip", b"br, gzip", b""])
async def test_a_content_encoding_is_refused_and_nothing_is_unpacked(
    house: HttpServer, desk: Desk, encoding: bytes
) -> None:
    async with serving(house):
        told = await ask(house, "POST", "/hook", b"\x1f\x8b\x08\x00", [("Content-Encoding", encoding)])

    assert told.status == 415
    assert desk.heard == []


async def test_a_body_that_does_not_come_in_time_is_given_up() -> None:
    house = server(Patience(request=timedelta(milliseconds=50), lingering=timedelta()))
    house.mount("/hook", Desk())
    async with serving(house):
        told = await say(house, b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")

    assert told.status == 408


async def test_a_body_that_comes_in_pieces_is_put_together(house: HttpServer, desk: Desk) -> None:
    async with serving(house), asyncio.timeout(10), connection(house) as (reader, writer):
        for piece in (b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Le", b"ngth: 6\r\n\r\n", b"abc", b"def"):
            writer.write(piece)
            await writer.drain()
        await answer(reader)

    assert desk.heard[0].body == b"abcdef"


async def test_the_log_of_a_failure_does_not_name_a_secret_address(
    house: HttpServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(request: WebRequest) -> WebResponse:
        raise ZeroDivisionError

    house.mount("/media/", fail, methods=("GET",), prefix=True)
    async with serving(house):
        await ask(house, "GET", "/media/unguessable?x=1")

    assert "unguessable" not in str(caplog.records[0].__dict__)


async def test_who_hangs_up_in_the_middle_leaves_no_line_in_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    house = server()
    house.mount("/hook", desk)
    async with serving(house):
        async with connection(house) as (_, writer):
            writer.write(b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
            await writer.drain()
        await ask(house, "POST", "/hook", b"whole")

    assert [request.body for request in desk.heard] == [b"whole"]
    assert caplog.records == []


async def test_a_handler_that_fails_is_answered_in_constant_words_and_logged_once(
    house: HttpServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(request: WebRequest) -> WebResponse:
        raise ZeroDivisionError("the secret is 12345")

    house.mount("/broken", fail)
    async with serving(house):
        told = await ask(house, "POST", "/broken?token=abc", b"text of a customer")

    assert told.status == 500
    assert b"secret" not in told.body
    [record] = caplog.records
    assert (record.levelno, record.message) == (logging.ERROR, "request failed")
    assert "token" not in str(record.__dict__)
    assert "customer" not in str(record.__dict__)


async def test_a_timeout_in_a_handler_is_a_failure_like_any_other(house: HttpServer) -> None:
    async def dawdle(request: WebRequest) -> WebResponse:
        raise TimeoutError

    house.mount("/slow", dawdle)
    async with serving(house):
        told = await ask(house, "POST", "/slow")

    assert told.status in (500, 504)


@pytest.mark.parametrize(
    "octets",
    [
        b"POST /hook HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
async def test_no_answer_tells_what_software_we_run(house: HttpServer, octets: bytes) -> None:
    async with serving(house):
        told = await say(house, octets)

    assert told.headers["server"] == "sms-bridge"


async def test_a_busy_answer_says_when_to_come_again(desk: Desk) -> None:
    house = server()
    house.mount("/hook", Desk(BUSY))
    async with serving(house):
        told = await ask(house, "POST", "/hook")

    assert (told.status, told.headers["retry-after"]) == (503, "5")


async def test_one_connection_carries_many_requests(house: HttpServer, desk: Desk) -> None:
    async with serving(house), asyncio.timeout(10), connection(house) as (reader, writer):
        told: list[Answer] = []
        for number in range(3):
            writer.write(b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n%d" % number)
            told.append(await answer(reader))

    assert [each.status for each in told] == [200, 200, 200]
    assert [request.body for request in desk.heard] == [b"0", b"1", b"2"]


async def test_an_address_that_is_taken_cannot_be_had(house: HttpServer) -> None:
    async with serving(house):
        address = house.base_url.removeprefix("http://")
        second = HttpServer(HttpSettings(listen=address, public_url=PUBLIC_URL))

        with pytest.raises(CannotListen, match=address):
            await second.start()


async def test_a_path_is_mounted_once(house: HttpServer) -> None:
    with pytest.raises(ValueError, match="/hook"):
        house.mount("/hook", Desk())


async def test_closing_lets_a_request_under_way_end(desk: Desk) -> None:
    entered, may_end = asyncio.Event(), asyncio.Event()

    async def hold(request: WebRequest) -> WebResponse:
        entered.set()
        await may_end.wait()
        return WebResponse(200, b"done")

    house = server()
    house.mount("/hook", hold)
    await house.start()
    async with asyncio.timeout(10), connection(house) as (reader, writer):
        writer.write(b"POST /hook HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
        await entered.wait()
        closing = asyncio.create_task(house.aclose())
        may_end.set()
        told = await answer(reader)
        await closing

    assert told.body == b"done"
