"""An app in the simulated workspace that shares no code with any SDK: one socket, scripted answers, bare API calls."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from adapters.sandbox.workspace import Workspace
from adapters.sandbox.workspace.nouns import Json

Answer = Callable[[Json], Json | None]


class SocketApp:
    """Note every payload; acknowledge with what was scripted for its type, and not at all where `deaf` names it."""

    def __init__(self, workspace: Workspace, session: aiohttp.ClientSession) -> None:
        self.workspace = workspace
        self.payloads: list[Json] = []
        self.answers: dict[str, Answer] = {}
        self.deaf: set[str] = set()
        self.tasks: set[asyncio.Task[Any]] = set()
        self._session = session

    def on(self, kind: str, answer: Answer) -> None:
        self.answers[kind] = answer

    def heard(self, kind: str) -> list[Json]:
        return [payload for payload in self.payloads if kind_of(payload) == kind]

    async def wait_for(self, kind: str, count: int = 1) -> Json:
        """Wait for so many payloads of a type and give the last."""
        await self.workspace.wait_for(lambda: len(self.heard(kind)) >= count)
        return self.heard(kind)[-1]

    async def call(self, method: str, **args: Any) -> Json:
        headers = {"Authorization": f"Bearer {self.workspace.bot_token}"}
        async with self._session.post(self.workspace.api_url + method, json=args, headers=headers) as response:
            answer: Json = await response.json()
            return answer

    def soon(self, method: str, **args: Any) -> None:
        """Call later, from within an answer."""
        task = asyncio.create_task(self.call(method, **args))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def respond(self, url: str, **body: Any) -> None:
        """Speak to a response_url."""
        async with self._session.post(url, json=body) as response:
            assert response.status == 200, await response.text()

    async def listen(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            said = frame.json()
            if "envelope_id" not in said:
                continue
            payload = said["payload"]
            self.payloads.append(payload)
            kind = kind_of(payload)
            self.workspace.changed.ring()
            if kind in self.deaf:
                continue
            script = self.answers.get(kind)
            answer = script(payload) if script else None
            await socket.send_json({"envelope_id": said["envelope_id"], **({"payload": answer} if answer else {})})


def kind_of(payload: Json) -> str:
    """Name a payload: an event by its own type, a command as `command`."""
    if "event" in payload:
        return str(payload["event"]["type"])
    return "command" if "command" in payload else str(payload["type"])


@asynccontextmanager
async def socket_app(workspace: Workspace) -> AsyncIterator[SocketApp]:
    """Connect an app for the length of a test."""
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {workspace.app_token}"}
        async with session.post(workspace.api_url + "apps.connections.open", headers=headers) as response:
            url = (await response.json())["url"]
        async with session.ws_connect(url) as socket:
            app = SocketApp(workspace, session)
            listening = asyncio.create_task(app.listen(socket))
            await workspace.wait_for(lambda: workspace.sockets.connected)
            try:
                yield app
            finally:
                listening.cancel()
                await asyncio.gather(listening, *app.tasks, return_exceptions=True)
