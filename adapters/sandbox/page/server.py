"""The page's HTTP server: its files, one stream of what is seen, and one address for each deed.

It listens on loopback only. It decides nothing: what is seen is told by `show`, what is done by `acts`.
"""

import asyncio
import contextlib
import json
import secrets
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.mailbox import MailWorld
from adapters.sandbox.page import show
from adapters.sandbox.page.acts import DEEDS, Acts
from adapters.sandbox.page.guard import dress, guard
from adapters.sandbox.page.switches import Switches
from adapters.sandbox.page.worlds import Watch, Worlds
from adapters.sandbox.scenario import CAST, Cast
from adapters.sandbox.workspace import Workspace

_FOLDER = Path(__file__).parent
_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_LARGEST_BODY = 12_000_000  # a picture of 8 MB in base64; deeds without files are a few hundred octets
_SHOWN_TYPES = ("image/jpeg", "image/gif", "image/png", "image/webp")
_FRAME = "allow-top-navigation-by-user-activation allow-popups"
_MAIL_POLICY = f"sandbox {_FRAME}; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
_GATHER = 0.04  # seconds: changes that come together are told together
_BREATH = 15  # seconds: a comment, so that a reader who has gone is noticed


class Page:
    """Serve the page on 127.0.0.1; port 0 lets the system choose."""

    def __init__(
        self,
        clock: MovableClock,
        carrier: CarrierWorld,
        workspace: Workspace,
        mailbox: MailWorld,
        *,
        port: int,
        cast: Cast = CAST,
    ) -> None:
        self._worlds = Worlds(clock=clock, carrier=carrier, workspace=workspace, mailbox=mailbox, cast=cast)
        self._switches = Switches(self._worlds)
        self._watch = Watch(self._worlds)
        self._acts = Acts(worlds=self._worlds, switches=self._switches, told=self._watch.tell)
        self._port = port
        self._life = secrets.token_hex(8)  # a page of an earlier run notices by it that it is out of date
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen; OSError when the port cannot be had."""
        app = web.Application(client_max_size=_LARGEST_BODY, middlewares=[guard])
        app.on_response_prepare.append(dress)
        app.router.add_get("/", self._file)
        app.router.add_get("/page/{name}", self._file)
        app.router.add_get("/cast", self._cast)
        app.router.add_get("/events", self._events)
        app.router.add_get("/mail/{number:[0-9]+}", self._mail)
        app.router.add_get("/picture/{sid}", self._picture)
        app.router.add_get("/shared/{id}", self._shared)
        app.router.add_post("/do/{deed}", self._do)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._watch.start()

    @property
    def address(self) -> str:
        """The page's URL; known once it is started."""
        if self._runner is None or not self._runner.addresses:
            raise RuntimeError("the page was not started")
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}/"

    async def aclose(self) -> None:
        self._closing.set()
        self._watch.tell()
        await self._watch.aclose()
        if self._runner:
            await self._runner.cleanup()

    async def _file(self, request: web.Request) -> web.StreamResponse:
        path = _FOLDER / request.match_info.get("name", "page.html")
        if path.parent != _FOLDER or path.suffix not in _TYPES or not path.is_file():
            raise web.HTTPNotFound
        return web.Response(body=path.read_bytes(), content_type=_TYPES[path.suffix], charset="utf-8")

    async def _cast(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response(show.cast(self._worlds) | {"life": self._life})

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Tell what is seen, at once and after every change, until the reader has gone."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            while not self._closing.is_set():
                change = self._watch.next
                await response.write(_event(show.state(self._worlds, self._switches) | {"life": self._life}))
                await self._await(change, response)
        return response

    async def _await(self, change: asyncio.Event, response: web.StreamResponse) -> None:
        while not change.is_set():
            try:
                async with asyncio.timeout(_BREATH):
                    await change.wait()
            except TimeoutError:
                await response.write(b": still here\n\n")
        if not self._closing.is_set():
            await asyncio.sleep(_GATHER)

    async def _mail(self, request: web.Request) -> web.StreamResponse:
        """Show a mail's HTML for a frame: no script, nothing from outside, inline styles and pictures only."""
        mail = self._worlds.mailbox.mail(int(request.match_info["number"]))
        if mail is None or mail.html_with_pictures is None:
            raise web.HTTPNotFound
        html = show.mail_page(mail.html_with_pictures, self._worlds.cast.slack_url)
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": _MAIL_POLICY})

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        media = self._worlds.carrier.media(request.match_info["sid"])
        if media is None:
            raise web.HTTPNotFound
        return _bytes(media.content, media.content_type)

    async def _shared(self, request: web.Request) -> web.StreamResponse:
        file = self._worlds.workspace.state.files.get(request.match_info["id"])
        if file is None or file.content is None:
            raise web.HTTPNotFound
        return _bytes(file.content, file.mimetype)

    async def _do(self, request: web.Request) -> web.StreamResponse:
        deed = request.match_info["deed"]
        if deed not in DEEDS:
            raise web.HTTPNotFound
        try:
            done = await self._acts.do(deed, json.loads(await request.text()))
        except ValueError as refusal:
            return web.json_response({"error": str(refusal)}, status=400)
        return web.json_response(done)


def _event(body: dict[str, Any]) -> bytes:
    return f"data: {json.dumps(body, separators=(',', ':'))}\n\n".encode()


def _bytes(content: bytes, kind: str) -> web.Response:
    """Give foreign bytes: pictures to be shown, everything else to be saved and never opened here."""
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'"}
    if kind in _SHOWN_TYPES:
        return web.Response(body=content, content_type=kind, headers=headers)
    headers |= {"Content-Disposition": "attachment"}
    return web.Response(body=content, content_type="application/octet-stream", headers=headers)
