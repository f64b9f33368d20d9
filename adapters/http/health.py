"""Is the daemon alive, and how is the house: for a probe or a proxy. Figures only; numbers, names and texts never."""

import asyncio
import json
from collections.abc import Iterable
from datetime import datetime

from adapters.http.exchange import WebRequest, WebResponse
from adapters.http.server import HttpServer
from bridge.domain.invariant import Invariant
from bridge.domain.query import AskStatus, StatusView, is_up
from bridge.errors import StoreBusy
from bridge.ports import Desk

_PATIENCE_SECONDS = 2.0


def mount_health(server: HttpServer, desk: Desk) -> None:
    """Serve `/healthz`: 200 as long as the store answers and every invariant holds, else 503 with what does not.

    That Slack is away makes the daemon no less alive.
    """

    async def serve(request: WebRequest) -> WebResponse:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                view = await desk.ask(AskStatus())
        except (StoreBusy, TimeoutError):
            return _answer({"status": "trouble", "violated": _names([Invariant.STORE_REFUSES])})
        assert isinstance(view, StatusView)
        return _answer(_told(view))

    server.mount("/healthz", serve, methods=("GET", "HEAD"), limit=0)


def _answer(told: dict[str, object]) -> WebResponse:
    body = json.dumps(told, sort_keys=True).encode()
    return WebResponse(503 if told["violated"] else 200, body, "application/json", {"Cache-Control": "no-store"})


def _told(view: StatusView) -> dict[str, object]:
    up = {name: is_up(state) for name, state in view.listeners.items()}
    return {
        "status": "ok" if all(up.values()) and not view.troubles and not view.violated else "trouble",
        "now": view.now.isoformat(),
        "counts": dict(view.counts),
        "oldest_unacknowledged_seconds": _age(view.now, view.oldest_unacknowledged),
        "oldest_waiting_seconds": _age(view.now, view.oldest_waiting),
        "listeners": up,
        "troubles": len(view.troubles),
        "violated": _names(view.violated),
    }


def _names(violated: Iterable[Invariant]) -> list[str]:
    return [invariant.value for invariant in violated]


def _age(now: datetime, since: datetime | None) -> int | None:
    return None if since is None else int((now - since).total_seconds())
