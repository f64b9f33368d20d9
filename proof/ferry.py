"""A relay between the daemon and one world: it lets answers come late, or never."""

import asyncio
import contextlib
import random
import re

_TOKEN = re.compile(rb"[0-9a-f]{32}")  # how the names of our wishes look on every wire
_PIECE = 65_536
_SLOWEST = 0.1  # seconds


class Ferry:
    """Carry octets to a port of this machine and back. `calls` marks, in a request's octets, those that may hang."""

    def __init__(self, port: int, calls: bytes) -> None:
        self.unanswered: set[str] = set()  # names that stood in a request whose answer never comes
        self.hung = asyncio.Event()
        self._port = port
        self._calls = calls
        self._hanging = 0
        self._lot = random.Random(port)
        self._server: asyncio.Server | None = None
        self._crossings: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._cross, "127.0.0.1", 0)

    @property
    def url(self) -> str:
        assert self._server
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def hang(self, calls: int) -> None:
        """Never bring the answers of the next so many calls; `hung` is set when all of them are under way."""
        self._hanging = calls
        self.hung.clear()

    async def aclose(self) -> None:
        assert self._server
        self._server.close()
        for crossing in self._crossings:
            crossing.cancel()
        await asyncio.gather(*self._crossings, return_exceptions=True)

    async def _cross(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        crossing = asyncio.current_task()
        assert crossing
        self._crossings.add(crossing)
        try:
            there, forth = await asyncio.open_connection("127.0.0.1", self._port)
            await _Crossing(self).carry(here, forth, there, back)
        except (OSError, asyncio.CancelledError):
            pass  # the world is down, or the ferry closes
        finally:
            self._crossings.discard(crossing)
            back.close()

    def takes(self, request: bytes) -> bool:
        """Tell whether the answer of this call is never to come."""
        if not self._hanging or self._calls not in request:
            return False
        self._hanging -= 1
        if not self._hanging:
            self.hung.set()
        return True

    async def linger(self) -> None:
        await asyncio.sleep(self._lot.uniform(0, _SLOWEST))


class _Crossing:
    """One connection, with one request under way at a time."""

    def __init__(self, ferry: Ferry) -> None:
        self._ferry = ferry
        self._names: set[str] = set()
        self._has_answered = False
        self._hangs = False

    async def carry(
        self,
        here: asyncio.StreamReader,
        forth: asyncio.StreamWriter,
        there: asyncio.StreamReader,
        back: asyncio.StreamWriter,
    ) -> None:
        """Carry until either side hangs up."""
        ways = {asyncio.create_task(self._forth(here, forth)), asyncio.create_task(self._back(there, back))}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            forth.close()

    async def _forth(self, here: asyncio.StreamReader, forth: asyncio.StreamWriter) -> None:
        while octets := await here.read(_PIECE):
            if self._has_answered:
                self._names.clear()
                self._has_answered = False
            self._names |= {name.decode() for name in _TOKEN.findall(octets)}
            self._hangs = self._hangs or self._ferry.takes(octets)
            if self._hangs:
                self._ferry.unanswered |= self._names
            forth.write(octets)
            await forth.drain()

    async def _back(self, there: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        while octets := await there.read(_PIECE):
            if self._hangs:
                continue
            if not self._has_answered:
                await self._ferry.linger()
            back.write(octets)
            with contextlib.suppress(ConnectionError):
                await back.drain()
            self._has_answered = True
