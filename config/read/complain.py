"""What pydantic found, in words that an operator can act on: each mistake with its key and what to write instead."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from bridge.wording import config as wording
from config.read.locate import KeyPath
from config.read.shape import at, fields, given, table_name
from config.settings import Settings

_WANTED = {
    "string": "text in quotes",
    "path": "text in quotes",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "tuple": "a list",
    "list": "a list",
    "dict": "a table",
    "model": "a table",
}


def complaints(error: ValidationError, document: Mapping[str, Any]) -> Iterator[tuple[KeyPath, wording.Told]]:
    """Word every error of the validation, with the place of what must be changed."""
    for detail in error.errors(include_url=False):
        path = _written(detail["loc"], document)
        if detail["type"] == "too_short" and given(path, document):
            continue  # pydantic counts only what it could read
        yield _blamed(detail, path, document), _told(detail, path, document)


def _written(location: KeyPath, document: Mapping[str, Any]) -> KeyPath:
    """Leave out what pydantic adds to a place: the tags of unions, and "[key]" after the name of a table."""
    path: KeyPath = ()
    for step in location[:-1]:
        if given((*path, step), document) is not None:
            path = (*path, step)
    return (*path, *(step for step in location[-1:] if step != "[key]"))


def _blamed(detail: ErrorDetails, path: KeyPath, document: Mapping[str, Any]) -> KeyPath:
    """Return the place to change: where a whole table was refused, the first of its settings that the reason names."""
    table = given(path, document)
    if detail["type"] != "value_error" or not isinstance(table, dict):
        return path
    words = re.findall(r"\w+", str(detail["ctx"]["error"]))
    return next(((*path, word) for word in words if word in table), path)


def _told(detail: ErrorDetails, path: KeyPath, document: Mapping[str, Any]) -> wording.Told:
    if not path:
        return wording.too_deep()
    key = _name_of(path)
    match detail["type"]:
        case "extra_forbidden":
            return _unknown(path)
        case "missing":
            return _missing(path)
        case "literal_error" | "enum":
            choices = re.findall(r"'([^']*)'", detail["ctx"]["expected"])
            return wording.not_a_choice(key, given(path, document), choices)
        case "value_error":
            reason, *remedy = detail["ctx"]["error"].args
            return wording.not_fitting(key, str(reason)), "".join(remedy)
        case kind if wanted := _WANTED.get(kind.removesuffix("_type")):
            return _mistyped(path, wanted, given(path, document))
        case kind:
            return _unfit(kind, detail["msg"], path)


def _unfit(kind: str, message: str, path: KeyPath) -> wording.Told:
    key = _name_of(path)
    match kind:
        case "too_short" | "string_too_short":
            return wording.empty(key)
        case "string_pattern_mismatch":
            return wording.malformed(key, _purpose(path))
    reason = message.removeprefix("Input ").replace("should", "must", 1)
    return wording.not_fitting(key, reason), _purpose(path)


def _name_of(path: KeyPath) -> str:
    """Name what stands at this place: a setting by its key, a table by its header."""
    return table_name(path) if fields(at(path)) else _last_key(path)


def _last_key(path: KeyPath) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _unknown(path: KeyPath) -> wording.Told:
    table, key = path[:-1], str(path[-1])
    known = fields(at(table))
    elsewhere = [section for section in fields(Settings) if key in _settings_below(section) and section not in table]
    belongs = table_name((elsewhere[0],)) if table and elsewhere else None
    return wording.unknown_key(key, table_name(table) if table else "", known, belongs)


def _settings_below(section: str) -> Mapping[str, object]:
    return fields(at((section,))) or fields(at((section, 0)))


def _missing(path: KeyPath) -> wording.Told:
    if len(path) == 1:
        return wording.missing_section(table_name(path))
    return wording.missing_key(str(path[-1]), table_name(path[:-1]), _purpose(path))


def _purpose(path: KeyPath) -> str:
    field = fields(at(path[:-1])).get(str(path[-1]))
    return field.description or "" if field else ""


def _mistyped(path: KeyPath, wanted: str, written: object) -> wording.Told:
    match written:
        case {"env": _} | {"file": _} if wanted != "a table":
            return wording.reference_for_plain_value(_last_key(path), wanted)
        case dict() if len(path) == 1 and wanted == "a list":
            return wording.single_brackets(_last_key(path))
        case list() if len(path) == 1 and wanted == "a table":
            return wording.double_brackets(_last_key(path), table_name(path))
    return wording.wrong_type(_last_key(path), wanted, _kind(written))


def _kind(written: object) -> str:
    match written:
        case bool():
            return "true or false"
        case str():
            return "text"
        case int():
            return "a whole number"
        case float():
            return "a number with a fraction"
        case list():
            return "a list"
        case dict():
            return "a table"
    return "a date or a time"
