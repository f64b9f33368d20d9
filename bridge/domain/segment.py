"""The arithmetic of SMS segments: GSM-7 and UCS-2, as carriers count (3GPP 23.038 and 23.040)."""

from dataclasses import dataclass
from enum import StrEnum

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM = _BASIC | _EXTENDED


class Encoding(StrEnum):
    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


# Units in a message that fits, and in each part of one that does not.
_ROOM = {Encoding.GSM7: (160, 153), Encoding.UCS2: (70, 67)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """What a text costs: its encoding, its length in that encoding's units, and the number of billed parts."""

    encoding: Encoding
    units: int
    count: int

    @classmethod
    def of(cls, text: str) -> "Segments":
        """Count `text`; an empty one is one segment of no units."""
        encoding = Encoding.GSM7 if _GSM.issuperset(text) else Encoding.UCS2
        widths = [_width(character, encoding) for character in text]
        units = sum(widths)
        single, part = _ROOM[encoding]
        return cls(encoding=encoding, units=units, count=1 if units <= single else _parts(widths, part))

    @property
    def room(self) -> int:
        """How many units fit into one text in this encoding."""
        return _ROOM[self.encoding][0]


def _width(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM7:
        return 2 if character in _EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def _parts(widths: list[int], room: int) -> int:
    """Fill parts in turn; an escape pair or a surrogate pair that does not fit moves to the next whole."""
    parts, used = 1, 0
    for width in widths:
        if used + width > room:
            parts, used = parts + 1, 0
        used += width
    return parts


def split(text: str, limit: int) -> list[str]:
    """Cut a text into numbered pieces of at most `limit` characters, at blanks where there are any: "(1/3) …"."""
    if len(text) <= limit:
        return [text]
    total = 2
    while True:
        pieces = _cut(text, limit - len(f"({total}/{total}) "))
        if len(pieces) <= total:
            return [f"({n}/{len(pieces)}) {piece}" for n, piece in enumerate(pieces, 1)]
        total = len(pieces)


def _cut(text: str, room: int) -> list[str]:
    pieces = []
    while len(text) > room:
        at = text.rfind(" ", room // 2, room + 1)
        at = at if at > 0 else room
        pieces.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*pieces, text] if text else pieces
