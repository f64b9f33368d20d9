"""A small HTTP server for one protocol of the benchmark: fast, complete requests only, with the faults of a bad day.

It serves what the daemon's clients send, and is no general server: no chunks, no pipelining.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

Serve = Callable[[str, str, bytes], tuple[int, dict[str, Any]]]
"""Answers (method, target, body) with a status and what is said as JSON."""

_REASONS = {200: "OK", 201: "Created", 404: "Not Found", 429: "Too Many Requests"}


@dataclass(slots=True)
class Surface:
    """One listening address. `delay` is in seconds; between `down` and `up` nobody can reach it."""

    serve: Serve
    port: int = 0
    delay: float = 0.0
    limited_until: float = 0.0
    _server: asyncio.Server | None = None
    lines: "set[_Line]" = field(default_factory=set)

    async def up(self) -> None:
        """Listen, at the same port as before."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Line(self), "127.0.0.1", self.port, backlog=1024)
        self.port = self._server.sockets[0].getsockname()[1]

    def down(self) -> None:
        """Close the door, and cut every line."""
        if self._server:
            self._server.close()
        for line in tuple(self.lines):
            line.cut()

    def answer(self, method: str, target: str, body: bytes) -> bytes:
        left = self.limited_until - asyncio.get_running_loop().time()
        if left > 0:
            return _written(429, {"ok": False, "error": "ratelimited"}, f"Retry-After: {int(left) + 1}\r\n")
        return _written(*self.serve(method, target, body))


class _Line(asyncio.Protocol):
    """One connection, one request after the other."""

    def __init__(self, surface: Surface) -> None:
        self._surface = surface
        self._transport: asyncio.Transport | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop has classes of its own
        self._surface.lines.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._surface.lines.discard(self)

    def cut(self) -> None:
        if self._transport:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, blank, body = self._buffer.partition(b"\r\n\r\n")
        if not blank:
            return
        _, named, rest = head.lower().partition(b"\r\ncontent-length:")
        if len(body) < (int(rest.partition(b"\r\n")[0]) if named else 0):
            return
        self._buffer = b""
        method, target, _ = head.partition(b"\r\n")[0].decode().split(" ")
        answer = self._surface.answer(method, target, body)
        if self._surface.delay:
            asyncio.get_running_loop().call_later(self._surface.delay, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: bytes) -> None:
        if self._transport:
            self._transport.write(answer)


def _written(status: int, told: dict[str, Any], headers: str = "") -> bytes:
    body = json.dumps(told, separators=(",", ":")).encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS.get(status, 'Other')}\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"{headers}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
