"""The wish of the page's visitor: the JSON of one request, read strictly."""

import base64
import binascii
from typing import Any

from adapters.sandbox.workspace.elements import Filled, Picked

Done = dict[str, Any]


class Wish:
    """Read one request; what makes no sense raises ValueError with a sentence for the visitor."""

    def __init__(self, asked: object) -> None:
        if not isinstance(asked, dict):
            raise ValueError("An object was expected.")
        self._asked = asked

    def text(self, name: str, default: str | None = None) -> str:
        given = self._asked.get(name, default)
        if not isinstance(given, str):
            raise ValueError(f"“{name}” is missing.")
        return given.encode(errors="replace").decode()  # half a surrogate pair can be typed, but goes on no wire

    def optional(self, name: str) -> str | None:
        return self.text(name) if self._asked.get(name) else None

    def number(self, name: str) -> int:
        given = self._asked.get(name)
        if not isinstance(given, int) or isinstance(given, bool):
            raise ValueError(f"“{name}” is no number.")
        return given

    def flag(self, name: str) -> bool:
        return self._asked.get(name) is True

    def picked(self, name: str) -> Picked:
        """Read what was picked in a menu: a text, a number, several texts, or nothing."""
        given = self._asked.get(name)
        if isinstance(given, list) and all(isinstance(one, str) for one in given):
            return given
        if given is not None and (isinstance(given, bool) or not isinstance(given, str | int)):
            raise ValueError(f"“{name}” cannot be picked.")
        return self.text(name) if isinstance(given, str) else given

    def filled(self) -> Filled:
        """Read what stands in the fields of a form: by block, then by field."""
        given = self._asked.get("filled") or {}
        if not isinstance(given, dict) or not all(isinstance(fields, dict) for fields in given.values()):
            raise ValueError("The form did not arrive whole.")
        return {block: {name: Wish(fields).picked(name) for name in fields} for block, fields in given.items()}

    def files(self, most: int = 5) -> list[tuple[str, str, bytes]]:
        """Read the files: name, type and content of each."""
        given = self._asked.get("files") or []
        if not isinstance(given, list) or len(given) > most:
            raise ValueError(f"At most {most} files at once.")
        wishes = [Wish(one) for one in given]
        return [(one.text("name"), one.text("type"), _content(one.text("content"))) for one in wishes]


def _content(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        raise ValueError("This file did not arrive whole.") from None
