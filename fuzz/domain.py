"""What people write: how it is shown, cut, counted and understood, whichever door it came through."""

import re
import unicodedata
from contextlib import suppress
from datetime import timedelta
from itertools import islice

from bridge.domain import characters, vcard
from bridge.domain.contact import LONGEST_NAME, sorted_out, usable
from bridge.domain.conversation import keyword
from bridge.domain.duration import duration
from bridge.domain.phone import PhoneNumber, SenderName, address, spoken
from bridge.domain.segment import Encoding, Segments, split
from bridge.domain.visible import POST_ROOM, posts_of, visible
from fuzz.promises import can_be_kept, promise

_LIMITS = (160, 40)
_MOST_LINES = 200
_HEAD = re.compile(r"\(([0-9]+)/([0-9]+)\) ")
_REACHABLE = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,6}")


def said(data: bytes) -> None:
    """Show a text, post it, and cut it into SMS."""
    text = data.decode("utf-8", "surrogateescape")
    _shown(text)
    for limit in _LIMITS:
        _cut(text, limit)
    found = Segments.of(text)
    promise(found.count >= 1 and found.units >= len(text), "no character is free")
    promise(found.encoding is Encoding.UCS2 or can_be_kept(text), "GSM-7 has no half characters")
    promise(keyword(f" {text}.\n") is keyword(text), "what stands around a keyword does not count")


def _shown(text: str) -> None:
    shown, posts = visible(text), posts_of(text)
    hidden = {one for one in shown if unicodedata.category(one) in ("Cc", "Cs")} - {"\n", "\t"}
    promise(not hidden, "what is shown has no controls and no half characters")
    promise(visible(shown) == shown, "what is shown is shown alike again")
    promise("".join(posts) == shown, "posts join back to what is shown")
    promise(max(map(len, posts)) <= POST_ROOM, "each post fits")
    promise(all(posts) or posts == [""], "no post is empty, unless all is")


def _cut(text: str, limit: int) -> None:
    pieces = split(text, limit)
    if len(text) <= limit:
        promise(pieces == [text], "what fits is not cut")
        return
    heads = [_HEAD.match(piece) for piece in pieces]
    numbers = [(int(head[1]), int(head[2])) for head in heads if head]
    promise(numbers == [(at, len(pieces)) for at in range(1, len(pieces) + 1)], "pieces are numbered")
    promise(max(map(len, pieces)) <= limit, "each piece fits")
    said = "".join(_HEAD.sub("", piece, count=1) for piece in pieces)
    promise("".join(said.split()) == "".join(text.split()), "pieces lose nothing but blanks")


def written(data: bytes) -> None:
    """Read an address, and a duration."""
    text = data.decode("utf-8", "surrogateescape")
    found = address(text)
    promise(found.value == text, "an address stays as it was written")
    promise(isinstance(found, SenderName) != bool(_REACHABLE.fullmatch(text)), "only a number can be answered")
    promise(bool(spoken(text)), "an address can be said")
    promise(not isinstance(found, PhoneNumber) or text not in f"{found} {found!r}", "a number is printed masked")
    with suppress(ValueError):
        promise(duration(text) >= timedelta(), "no time is negative")


def card(data: bytes) -> None:
    """Read contact cards, in whatever characters they are written."""
    text = characters.written(data)
    lines = list(islice(vcard.lines(text), _MOST_LINES)) if vcard.is_one(text) else []
    promise(all(1 <= line.number <= len(text) + 1 for line in lines), "a number stands on a line of the file")
    good, refused = sorted_out(lines, "US")
    promise(len(good) + len(refused) <= len(lines), "a line is used or refused")
    for one in good:
        promise(usable(one.name) == one.name != "", "a name is shown as it is kept")
        promise(len(one.name) <= LONGEST_NAME and "\n" not in one.name, "a name is short, and on one line")
        promise(can_be_kept(one.name), "a name can be kept")
