"""A started workspace with one person, one channel and a bare HTTP client that shares nothing with any SDK."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from adapters.sandbox.clock import MovableClock
from adapters.sandbox.workspace import Workspace
from adapters.sandbox.workspace.nouns import Channel, Json, User


@dataclass(kw_only=True)
class Rig:
    """What a test acts with."""

    workspace: Workspace
    clock: MovableClock
    ada: User
    channel: Channel
    session: aiohttp.ClientSession
    headers: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, **args: Any) -> Json:
        """Call a method with a JSON body and the bot token; return the answer's body."""
        headers = {"Authorization": f"Bearer {self.workspace.bot_token}"}
        async with self.session.post(self.workspace.api_url + method, json=args, headers=headers) as response:
            self.headers = dict(response.headers)
            answer: Json = await response.json()
            return answer | ({} if response.status == 200 else {"status": response.status})

    async def post(self, text: str = "hello", **args: Any) -> str:
        answer = await self.call("chat.postMessage", channel=self.channel.id, text=text, **args)
        assert answer["ok"], answer
        return str(answer["ts"])

    async def upload(self, name: str, content: bytes) -> str:
        """Do the first two steps of an upload; return the file's id."""
        asked = await self.call("files.getUploadURLExternal", filename=name, length=len(content))
        async with self.session.post(asked["upload_url"], data=content) as response:
            assert response.status == 200
        return str(asked["file_id"])


@asynccontextmanager
async def started(*, paced: bool = False, clock: MovableClock | None = None) -> AsyncIterator[Rig]:
    """Run a workspace for the length of a test."""
    clock = clock or MovableClock()
    workspace = Workspace(clock, paced=paced)
    await workspace.start()
    ada = workspace.add_user("ada", real_name="Ada Byron", email="ada@example.com")
    channel = workspace.add_channel("texts")
    async with aiohttp.ClientSession() as session:
        try:
            yield Rig(workspace=workspace, clock=clock, ada=ada, channel=channel, session=session)
        finally:
            await workspace.aclose()


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "plain_text", "text": text}}


def button(**more: Any) -> Json:
    return {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}} | more


def modal(**more: Any) -> Json:
    return {"type": "modal", "title": {"type": "plain_text", "text": "New SMS"}, "blocks": [section("x")]} | more


def as_json(value: Any) -> str:
    return json.dumps(value)
