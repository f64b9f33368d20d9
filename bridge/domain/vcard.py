"""Cards in the vCard format, versions 2.1, 3.0 and 4.0: of each its name and its telephone numbers, nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bridge.domain.contact import Line

Physical = tuple[int, str]  # a line of the file, and which

_PROPERTY = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":;])*)*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';((?:"[^"]*"|[^":;])*)')
_QUOTED = re.compile(rb"=(?:([0-9A-Fa-f]{2})|$)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_NOT_TEXTED = {"FAX", "PAGER"}
_SPOKEN = {"CELL", "VOICE", "TEXT"}
_LONGEST = 4000  # characters of a line that can be of interest; a picture has more


@dataclass(slots=True)
class Card:
    """What is known of one card so far: its names by the property they come from, its numbers with their lines."""

    names: dict[str, str] = field(default_factory=dict)
    phones: list[tuple[int, str]] = field(default_factory=list)

    def lines(self) -> Iterator[Line]:
        name = next((self.names[one] for one in ("FN", "N", "ORG") if self.names.get(one)), "")
        for number, phone in self.phones:
            yield Line(number=number, name=name, phone=phone)


def is_one(text: str) -> bool:
    """Tell a file of cards by its beginning."""
    return text.lstrip()[:11].upper() == "BEGIN:VCARD"


def lines(text: str) -> Iterator[Line]:
    """Read one card after another; a card that stands inside another one is somebody else's, and left alone."""
    card, depth, is_agent = Card(), 0, False
    for number, line in _unfolded(text):
        found = _PROPERTY.fullmatch(line)
        if not found:
            continue
        name, parameters, value = found[1].upper(), _parameters(found[2]), found[3]
        is_card = value.strip().upper() == "VCARD"
        if name == "BEGIN" and is_card:
            if depth and not is_agent:  # the one before was never ended
                yield from card.lines()
                depth = 0
            card = card if depth else Card()
            depth += 1
        elif name == "END" and is_card:
            depth = max(0, depth - 1)
            if depth == 0:
                yield from card.lines()
                card = Card()
        elif depth == 1:
            _add(card, number, name, parameters, value)
        is_agent = name == "AGENT" and not value.strip()
    yield from card.lines()


def _add(card: Card, number: int, name: str, parameters: list[str], value: str) -> None:
    if name == "TEL":
        types = _types(parameters)
        if not types & _NOT_TEXTED or types & _SPOKEN:
            phone = _plain(_read(value, parameters)).strip()
            card.phones.append((number, phone[4:] if phone[:4].lower() == "tel:" else phone))
    elif name == "FN":
        card.names.setdefault("FN", _plain(_read(value, parameters)).strip())
    elif name == "N":
        family, given, more, *_ = [*_fields(_read(value, parameters)), "", "", ""]
        card.names.setdefault("N", " ".join(part for part in (given, more, family) if part))
    elif name == "ORG":
        card.names.setdefault("ORG", _fields(_read(value, parameters))[0])


def _unfolded(text: str) -> Iterator[Physical]:
    """Join what was broken into several lines: by a blank at the beginning, or by = at the end of a quoted one.

    What is folded may have a blank of its own in the place where 2.1 broke it, and one too much where others did.
    """
    whole, begins, is_old, is_soft = "", 0, False, False
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if is_soft:
            whole = (whole[:-1] + line)[:_LONGEST]
        elif line[:1] in (" ", "\t") and whole:
            whole = (whole + (" " if is_old else "") + line[1:])[:_LONGEST]
        else:
            if whole:
                yield begins, whole
            whole, begins = line[:_LONGEST], number
        if whole[:8].upper() == "VERSION:":
            is_old = whole[8:].strip() == "2.1"
        is_soft = whole.endswith("=") and "QUOTED-PRINTABLE" in whole[:200].upper()
    if whole:
        yield begins, whole


def _parameters(written: str) -> list[str]:
    return [one.replace('"', "").upper() for one in _PARAMETER.findall(written)]


def _types(parameters: list[str]) -> set[str]:
    """Return what a number is for; in 2.1 the word stands alone, later behind TYPE=."""
    said = [one.removeprefix("TYPE=") for one in parameters if "=" not in one or one.startswith("TYPE=")]
    return {word for one in said for word in one.split(",")}


def _read(value: str, parameters: list[str]) -> str:
    """Undo quoted-printable, in the characters that the card says."""
    if not any(one.removeprefix("ENCODING=") == "QUOTED-PRINTABLE" for one in parameters):
        return value
    octets = _QUOTED.sub(lambda found: bytes.fromhex((found[1] or b"").decode()), value.encode())
    charset = next((one.removeprefix("CHARSET=") for one in parameters if one.startswith("CHARSET=")), "UTF-8")
    for encoding in (charset, "utf-8"):
        try:
            return octets.decode(encoding)
        except (ValueError, LookupError):
            continue
    return octets.decode("cp1252", errors="replace")


def _fields(value: str) -> list[str]:
    """Cut a value of several fields, each as it was before anything in it was escaped."""
    return [_plain(one).strip() for one in re.split(r"(?<!\\);", value)]


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value)
