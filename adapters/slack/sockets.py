"""Two connections in Socket Mode, so that one stays while the other is renewed; watched, because the SDK gets stuck.

What arrives goes to the Bolt app. Nothing here knows what it means, but for `hello` and `disconnect`.
"""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Never

from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack.api import VENDOR_LOG, SlackApi
from adapters.slack.inbox import tidy
from bridge.errors import Blocked, PortError, Transient
from bridge.ports import Clock
from bridge.wording import chat

_WANTED = 2
_LOOK = timedelta(seconds=5)
_NEW_TICKET = timedelta(seconds=60)
_REBUILD = timedelta(minutes=5)
_AGAIN, _AGAIN_BLOCKED = timedelta(seconds=10), timedelta(seconds=60)
_LATE = timedelta(seconds=10)  # after which even the first connection comes too late to have heard everything
_CLOSING_SECONDS = 3
_CONTROL_FRAME = 2_000  # characters; longer frames carry events


class Sockets:
    """Keep two sockets open; `gaps` is set when one is back and events may have been missed meanwhile."""

    def __init__(self, api: SlackApi, app: AsyncApp, clock: Clock, gaps: asyncio.Event, *, ping_seconds: float) -> None:
        self._gaps = gaps
        self._clock = clock
        self._started = clock.now()
        self._lines = [_Line(api, app, clock, self._is_back, ping_seconds) for _ in range(_WANTED)]

    @property
    def state(self) -> str:
        troubles = [line.trouble for line in self._lines if line.trouble]
        connected = sum(line.is_connected for line in self._lines)
        if connected:
            return chat.up_with_sockets(connected, _WANTED)
        return troubles[0] if troubles else chat.connecting()

    async def run(self) -> Never:
        async with asyncio.TaskGroup() as tasks:
            for line in self._lines:
                tasks.create_task(line.keep())
        raise AssertionError("a socket was given up")

    def _is_back(self, line: "_Line") -> None:
        """Judge whether something may be missed: not if the other stood meanwhile, and this one was asked to renew."""
        others = any(other.is_connected for other in self._lines if other is not line)
        may_be_missed = not others or (line.was_up and not line.is_renewed)
        if may_be_missed and (line.was_up or self._clock.now() - self._started > _LATE):
            self._gaps.set()


class _Line:
    """One socket, which outlives the SDK's handlers that serve it."""

    def __init__(self, api: SlackApi, app: AsyncApp, clock: Clock, is_back: "_IsBack", ping_seconds: float) -> None:
        self.trouble = ""
        self.was_up = False
        self.is_renewed = False  # Slack asked for it, so it lost nothing
        self._api = api
        self._app = app
        self._clock = clock
        self._is_back = is_back
        self._ping_seconds = ping_seconds
        self._handler: AsyncSocketModeHandler | None = None

    @property
    def is_connected(self) -> bool:
        client = self._handler.client if self._handler else None
        session = client.current_session if client else None
        return bool(client and session and not client.closed and not client.stale and not session.closed)

    async def keep(self) -> Never:
        """Serve this line for ever, each time with a handler of its own."""
        while True:
            ticket = await self._ticket()
            if ticket:
                await self._serve(ticket)

    async def _ticket(self) -> str | None:
        """Ask for a connection ourselves first: with a wrong token the SDK would try for ever and say nothing."""
        token = self._api.settings.app_token
        assert token is not None
        try:
            return await self._api.ticket(token.get_secret_value())
        except PortError as error:
            remedy = chat.new_app_token() if isinstance(error, Blocked) else ""
            self.trouble = chat.down(str(error), remedy)
            asked = error.retry_after if isinstance(error, Transient) else None
            await self._clock.sleep(asked or (_AGAIN_BLOCKED if remedy else _AGAIN))
            return None

    async def _serve(self, ticket: str) -> None:
        handler = self._handler = self._make_handler(ticket)
        connecting = asyncio.create_task(handler.client.connect())  # type: ignore[no-untyped-call] # the SDK has no types here
        try:
            await self._watch(handler)
        finally:
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
            await _close(handler)
            self._handler = None
        if self.trouble:
            await self._clock.sleep(_AGAIN_BLOCKED)

    def _make_handler(self, ticket: str) -> AsyncSocketModeHandler:
        token = self._api.settings.app_token
        assert token is not None
        handler = AsyncSocketModeHandler(
            self._app,
            token.get_secret_value(),
            logger=VENDOR_LOG,
            web_client=self._api.client(),
            ping_interval=self._ping_seconds,
        )
        handler.client.proxy = None  # It was read from the environment.
        handler.client.wss_uri = ticket
        handler.client.on_message_listeners.append(self._hear)
        handler.client.socket_mode_request_listeners.insert(0, _tidy)
        return handler

    async def _watch(self, handler: AsyncSocketModeHandler) -> None:
        """Return when this handler is of no more use.

        The SDK tries the same ticket for ever when the handshake fails; without a ticket it asks for a new one.
        """
        down_since: datetime | None = None
        while not handler.client.closed:
            await self._clock.sleep(_LOOK)
            if self.is_connected:
                down_since = None
                continue
            down_since = down_since or self._clock.now()
            down_for = self._clock.now() - down_since
            if down_for >= _REBUILD:
                return
            if down_for >= _NEW_TICKET:
                handler.client.wss_uri = None

    async def _hear(self, frame: WSMessage) -> None:
        is_control = len(frame.data) < _CONTROL_FRAME and frame.data.startswith("{")
        told = json.loads(frame.data) if is_control else {}
        match told.get("type"):
            case "hello":
                self.trouble = ""
                self._is_back(self)
                self.was_up, self.is_renewed = True, False
            case "disconnect" if told.get("reason") == "link_disabled":
                self.trouble = chat.socket_mode_off()
                assert self._handler
                self._handler.client.closed = True  # It would ask for a new connection at once, again and again.
            case "disconnect":
                self.is_renewed = True


_IsBack = Callable[[_Line], None]


async def _tidy(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
    tidy(request.payload)


async def _close(handler: AsyncSocketModeHandler) -> None:
    """Close without waiting long for a server that does not answer any more."""
    try:
        async with asyncio.timeout(_CLOSING_SECONDS):
            await handler.client.close()  # type: ignore[no-untyped-call] # as above
    except TimeoutError:
        await handler.client.aiohttp_client_session.close()
