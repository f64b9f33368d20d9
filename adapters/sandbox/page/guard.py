"""Who may speak to the page: browsers on this machine that opened this very page, and nobody through them.

Against a name that is pointed at 127.0.0.1 the Host is checked, against other sites' forms the Origin, and what a
response may load is said in its headers.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn strangers away; an answer's own headers win over the usual ones."""
    if not _is_loopback(request.host):
        raise web.HTTPForbidden(text="This page answers to loopback names only.")
    if request.method not in ("GET", "HEAD") and request.headers.get("Origin") != f"http://{request.host}":
        raise web.HTTPForbidden(text="This request did not come from this page.")
    return await handler(request)


async def dress(request: web.Request, response: web.StreamResponse) -> None:
    """Add the usual headers before a response leaves."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)


def _is_loopback(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in _LOOPBACK
    except ValueError:
        return False
