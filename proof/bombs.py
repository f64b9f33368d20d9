"""`python -m proof.bombs NAME`: let one bomb go off in a process of its own; say what it cost and what became of it."""

import asyncio
import gzip
import io
import json
import sys
import time
import zipfile
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from adapters.http.fetch import GuardedFetcher
from adapters.twilio import wire
from adapters.twilio.form import Form
from bridge.domain.message import media_type
from bridge.errors import Permanent

LIMIT = 25_000_000
MIB = 1 << 20
_SWELLING = 256 * MIB


def _gzipped(times: int) -> bytes:
    """Return zeros, packed so often; written in pieces, so that making it costs little."""
    whole = io.BytesIO()
    with gzip.GzipFile(fileobj=whole, mode="wb") as packing:
        for _ in range(_SWELLING // MIB):
            packing.write(bytes(MIB))
    packed = whole.getvalue()
    for _ in range(times - 1):
        packed = gzip.compress(packed)
    return packed


def _png() -> bytes:
    """Return a picture of 12,000 by 12,000 white points."""
    head = (12_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    packing = zlib.compressobj(9)
    rows = b"".join(packing.compress(b"\x00" + b"\xff" * 12_000) for _ in range(12_000)) + packing.flush()

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _zip() -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as folder, folder.open("a", "w") as packing:
        for _ in range(_SWELLING // MIB):
            packing.write(bytes(MIB))
    return whole.getvalue()


def _answer(content: bytes, encoding: str = "", announced: int | None = None) -> bytes:
    length = len(content) if announced is None else announced
    named = f"Content-Encoding: {encoding}\r\n" if encoding else ""
    return f"HTTP/1.1 200 OK\r\n{named}Content-Length: {length}\r\n\r\n".encode() + content


class _Host:
    """A host on this machine that gives everybody the same answer."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self._answer)
        await writer.drain()
        writer.close()


async def _from_a_host(answer: bytes, get: Callable[[str], Awaitable[str]]) -> str:
    server = await asyncio.start_server(_Host(answer), "127.0.0.1", 0)
    try:
        return await get(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/file")
    finally:
        server.close()


async def _guarded(url: str) -> str:
    fetcher = GuardedFetcher(("127.0.0.1",), allow_loopback=True)
    try:
        content = await fetcher.fetch(url, limit=LIMIT)
    except Permanent as refused:
        return str(refused)
    finally:
        await fetcher.aclose()
    return f"passed on undecoded, {len(content):,} octets, {media_type(content)}"


async def _naive(url: str) -> str:
    """Do what the library does by itself: for the control."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return f"unpacked to {len((await client.get(url)).content):,} octets"


def _fetched(answer: bytes) -> Callable[[], str]:
    return lambda: asyncio.run(_from_a_host(answer, _guarded))


def _nested() -> str:
    return str(wire.answer(httpx.Response(200, content=b"[" * 100_000)))


def _fields() -> str:
    return str(Form.parse(b"&".join(b"a%d=1" % number for number in range(20_000))))


_BOMBS: dict[str, Callable[[], Callable[[], str]]] = {
    "gzip": lambda: _fetched(_answer(_gzipped(1), "gzip")),
    "double gzip": lambda: _fetched(_answer(_gzipped(2), "gzip, gzip")),
    "10 GB announced": lambda: _fetched(_answer(b"", announced=10**10)),
    "PNG 12,000²": lambda: _fetched(_answer(_png())),
    "zip": lambda: _fetched(_answer(_zip())),
    "100,000 nests": lambda: _nested,
    "20,000 fields": lambda: _fields,
}
_NAIVE = "naive double gzip"
NAMES = tuple(_BOMBS)


def bomb(name: str) -> Callable[[], str]:
    """Return what is to be done; all that belongs to making the bomb has been done by then."""
    if name != _NAIVE:
        return _BOMBS[name]()
    answer = _answer(_gzipped(2), "gzip, gzip")
    return lambda: asyncio.run(_from_a_host(answer, _naive))


def main() -> None:
    go_off = bomb(sys.argv[1])
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew here
    before, began = _peak(), time.monotonic()
    outcome = go_off()
    cost = {"seconds": time.monotonic() - began, "mib": (_peak() - before) / 1024, "outcome": outcome[:90]}
    print(json.dumps(cost))


def _peak() -> int:
    """Return the most memory that this process has had since then, in KiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
