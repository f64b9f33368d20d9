"""A contact: what somebody outside is called, who says so, and by which beginnings of words and numbers he is found."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.domain.ids import PersonRef
from bridge.domain.phone import Address, PhoneNumber, SenderName, dialled
from bridge.domain.visible import is_blank, visible

LONGEST_NAME = 80  # characters
_WORD = re.compile(r"[^\W_]+")
_FORMULA = "=+-@＝＋－＠"  # what a spreadsheet takes for the beginning of one, wherever a name may end up
_MOST_WORDS = 6  # of what somebody types; more of them find nothing else
_ENDS = (10, 7, 4)  # digits: with its area, without, and what people call "the last four"


class Source(StrEnum):
    """Where a kept name comes from; the one that stands first counts."""

    PERSON = "person"
    IMPORT = "import"
    CARRIER = "carrier"


_RANKS = {source: rank for rank, source in enumerate(Source)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One name of one address, as one source has it."""

    address: Address
    source: Source
    name: str
    by: PersonRef | None = None  # who gave it, where a person did
    at: datetime


def foremost(contacts: Iterable[Contact]) -> dict[Address, Contact]:
    """Return of each address the name that counts, in the order in which the addresses come."""
    found: dict[Address, Contact] = {}
    for contact in contacts:
        known = found.get(contact.address)
        if known is None or _RANKS[contact.source] < _RANKS[known.source]:
            found[contact.address] = contact
    return found


def usable(written: str) -> str:
    """Return a name as it may be shown: on one line, with nothing hidden in it, and no formula of a spreadsheet.

    Empty where nobody would see it.
    """
    shown = "" if is_blank(written) else " ".join(unicodedata.normalize("NFC", visible(written)).split())
    return shown.lstrip(f" {_FORMULA}")


def keys(address: Address, name: str) -> frozenset[str]:
    """Return by which beginnings somebody is found: his words, and his digits from several places on."""
    found = set(_words(name))
    if not isinstance(address, SenderName):
        digits = address.value.lstrip("+")
        found |= {digits, *(digits[-end:] for end in _ENDS)}
    return frozenset(found)


def is_meant(address: Address, name: str, words: tuple[str, ...]) -> bool:
    """Tell whether all words that were typed begin something of his."""
    found = keys(address, name)
    return bool(words) and all(any(key.startswith(word) for key in found) for word in words)


def sought(typed: str) -> tuple[str, ...]:
    """Return the beginnings that somebody has typed, the longest first; a number is one, however it is divided."""
    words = _words(typed)
    if words and all(word.isdecimal() for word in words):
        return ("".join(words),)
    return tuple(sorted(dict.fromkeys(words), key=len, reverse=True)[:_MOST_WORDS])


def _words(text: str) -> list[str]:
    """Cut into words as they are compared: neither case nor accents count."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(one for one in plain if not unicodedata.combining(one)).casefold())


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A name and a number as a file has them; `number` is where in the file they stand."""

    number: int
    name: str
    phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A line that can be used."""

    line: int
    address: PhoneNumber
    name: str


class Flaw(StrEnum):
    """Why a line cannot be used."""

    NO_NAME = "no-name"
    NO_NUMBER = "no-number"
    LONG_NAME = "long-name"
    CLASH = "clash"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A line that cannot be used; `known` is where its number stands already."""

    line: Line
    flaw: Flaw
    known: Named | None = None


def sorted_out(lines: Iterable[Line], region: str) -> tuple[list[Named], list[Refused]]:
    """Part what can be used from what cannot; of one number the first line counts, and it is refused other names."""
    good: dict[PhoneNumber, Named] = {}
    refused = []
    for line in lines:
        named = _named(line, region)
        if isinstance(named, Flaw):
            refused.append(Refused(line=line, flaw=named))
            continue
        known = good.setdefault(named.address, named)
        if known.name != named.name:
            refused.append(Refused(line=line, flaw=Flaw.CLASH, known=known))
    return list(good.values()), refused


def _named(line: Line, region: str) -> Named | Flaw:
    name = usable(line.name)
    if not name:
        return Flaw.NO_NAME
    if len(name) > LONGEST_NAME:
        return Flaw.LONG_NAME
    address = dialled(line.phone, region)
    return Named(line=line.number, address=address, name=name) if address else Flaw.NO_NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Outranked:
    """An imported name that is kept and not shown, because another one counts: that of bridge.toml, or a person's."""

    line: int
    address: PhoneNumber
    name: str
    shown: str
    is_ours: bool  # it stands in bridge.toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What came of some lines: how many each, and how many open threads are told."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    cards: int = 0
    outranked: tuple[Outranked, ...] = ()

    def __add__(self, other: "Imported") -> "Imported":
        return Imported(
            new=self.new + other.new,
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            cards=self.cards + other.cards,
            outranked=self.outranked + other.outranked,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One name as a list of all of them has it; `source` is None for one of bridge.toml."""

    address: Address
    name: str
    source: Source | None
    is_shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some entries of that list, and behind which address it goes on; None at its end."""

    entries: tuple[Entry, ...]
    last: Address | None
