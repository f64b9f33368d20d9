"""From the file and the environment to the settings: strictly, and with all mistakes at once.

It checks what can be known offline. Whether a token works or a host answers is learnt when the house opens.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bridge.errors import ConfigError, Mistake
from bridge.wording import config as wording
from config.read.agree import disagreements
from config.read.complain import complaints
from config.read.locate import KeyPath, Lines, line_of, locate
from config.read.reveal import SecretReader
from config.settings import Settings

_LARGEST = 1_000_000  # octets; a thousand numbers with all their settings are a fifth of it
_POSITION = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)

Found = dict[KeyPath, wording.Told]


def read(path: Path, environ: Mapping[str, str], *, needs_secrets: bool = True) -> Settings:
    """Read the configuration; raise `ConfigError` with every mistake, in the order of the file.

    Whoever only asks the running daemon needs no secrets: then those that cannot be had are no mistakes.
    """
    text = _text(path)
    document, lines = _parsed(path, text)
    found: Found = {}
    secrets = SecretReader(environ=environ, folder=path.parent)
    try:
        revealed = secrets.reveal(document)
    except RecursionError:
        raise _one(path, wording.too_deep()) from None
    if needs_secrets:
        _add(found, secrets.found)
    _add(found, disagreements(document, lines))
    settings = _validated(revealed, document, found)
    if settings is None or found:
        raise ConfigError(tuple(_mistakes(path, found, lines)))
    return settings


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise _one(path, wording.no_file()) from None
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "not a path"
        raise _one(path, wording.unreadable_file(reason.lower())) from None
    if len(content) > _LARGEST:
        raise _one(path, wording.huge_file(_LARGEST))
    if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise _one(path, wording.byte_order_mark(), 1)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise _one(path, wording.not_utf8(), 1 + content.count(b"\n", 0, error.start)) from None


def _parsed(path: Path, text: str) -> tuple[dict[str, Any], Lines]:
    try:
        return tomllib.loads(text), locate(text)
    except RecursionError:
        raise _one(path, wording.too_deep()) from None
    except ValueError as error:  # TOMLDecodeError is one, and so is what a number of 5,000 digits raises
        position = _POSITION.fullmatch(str(error))
        reason, line, column = position.groups() if position else (str(error), None, None)
        last = len(text.splitlines())
        raise _one(path, wording.not_toml(reason, column), int(line or last)) from None


def _validated(revealed: Mapping[str, Any], document: Mapping[str, Any], found: Found) -> Settings | None:
    """Validate as JSON: there lists and names of choices are what they are in TOML, and nothing else is converted.

    A date, which JSON lacks, becomes an empty table: no setting takes either.
    """
    try:
        return Settings.model_validate_json(json.dumps(revealed, default=lambda _: {}), strict=True)
    except ValidationError as error:
        _add(found, complaints(error, document))
    except RecursionError:
        _add(found, [((), wording.too_deep())])
    return None


def _add(found: Found, more: Iterable[tuple[KeyPath, wording.Told]]) -> None:
    """Add mistakes; of several about one place the first is told, because the others mostly follow from it."""
    for path, told in more:
        found.setdefault(path, told)


def _mistakes(path: Path, found: Found, lines: Lines) -> Iterable[Mistake]:
    placed = [(line_of(key, lines) or 0, told) for key, told in found.items()]
    for line, (what, remedy) in sorted(placed, key=lambda each: each[0]):
        yield Mistake(place=f"{path}:{line}" if line else str(path), what=what, remedy=remedy)


def _one(path: Path, told: wording.Told, line: int | None = None) -> ConfigError:
    return ConfigError((Mistake(place=f"{path}:{line}" if line else str(path), what=told[0], remedy=told[1]),))
