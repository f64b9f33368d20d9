"""A way to the database that can be cut: a network of its own where we may make one, else a relay that falls silent."""

import asyncio
import contextlib
import itertools
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from proof.place import ROOT, Place

_NUMBERS = itertools.count()
_PORT = 5432


class Way(Protocol):
    """Between a daemon and the server; what is cut loses packets without a word."""

    @property
    def what(self) -> str: ...
    @property
    def address(self) -> str: ...  # host and port
    async def cut(self) -> None: ...
    async def mend(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Network:
    """A network namespace, joined to ours by a pair of virtual cards; cutting it takes its card down."""

    name: str
    address: str
    what = "network namespace"

    async def cut(self) -> None:
        await _run("ip", "-n", self.name, "link", "set", f"{self.name}i", "down")

    async def mend(self) -> None:
        await _run("ip", "-n", self.name, "link", "set", f"{self.name}i", "up")


@dataclass(slots=True)
class Relay:
    """A relay in this process; while it is cut it passes nothing on, and takes no leave."""

    address: str = ""
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    what = "silent relay"

    async def cut(self) -> None:
        self.is_open.clear()

    async def mend(self) -> None:
        self.is_open.set()

    async def pass_on(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while octets := await source.read(65536):
                await self.is_open.wait()
                target.write(octets)
                await target.drain()
        target.close()


@asynccontextmanager
async def way_to(socket: str, place: Place) -> AsyncIterator[Way]:
    """Open the best way to this socket that we may make."""
    if place.is_root and not place.lacks("ip"):
        async with _network(socket) as network:
            yield network
    else:
        async with _relay(socket) as relay:
            yield relay


@asynccontextmanager
async def _network(socket: str) -> AsyncIterator[Network]:
    number = next(_NUMBERS)
    name, subnet = f"sb{os.getpid() % 100000}{number}", f"10.213.{os.getpid() % 250}.{4 * number}"
    ours, theirs = (f"{subnet.rpartition('.')[0]}.{4 * number + end}" for end in (1, 2))
    await _run("ip", "netns", "add", name)
    forwarder = None
    try:
        await _run("ip", "link", "add", f"{name}o", "type", "veth", "peer", "name", f"{name}i", "netns", name)
        await _run("ip", "addr", "add", f"{ours}/30", "dev", f"{name}o")
        await _run("ip", "link", "set", f"{name}o", "up")
        await _run("ip", "-n", name, "addr", "add", f"{theirs}/30", "dev", f"{name}i")
        await _run("ip", "-n", name, "link", "set", f"{name}i", "up")
        command = ("ip", "netns", "exec", name, sys.executable, "-m", "proof.forward", theirs, str(_PORT), socket)
        forwarder = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=subprocess.PIPE)
        assert forwarder.stdout
        await forwarder.stdout.readline()
        yield Network(name, f"{theirs}:{_PORT}")
    finally:
        if forwarder is not None:
            forwarder.kill()
            await forwarder.wait()
        await _run("ip", "netns", "del", name)


@asynccontextmanager
async def _relay(socket: str) -> AsyncIterator[Relay]:
    relay = Relay()
    relay.is_open.set()

    async def passed_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(socket)
        await asyncio.gather(relay.pass_on(reader, back), relay.pass_on(there, writer))

    async with await asyncio.start_server(passed_on, "127.0.0.1", 0) as server:
        host, port = server.sockets[0].getsockname()
        relay.address = f"{host}:{port}"
        yield relay


async def _run(*command: str) -> None:
    running = await asyncio.create_subprocess_exec(*command)
    if await running.wait():
        raise RuntimeError(f"failed: {' '.join(command)}")
