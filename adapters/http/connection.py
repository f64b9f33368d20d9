"""One connection of a stranger: how long it may last, how much it may send, and how many there may be at once.

aiohttp parses and answers, but waits for ever and counts nobody, so deadlines, lifetimes and caps are kept here. What a
request means is not looked at.
"""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from ipaddress import IPv4Address, ip_address
from typing import Any, cast

from aiohttp import EMPTY_PAYLOAD, StreamReader, web
from multidict import CIMultiDict

from adapters.http.address import is_public
from adapters.http.exchange import BUSY, MALFORMED, WebResponse
from bridge.wording import door

_log = logging.getLogger(__name__)

_SERVER_NAME = "sms-bridge"  # without a version: nobody needs to know which holes to try
_NEVER = 86_400.0  # seconds: aiohttp's own deadline for idle connections, which ours always forestall

TOO_SLOW = WebResponse(408, door.too_slow().encode())
TOO_LONG = WebResponse(431, door.too_long().encode())
_BROKEN = WebResponse(500, door.broken().encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How much of us strangers may take.

    `request` is for one request from its first octet to its last, `idle` for the silence before it. A connection older
    than `lifetime` ends with the request under way; `grace` later it is cut. After a refusal the rest of a body is
    read and thrown away while `lingering`, so that the refusal is read before the line is cut. `closing` is for the
    requests under way when the server ends.

    `connections` are all there may be. `per_address` holds for public addresses only: behind a proxy on this machine
    or in this network everybody has one address, the proxy's. `wrapping` is the most octets of a request that are not
    its body: its head, and in a chunked body the sizes, extensions and trailers. Real ones stay under 8 KiB.
    """

    request: timedelta = timedelta(seconds=10)
    idle: timedelta = timedelta(seconds=15)
    lifetime: timedelta = timedelta(seconds=120)
    grace: timedelta = timedelta(seconds=30)
    lingering: timedelta = timedelta(seconds=2)
    closing: timedelta = timedelta(seconds=5)
    connections: int = 512
    per_address: int = 20
    wrapping: int = 32_768


class Gate:
    """Count who is inside, and say when there is no room."""

    def __init__(self, patience: Patience) -> None:
        self.is_closed = False
        self._patience = patience
        self._inside = 0
        self._by_origin: Counter[bytes] = Counter()
        self._has_warned = False

    def admit(self, peer: str) -> bool:
        """Take a place for this address; False if there is none. Whoever was admitted must `release` it."""
        origin = _origin(peer)
        if self._inside >= self._patience.connections:
            self._warn()
            return False
        if origin is not None and self._by_origin[origin] >= self._patience.per_address:
            return False
        self._inside += 1
        if origin is not None:
            self._by_origin[origin] += 1
        return True

    def release(self, peer: str) -> None:
        origin = _origin(peer)
        self._inside -= 1
        if self._inside <= self._patience.connections // 2:
            self._has_warned = False
        if origin is not None:
            self._by_origin[origin] -= 1
            if not self._by_origin[origin]:
                del self._by_origin[origin]

    def _warn(self) -> None:
        """Tell the operator once per crowd: a line for everybody turned away would be a flood of its own."""
        if not self._has_warned:
            self._has_warned = True
            _log.warning("connections turned away", extra={"open": self._inside})


def _origin(peer: str) -> bytes | None:
    """Return what a stranger cannot change at will: an IPv4 address, or the /64 that an IPv6 customer is given."""
    if not is_public(peer):
        return None
    address = ip_address(peer)
    return address.packed if isinstance(address, IPv4Address) else address.packed[:8]


class Connection(web.RequestHandler):
    """One connection; strangers' nonsense is answered without a line in the log."""

    __slots__ = (
        *("_answers", "_body", "_clock", "_gate", "_is_admitted", "_is_last", "_is_old", "_life", "_line"),
        *("_patience", "_peer", "_since", "_wrapping"),
    )

    def __init__(self, front: web.Server, patience: Patience, gate: Gate) -> None:
        super().__init__(front, loop=asyncio.get_running_loop(), **_options(patience))
        self._patience = patience
        self._gate = gate
        self._peer = ""
        self._line: asyncio.Transport | None = None  # ours: aiohttp forgets its own when it closes, flushed or not
        self._is_admitted = False
        self._clock: asyncio.TimerHandle | None = None  # for silence, or for a head that has begun
        self._life: asyncio.TimerHandle | None = None
        self._since: float | None = None  # when the first octet of the present request came
        self._answers = 0
        self._body: StreamReader = EMPTY_PAYLOAD  # of the latest request
        self._wrapping = 0
        self._is_old = False
        self._is_last = False  # the last answer was given; what still comes is thrown away

    @property
    def due(self) -> float:
        """When the present request must be complete, by the loop's clock."""
        since = self._loop.time() if self._since is None else self._since
        return since + self._patience.request.total_seconds()

    @property
    def _is_busy(self) -> bool:
        return self._request_count > self._answers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Turn away whom there is no room for, and who was let in while the server closed."""
        line = cast(asyncio.Transport, transport)
        if self._gate.is_closed:
            line.abort()  # nobody would close that connection any more
            return
        name = line.get_extra_info("peername")
        self._peer = str(name[0]) if name else ""
        self._is_admitted = self._gate.admit(self._peer)
        if not self._is_admitted:
            line.write(_last_words(BUSY))
            line.close()
            return
        self._line = line
        super().connection_made(transport)
        self._life = self._loop.call_later(self._patience.lifetime.total_seconds(), self._grow_old)
        self._wind(self._patience.idle)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._stop()
        if self._life is not None:
            self._life.cancel()
        if self._is_admitted:
            self._is_admitted = False
            self._gate.release(self._peer)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse; an empty piece is aiohttp's way of asking for what it had put aside."""
        is_first = self._since is None and bool(data)
        if is_first:
            self._since = self._loop.time()
        heads, body = self._request_count, self._body.total_bytes
        super().data_received(data)
        if self._request_count > heads:
            self._body = self._messages[-1][1]
            self._wrapping = 0  # the server looks at the size of a complete head
        else:
            self._wrapping += len(data) - (self._body.total_bytes - body)
        if self._wrapping > self._patience.wrapping and not self._reading_paused:  # paused, there is body put aside
            self._refuse(TOO_LONG)
        elif self._is_busy:
            self._stop()
        elif is_first and not self._is_last:
            self._wind(self._patience.request)

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Write the answer; it is the last one if the connection is old or what follows could be misread."""
        is_whole = request.content.is_eof() and request.method != "CONNECT" and "Upgrade" not in request.headers
        if self._is_old or not is_whole:
            resp.force_close()
        try:
            return await super().finish_response(request, resp, start_time)
        finally:
            self._is_last = not resp.keep_alive
            self._answers += 1
            self._rest()

    def _rest(self) -> None:
        """Begin to wait for the next request, unless it is here already or will not be heard."""
        self._since = self._loop.time() if self._is_busy else None
        if self._is_old:
            self.close()
        elif self.transport is not None and not self._is_busy and not self._is_last:
            self._wind(self._patience.idle)

    def _wind(self, patience: timedelta) -> None:
        self._stop()
        self._clock = self._loop.call_later(patience.total_seconds(), self._give_up)

    def _stop(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _give_up(self) -> None:
        if self._since is None:
            self.force_close()
        else:
            self._refuse(TOO_SLOW)

    def _refuse(self, response: WebResponse) -> None:
        """Say why, if that cannot be taken for the answer to another request, and hang up."""
        if self._line is None:
            return
        if self._is_busy or self._is_last:
            self._line.abort()
        elif self.transport is not None:
            self._line.write(_last_words(response))
            self.force_close()

    def _grow_old(self) -> None:
        """Hang up if nobody is talking; else let the present request be the last, for a while."""
        self._is_old = True
        if self._line is not None:
            self._life = self._loop.call_later(self._patience.grace.total_seconds(), self._line.abort)
        if not self._is_busy and self._since is None and not self._is_last:
            self.force_close()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what aiohttp could not parse, and what a handler of ours let escape."""
        if status >= 500:
            _log.error("request failed", exc_info=True, extra={"method": request.method, "path": _place(request)})
        if request.writer.output_size > 0:
            raise ConnectionError("half an answer was written")
        response = written(_BROKEN if status >= 500 else MALFORMED)
        response.force_close()
        return response


def _place(request: web.BaseRequest) -> str:
    """Return the path for the log, without its last part, which may be the name of a file nobody should know."""
    path, _, _ = request.raw_path.partition("?")
    return path.rpartition("/")[0].encode("ascii", "backslashreplace").decode() + "/…"


def _options(patience: Patience) -> dict[str, Any]:
    return {
        "keepalive_timeout": _NEVER,
        "read_bufsize": 65_536,  # octets of a body that wait to be read, and half of what is held before nobody listens
        "lingering_time": patience.lingering.total_seconds(),
        "access_log": None,
        "auto_decompress": False,  # what is compressed is refused, never unpacked
    }


def written(response: WebResponse) -> web.Response:
    """Return the answer as aiohttp sends it."""
    headers: CIMultiDict[str] = CIMultiDict(response.headers)
    headers["Server"] = _SERVER_NAME
    if response.body:
        headers["Content-Type"] = response.content_type
    return web.Response(status=response.status, body=response.body, headers=headers)


def _last_words(response: WebResponse) -> bytes:
    """Return the answer as octets, for when aiohttp has no request that it could answer."""
    headers = {
        **response.headers,
        "Server": _SERVER_NAME,
        "Content-Type": response.content_type,
        "Content-Length": str(len(response.body)),
        "Connection": "close",
    }
    lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + response.body
