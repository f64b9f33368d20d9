"""Canaries: secrets, numbers and texts of every test, looked for in all that the daemon tells operator or strangers.

A plugin of pytest: it sees every line that the daemon's log would have, from the most talkative level on, in the form
in which the daemon writes it, though without the net that hides known secrets: they should not get so far.
"""

import json
import logging
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from config.logs import formatter

REPORT = "CANARIES_REPORT"  # names the file into which it is written how much was looked at
_SHORTEST = 8  # characters; shorter texts and secrets are words that stand everywhere
# Those that stories use; masked they do not fit, and the digits of a token are none.
_NUMBER = re.compile(r"(?<![0-9a-f])(?:\+?1[ .-]?)?\(?[2-9]\d\d[ )./-]{0,2}555[ .-]?01\d\d(?![0-9a-f])")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_OURS = ("bridge", "adapters", "config", "sms-bridge")


@dataclass(slots=True)
class Cage:
    """What must not get out, and what did. A number must not, whosesoever."""

    secrets: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    leaks: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    def keep_secret(self, *secrets: str) -> None:
        self.secrets |= {one for one in secrets if len(one) >= _SHORTEST}

    def keep_text(self, text: str) -> None:
        if len(text.strip()) >= _SHORTEST:
            self.texts.add(text.strip())

    def look_at(self, where: str, said: str) -> None:
        """Look for canaries in something that was said."""
        self.seen[where] += 1
        found = [f"the secret {one[:4]}…" for one in self.secrets if one in said]
        found += [f"the text {one!r}" for one in self.texts if one in said]
        found += [f"the number {one}" for one in _NUMBER.findall(said)]
        self.leaks += [f"{where}: {what} in {said!r}" for what in found]

    def look_at_line(self, line: str) -> None:
        """Look at a line of the log, which must also be one object of JSON that no terminal stumbles over."""
        self.look_at("log", line)
        try:
            json.loads(line)
        except ValueError:
            self.leaks.append(f"log: no JSON: {line!r}")
        if _UNSEEN.search(line):
            self.leaks.append(f"log: control characters in {line!r}")

    def emptied(self) -> list[str]:
        """Return the leaks so far, and begin anew."""
        leaks, self.leaks = self.leaks, []
        self.texts.clear()
        return leaks


CAGE = Cage()


class _Ears(logging.Handler):
    """Hears what the daemon and its libraries log, not what tests do."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(formatter("json"))

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(("test", "root", "hypothesis", "asyncio")):
            CAGE.look_at_line(self.format(record))


@pytest.fixture(autouse=True)
def canaries() -> Iterator[Cage]:
    """Listen while a test runs; it fails if a canary was heard."""
    ears, root, loggers = _Ears(), logging.getLogger(), [logging.getLogger(name) for name in _OURS]
    levels = [logger.level for logger in loggers]
    root.addHandler(ears)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield CAGE
    root.removeHandler(ears)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)
    assert CAGE.emptied() == []


def pytest_sessionfinish() -> None:
    if path := os.environ.get(REPORT):
        Path(path).write_text(json.dumps(CAGE.seen))
