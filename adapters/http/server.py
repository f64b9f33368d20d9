"""The one HTTP server: exact paths, complete requests, constant answers.

It looks a path up in a table and reads the body once; there is no router, no middleware and no access log on the way.
What a request means, and who may send it, is decided by the handlers that are mounted.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from aiohttp import HttpVersion10, HttpVersion11, StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from yarl import URL

from adapters.http.connection import TOO_LONG, TOO_SLOW, Connection, Gate, Patience, written
from adapters.http.exchange import MALFORMED, NOT_FOUND, Handler, WebRequest, WebResponse
from adapters.http.settings import HttpSettings
from bridge.errors import CannotListen
from bridge.wording import door

__all__ = ["HttpServer", "Patience"]

_LIMIT = 262_144  # octets; a form of 1,600 characters with ten files stays under 32 KiB
_VERSIONS = frozenset({HttpVersion10, HttpVersion11})
_PLAIN = "identity"  # the encoding that is none

_TOO_LARGE = WebResponse(413, door.too_large().encode())
_ENCODED = WebResponse(415, door.encoded().encode())


class HttpServer:
    """Listen at one address and hand each request to the handler that is mounted at its path."""

    def __init__(self, settings: HttpSettings, patience: Patience | None = None) -> None:
        self._settings = settings
        self._patience = patience or Patience()
        self._routes: dict[str, _Route] = {}
        self._prefixes: dict[str, _Route] = {}
        self._front: web.Server | None = None
        self._gate = Gate(self._patience)
        self._listening: asyncio.Server | None = None

    def mount(
        self,
        path: str,
        handler: Handler,
        *,
        methods: Collection[str] = ("POST",),
        limit: int = _LIMIT,
        prefix: bool = False,
    ) -> None:
        """Serve `path`, or with `prefix` everything below it; a path is compared as it was sent, octet by octet.

        `limit` is the largest body in octets. Mount everything before `start`.
        """
        table = self._prefixes if prefix else self._routes
        if path in table:
            raise ValueError(f"{path} is mounted twice")
        table[path] = _Route(handler, frozenset(methods), limit)

    async def start(self) -> None:
        """Begin to listen; raises CannotListen if the address cannot be had."""
        loop = asyncio.get_running_loop()
        front = web.Server(self._serve, request_factory=_request_of)
        try:
            self._listening = await loop.create_server(
                lambda: Connection(front, self._patience, self._gate),
                self._settings.host,
                self._settings.port,
                backlog=1024,
            )
        except OSError as trouble:
            raise CannotListen(f"cannot listen on {self._settings.listen}: {trouble.strerror or trouble}") from trouble
        self._front = front

    @property
    def base_url(self) -> str:
        """The address at which this machine itself reaches the server; its port is the one that was really taken."""
        host = self._settings.host
        if self._listening is None:
            raise RuntimeError("the server was not started")
        port = self._listening.sockets[0].getsockname()[1]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def aclose(self) -> None:
        """Stop listening, let requests under way end within a grace period, cut the rest."""
        if self._listening is None or self._front is None:
            return
        self._listening.close()
        self._gate.is_closed = True
        self._front.pre_shutdown()
        await self._front.shutdown(self._patience.closing.total_seconds())
        self._listening = self._front = None

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        return written(await self._answer(request))

    async def _answer(self, request: web.BaseRequest) -> WebResponse:
        if _head(request) > self._patience.wrapping:
            return TOO_LONG
        if not request.raw_path.startswith("/"):
            return MALFORMED
        path, _, query = request.raw_path.partition("?")
        route, tail = self._routes.get(path), ""
        if route is None:
            route, tail = self._below(path)
        if route is None:
            return NOT_FOUND
        if request.method not in route.methods:
            return WebResponse(405, door.method_not_allowed().encode(), headers={"Allow": ", ".join(route.methods)})
        headers = _lowered(request)
        body = await self._read(request, headers, route.limit)
        if isinstance(body, WebResponse):
            return body
        peer = request.remote or ""
        return await route.handler(WebRequest(request.method, path, query, headers, body, peer, tail))

    def _below(self, path: str) -> "tuple[_Route | None, str]":
        for prefix, route in self._prefixes.items():
            if path.startswith(prefix):
                return route, path[len(prefix) :]
        return None, ""

    async def _read(self, request: web.BaseRequest, headers: Mapping[str, str], limit: int) -> bytes | WebResponse:
        """Return the whole body, or the answer to a body that we do not take."""
        if headers.get("content-encoding", _PLAIN).lower() != _PLAIN:
            return _ENCODED
        if (request.content_length or 0) > limit:
            return _TOO_LARGE
        content = request.content
        try:
            if content.is_eof():  # it came in one piece with its head, as nearly all do
                body = content.read_nowait()
            else:
                if headers.get("expect", "").lower() == "100-continue" and request.transport is not None:
                    request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")  # aiohttp leaves this to its router
                async with asyncio.timeout_at(_due(request)):
                    body = await _collect(content, limit)
        except TimeoutError:
            return TOO_SLOW
        except (web.RequestPayloadError, ConnectionError):  # a broken chunk, or a caller who hung up
            return MALFORMED
        return body if len(body) <= limit else _TOO_LARGE


@dataclass(frozen=True, slots=True)
class _Route:
    handler: Handler
    methods: frozenset[str]
    limit: int


def _request_of(
    message: RawRequestMessage,
    payload: StreamReader,
    protocol: web.RequestHandler,
    writer: AbstractStreamWriter,
    task: "asyncio.Task[None]",
) -> web.BaseRequest:
    """Return the request, with an empty target if the target is no path or the version is not 1.0 or 1.1.

    aiohttp takes HTTP/0.9 and HTTP/2.0 in a request line for what they are not, and a host such as "xn--" in a target
    makes it fail before anybody could answer.
    """
    if message.version not in _VERSIONS or not message.path.startswith("/"):
        message = message._replace(path="", url=URL(), version=HttpVersion10, should_close=True)
    return web.BaseRequest(message, payload, protocol, writer, task, asyncio.get_running_loop())


def _head(request: web.BaseRequest) -> int:
    """Return the size of the head in octets, but for its punctuation."""
    return len(request.raw_path) + sum(len(name) + len(value) for name, value in request.raw_headers)


def _due(request: web.BaseRequest) -> float:
    """Return the time of the loop's clock at which the whole request must be here."""
    assert isinstance(request.protocol, Connection)
    return request.protocol.due


async def _collect(content: StreamReader, limit: int) -> bytes:
    """Read until the end, or until it is clear that the end lies beyond the limit."""
    body = bytearray()
    while chunk := await content.readany():
        body += chunk
        if len(body) > limit:
            break
    return bytes(body)


def _lowered(request: web.BaseRequest) -> Mapping[str, str]:
    headers = {name.lower(): value for name, value in request.headers.items()}
    if len(headers) < len(request.headers):
        headers = {name: ", ".join(request.headers.getall(name)) for name in headers}
    return headers
