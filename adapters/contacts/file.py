"""A file of names: how large it may be, in which characters it is written, and which of the two forms it has."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from adapters.contacts import card, table
from bridge.domain.contact import Line
from bridge.errors import ConfigError, Mistake
from bridge.wording import naming as wording

LARGEST = 20_000_000  # octets
MOST_LINES = 100_000

_BEGINNINGS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read(path: Path) -> list[Line]:
    """Return every number in the file with its name; raise `ConfigError` for a file that is no address book."""
    try:
        with path.open("rb") as file:
            octets = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
        raise _refused(path, wording.unreadable_file(reason)) from None
    if len(octets) > LARGEST:
        raise _refused(path, wording.too_large(LARGEST))
    try:
        found = list(islice(lines(written(octets)), MOST_LINES + 1))
    except table.Unusable as error:
        raise _refused(path, wording.no_columns(str(error))) from None
    if len(found) > MOST_LINES:
        raise _refused(path, wording.too_many(MOST_LINES))
    return found


def lines(text: str) -> Iterator[Line]:
    """Read a text as cards if it begins with one, as a table otherwise."""
    return card.lines(text) if text.lstrip()[:11].upper() == "BEGIN:VCARD" else table.lines(text)


def written(octets: bytes) -> str:
    """Read the octets as the characters that were meant: they say it, or are UTF-8, or come from an older Windows."""
    for mark, encoding in _BEGINNINGS:
        if octets.startswith(mark):
            return octets.decode(encoding, errors="replace")
    if encoding := _of_two_octets(octets[:2000]):
        return octets.decode(encoding, errors="replace")
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("cp1252", errors="replace")


def _of_two_octets(start: bytes) -> str:
    """Tell text in two octets a character that does not say so: most of it is ASCII, so every other octet is zero."""
    zeros = [start[at::2].count(0) * 4 > len(start) for at in (0, 1)]
    return {(False, True): "utf-16-le", (True, False): "utf-16-be"}.get((zeros[0], zeros[1]), "")


def _refused(path: Path, told: tuple[str, str]) -> ConfigError:
    what, remedy = told
    return ConfigError((Mistake(place=str(path), what=what, remedy=remedy),))
