"""Is the daemon alive, and how is the house: for a probe or a proxy. Figures only; numbers, names and texts never."""

import json
from datetime import datetime

from adapters.http.exchange import BUSY, WebRequest, WebResponse
from adapters.http.server import HttpServer
from bridge.domain.query import AskStatus, StatusView, is_up
from bridge.errors import StoreBusy
from bridge.ports import Desk


def mount_health(server: HttpServer, desk: Desk) -> None:
    """Serve `/healthz`: 200 as long as the store answers; that Slack is away makes the daemon no less alive."""

    async def serve(request: WebRequest) -> WebResponse:
        try:
            view = await desk.ask(AskStatus())
        except StoreBusy:
            return BUSY
        if not isinstance(view, StatusView):
            return BUSY
        body = json.dumps(_told(view), sort_keys=True).encode()
        return WebResponse(200, body, "application/json", {"Cache-Control": "no-store"})

    server.mount("/healthz", serve, methods=("GET", "HEAD"), limit=0)


def _told(view: StatusView) -> dict[str, object]:
    up = {name: is_up(state) for name, state in view.listeners.items()}
    return {
        "status": "ok" if all(up.values()) and not view.troubles else "trouble",
        "now": view.now.isoformat(),
        "counts": dict(view.counts),
        "oldest_unacknowledged_seconds": _age(view.now, view.oldest_unacknowledged),
        "oldest_waiting_seconds": _age(view.now, view.oldest_waiting),
        "listeners": up,
        "troubles": len(view.troubles),
    }


def _age(now: datetime, since: datetime | None) -> int | None:
    return None if since is None else int((now - since).total_seconds())
