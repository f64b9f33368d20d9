"""Socket Mode: single-use tickets, up to ten sockets, each parcel to any one of them, acknowledged by envelope id."""

import asyncio
import contextlib
import json
import random
import secrets
import uuid

from aiohttp import WSMsgType, web

from adapters.sandbox.bell import Bell
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.workspace.courier import ACK_WITHIN, Delivery, Kind, Outcome, sleep_until
from adapters.sandbox.workspace.nouns import Json

MOST_SOCKETS = 10


class Sockets:
    """All open sockets of the app. Which one gets a parcel is drawn by lot, as Slack promises no pattern."""

    def __init__(self, clock: MovableClock, bell: Bell, app_id: str) -> None:
        self.tickets_issued = 0
        self.mute = False  # accept acknowledgements from nobody: for the retries
        self._clock = clock
        self._bell = bell
        self._app_id = app_id
        self._tickets: set[str] = set()
        self._open: list[web.WebSocketResponse] = []
        self._leaving: set[web.WebSocketResponse] = set()
        self._awaited: dict[str, asyncio.Future[Json]] = {}
        self._lot = random.Random(0)  # noqa: S311 - repeatable on purpose, guards nothing

    @property
    def connected(self) -> int:
        return len(self._open)

    @property
    def ready(self) -> list[web.WebSocketResponse]:
        """Give the sockets that still get parcels."""
        return [socket for socket in self._open if socket not in self._leaving and not socket.closed]

    def issue_ticket(self) -> str:
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        self.tickets_issued += 1
        return ticket

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold one socket until it ends. A ticket opens one socket, once."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=408, text="Timeout waiting for ticket")
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._open) >= MOST_SOCKETS:
            await self._disconnect(socket, "too_many_websockets")
            return socket
        await socket.send_json(self._hello())
        self._open.append(socket)
        self._bell.ring()
        try:
            await self._listen(socket)
        finally:
            self._open.remove(socket)
            self._leaving.discard(socket)
            self._bell.ring()
        return socket

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                self._hear(frame.data)

    def _hear(self, text: str) -> None:
        try:
            said = json.loads(text)
        except ValueError:
            return
        waiting = self._awaited.get(said.get("envelope_id", "")) if isinstance(said, dict) else None
        if waiting and not waiting.done() and not self.mute:
            waiting.set_result(said)

    def _hello(self) -> Json:
        debug = {"host": "applink-1", "build_number": 1, "approximate_connection_time": 18_060}
        return {
            "type": "hello",
            "num_connections": len(self._open) + 1,
            "debug_info": debug,
            "connection_info": {"app_id": self._app_id},
        }

    async def carry(self, delivery: Delivery, number: int, reason: str) -> Outcome:
        """Send one envelope to one socket and wait three seconds for its acknowledgement, from whichever socket."""
        ready = self.ready
        if not ready:
            return Outcome(acked=False, way="none", reason="connection_failed")
        id_ = str(uuid.uuid4())
        waiting = asyncio.get_running_loop().create_future()
        self._awaited[id_] = waiting
        try:
            with contextlib.suppress(ConnectionError):  # A socket that just died: its parcel simply stays unacked.
                await self._lot.choice(ready).send_json(_envelope(delivery, id_, number, reason))
            said = await self._within(waiting)
        finally:
            del self._awaited[id_]
        if said is None:
            return Outcome(acked=False, way="socket", reason="timeout")
        answer = said.get("payload")
        return Outcome(acked=True, way="socket", answer=answer if isinstance(answer, dict) else _as_text(answer))

    async def _within(self, waiting: asyncio.Future[Json]) -> Json | None:
        alarm = asyncio.create_task(sleep_until(self._clock, self._clock.now() + ACK_WITHIN))
        try:
            await asyncio.wait((waiting, alarm), return_when=asyncio.FIRST_COMPLETED)
            return waiting.result() if waiting.done() else None
        finally:
            alarm.cancel()

    async def disconnect(self, reason: str = "refresh_requested", *, sockets: int | None = None) -> None:
        """Ask the first sockets (or all) to leave: `warning`, `refresh_requested` or `link_disabled`.

        A warned socket still gets parcels; a refreshed one gets none, and the app closes it; the last is closed here.
        """
        for socket in self._open[:sockets]:
            await self._disconnect(socket, reason)

    async def _disconnect(self, socket: web.WebSocketResponse, reason: str) -> None:
        frame = {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-1"}}
        await socket.send_json(frame)
        if reason == "refresh_requested":
            self._leaving.add(socket)
        elif reason != "warning":
            await socket.close()

    async def aclose(self) -> None:
        for socket in tuple(self._open):
            await socket.close()


def _envelope(delivery: Delivery, id_: str, number: int, reason: str) -> Json:
    envelope: Json = {
        "type": delivery.kind.value,
        "envelope_id": id_,
        "accepts_response_payload": delivery.kind is not Kind.EVENT,
        "payload": delivery.payload,
    }
    if delivery.kind is Kind.EVENT:
        envelope |= {"retry_attempt": number, "retry_reason": reason}
    return envelope


def _as_text(answer: object) -> Json | None:
    return {"text": answer} if isinstance(answer, str) and answer else None
