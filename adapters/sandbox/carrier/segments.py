"""How many segments the carrier bills for a text, by GSM 03.38: septets where the alphabet allows, else UTF-16.

It counts only; it neither cuts texts nor replaces typographic characters.
"""

from collections.abc import Iterable, Sequence

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_ESCAPED = frozenset("\f^{}\\[~]|€")


def is_gsm(text: str) -> bool:
    """Tell whether every character is of the seven-bit alphabet or its extension; one stranger makes it UCS-2."""
    return all(character in _BASIC or character in _ESCAPED for character in text)


def count(text: str) -> int:
    """Count the segments of a text as sent; an empty text is one."""
    if is_gsm(text):
        return _fill([2 if character in _ESCAPED else 1 for character in text], single=160, part=153)
    return _fill([2 if ord(character) > 0xFFFF else 1 for character in text], single=70, part=67)


def _fill(sizes: Sequence[int], *, single: int, part: int) -> int:
    return 1 if sum(sizes) <= single else _parts(sizes, part)


def _parts(sizes: Iterable[int], room: int) -> int:
    # A pair (escape and character, or two surrogates) never straddles two parts: what does not fit moves on whole.
    parts, used = 1, 0
    for size in sizes:
        if used + size > room:
            parts, used = parts + 1, 0
        used += size
    return parts
