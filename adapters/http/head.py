"""The head of a request: what its lines say, and whether it is one that anybody sends in good faith."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

LONGEST_LINE = 8_190  # octets of a target, or of the value of a header
_ONCE = frozenset({"content-length", "content-type", "host", "transfer-encoding", "user-agent"})


class Head(NamedTuple):
    """A head that we answer; `length` is that of the body, as far as it is declared."""

    method: str
    version: str
    path: str
    query: str
    headers: Mapping[str, str]
    length: int


def read_head(method: bytes, version: str, target: bytes, lines: Sequence[tuple[bytes, bytes]]) -> Head | None:
    """Put together what httptools read; None if it let pass what we do not."""
    if not _is_proper(method, version, target):
        return None
    headers = _headers(lines)
    if headers is None or not _is_clear(version, headers):
        return None
    path, _, query = target.decode().partition("?")
    return Head(method.decode(), version, path, query, headers, int(headers.get("content-length", "0")))


def _headers(lines: Sequence[tuple[bytes, bytes]]) -> dict[str, str] | None:
    headers: dict[str, str] = {}
    for name, octets in lines:
        key = name.decode().lower()
        value = octets.rstrip(b" \t").decode("utf-8", "surrogateescape")
        if len(octets) > LONGEST_LINE or (key in headers and key in _ONCE):
            return None
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _is_proper(method: bytes, version: str, target: bytes) -> bool:
    """Tell whether this asks for one of our paths, in a version that we speak."""
    return (
        version in ("1.1", "1.0")
        and target.startswith(b"/")
        and target.isascii()
        and len(target) <= LONGEST_LINE
        and method != b"CONNECT"
    )


def _is_clear(version: str, headers: Mapping[str, str]) -> bool:
    """Tell whether nobody on the way here can have seen another end of the body, or another host."""
    coding = headers.get("transfer-encoding")
    if version == "1.0":
        return coding is None
    return "host" in headers and (coding is None or coding.lower() == "chunked")
