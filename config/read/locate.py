"""Where each key of a TOML file stands. tomllib tells the values only; this scanner tells the lines.

It presumes that tomllib has accepted the text, and checks nothing itself.
"""

import re
import tomllib

KeyPath = tuple[str | int, ...]
Lines = dict[KeyPath, int]
"""The line, counted from 1, of every key, every header and every element of a list; () stands for the file."""

_BLANK = re.compile(r"[ \t\r\n]*(?:#[^\n]*[ \t\r\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # up to two quotes may stand directly before the closing three
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]*")
_DOT = re.compile(r"[ \t]*\.[ \t]*")


def locate(text: str) -> Lines:
    """Map every key path of this valid TOML text to its line."""
    scanner = _Scanner(text)
    scanner.scan()
    return scanner.lines


def line_of(path: KeyPath, lines: Lines) -> int | None:
    """Return the line of the path, or of the nearest thing around it that stands in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path)


class _Scanner:
    """One walk through the text. `_at` only moves forward."""

    def __init__(self, text: str) -> None:
        self.lines: Lines = {}
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0  # how far line ends have been counted
        self._last_of: dict[KeyPath, int] = {}  # arrays of tables: the index of the element being filled

    def scan(self) -> None:
        table: KeyPath = ()
        self._skip_blank()
        while self._at < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)
            self._skip_blank()

    def _header(self) -> KeyPath:
        opening = "[[" if self._text.startswith("[[", self._at) else "["
        line = self._here()
        self._at += len(opening)
        *around, last = self._keys()
        table: KeyPath = ()
        for key in around:
            table = self._entered((*table, key), line)
        table = (*table, last)
        if opening == "[[":
            self.lines.setdefault(table, line)
            self._last_of[table] = self._last_of.get(table, -1) + 1
            table = (*table, self._last_of[table])
        self.lines[table] = line
        self._at = self._text.index("]" * len(opening), self._at) + len(opening)
        return table

    def _entered(self, table: KeyPath, line: int) -> KeyPath:
        """Step into a table on the way to another; of an array of tables, into its last element."""
        self.lines.setdefault(table, line)
        return (*table, self._last_of[table]) if table in self._last_of else table

    def _pair(self, table: KeyPath) -> None:
        line = self._here()
        for key in self._keys():
            table = (*table, key)
            self.lines.setdefault(table, line)
        self._at = self._text.index("=", self._at) + 1
        self._value(table)

    def _value(self, path: KeyPath) -> None:
        self._skip_blank()
        if self._text.startswith("[", self._at):
            self._list(path)
        elif self._text.startswith("{", self._at):
            self._inline_table(path)
        else:
            match = _STRING.match(self._text, self._at) or _BARE_VALUE.match(self._text, self._at)
            self._at = match.end() if match else len(self._text)

    def _list(self, path: KeyPath) -> None:
        index = 0
        while not self._closed_by("]"):
            self.lines[(*path, index)] = self._here()
            self._value((*path, index))
            index += 1

    def _inline_table(self, path: KeyPath) -> None:
        while not self._closed_by("}"):
            self._pair(path)

    def _closed_by(self, bracket: str) -> bool:
        """Step over what opens a list or parts its elements, then over its end; tell whether it ended."""
        self._skip_blank()
        if self._text[self._at] in "[{,":
            self._at += 1
            self._skip_blank()
        if self._text[self._at] != bracket:
            return False
        self._at += 1
        return True

    def _keys(self) -> list[str]:
        """Read a dotted key."""
        keys = [self._key()]
        while dot := _DOT.match(self._text, self._at):
            self._at = dot.end()
            keys.append(self._key())
        return keys

    def _key(self) -> str:
        self._skip_blank()
        string = _STRING.match(self._text, self._at)
        match = string or _BARE_KEY.match(self._text, self._at)
        assert match is not None
        self._at = match.end()
        written = match.group()
        return str(tomllib.loads(f"key = {written}")["key"]) if string else written

    def _skip_blank(self) -> None:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at

    def _here(self) -> int:
        """Return the line of the present position."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line
