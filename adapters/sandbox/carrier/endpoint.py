"""One HTTP server on loopback that can vanish and come back on the same port, and can misbehave as told.

It obeys faults on the wire; what a request means is the business of the processes handed to it.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web

from adapters.sandbox.carrier.errands import Errands
from adapters.sandbox.faults import Fault, Faults

Process = Callable[[web.Request], Awaitable[web.StreamResponse]]
_UNPROCESSED = (Fault.REFUSE, Fault.ERROR, Fault.LIMIT)


class Endpoint:
    """Serve routes on 127.0.0.1 at a port chosen by the system."""

    def __init__(self, faults: Faults, errands: Errands, *, error: Callable[[int], web.Response]) -> None:
        """`error` makes the vendor's answer for 500 and 429."""
        self._faults = faults
        self._errands = errands
        self._error = error
        self._app = web.Application()
        # A silent answer must end when its caller has gone, hence the cancellation; the work itself is shielded.
        self._runner = web.AppRunner(self._app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        self._listening: asyncio.Server | None = None
        self._holder: socket.socket | None = None
        self._ending = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def _port(self) -> int:
        if self._holder is None:
            raise RuntimeError("the carrier was not started")
        return int(self._holder.getsockname()[1])

    def add(self, method: str, path: str, call: str, process: Process) -> None:
        """Serve a route; `call` is the name by which faults are drawn for it."""

        async def answer(request: web.Request) -> web.StreamResponse:
            await request.read()
            return await self._obey(self._faults.draw(call), request, process)

        self._app.router.add_route(method, path, answer)

    async def start(self) -> None:
        # Bound for the whole life and never listening: the port stays ours while the server is down.
        self._holder = socket.socket()
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._holder.bind(("127.0.0.1", 0))
        await self._runner.setup()
        await self.up()

    async def up(self) -> None:
        """Listen, on the same port as before."""
        if self._listening or self._runner.server is None:
            return
        loop = asyncio.get_running_loop()
        self._listening = await loop.create_server(self._runner.server, "127.0.0.1", self._port)

    def down(self) -> None:
        """Refuse every connection and cut the open ones."""
        if self._listening:
            self._listening.close()
            self._listening = None
        for connection in self._runner.server.connections if self._runner.server else ():
            if connection.transport:
                connection.transport.abort()

    async def aclose(self) -> None:
        self._ending.set()
        self.down()
        await self._runner.cleanup()
        if self._holder:
            self._holder.close()

    async def _obey(self, fault: Fault | None, request: web.Request, process: Process) -> web.StreamResponse:
        if fault in _UNPROCESSED:
            return self._refuse(fault, request)
        answer = await asyncio.shield(self._errands.start(_await(process, request)))
        match fault:
            case Fault.CUT:
                return _reset(request)
            case Fault.SILENT:
                await self._ending.wait()
                return _reset(request)
            case Fault.LATE_ERROR:
                return self._error(500)
            case Fault.GARBAGE:
                return web.Response(
                    text="<html><body>Welcome to the hotel network</body></html>", content_type="text/html"
                )
        return answer

    def _refuse(self, fault: Fault, request: web.Request) -> web.Response:
        if fault is Fault.REFUSE:
            return _reset(request)
        if fault is Fault.ERROR:
            return self._error(500)
        answer = self._error(429)
        answer.headers["Retry-After"] = str(self._faults.retry_after_seconds)
        return answer


async def _await(process: Process, request: web.Request) -> web.StreamResponse:
    return await process(request)


def _reset(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()  # written to nobody: the connection is gone
