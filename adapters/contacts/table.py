"""A table as spreadsheets and address books export it: which columns are names and numbers, by a heading or without.

What the large address books call their columns is known here; any other column is left alone.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import StringIO
from itertools import chain, islice

from bridge.domain.contact import Line

Row = tuple[int, list[str]]  # on which line of the file it begins

_DIVIDERS = ",;\t|"
_LOOKED_AT = 20  # rows, where no heading says which column is which
_SEVERAL = ":::"  # between the numbers of one cell, as Google has them
_NUMBER = re.compile(r"(?:tel:)?[+(0-9][0-9 ().\-/\xa0]{5,}[0-9]", re.IGNORECASE)
_AROUND = " \t='\""  # what keeps a spreadsheet from taking a number for an amount

_PHONE = re.compile(
    r"\b(?:tele)?phone\b|\b(?:mobile|mobil|cell|cellphone|tel|telefon|telefonnummer|handy|handynummer|rufnummer|sms|msisdn)\b"
    r"|\bt[ée]l[ée]phone\b|\bmobiltelefon\b|\bmobilnummer\b"
)
_NO_PHONE = re.compile(r"\b(?:fax|pager|telex|label|type|tty|tdd|assistant|assistant's|company|callback|radio|isdn)\b")
_NUMBERS = {"number", "numbers", "nummer", "numéro", "numero", "contact number", "phonenumber", "mobilenumber"}
_WHOLE = {
    *(
        "name",
        "full name",
        "fullname",
        "display name",
        "contact",
        "contact name",
        "person",
        "anzeigename",
        "nom complet",
    ),
    *("customer", "customer name", "client", "client name", "kunde", "kundenname"),
}
_GIVEN = {"first name", "firstname", "given name", "vorname", "prénom", "prenom"}
_MIDDLE = {"middle name", "additional name", "weitere vornamen"}
_FAMILY = {"last name", "lastname", "family name", "surname", "nachname", "nom", "nom de famille"}
_COMPANY = {
    *("company", "company name", "organization", "organisation", "organization name", "organization 1 - name"),
    *("firma", "société"),
}
_FILED = {"file as", "nickname"}


class Unusable(Exception):
    """No table in which names and numbers can be told apart; it says what was found instead."""


@dataclass(slots=True)
class Columns:
    """Where in a row things stand; of the names the first that a row has is its name."""

    numbers: list[int] = field(default_factory=list)
    names: list[list[int]] = field(default_factory=list)

    def name(self, row: list[str]) -> str:
        found = (" ".join(part for at in places if (part := _cell(row, at))) for places in self.names)
        return next((name for name in found if name), "")

    def phones(self, row: list[str]) -> list[str]:
        """Return every number of this row; of a table with one column of them, an empty one too."""
        cells = [part.strip(_AROUND) for at in self.numbers for part in _cell(row, at).split(_SEVERAL)]
        return [cell for cell in cells if cell] or ([""] if len(self.numbers) == 1 else [])


def lines(text: str) -> Iterator[Line]:
    """Read the table; raise `Unusable` where nothing in it says what it holds."""
    rows = _rows(text)
    first = list(islice(rows, _LOOKED_AT))
    columns = _named(first[0][1]) if first else None
    if columns:
        first = first[1:]
    else:
        columns = _guessed(first)
    for number, row in chain(first, rows):
        name = columns.name(row)
        for phone in columns.phones(row):
            yield Line(number=number, name=name, phone=phone)


def _rows(text: str) -> Iterator[Row]:
    """Yield the rows that hold anything."""
    said = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    start = text[said.end() :] if said else text
    reader = csv.reader(StringIO(start, newline=""), delimiter=said[1] if said else _divider(start))
    before = begins = ends = 1 if said else 0
    try:
        for row in reader:
            begins, ends = ends + 1, before + reader.line_num
            if any(cell.strip() for cell in row):
                yield begins, row
    except csv.Error as error:
        raise Unusable(f"{error} in line {ends + 1}") from None
    if ends > begins and start.count('"') % 2:
        raise Unusable(f"what is quoted in line {begins} never ends")


def _divider(text: str) -> str:
    """Return the character that divides the first line; between quotes none does."""
    head = re.sub(r'"[^"]*"', "", text.lstrip("\r\n")[:10_000].partition("\n")[0])
    return max(_DIVIDERS, key=head.count)


def _named(heading: list[str]) -> Columns | None:
    """Read a row as the heading, if it is one: it names a column of numbers and one of names."""
    titles = [" ".join(cell.strip(_AROUND).casefold().replace("_", " ").split()) for cell in heading]
    numbers = [at for at, title in enumerate(titles) if _is_phone(title)]
    whole, given, family = (_those(titles, known) for known in (_WHOLE, _GIVEN, _FAMILY))
    if given and not family:  # beside a first name, a name is a last name
        whole, family = [], whole
    parts = [*given, *_those(titles, _MIDDLE), *family]
    single = [[at] for known in (_COMPANY, _FILED) for at in _those(titles, known)]
    names = [*([at] for at in whole), *([parts] if parts else []), *single]
    return Columns(numbers=numbers, names=names) if numbers and names else None


def _is_phone(title: str) -> bool:
    return title in _NUMBERS or bool(_PHONE.search(title) and not _NO_PHONE.search(title))


def _those(titles: Iterable[str], known: set[str]) -> list[int]:
    return [at for at, title in enumerate(titles) if title in known]


def _guessed(rows: list[Row]) -> Columns:
    """Find the columns by what stands in them, in the first row that has a number and a name."""
    for _, row in rows:
        numbers = [at for at, cell in enumerate(row) if _NUMBER.fullmatch(cell.strip(_AROUND))]
        names = [at for at, cell in enumerate(row) if at not in numbers and any(one.isalpha() for one in cell)]
        if numbers and names:
            return Columns(numbers=numbers, names=[names[:1]])
    raise Unusable(", ".join(rows[0][1]) if rows else "")


def _cell(row: list[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""
