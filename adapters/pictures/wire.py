"""What the daemon and the worker say to each other: one line of JSON each way, with the picture's octets behind it.

The worker has read what a stranger made: its answer is believed as little as a stranger's.
"""

import json
from enum import StrEnum
from typing import NamedTuple

from bridge.domain.message import media_type
from bridge.errors import Permanent, Reason

LONGEST_LINE = 200
_RESULTS = ("image/jpeg", "image/gif")


class Trouble(StrEnum):
    """Why a picture cannot be made fit."""

    TOO_LARGE = "too-large"
    UNSUPPORTED = "unsupported"
    UNREADABLE = "unreadable"


_REASONS = {
    Trouble.TOO_LARGE: Reason.TOO_LARGE,
    Trouble.UNSUPPORTED: Reason.UNSUPPORTED_MEDIA,
    Trouble.UNREADABLE: Reason.REJECTED,
}


class Order(NamedTuple):
    """A picture, what it is by its first octets, and how large it may become."""

    kind: str
    most: int
    content: bytes


def ordered(order: Order) -> bytes:
    """Write what the worker is to do."""
    return json.dumps([order.kind, order.most]).encode() + b"\n" + order.content


def read_order(written: bytes) -> Order:
    """Read what the daemon wrote."""
    line, _, content = written.partition(b"\n")
    kind, most = json.loads(line)
    return Order(kind, most, content)


def answered(content: bytes) -> bytes:
    """Write a picture that fits."""
    return b"ok\n" + content


def refused(trouble: Trouble) -> bytes:
    """Write that there is none, and why."""
    return trouble.encode() + b"\n"


def read_answer(written: bytes, most: int) -> bytes:
    """Return the picture that fits, or raise why there is none."""
    line, _, content = written[: most + LONGEST_LINE + 1].partition(b"\n")
    if line == b"ok" and len(content) <= most and media_type(content) in _RESULTS:
        return content
    told = line.decode("ascii", "replace")
    trouble = Trouble(told) if told in tuple(Trouble) else Trouble.UNREADABLE
    raise refusal(trouble)


def refusal(trouble: Trouble) -> Permanent:
    """Return the error that says this."""
    return Permanent(f"a picture: {trouble}", _REASONS[trouble])
