"""A visitor of the sandbox page who has no screen: it fetches, posts and listens."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from adapters.sandbox.page import Page
from adapters.sandbox.scenario import Town


class Visitor:
    """Speak to the page as its own scripts do."""

    def __init__(self, town: Town, page: Page, session: aiohttp.ClientSession) -> None:
        self.town = town
        self.address = page.address
        self._session = session

    async def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        async with self._session.get(self.address + path, headers=headers) as answer:
            return answer.status, dict(answer.headers), await answer.read()

    async def post(self, deed: str, body: object, **headers: str) -> tuple[int, dict[str, Any]]:
        sent = {"Origin": self.address.rstrip("/")} | headers
        data = io.BytesIO(json.dumps(body).encode())
        async with self._session.post(f"{self.address}do/{deed}", data=data, headers=sent) as answer:
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else {}

    async def do(self, deed: str, **wish: Any) -> dict[str, Any]:
        status, done = await self.post(deed, wish)
        assert status == 200, done
        return done

    async def refused(self, deed: str, **wish: Any) -> str:
        status, done = await self.post(deed, wish)
        assert status == 400
        return str(done["error"])

    @asynccontextmanager
    async def events(self) -> AsyncIterator["Stream"]:
        async with self._session.get(f"{self.address}events") as answer:
            yield Stream(answer)


class Stream:
    """What the page is told, one telling after the other."""

    def __init__(self, answer: aiohttp.ClientResponse) -> None:
        self._answer = answer

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(5):
            while not (line := await self._answer.content.readline()).startswith(b"data: "):
                assert line, "the stream has ended"
        told: dict[str, Any] = json.loads(line[6:])
        return told

    async def ended(self) -> bool:
        async with asyncio.timeout(5):
            while await self._answer.content.readline():
                pass
        return True
