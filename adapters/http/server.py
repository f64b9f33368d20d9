"""The one HTTP server: exact paths, complete requests, constant answers.

What a request means, and who may send it, is decided by the handlers that are mounted.
"""

import asyncio
from collections.abc import Collection

from adapters.http.connection import Connection, Premises
from adapters.http.crowd import Patience
from adapters.http.exchange import Handler
from adapters.http.routes import Route
from adapters.http.settings import HttpSettings
from bridge.errors import CannotListen

__all__ = ["HttpServer", "Patience"]

_LIMIT = 262_144  # octets; a form of 1,600 characters with ten files stays under 32 KiB


class HttpServer:
    """Listen at one address and hand each request to the handler that is mounted at its path."""

    def __init__(self, settings: HttpSettings, patience: Patience | None = None) -> None:
        self._settings = settings
        self._premises = Premises(patience or Patience())
        self._listening: asyncio.Server | None = None

    def mount(
        self,
        path: str,
        handler: Handler,
        *,
        methods: Collection[str] = ("POST",),
        limit: int = _LIMIT,
        prefix: bool = False,
    ) -> None:
        """Serve `path`, or with `prefix` everything below it; a path is compared as it was sent, octet by octet.

        `limit` is the largest body in octets. Mount everything before `start`.
        """
        self._premises.routes.add(path, Route(handler, methods, limit), prefix=prefix)

    async def start(self) -> None:
        """Begin to listen; raises CannotListen if the address cannot be had."""
        loop = asyncio.get_running_loop()
        try:
            self._listening = await loop.create_server(
                lambda: Connection(self._premises), self._settings.host, self._settings.port, backlog=1024
            )
        except OSError as trouble:
            raise CannotListen(f"cannot listen on {self._settings.listen}: {trouble.strerror or trouble}") from trouble

    @property
    def base_url(self) -> str:
        """The address at which this machine itself reaches the server; its port is the one that was really taken."""
        host = self._settings.host
        if self._listening is None:
            raise RuntimeError("the server was not started")
        port = self._listening.sockets[0].getsockname()[1]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def aclose(self) -> None:
        """Stop listening, and let requests under way end within a grace period; what then goes on is cancelled."""
        if self._listening is None:
            return
        self._listening.close()
        self._listening = None
        self._premises.gate.is_closed = True
        for connection in tuple(self._premises.inside):
            connection.retire()
        await self._quiet()

    async def _quiet(self) -> None:
        """Wait for the handlers, also for those whose callers have hung up."""
        patience = self._premises.patience.closing.total_seconds()
        tasks = {connection.task for connection in self._premises.inside if connection.task is not None}
        if tasks:
            _, tasks = await asyncio.wait(tasks, timeout=patience)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=patience)
