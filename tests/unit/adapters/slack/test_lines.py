"""Lines to the Web API: what is no clean answer is an error, nothing is said twice, no answer belongs to another."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.slack.lines import Answer, Lines, NoConnection

SAFETY_SECONDS = 10
FOUND = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CERTIFICATE = Path(__file__).parents[1] / "mail" / "localhost.pem"
AUTHORITY = CERTIFICATE.with_name("localhost-authority.pem")

Saying = Callable[[int, asyncio.StreamWriter], None]


class Slack:
    """A server that answers the n-th request of all as it was told, and remembers who asked what."""

    def __init__(self, say: Saying) -> None:
        self._say = say
        self.heard: list[bytes] = []
        self.lines = 0
        self.closed = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.lines += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
                self.heard.append(head + await reader.readexactly(length))
                self._say(len(self.heard), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()
            self.closed.set()


@asynccontextmanager
async def opened(say: Saying, *, secure: ssl.SSLContext | None = None) -> AsyncIterator[tuple[Slack, Lines]]:
    slack = Slack(say)
    server = await asyncio.start_server(slack.serve, "127.0.0.1", 0, ssl=secure)
    port = server.sockets[0].getsockname()[1]
    lines = Lines(f"http{'s' if secure else ''}://localhost:{port}/api/", {"Authorization": "Bearer xoxb-1"})
    try:
        async with asyncio.timeout(SAFETY_SECONDS):
            yield slack, lines
    finally:
        lines.close()
        server.close()


def saying(*answers: bytes) -> Saying:
    return lambda number, writer: writer.write(answers[min(number, len(answers)) - 1])


async def answer_to(raw: bytes, *, hang_up: bool = False) -> Answer:
    def say(number: int, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        if hang_up:
            writer.close()

    async with opened(say) as (_, lines):
        return await lines.post("chat.postMessage", b"{}")


async def test_a_request_is_complete_and_said_once() -> None:
    async with opened(saying(FOUND)) as (slack, lines):
        answer = await lines.post("chat.postMessage", b'{"text":"x"}')

        assert answer.status == 200
        assert answer.body == b"{}"
        (request,) = slack.heard
        head, _, body = request.partition(b"\r\n\r\n")
        assert head.startswith(b"POST /api/chat.postMessage HTTP/1.1\r\nHost: localhost:")
        assert b"\r\nAuthorization: Bearer xoxb-1" in head
        assert body == b'{"text":"x"}'


async def test_one_line_serves_many_requests() -> None:
    async with opened(saying(FOUND)) as (slack, lines):
        for _ in range(20):
            await lines.post("a", b"{}")

        assert (slack.lines, len(slack.heard)) == (1, 20)


async def test_requests_at_one_time_have_a_line_each() -> None:
    async with opened(saying(FOUND)) as (slack, lines):
        answers = await asyncio.gather(*(lines.post("a", b"{}") for _ in range(5)))

        assert len(answers) == slack.lines == 5


@pytest.mark.parametrize(
    ("raw", "hang_up", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", False, b"abc"),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", True, b"until the end"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + FOUND, False, b"{}"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + FOUND, False, b"{}"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", False, b""),
    ],
    ids=["chunks", "to the end of the line", "continue", "hints", "no content"],
)
async def test_every_form_of_an_answer_is_read(raw: bytes, hang_up: bool, body: bytes) -> None:
    assert (await answer_to(raw, hang_up=hang_up)).body == body


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        b"HTTP/1.1 200 OK\r\nContent-",
    ],
    ids=["nothing", "half a body", "half of the chunks", "half a head"],
)
async def test_a_cut_answer_is_none(raw: bytes) -> None:
    with pytest.raises(ConnectionResetError):
        await answer_to(raw, hang_up=True)


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 1_100_000,
    ],
    ids=["another language", "two lengths", "length and chunks", "too much"],
)
async def test_what_is_no_answer_is_an_error(raw: bytes) -> None:
    with pytest.raises((ValueError, ConnectionResetError)):
        await answer_to(raw)


async def test_a_second_answer_is_not_taken_for_that_of_the_next_request() -> None:
    async with opened(saying(FOUND + b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother", FOUND)) as (slack, lines):
        first, second = [await lines.post("a", b"{}") for _ in range(2)]

        assert (first.body, second.body) == (b"{}", b"{}")
        assert slack.lines == 2


async def test_a_line_that_the_server_has_closed_is_not_used_again() -> None:
    def say(number: int, writer: asyncio.StreamWriter) -> None:
        writer.write(FOUND)
        if number == 1:
            writer.write_eof()  # then the server waits until our end has closed too

    async with opened(say) as (slack, lines):
        await lines.post("a", b"{}")
        await slack.closed.wait()

        assert (await lines.post("a", b"{}")).status == 200
        assert (slack.lines, len(slack.heard)) == (2, 2)


async def test_a_line_is_given_up_where_the_server_says_so() -> None:
    async with opened(saying(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")) as (slack, lines):
        for _ in range(2):
            await lines.post("a", b"{}")

        assert slack.lines == 2


async def test_who_stops_waiting_hangs_up() -> None:
    async with opened(saying(b"", FOUND)) as (slack, lines):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await lines.post("a", b"{}")
        await slack.closed.wait()

        assert (await lines.post("a", b"{}")).body == b"{}"
        assert slack.lines == 2


def certified() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


async def test_a_server_whose_name_is_proven_is_spoken_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(AUTHORITY))

    async with opened(saying(FOUND), secure=certified()) as (_, lines):
        assert (await lines.post("a", b"{}")).body == b"{}"


async def test_a_server_whose_name_is_not_proven_is_told_nothing() -> None:
    async with opened(saying(FOUND), secure=certified()) as (slack, lines):
        with pytest.raises(NoConnection):
            await lines.post("a", b"{}")

        assert slack.heard == []


@pytest.mark.parametrize("address", ["ftp://slack.test/", "slack.test", "http:///api/"])
def test_what_is_no_address_of_the_web_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        Lines(address, {})
