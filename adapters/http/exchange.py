"""One request and one response, as the handlers of our routes see them; nothing of the HTTP library shows through."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from bridge.wording import door

PLAIN = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A request that is complete and within the limits of its route.

    `path` and `query` are as they were sent, nothing decoded: signatures are made over them. Header names are in lower
    case; a header that came twice has both values, joined by a comma. `tail` is what followed a mounted prefix.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    peer: str
    tail: str = ""


@dataclass(frozen=True, slots=True)
class WebResponse:
    """An answer; `headers` are those besides Content-Type and Content-Length."""

    status: int
    body: bytes = b""
    content_type: str = PLAIN
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[WebRequest], Awaitable[WebResponse]]

BUSY = WebResponse(503, door.busy().encode(), headers={"Retry-After": "5"})
"""For a route whose owner is not ready, or could not store what it was told: the caller must repeat."""

REFUSED = WebResponse(403, door.refused().encode())
"""For whoever cannot prove where he comes from."""

MALFORMED = WebResponse(400, door.malformed().encode())
NOT_FOUND = WebResponse(404, door.not_found().encode())
