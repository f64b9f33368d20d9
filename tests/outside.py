"""Whether a test reaches beyond this machine: every connection and every look-up of a name is seen as it begins.

What code under test makes of the refusal does not matter: it is remembered, and fails the test at its end. The
interpreter itself tells of these events, so neither a library nor a thread gets past; other processes, and what
libraries in C do without Python, are not seen here (`make proof` runs tests where there is no network at all).
"""

import socket
import sys
from ipaddress import ip_address

_ADDRESSED = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}  # where in the event the address stands
_LOOKED_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_OURS = {"", "None", "localhost", socket.gethostname()}  # for its own name every mail library asks

_seen: list[str] = []


class Outside(OSError):
    """A test wanted to reach beyond this machine."""


def watch() -> None:
    """Look at everything from now on; it cannot be undone."""
    sys.addaudithook(_look)


def seen() -> list[str]:
    """Return what was tried since the last question."""
    tried = _seen.copy()
    _seen.clear()
    return tried


def _look(event: str, about: tuple[object, ...]) -> None:
    if event in _ADDRESSED:
        address = about[_ADDRESSED[event]]
        host = address[0] if isinstance(address, tuple) else None  # all else is a socket of this machine's own
    elif event in _LOOKED_UP:
        host = about[0]
    else:
        return
    written = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
    if not _is_ours(written, is_looked_up=event in _LOOKED_UP):
        _seen.append(f"{event} {written}")
        raise Outside(f"a test reaches outside: {event} {written}")


def _is_ours(host: str, *, is_looked_up: bool) -> bool:
    if host in _OURS:
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return is_looked_up or address.is_loopback or address.is_unspecified  # to read a number, nobody is asked
