"""A file of names: how large it may be, and which of the two forms it has."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from adapters.contacts import table
from bridge.domain import vcard
from bridge.domain.characters import written
from bridge.domain.contact import Line
from bridge.errors import ConfigError, Mistake
from bridge.wording import naming as wording

LARGEST = 20_000_000  # octets
MOST_LINES = 100_000


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
    return vcard.lines(text) if vcard.is_one(text) else table.lines(text)


def _refused(path: Path, told: tuple[str, str]) -> ConfigError:
    what, remedy = told
    return ConfigError((Mistake(place=str(path), what=what, remedy=remedy),))
