"""Our HTTP side: whatever octets a stranger sends, over a real connection to a server of its own."""

import asyncio
import re
from contextlib import suppress
from datetime import timedelta

from adapters.http import HttpServer, HttpSettings, WebRequest, WebResponse
from adapters.http.server import Patience
from fuzz.promises import promise

_SETTINGS = HttpSettings(listen="127.0.0.1:0", public_url="https://sms.example.com")
_SHORT = timedelta(milliseconds=20)  # after which the server hangs up, and an input has been eaten
_PATIENCE = Patience(request=_SHORT, idle=_SHORT, lifetime=10 * _SHORT, grace=_SHORT, lingering=_SHORT, closing=_SHORT)
_MOST_SECONDS = 5
_LIMIT = 2048  # octets of a body
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) ")
_FINE = {100, 200, 400, 404, 405, 408, 413, 415, 431}


def request(data: bytes) -> None:
    """Send octets to two routes, one for a body and one for a name, and read until the server hangs up."""
    heard: list[WebRequest] = []
    answered = asyncio.run(_said(data, heard))
    statuses = [int(status) for status in _STATUS.findall(answered)]
    promise(not answered or answered.startswith(b"HTTP/1."), "what is answered is HTTP")
    promise(set(statuses) <= _FINE, "nobody makes us fail")
    promise(statuses.count(200) <= len(heard), "nothing is answered that was not heard")
    for one in heard:
        _understood(one)


def _understood(request: WebRequest) -> None:
    promise(request.method == "POST" or request.method in ("GET", "HEAD"), "a method is one that the route takes")
    is_hook = request.method == "POST"
    promise(request.path == "/hook" if is_hook else request.path.startswith("/media/"), "a path is the mounted one")
    promise(len(request.body) <= (_LIMIT if is_hook else 0), "a body is no larger than its route takes")
    promise(all(name == name.lower() for name in request.headers), "headers are called in lower case")
    promise("\n" not in f"{request.path}{request.query}{request.tail}", "an address is one line")
    for value in request.headers.values():
        promise("\n" not in value and "\r" not in value and "\0" not in value, "a header is one line")


async def _said(data: bytes, heard: list[WebRequest]) -> bytes:
    async def hear(request: WebRequest) -> WebResponse:
        heard.append(request)
        return WebResponse(200, b"heard")

    server = HttpServer(_SETTINGS, _PATIENCE)
    server.mount("/hook", hear, limit=_LIMIT)
    server.mount("/media/", hear, methods=("GET", "HEAD"), limit=0, prefix=True)
    await server.start()
    answered = bytearray()
    try:
        async with asyncio.timeout(_MOST_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(server.base_url.rpartition(":")[2]))
            writer.write(data)
            with suppress(ConnectionError):
                while piece := await reader.read(65_536):
                    answered += piece
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
    finally:
        await server.aclose()
    return bytes(answered)
