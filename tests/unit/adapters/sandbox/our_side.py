"""A stand-in for our side of the wire: it records webhooks and callbacks, serves media, and answers as scripted."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from adapters.sandbox.bell import Bell

EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One request as it arrived."""

    path: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass(slots=True, kw_only=True)
class Served:
    """A file our side hands out, and how."""

    content_type: str
    content: bytes
    head_status: int = 200
    status: int = 200


@dataclass(slots=True)
class OurSide:
    """Everything heard, in order; `answers` are used up one by one, then the empty XML answer is given."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    answers: deque[web.Response | None] = field(default_factory=deque)  # None: reset the connection
    files: dict[str, Served] = field(default_factory=dict)
    gate: asyncio.Event | None = None  # closed: nothing is answered
    changed: Bell = field(default_factory=Bell)

    async def hook(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.heard.append(Heard(path=request.path_qs, form=form, headers=dict(request.headers)))
        self.changed.ring()
        if self.gate:
            await self.gate.wait()
        answer = self.answers.popleft() if self.answers else web.Response(text=EMPTY, content_type="text/xml")
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return answer

    async def file(self, request: web.Request) -> web.Response:
        self.fetched.append(request.method)
        served = self.files[request.match_info["name"]]
        status = served.head_status if request.method == "HEAD" else served.status
        return web.Response(status=status, body=served.content, headers={"Content-Type": served.content_type})


@asynccontextmanager
async def our_side() -> AsyncIterator[OurSide]:
    """Serve until the block ends."""
    side = OurSide()
    app = web.Application()
    app.router.add_post("/hook/{rest:.*}", side.hook)
    app.router.add_get("/files/{name}", side.file)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    side.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield side
    finally:
        await runner.cleanup()
