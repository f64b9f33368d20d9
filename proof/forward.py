"""Passes TCP connections on to a local socket: python -m proof.forward ADDRESS PORT SOCKET."""

import asyncio
import contextlib
import sys


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while octets := await source.read(65536):
            target.write(octets)
            await target.drain()
    target.close()


async def forward(address: str, port: int, socket: str) -> None:
    """Forward for ever; tell on standard output when it has begun."""

    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(socket)
        await asyncio.gather(_copy(reader, back), _copy(there, writer))

    async with await asyncio.start_server(passed_on, address, port) as server:
        print("open", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(forward(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
