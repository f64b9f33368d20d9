"""How much of us strangers may take: how long, how many at once, and how many octets of theirs are held."""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, ip_address

from adapters.http.address import is_public

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How much of us strangers may take.

    `request` is for one request from its first octet to its last, `idle` for the silence before it. A connection older
    than `lifetime` ends with the request under way; `grace` later it is cut. After a refusal the rest of a body is
    read and thrown away while `lingering`, so that the refusal is read before the line is cut. `closing` is for the
    requests under way when the server ends.

    `connections` are all there may be. `per_address` holds for public addresses only: behind a proxy on this machine
    or in this network everybody has one address, the proxy's. `wrapping` is the most octets of a request that are not
    its body: its head, and in a chunked body the sizes, extensions and trailers. Real ones stay under 8 KiB.

    Of bodies, and of requests that come before the one ahead of them is answered, a connection may hold `own` octets
    whatever the others do; what is more comes out of a `pool` for all. A webhook of a carrier needs no more than its
    own, so a crowd of large bodies keeps no text from coming in.
    """

    request: timedelta = timedelta(seconds=10)
    idle: timedelta = timedelta(seconds=15)
    lifetime: timedelta = timedelta(seconds=120)
    grace: timedelta = timedelta(seconds=30)
    lingering: timedelta = timedelta(seconds=2)
    closing: timedelta = timedelta(seconds=5)
    connections: int = 512
    per_address: int = 20
    wrapping: int = 32_768
    own: int = 16_384
    pool: int = 16_777_216


class Gate:
    """Count who is inside, and say when there is no room."""

    def __init__(self, patience: Patience) -> None:
        self.is_closed = False
        self._patience = patience
        self._inside = 0
        self._by_origin: Counter[bytes] = Counter()
        self._has_warned = False

    def admit(self, peer: str) -> bool:
        """Take a place for this address; False if there is none. Whoever was admitted must `release` it."""
        origin = _origin(peer)
        if self._inside >= self._patience.connections:
            self._warn()
            return False
        if origin is not None and self._by_origin[origin] >= self._patience.per_address:
            return False
        self._inside += 1
        if origin is not None:
            self._by_origin[origin] += 1
        return True

    def release(self, peer: str) -> None:
        origin = _origin(peer)
        self._inside -= 1
        if self._inside <= self._patience.connections // 2:
            self._has_warned = False
        if origin is not None:
            self._by_origin[origin] -= 1
            if not self._by_origin[origin]:
                del self._by_origin[origin]

    def _warn(self) -> None:
        """Tell the operator once per crowd: a line for everybody turned away would be a flood of its own."""
        if not self._has_warned:
            self._has_warned = True
            _log.warning("connections turned away", extra={"open": self._inside})


def _origin(peer: str) -> bytes | None:
    """Return what a stranger cannot change at will: an IPv4 address, or the /64 that an IPv6 customer is given."""
    if not is_public(peer):
        return None
    address = ip_address(peer)
    return address.packed if isinstance(address, IPv4Address) else address.packed[:8]


class Pool:
    """The octets that all connections together may hold beyond their own."""

    def __init__(self, patience: Patience) -> None:
        self.own = patience.own
        self.free = patience.pool


class Share:
    """What one connection holds of the pool."""

    __slots__ = ("_borrowed", "_pool")

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._borrowed = 0

    def holds(self, octets: int) -> bool:
        """Make room for that many octets in all, and tell whether there was room."""
        missing = octets - self._pool.own - self._borrowed
        if missing <= 0:
            return True
        if missing > self._pool.free:
            return False
        self._pool.free -= missing
        self._borrowed += missing
        return True

    def release(self) -> None:
        self._pool.free += self._borrowed
        self._borrowed = 0
