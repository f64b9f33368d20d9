"""What nobody sends in good faith: refused or cut, with little memory, no line in the log and never a 5xx."""

import asyncio
import tracemalloc
from datetime import timedelta

import pytest

from adapters.http import HttpServer, WebRequest, WebResponse
from adapters.http.server import Patience
from tests.unit.adapters.http.wires import answer, connection, server, serving

SHORT, NEVER = timedelta(milliseconds=100), timedelta(hours=1)
MALFORMED, NOT_FOUND = {400}, {404}
POST = b"POST /hook HTTP/1.1\r\nHost: a\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"

TARGETS: dict[bytes, set[int]] = {
    **dict.fromkeys([b"/hook/../x", b"/x/../hook", b"//hook", b"/./hook", b"/hook/", b"/hook/..", b"/"], NOT_FOUND),
    **dict.fromkeys([b"/%2e%2e/hook", b"/%2e%2e%2fhook", b"/hook%00", b"/hook%2f", b"/%68ook", b"/%"], NOT_FOUND),
    **dict.fromkeys([b"//[", b"///", b"//hook:99999/", b"/hook;x", b"/hooj", b"/" + b"x" * 8000], NOT_FOUND),
    **dict.fromkeys([b"*", b":", b"hook", b"?", b"#", b"\\hook", b"a:1", b"/" + b"x" * 9000], MALFORMED),
    **dict.fromkeys(
        [b"http://a/hook", b"HTTP://A/hook", b"http:/hook", b"http:hook", b"ftp://a/", b"http://"], MALFORMED
    ),
    **dict.fromkeys(
        [b"http://[::1/hook", b"http://a:99999/", b"http://a:b/", b"http://xn--/", b"http://@/"], MALFORMED
    ),
    **dict.fromkeys([b"http://a@b:c@d/", b"http://1.2.3/", b"http://[v1.x]/", b"http://a..b/", b"[::1]:80"], MALFORMED),
    **dict.fromkeys([b"/\x00", b"/\x7f", b"/hook\x0b", b"/ho ok", b"http://\xc3\xa9/"], MALFORMED),
    **dict.fromkeys([b"/\xff\xfe", b"/\xc3\xa9", b"/\xed\xa0\x80"], MALFORMED | NOT_FOUND),
}

LINES = [
    *(b"POST /hook", b"POST /hook HTTP/0.9", b"POST /hook HTTP/1.2", b"POST /hook HTTP/2.0", b"POST /hook HTTP/9.9"),
    *(b"POST /hook http/1.1", b"POST /hook HTTP/1", b"POST /hook HTTP/1.1 x", b"POST /hook ICE/1.0", b"POST"),
    *(b"post /hook HTTP/1.1", b"P" * 9000 + b" /hook HTTP/1.1", b"POST\t/hook\tHTTP/1.1", b" POST /hook HTTP/1.1"),
    *(b"PRI * HTTP/2.0", b"CONNECT a:1 HTTP/1.1", b"CONNECT /hook HTTP/1.1", b"OPTIONS * HTTP/1.1"),
]

HEADERS = [
    *(b"X: y", b"Host: a\r\nHost: b", b"Host", b"Host : a", b" Host: a"),  # the first has none
    *(
        b"Host: a\r\nX: \x00",
        b"Host: a\r\nX\x00: y",
        b"Host: a\r\n: y",
        b"Host: a\r\nX: y\rZ: z",
        b"Host: a\r\nX\xff: y",
    ),
    *(b"Host: a\nX: y", b"Host: a\r\nX: y\nZ: z", b"Host: a\r\nX y: z", b"Host: a\r\nX: \x01"),
    *(
        b"Host: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3",
        b"Host: a\r\nTransfer-Encoding: chunked, identity",
    ),
    *(b"Host: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked", b"Host: a\r\nTransfer-Encoding : chunked"),
    *(b"Host: a\r\nTransfer-Encoding: x", b"Host: a\r\nTransfer-Encoding: \x0bchunked", b"Host: a\r\nContent-Length:"),
    *(b"Host: a\r\nContent-Length: +3", b"Host: a\r\nContent-Length: 3, 3", b"Host: a\r\nContent-Length: 0x3"),
    *(b"Host: a\r\nContent-Length: 99999999999999999999", b"Host: a\r\nContent-Length: \xd9\xa3"),
    *(b"Host: a\r\nContent-Length: 3\r\nContent-Length: 3", b"Host: a\r\nContent-Length : 3"),
    *(b"Host: a" + b"\r\nX: y" * 2000, b"Host: a\r\nX: " + b"y" * 65536, b"Host: a\r\n" + b"X" * 65536 + b": y"),
    *(b"Host: a" + b"\r\nX: y" * 128, b"Host: a\r\nX: " + b"y" * 8191, b"Host: a\r\nX: y\r\n z", b"Host: a\r\n X: y"),
    *(b"Host: a\r\nContent-Type: a\r\nContent-Type: a", b"Host: a\r\nUser-Agent: a\r\nuser-agent: b"),
    *(b"Host: a\r\nHost: a", b"Host: a\r\nContent-Length: 3 3", b"Host: a\r\nContent-Length: 3\t3"),
    *(b"Host: a\r\nTransfer-Encoding: gzip, chunked", b"Host: a\r\nTransfer-Encoding: ,chunked"),
    *(b"Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked", b"Host: a\r\nTransfer-Encoding:"),
    *(b"Host: a\r\nTransfer-Encoding:\r\n chunked", b"Host: a\r\nTransfer-Encoding: identity\r\nContent-Length: 1"),
    b"Host: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked",
]

OLDER = [
    *(
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
    ),
]

BODIES = [
    *(b"ZZ\r\nx\r\n0\r\n\r\n", b"-1\r\n", b"0x1\r\nx\r\n0\r\n\r\n", b"+1\r\nx\r\n0\r\n\r\n", b"1 \r\nx\r\n0\r\n\r\n"),
    *(b"1;a\nx\r\n0\r\n\r\n", b"1;\x00\r\nx\r\n0\r\n\r\n", b"1\r\nx\n0\r\n\r\n", b"1;a\rb\r\nx\r\n0\r\n\r\n"),
    *(b"0\r\n" + b"X: y\r\n" * 130 + b"\r\n", b"0\r\nTransfer-Encoding: chunked\r\n\r\n", b"0\r\nX: \x00\r\n\r\n"),
    *(b"1\nx\n0\n\n", b"1\r\nxX", b"\r\n0\r\n\r\n", b"FFFFFFFFFFFFFFFFF\r\n", b"0\r\n" + b"X: y\r\n" * 2000 + b"\r\n"),
]

NOISE = [
    *(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"SSH-2.0-x\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    *(b"\x00" * 100, b" " * 100, b"\xff" * 100, b"GET\r\n\r\n", b"\x80\x2e\x01\x00\x02"),
]

ENDLESS = {
    "header": (POST + b"X: ", b"y" * 65536),
    "headers": (POST, b"X: y\r\n" * 8192),
    "empty lines": (b"", b"\r\n" * 32768),
    "chunk extension": (CHUNKED, b"1;" + b"x" * 65536),
    "chunk extensions": (CHUNKED, (b"1;" + b"x" * 1000 + b"\r\nx\r\n") * 64),
    "trailers": (CHUNKED + b"0\r\n", b"X: y\r\n" * 8192),
    "tiny chunks": (CHUNKED, b"1\r\nx\r\n" * 8192),
}


class Desk:
    def __init__(self) -> None:
        self.heard: list[WebRequest] = []

    async def __call__(self, request: WebRequest) -> WebResponse:
        self.heard.append(request)
        return WebResponse(200, b"heard")


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def house(desk: Desk) -> HttpServer:
    return home(desk, Patience(request=SHORT, lingering=SHORT))


def home(desk: Desk, patience: Patience) -> HttpServer:
    house = server(patience)
    house.mount("/hook", desk)
    return house


async def outcome(house: HttpServer, *pieces: bytes) -> int | None:
    """Say this, and return the status of the first answer, or None if there was none before the end."""
    async with asyncio.timeout(10), connection(house) as (reader, writer):
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            return (await answer(reader)).status
        except (ConnectionError, asyncio.IncompleteReadError):
            return None


async def flood(house: HttpServer, opening: bytes, more: bytes, *, most: int) -> int:
    """Say more and more of it; return how many times, at most `most`, until the server hung up."""
    count = 0
    async with asyncio.timeout(20), connection(house) as (_, writer):
        try:
            writer.write(opening)
            while count < most:
                writer.write(more)
                await writer.drain()
                count += 1
        except ConnectionError:
            pass
    return count


@pytest.mark.parametrize(("target", "allowed"), TARGETS.items(), ids=lambda case: repr(case)[:30])
async def test_an_odd_target_leads_nowhere(
    house: HttpServer, desk: Desk, caplog: pytest.LogCaptureFixture, target: bytes, allowed: set[int]
) -> None:
    async with serving(house):
        told = await outcome(house, b"POST " + target + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")

    assert told in allowed
    assert (desk.heard, caplog.records) == ([], [])


@pytest.mark.parametrize(
    "octets",
    [
        *(line + b"\r\nHost: a\r\nContent-Length: 0\r\n\r\n" for line in LINES),
        *(b"POST /hook HTTP/1.1\r\n" + header + b"\r\n\r\n0\r\n\r\n" for header in HEADERS),
        *(b"POST /hook HTTP/1.0\r\n" + header for header in OLDER),
        *(CHUNKED + body for body in BODIES),
        *NOISE,
    ],
    ids=lambda octets: repr(octets.removeprefix(b"POST /hook HTTP/1.1\r\n"))[2:40],
)
@pytest.mark.parametrize("pieces", [1, 2])
async def test_what_is_no_proper_request_is_refused_or_cut(
    house: HttpServer, desk: Desk, caplog: pytest.LogCaptureFixture, octets: bytes, pieces: int
) -> None:
    half = len(octets) // pieces
    async with serving(house):
        told = await outcome(house, octets[:half], octets[half:])

    assert told in (400, 404, 405, 408, 413, 431, None)
    assert (desk.heard, caplog.records) == ([], [])


async def test_the_request_that_all_these_disfigure_is_heard(house: HttpServer, desk: Desk) -> None:
    async with serving(house):
        told = [
            await outcome(house, POST + b"Content-Length: 3\r\n\r\nabc"),
            await outcome(house, CHUNKED + b"1;x=y\r\na\r\n2\r\nbc\r\n0\r\nX: y\r\n\r\n"),
        ]

    assert told == [200, 200]
    assert [request.body for request in desk.heard] == [b"abc", b"abc"]


@pytest.mark.parametrize("count", [5, 60])
async def test_a_head_has_a_size_whatever_it_is_made_of(house: HttpServer, count: int) -> None:
    headers = b"".join(b"X-%d: %s\r\n" % (number, b"y" * 1000) for number in range(count))
    async with serving(house):
        told = await outcome(house, POST + headers + b"Content-Length: 0\r\n\r\n")

    assert told == (200 if count == 5 else 431)


@pytest.mark.parametrize("opening", [b"POST /", POST + b"X: "])
async def test_a_line_is_refused_before_its_end_comes(desk: Desk, opening: bytes) -> None:
    async with serving(home(desk, Patience(request=NEVER))) as house:
        told = await outcome(house, opening + b"y" * 4000, b"y" * 5000)

    assert told == 400


async def test_the_heads_of_many_requests_are_not_added_up(house: HttpServer) -> None:
    request = POST + b"X: " + b"y" * 1000 + b"\r\nContent-Length: 0\r\n\r\n"
    async with serving(house), asyncio.timeout(10), connection(house) as (reader, writer):
        told = []
        for _ in range(50):
            writer.write(request[:1000])
            await outcome(house, request)  # so that the server has read what came before
            writer.write(request[1000:])
            told.append((await answer(reader)).status)

    assert told == [200] * 50


async def test_a_large_body_that_comes_faster_than_it_is_read_is_taken(desk: Desk) -> None:
    house = server()
    house.mount("/hook", desk, limit=1_048_576)
    async with serving(house):
        told = await outcome(house, CHUNKED + (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 256 + b"0\r\n\r\n")

    assert told == 200
    assert [len(request.body) for request in desk.heard] == [1_048_576]


@pytest.mark.parametrize(("opening", "more"), ENDLESS.values(), ids=ENDLESS)
async def test_what_surrounds_a_body_does_not_go_on_for_ever(
    desk: Desk, caplog: pytest.LogCaptureFixture, opening: bytes, more: bytes
) -> None:
    async with serving(home(desk, Patience(request=NEVER, idle=NEVER))) as house:
        count = await flood(house, opening, more, most=1000)

    assert count < 1000
    assert (desk.heard, caplog.records) == ([], [])


async def test_it_is_the_limit_that_ends_a_chunk_extension(desk: Desk) -> None:
    opening, more = ENDLESS["chunk extension"]
    async with serving(home(desk, Patience(request=NEVER, idle=NEVER, wrapping=2**40, closing=SHORT))) as house:
        assert await flood(house, opening, more, most=1000) == 1000


@pytest.mark.parametrize("head", [CHUNKED, POST + b"Content-Length: 1073741824\r\n\r\n"], ids=["chunked", "declared"])
async def test_a_body_without_end_takes_little_memory(house: HttpServer, desk: Desk, head: bytes) -> None:
    more = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    async with serving(house):
        tracemalloc.start()
        count = await flood(house, head, more, most=16_384)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert count < 16_384
    assert peak < 8_388_608
    assert desk.heard == []


@pytest.mark.parametrize(
    "opening", [POST + b"Connection: Upgrade\r\nUpgrade: websocket\r\n", b"CONNECT a:1 HTTP/1.1\r\n"]
)
async def test_what_follows_a_change_of_protocol_is_not_heard(house: HttpServer, desk: Desk, opening: bytes) -> None:
    smuggled = POST + b"Content-Length: 8\r\n\r\nsmuggled"
    async with serving(house), asyncio.timeout(10), connection(house) as (reader, writer):
        writer.write(opening + b"Content-Length: 0\r\n\r\n" + smuggled)
        told = await reader.read()

    assert told.count(b"HTTP/1.1 ") <= 1
    assert b"smuggled" not in [request.body for request in desk.heard]


@pytest.mark.parametrize("target", [b"/nowhere", b"/hook"])
async def test_a_connection_ends_with_a_request_whose_body_was_not_read(house: HttpServer, target: bytes) -> None:
    async with serving(house), asyncio.timeout(10), connection(house) as (reader, writer):
        writer.write(b"GET " + target + b" HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n")
        told = await answer(reader)

        assert told.headers["connection"] == "close"
        assert await reader.read() == b""


async def test_a_failure_at_an_odd_path_is_logged_without_what_cannot_be_written(
    house: HttpServer, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(request: WebRequest) -> WebResponse:
        raise ZeroDivisionError

    house.mount("/files/", fail, prefix=True)
    async with serving(house):
        told = await outcome(house, b"POST /files/%0a/\xff/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")

    assert told in (400, 500)
    for record in caplog.records:
        str(record.__dict__["path"]).encode()
