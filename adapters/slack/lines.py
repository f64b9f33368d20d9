"""Lines to Slack's Web API for what is posted: one request at a time on each, and each is kept for the next.

They know neither redirects, cookies, compression nor proxies, because a post needs none of them. Nothing is ever said
twice here. A post costs a fifth of what it costs over a general client (DESIGN, "Posts go out over lines of our own").
"""

import asyncio
import ssl
from collections.abc import Mapping
from typing import NamedTuple, cast

import httptools
from multidict import CIMultiDict
from yarl import URL

_CONNECTING = 5.0  # seconds
_IDLE = 15.0  # seconds after which a server may be about to hang up, so that a line is not used again
_LARGEST = 1_048_576  # octets of an answer
_FINAL = 200  # answers below it only announce another


class NoConnection(ConnectionError):
    """Nobody could be reached: certainly nothing was said."""


class Answer(NamedTuple):
    status: int
    headers: CIMultiDict[str]
    body: bytes


class Lines:
    """All lines to one address. `headers` are said with every request."""

    def __init__(self, address: str, headers: Mapping[str, str]) -> None:
        url = URL(address)
        if url.scheme not in ("http", "https") or not url.raw_host or not url.port:
            raise ValueError("not an address of the web")
        self._host, self._port, self._is_safe = url.raw_host, url.port, url.scheme == "https"
        self._path = url.raw_path
        said = {"Host": url.host_port_subcomponent or "", "Accept": "application/json", **headers}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in said.items())
        self._context: ssl.SSLContext | None = None
        self._idle: list[_Line] = []

    async def post(self, method: str, body: bytes) -> Answer:
        """Say this once, and return what is answered.

        Raises NoConnection where nobody was reached. Whatever else is raised (OSError, ValueError), and a
        cancellation, leave open whether it was heard.
        """
        head = f"POST {self._path}{method} HTTP/1.1\r\n{self._head}Content-Length: {len(body)}\r\n\r\n"
        line = self._waiting() or await self._opened()
        is_whole = False
        try:
            answer = await line.ask(head.encode() + body)
            is_whole = True
        finally:
            if is_whole and line.is_open:
                self._idle.append(line)
            else:
                line.hang_up()
        return answer

    def close(self) -> None:
        """Hang up wherever nobody speaks."""
        while self._idle:
            self._idle.pop().hang_up()

    def _waiting(self) -> "_Line | None":
        """Return the line that was used last, unless it has been idle for long; then so have all others."""
        while self._idle:
            line = self._idle.pop()
            if line.is_open and line.idle_seconds < _IDLE:
                return line
            line.hang_up()
        return None

    async def _opened(self) -> "_Line":
        loop = asyncio.get_running_loop()
        if self._is_safe and self._context is None:
            self._context = ssl.create_default_context()
        try:
            async with asyncio.timeout(_CONNECTING):
                _, line = await loop.create_connection(_Line, self._host, self._port, ssl=self._context)
        except (OSError, TimeoutError) as error:  # a TLS that fails is an OSError too
            raise NoConnection(type(error).__name__) from error
        return line


class _Line(asyncio.Protocol):
    """One connection, with at most one request under way."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._asked: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None
        self._since = 0.0
        self._clear()

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    @property
    def idle_seconds(self) -> float:
        return self._loop.time() - self._since

    async def ask(self, request: bytes) -> Answer:
        if self._transport is None:
            raise ConnectionResetError("cut before it was used")
        self._asked = self._loop.create_future()
        self._transport.write(request)
        return await self._asked

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop has classes of its own

    def data_received(self, data: bytes) -> None:
        if self._asked is None:
            self.hang_up()  # what nobody asked for must not be taken for the next answer
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(ValueError(f"no HTTP: {type(error).__name__}"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if exc is None and self._ends_with_the_line:
            self._complete()
        self._fail(ConnectionResetError("cut"))

    # What the parser finds.

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.add(name.decode("latin-1"), value.decode("latin-1"))

    def on_headers_complete(self) -> None:
        has_end = "Content-Length" in self._headers or "Transfer-Encoding" in self._headers
        self._ends_with_the_line = not has_end and self._parser.get_status_code() >= _FINAL

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > _LARGEST:
            self._fail(ValueError("an answer beyond all measure"))

    def on_message_complete(self) -> None:
        is_kept = self._parser.should_keep_alive() and self._asked is not None
        if self._parser.get_status_code() >= _FINAL:
            self._complete()
            if not is_kept:
                self.hang_up()
        self._clear()

    def _complete(self) -> None:
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(Answer(self._parser.get_status_code(), self._headers, bytes(self._body)))
        self._asked = None
        self._since = self._loop.time()

    def _fail(self, error: Exception) -> None:
        if self._asked is not None and not self._asked.done():
            self._asked.set_exception(error)
        self._asked = None
        self.hang_up()

    def _clear(self) -> None:
        self._headers: CIMultiDict[str] = CIMultiDict()
        self._body = bytearray()
        self._ends_with_the_line = False
