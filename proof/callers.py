"""A carrier's webhooks over many lines at once: each text is told again and again until it was taken."""

import asyncio
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from bench.caller import Line
from bench.phone import Phones

LINES = 50
_PATIENCE = 15.0  # seconds that a carrier waits for an answer
_AGAIN = 0.02  # seconds until it tries again
_RUN = "proof"


class Callers:
    """Call whoever listens at `where()`; nobody does while that is empty."""

    def __init__(self, where: Callable[[], str]) -> None:
        self.acked: set[int] = set()
        self.thanks: list[tuple[int, int]] = []  # our port and the text, in the order of the answers
        self.tries = 0
        self._where = where
        self._phones = Phones(url="http://127.0.0.1", run=_RUN)

    async def call(self, numbers: Iterable[int], lines: int = LINES) -> None:
        """Tell these texts, by turns over so many lines, until each has been thanked for."""
        shared = iter(numbers)
        await asyncio.gather(*(self._turns(shared) for _ in range(lines)))

    def body(self, number: int) -> bytes:
        """Return what is posted for this text."""
        return self._phones.request(number, 0).partition(b"\r\n\r\n")[2]

    async def _turns(self, numbers: Iterable[int]) -> None:
        line: Line | None = None
        for number in numbers:
            while number not in self.acked:
                line = await self._told(number, line)
        if line and line.transport:
            line.transport.close()

    async def _told(self, number: int, line: Line | None) -> Line | None:
        """Try once; return the line if it can be used again."""
        try:
            async with asyncio.timeout(_PATIENCE):
                if line is None or line.transport is None:
                    line = await self._connected()
                assert line.transport
                port = line.transport.get_extra_info("sockname")[1]
                self.tries += 1
                status = await line.call(self._phones.request(number, 0))
        except (OSError, TimeoutError):
            await asyncio.sleep(_AGAIN)
            return None
        if 200 <= status < 300:
            self.acked.add(number)
            self.thanks.append((port, number))
        else:
            await asyncio.sleep(_AGAIN)
        return line

    async def _connected(self) -> Line:
        place = urlsplit(self._where())
        if not place.hostname or not place.port:
            raise ConnectionError("nobody listens")
        _, line = await asyncio.get_running_loop().create_connection(Line, place.hostname, place.port)
        return line
