"""Speak HTTP by hand, octet by octet, where a proper client would refuse to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from adapters.http import HttpServer, HttpSettings
from adapters.http.server import Patience

PUBLIC_URL = "https://sms.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@asynccontextmanager
async def serving(server: HttpServer) -> AsyncIterator[HttpServer]:
    await server.start()
    try:
        yield server
    finally:
        await server.aclose()


def server(patience: Patience | None = None) -> HttpServer:
    return HttpServer(HttpSettings(listen="127.0.0.1:0", public_url=PUBLIC_URL), patience)


@asynccontextmanager
async def connection(server: HttpServer) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    port = int(server.base_url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def say(server: HttpServer, octets: bytes) -> Answer:
    """Send these octets and return the first answer."""
    async with asyncio.timeout(10), connection(server) as (reader, writer):
        writer.write(octets)
        return await answer(reader)


async def answer(reader: asyncio.StreamReader, *, has_body: bool = True) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    length = int(headers.get("content-length", "0")) if has_body else 0
    return Answer(status=int(head[0].split(" ")[1]), headers=headers, body=await reader.readexactly(length))


async def ask(
    server: HttpServer,
    method: str,
    target: str,
    body: bytes = b"",
    headers: Sequence[tuple[str, bytes]] = (),
) -> Answer:
    """Send one well-formed request, its target and headers exactly as given."""
    lines = [f"{method} {target} HTTP/1.1".encode(), b"Host: sms.example.com"]
    lines += [name.encode() + b": " + value for name, value in headers]
    lines += [b"Content-Length: %d" % len(body), b"Connection: close", b"", body]
    async with asyncio.timeout(10), connection(server) as (reader, writer):
        writer.write(b"\r\n".join(lines))
        return await answer(reader, has_body=method != "HEAD")
