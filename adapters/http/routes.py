"""Which handler answers at which path, to which methods, and how much it takes: a table, not a router."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from adapters.http.exchange import Handler, WebResponse
from bridge.wording import door

_PLAIN = "identity"  # the encoding that is none

TOO_LARGE = WebResponse(413, door.too_large().encode())
_ENCODED = WebResponse(415, door.encoded().encode())


@dataclass(frozen=True, slots=True)
class Route:
    """One handler; `limit` is the largest body in octets."""

    handler: Handler
    methods: Collection[str]
    limit: int
    _other_method: WebResponse = field(init=False)

    def __post_init__(self) -> None:
        allowed = {"Allow": ", ".join(self.methods)}
        object.__setattr__(self, "_other_method", WebResponse(405, door.method_not_allowed().encode(), headers=allowed))

    def objection(self, method: str, headers: Mapping[str, str], length: int) -> WebResponse | None:
        """Return what a head alone is refused with, if it is; a `length` that was not declared is 0."""
        if method not in self.methods:
            return self._other_method
        if headers.get("content-encoding", _PLAIN).lower() != _PLAIN:
            return _ENCODED
        return TOO_LARGE if length > self.limit else None


class Routes:
    """All that is mounted; a path is compared as it was sent, octet by octet."""

    def __init__(self) -> None:
        self._exact: dict[str, Route] = {}
        self._prefixes: dict[str, Route] = {}

    def add(self, path: str, route: Route, *, prefix: bool) -> None:
        table = self._prefixes if prefix else self._exact
        if path in table:
            raise ValueError(f"{path} is mounted twice")
        table[path] = route

    def find(self, path: str) -> tuple[Route, str] | None:
        """Return the route and what follows its prefix."""
        route = self._exact.get(path)
        if route is not None:
            return route, ""
        for prefix, below in self._prefixes.items():
            if path.startswith(prefix):
                return below, path[len(prefix) :]
        return None
