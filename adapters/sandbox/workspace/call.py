"""One API call: its name and arguments, however they came (JSON body, form body, query string)."""

import json
from dataclasses import dataclass
from typing import Any

from adapters.sandbox.workspace.nouns import Json
from adapters.sandbox.workspace.refusal import Refused


@dataclass(slots=True, kw_only=True)
class Call:
    """Arguments with the conversions Slack makes: forms carry only strings, JSON carries what it likes."""

    method: str
    args: Json
    token: str = ""

    def has(self, name: str) -> bool:
        return self.args.get(name) not in (None, "")

    def text(self, name: str, default: str = "") -> str:
        value = self.args.get(name)
        return default if value is None else str(value)

    def optional(self, name: str) -> str | None:
        return self.text(name) or None

    def required(self, name: str, error: str = "invalid_arguments") -> str:
        if not self.has(name):
            raise Refused.because(error, [f"[ERROR] missing required field: {name}"])
        return self.text(name)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.args.get(name)
        return default if value is None else str(value).lower() in ("1", "true")

    def number(self, name: str, default: int, *, least: int = 1, most: int = 1_000) -> int:
        """Read a count and keep it within what the method allows."""
        try:
            value = int(self.text(name) or default)
        except ValueError:
            raise Refused("invalid_arguments") from None
        if value < least:
            raise Refused("invalid_limit")
        return min(value, most)

    def structure(self, name: str, error: str) -> Any:
        """Read an argument that is an object or a list, or the JSON of one; None when absent."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refused(error) from None
