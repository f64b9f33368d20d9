"""Strangers at the daemon's HTTP port: those who say next to nothing for ever, and those who say far too much."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench.phone import PATH

_POST = f"POST {PATH} HTTP/1.1\r\nHost: a\r\n".encode()
_CHUNKED = _POST + b"Transfer-Encoding: chunked\r\n\r\n"
_MEGABYTE = 1_000_000
_PIECE = 65_536
_LARGEST = 262_144  # octets of the largest body that a webhook takes
_LONGEST = 40.0  # seconds until an answer is no longer waited for

OPENINGS: Mapping[str, bytes] = {
    "silent": b"",
    "head": _POST + b"X-Slow: ",
    "body": _POST + b"Content-Length: 9999\r\n\r\n",
    "chunk": _CHUNKED + b"ffff\r\n",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One connection to the daemon."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ended(self) -> None:
        """Return when it is closed from the other side."""
        with suppress(ConnectionError):
            while await self.reader.read(_PIECE):
                pass


async def opened(address: str) -> Line:
    place = urlsplit(address)
    return Line(*await asyncio.open_connection(place.hostname, place.port))


async def dawdle(address: str, opening: bytes, seconds: float) -> float | None:
    """Open a connection, say one octet each second; return after how long it was closed, or None if it was not."""
    line, began = await opened(address), time.monotonic()
    line.writer.write(opening)
    end = asyncio.create_task(line.ended())
    while not end.done() and time.monotonic() - began < seconds:
        if opening:
            line.writer.write(b"x")
        await asyncio.wait({end}, timeout=1)
    took = time.monotonic() - began if end.done() else None
    end.cancel()
    line.writer.close()
    return took


async def dawdlers(address: str, count: int, seconds: float) -> list[float | None]:
    """Let so many dawdle at once, a quarter of them in each way."""
    openings = list(OPENINGS.values())
    return await asyncio.gather(*(dawdle(address, openings[at % len(openings)], seconds) for at in range(count)))


def excesses(most: int) -> dict[str, tuple[set[int], Iterable[bytes]]]:
    """Return by name what is far too much of something, `most` octets at most, and how that may be answered."""
    chunk = b"%x\r\n" % _PIECE + b"x" * _PIECE + b"\r\n"
    return {
        "50 MB": ({413}, [_POST + b"Content-Length: %d\r\n\r\n" % (50 * _MEGABYTE), *_repeated(50 * _MEGABYTE)]),
        "1 GiB declared": ({413}, [_POST + b"Content-Length: 1073741824\r\n\r\n", *_repeated(most)]),
        "endless chunks": ({413}, [_CHUNKED, *[chunk] * (most // len(chunk))]),
        "64 KB header": ({400, 431}, [_POST + b"X: " + b"y" * _PIECE + b"\r\n\r\n"]),
        "2,000 headers": ({400, 431}, [_POST + b"X: y\r\n" * 2000 + b"\r\n"]),
        "nearly whole": (
            {408, 503},
            [_POST + b"Content-Length: %d\r\n\r\n" % _LARGEST, *_repeated(_LARGEST - 1)],
        ),
    }


def _repeated(octets: int) -> Iterator[bytes]:
    piece = b"x" * _PIECE
    for _ in range(octets // _PIECE):
        yield piece
    yield piece[: octets % _PIECE]


async def exceed(address: str, pieces: Iterable[bytes]) -> int:
    """Say all this, and return the status of the answer; 0 if the line was cut, or fell silent, without one."""
    line = await opened(address)
    saying = asyncio.create_task(_say(line.writer, pieces))
    try:
        async with asyncio.timeout(_LONGEST):
            return int((await line.reader.readline())[9:12] or 0)
    except (ConnectionError, TimeoutError):
        return 0
    finally:
        saying.cancel()
        line.writer.transport.abort()


async def _say(writer: asyncio.StreamWriter, pieces: Iterable[bytes]) -> None:
    with suppress(ConnectionError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()


class Memory:
    """What a process has grown by, at most, since this was made."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        Path(f"/proc/{pid}/clear_refs").write_text("5")  # the kernel begins anew to look for the highest
        self._before = self._megabytes("VmRSS")

    @property
    def growth(self) -> float:
        return self._megabytes("VmHWM") - self._before

    def _megabytes(self, what: str) -> float:
        lines = dict(line.split(":", 1) for line in self._status.read_text().splitlines())
        return int(lines[what].split()[0]) * 1024 / _MEGABYTE
