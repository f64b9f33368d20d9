"""Our own files for the carriers to fetch: behind unguessable, expiring addresses, and for nobody to keep or to run."""

import re

from adapters.http.exchange import NOT_FOUND, WebRequest, WebResponse
from adapters.http.server import HttpServer
from bridge.domain.query import AskMedia, MediaView
from bridge.ports import Desk

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
}


def mount_media(server: HttpServer, desk: Desk) -> None:
    """Serve `/media/TOKEN`; an address that never was and one that has expired are answered alike."""

    async def serve(request: WebRequest) -> WebResponse:
        if not _TOKEN.fullmatch(request.tail):
            return NOT_FOUND
        view = await desk.ask(AskMedia(token=request.tail))
        if not isinstance(view, MediaView) or view.media is None:
            return NOT_FOUND
        return WebResponse(200, view.media.content, view.media.type, _HEADERS)

    server.mount("/media/", serve, methods=("GET", "HEAD"), limit=0, prefix=True)
