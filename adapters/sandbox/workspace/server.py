"""The workspace's HTTP face: Web API, uploads, downloads, response urls and sockets, with the faults on the wire."""

import asyncio
import hmac
import json
import socket
from collections.abc import Awaitable, Callable

from aiohttp import web

from adapters.sandbox.faults import Fault, Faults
from adapters.sandbox.workspace import gate, response_url, scopes
from adapters.sandbox.workspace.call import Call
from adapters.sandbox.workspace.gate import Answer, Heard
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Json
from adapters.sandbox.workspace.refusal import Refused

_BODY_LIMIT = 1 << 30
_SIGN_IN = "<!DOCTYPE html><html><head><title>Sign in | Slack</title></head><body>Sign in to Sandbox</body></html>"
_NONSENSE = "<!DOCTYPE html><html><head><title>Slack</title></head><body>Something went wrong</body></html>"

Work = Callable[[], Awaitable[web.StreamResponse]]


class Server:
    """Listen on one port of 127.0.0.1 for the whole life, with pauses (`down`, `up`)."""

    def __init__(self, hub: Hub, faults: Faults) -> None:
        self.heard: list[Heard] = []
        self._hub = hub
        self._faults = faults
        self._port_holder: socket.socket | None = None
        self._site: web.BaseSite | None = None
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Take a port. A second, never listening socket keeps it ours while the server is down."""
        self._port_holder = _bound(0)
        app = web.Application(client_max_size=_BODY_LIMIT)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/upload/v1/{ticket}", self._upload)
        app.router.add_get("/files-pri/{id}/{rest:.*}", self._download)
        app.router.add_post("/commands/{id:.*}", self._respond)
        app.router.add_get("/link/", self._link)
        # A handler whose client went away is cancelled: that is how silence ends.
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5)
        await self._runner.setup()
        await self.up()

    @property
    def port(self) -> int:
        if self._port_holder is None:
            raise RuntimeError("the workspace has not been started")
        return int(self._port_holder.getsockname()[1])

    @property
    def is_up(self) -> bool:
        return self._site is not None

    async def up(self) -> None:
        if self._runner is None or self._site is not None:
            return
        self._site = web.SockSite(self._runner, _bound(self.port))
        await self._site.start()

    async def down(self) -> None:
        """Stop listening and cut every connection, in the middle of whatever it carries."""
        if self._site is None or self._runner is None:
            return
        site, self._site = self._site, None
        await site.stop()
        for connection in self._runner.server.connections if self._runner.server else ():
            if connection.transport:
                connection.transport.abort()

    async def aclose(self) -> None:
        await self.down()
        if self._runner:
            await self._runner.cleanup()
        if self._port_holder:
            self._port_holder.close()

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        try:
            call = await _read(request, method)
        except ValueError:
            return _write(Answer(body={"ok": False, "error": "invalid_json"}), method, self._hub)

        async def work() -> web.StreamResponse:
            answer = gate.answer(self._hub, call)
            self._note(call, answer.outcome, answer.body)
            return _write(answer, method, self._hub)

        return await self._with_fault(request, call, work)

    async def _with_fault(self, request: web.Request, call: Call, work: Work) -> web.StreamResponse:
        fault = self._faults.draw(call.method)
        if fault in (Fault.REFUSE, Fault.ERROR, Fault.LIMIT):
            self._note(call, fault.value, {})
            return self._before(request, fault)
        response = await work()
        if fault is None:
            return response
        if fault is Fault.CUT:
            return _cut(request)
        if fault is Fault.SILENT:
            await asyncio.Event().wait()
        if fault is Fault.LATE_ERROR:
            return web.Response(status=502, text=_NONSENSE, content_type="text/html")
        return web.Response(text=_NONSENSE, content_type="text/html")

    def _before(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault is Fault.REFUSE:
            return _cut(request)
        if fault is Fault.LIMIT:
            return _write(gate.ratelimited(self._faults.retry_after_seconds), "", self._hub)
        return web.Response(status=503, text="upstream connect error or disconnect/reset before headers")

    def _note(self, call: Call, outcome: str, answer: Json) -> None:
        at = self._hub.state.clock.now()
        self.heard.append(Heard(method=call.method, args=call.args, outcome=outcome, at=at, answer=answer))
        self._hub.bell.ring()

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """Take the bytes of an announced file, raw or as one multipart part."""
        ticket = request.match_info["ticket"]
        content = await _uploaded(request)
        call = Call(method="files.upload", args={"length": len(content)})

        async def work() -> web.StreamResponse:
            file = next((one for one in self._hub.state.files.values() if one.ticket == ticket), None)
            if file is None or file.completed:
                self._note(call, "file_not_found", {})
                return web.Response(status=404, text="Not Found")
            file.content = content  # That it differs from the announced length is not documented to be refused.
            self._note(call, "ok", {})
            return web.Response(text=f"OK - {len(content)}")

        return await self._with_fault(request, call, work)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """Give a file to the bearer of the bot token; anybody else gets a page to sign in, with status 200."""
        hub = self._hub
        call = Call(method="files.download", args={"id": request.match_info["id"]})

        async def work() -> web.StreamResponse:
            file = hub.state.files.get(request.match_info["id"].rpartition("-")[2])
            allowed = hmac.compare_digest(_bearer(request), hub.bot_token) and "files:read" in hub.switches.granted
            if not allowed or hub.switches.token_error:
                self._note(call, "signed_out", {})
                return web.Response(text=_SIGN_IN, content_type="text/html")
            if file is None or file.content is None or file.deleted:
                self._note(call, "file_not_found", {})
                return web.Response(status=404, text="Not Found")
            self._note(call, "ok", {})
            return web.Response(body=file.content, headers={"Content-Type": file.mimetype})

        return await self._with_fault(request, call, work)

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        call = await _read(request, "response_url")

        async def work() -> web.StreamResponse:
            try:
                response_url.respond(self._hub, request.match_info["id"], call)
            except Refused as refused:
                self._note(call, refused.error, {})
                return web.json_response({"ok": False, "error": refused.error}, status=404)
            self._note(call, "ok", {})
            return web.Response(text="ok")

        return await self._with_fault(request, call, work)

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if self._faults.draw("socket"):
            return web.Response(status=503)
        return await self._hub.sockets.serve(request)


async def _read(request: web.Request, method: str) -> Call:
    """Read the arguments, wherever they stand; a body wins over the query string."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        body = json.loads(await request.text() or "{}")
        if not isinstance(body, dict):
            raise ValueError("the body is no object")
        args |= body
    elif request.can_read_body:
        args |= dict(await request.post())
    token = str(args.pop("token", ""))
    return Call(method=method, args=args, token=_bearer(request) or token)


async def _uploaded(request: web.Request) -> bytes:
    if not request.content_type.startswith("multipart/"):
        return await request.read()
    for part in (await request.post()).values():
        if isinstance(part, web.FileField):
            return part.file.read()
    return b""


def _bearer(request: web.Request) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _write(answer: Answer, method: str, hub: Hub) -> web.Response:
    headers = {"x-oauth-scopes": ",".join(sorted(hub.switches.granted))}
    if accepted := scopes.accepted(method):
        headers["x-accepted-oauth-scopes"] = accepted
    if answer.retry_after is not None:
        headers["Retry-After"] = str(answer.retry_after)
    return web.json_response(answer.body, status=answer.status, headers=headers)


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


def _bound(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound
