"""The one HTTP server: exact paths, complete requests, constant answers.

It looks a path up in a table and reads the body once; there is no router, no middleware and no access log on the way.
What a request means, and who may send it, is decided by the handlers that are mounted.
"""

import asyncio
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from aiohttp import StreamReader, web
from multidict import CIMultiDict

from adapters.http.exchange import MALFORMED, NOT_FOUND, Handler, WebRequest, WebResponse
from adapters.http.settings import HttpSettings
from bridge.errors import CannotListen
from bridge.wording import door

_log = logging.getLogger(__name__)

_LIMIT = 262_144  # octets; a form of 1,600 characters with ten files stays under 32 KiB
_SERVER_NAME = "sms-bridge"  # without a version: nobody needs to know which holes to try

_PLAIN = "identity"  # the encoding that is none

_TOO_SLOW = WebResponse(408, door.too_slow().encode())
_TOO_LARGE = WebResponse(413, door.too_large().encode())
_ENCODED = WebResponse(415, door.encoded().encode())
_BROKEN = WebResponse(500, door.broken().encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long strangers may take: for the rest of a request once its head is there, and between requests.

    After a refusal the rest of a body is read and thrown away for a while, so that the refusal is read before the line
    is cut.
    """

    request: timedelta = timedelta(seconds=10)
    idle: timedelta = timedelta(seconds=15)
    lingering: timedelta = timedelta(seconds=2)
    closing: timedelta = timedelta(seconds=5)


class HttpServer:
    """Listen at one address and hand each request to the handler that is mounted at its path."""

    def __init__(self, settings: HttpSettings, patience: Patience | None = None) -> None:
        self._settings = settings
        self._patience = patience or Patience()
        self._routes: dict[str, _Route] = {}
        self._prefixes: dict[str, _Route] = {}
        self._front: web.Server | None = None
        self._gate = _Gate()
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
        front = web.Server(self._serve)
        try:
            self._listening = await loop.create_server(
                lambda: _Connection(front, self._patience, self._gate),
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
        return _written(await self._answer(request))

    async def _answer(self, request: web.BaseRequest) -> WebResponse:
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
                async with asyncio.timeout(self._patience.request.total_seconds()):
                    body = await _collect(content, limit)
        except TimeoutError:
            return _TOO_SLOW
        except (web.RequestPayloadError, ConnectionError):  # a broken chunk, or a caller who hung up
            return MALFORMED
        return body if len(body) <= limit else _TOO_LARGE


@dataclass(frozen=True, slots=True)
class _Route:
    handler: Handler
    methods: frozenset[str]
    limit: int


@dataclass(slots=True)
class _Gate:
    is_closed: bool = False


class _Connection(web.RequestHandler):
    """One connection; strangers' nonsense is answered without a line in the log."""

    __slots__ = ("_gate",)

    def __init__(self, front: web.Server, patience: Patience, gate: _Gate) -> None:
        super().__init__(
            front,
            loop=asyncio.get_running_loop(),
            **_options(patience),
        )
        self._gate = gate

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Turn away whoever was let in while the server closed: nobody would close that connection any more."""
        if self._gate.is_closed and isinstance(transport, asyncio.Transport):
            transport.abort()
        else:
            super().connection_made(transport)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what aiohttp could not parse, and what a handler of ours let escape."""
        if status >= 500:
            place, _, _ = request.path.rpartition("/")  # what comes last may be the name of a file nobody should know
            _log.error("request failed", exc_info=True, extra={"method": request.method, "path": f"{place}/…"})
        if request.writer.output_size > 0:
            raise ConnectionError("half an answer was written")
        response = _written(_BROKEN if status >= 500 else MALFORMED)
        response.force_close()
        return response


def _options(patience: Patience) -> dict[str, Any]:
    return {
        "keepalive_timeout": patience.idle.total_seconds(),
        "lingering_time": patience.lingering.total_seconds(),
        "access_log": None,
        "auto_decompress": False,  # what is compressed is refused, never unpacked
    }


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


def _written(response: WebResponse) -> web.Response:
    headers: CIMultiDict[str] = CIMultiDict(response.headers)
    headers["Server"] = _SERVER_NAME
    if response.body:
        headers["Content-Type"] = response.content_type
    return web.Response(status=response.status, body=response.body, headers=headers)
