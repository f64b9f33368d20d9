"""A posted form, parsed once, in the octets that were sent: the signature and the reading both work on this parse.

It knows no field by name.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

_MOST_FIELDS = 200
_ESCAPED_DIVIDER = re.compile(rb"%(?:26|3[Dd])")


class Form:
    """The fields of a form. Of a name that came several times, `get` reads the last."""

    __slots__ = ("_fields", "_repeated")

    def __init__(self, fields: Mapping[bytes, bytes], repeated: frozenset[tuple[bytes, bytes]] = frozenset()) -> None:
        self._fields = fields
        self._repeated = repeated

    @classmethod
    def parse(cls, body: bytes) -> "Form | None":
        """Read application/x-www-form-urlencoded; None for more fields than any carrier sends. Nothing else fails."""
        if body.count(b"&") >= _MOST_FIELDS:
            return None
        pairs = _pairs(body.replace(b"+", b" "))
        fields = dict(pairs)
        return cls(fields, frozenset(pairs) if len(fields) < len(pairs) else frozenset())

    def signed(self) -> bytes:
        """Write the form as it enters a signature: every distinct name and value once, in the order of octets."""
        pairs = sorted(self._repeated or self._fields.items())
        return b"".join([name + value for name, value in pairs])

    def get(self, name: str) -> str:
        """Return a field as text, or nothing; octets that are no UTF-8 become U+FFFD."""
        return self._fields.get(name.encode(), b"").decode("utf-8", "replace")


def _pairs(body: bytes) -> list[tuple[bytes, bytes]]:
    """Undo the escapes all at once where no escape stands for one of the two signs that divide a form."""
    if _ESCAPED_DIVIDER.search(body):
        return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, value in _divided(body)]
    return _divided(unquote_to_bytes(body))


def _divided(body: bytes) -> list[tuple[bytes, bytes]]:
    return [part.partition(b"=")[::2] for part in body.split(b"&") if part]
