"""A parcel: a picture message as it travels, and how the files in it share the room that there is."""

from collections.abc import Sequence

from bridge.domain.message import encoded_size

_LINE, _OCTETS_IN_LINE = 78, 57  # base64, with the end of the line
_ENVELOPE = encoded_size("", [])
_PART = encoded_size("", [0]) - _ENVELOPE


def room(text: str, most: int) -> int:
    """Return how many octets the files may take up beside these words, as they travel."""
    return most - encoded_size(text, [])


def weight(size: int) -> int:
    """Return what a file of this size takes up as it travels."""
    return encoded_size("", [size]) - _ENVELOPE


def share(sizes: Sequence[int], room: int) -> int:
    """Return how large the first of these files may be, so that all of them can fit into the room.

    What the small ones leave is divided among the large ones.
    """
    weights = sorted(map(weight, sizes))
    for place, one in enumerate(weights):
        equal = room // (len(weights) - place)
        if one > equal:
            return _size(min(weight(sizes[0]), equal))
        room -= one
    return _size(weight(sizes[0]) + room // len(sizes))


def _size(weight: int) -> int:
    return max(0, (weight - _PART) // _LINE * _OCTETS_IN_LINE)
