"""How values of the nouns are written into columns and read back; it knows no table.

What this says of texts and moments holds for every statement on the connection, so no verb has to think of it.
"""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from psycopg import Connection
from psycopg.adapt import Buffer, Dumper, Loader

from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.phone import address as _address

Row = tuple[Any, ...]

# PostgreSQL takes any character in a text but NUL, which texts of phones may contain. It is written as two characters.
# The first of these, itself as rare, is written as two likewise; so no two texts are written alike.
_MARK, _MARK_WRITTEN = b"\x1a", b"\x1a1"  # U+001A, "substitute"
_NUL, _NUL_WRITTEN = b"\x00", b"\x1a0"

_TIMESTAMPTZ = 1184  # the server's number for the type


class TextDumper(Dumper):
    """Write a text as UTF-8 without NUL; the statement says of which type it is."""

    def dump(self, obj: str) -> bytes:
        written = obj.encode()
        if _NUL in written or _MARK in written:
            written = written.replace(_MARK, _MARK_WRITTEN).replace(_NUL, _NUL_WRITTEN)
        return written


class TextLoader(Loader):
    def load(self, data: Buffer) -> str:
        written = bytes(data)
        if _MARK in written:
            written = written.replace(_NUL_WRITTEN, _NUL).replace(_MARK_WRITTEN, _MARK)
        return written.decode()


class MomentDumper(Dumper):
    """Write a moment; a naive one is refused, because the server would take it for one of its own time zone."""

    oid = _TIMESTAMPTZ

    def dump(self, obj: datetime) -> bytes:
        if obj.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return obj.astimezone(UTC).isoformat().encode()


class MomentLoader(Loader):
    """Read a moment as UTC, whatever the time zone of the session."""

    def load(self, data: Buffer) -> datetime:
        return datetime.fromisoformat(bytes(data).decode()).astimezone(UTC)


def adapt(connection: Connection[Row]) -> None:
    """Have every text and every moment on this connection written and read as said here."""
    adapters = connection.adapters
    adapters.register_dumper(str, TextDumper)
    adapters.register_loader("text", TextLoader)
    adapters.register_dumper(datetime, MomentDumper)
    adapters.register_loader("timestamptz", MomentLoader)


read_address = lru_cache(maxsize=4096)(_address)
read_number = lru_cache(maxsize=1024)(PhoneNumber)


def addresses(participants: tuple[Address, ...]) -> str:
    return json.dumps([participant.value for participant in participants])


@lru_cache(maxsize=4096)
def read_addresses(written: str) -> tuple[Address, ...]:
    return tuple(map(read_address, json.loads(written)))
