"""What stands before several daemons: it hands every connection to one of those that are there, drawn by lot."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit


class Balancer:
    """One port on loopback. `addresses` tells where daemons may be; who does not take a connection is passed over."""

    def __init__(self, addresses: Callable[[], Sequence[str]], lot: random.Random) -> None:
        self._addresses = addresses
        self._lot = lot
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        assert self._server
        host, port = self._server.sockets[0].getsockname()
        return f"http://{host}:{port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)

    async def aclose(self) -> None:
        """Stop, and cut what is under way."""
        if self._server:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            there = await self._chosen()
            if there:
                await _join(reader, writer, *there)
        finally:
            writer.transport.abort()

    async def _chosen(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        addresses = list(self._addresses())
        self._lot.shuffle(addresses)
        for address in addresses:
            parts = urlsplit(address)
            with contextlib.suppress(OSError):
                return await asyncio.open_connection(parts.hostname, parts.port)
        return None


async def _join(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    there_reader: asyncio.StreamReader,
    there_writer: asyncio.StreamWriter,
) -> None:
    """Carry octets both ways until either side ends."""
    ways = {asyncio.create_task(_pump(reader, there_writer)), asyncio.create_task(_pump(there_reader, writer))}
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        there_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while octets := await reader.read(65536):
            writer.write(octets)
            await writer.drain()
