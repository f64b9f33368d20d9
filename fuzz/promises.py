"""What a broken promise is, and the promises that hold for whatever is read, at every door."""

import dataclasses
from collections.abc import Mapping

_COLUMN = 2**63  # a whole number beyond it fits into no store of ours


class BrokenPromise(Exception):
    """An input did what none may do; says which promise it broke."""


def promise(holds: bool, what: str) -> None:
    """Insist on it, also where Python runs without assertions."""
    if not holds:
        raise BrokenPromise(what)


def can_be_kept(value: object) -> bool:
    """Tell whether a store takes all of this: no half characters in any text, no number beyond 64 bits."""
    if isinstance(value, str):
        return not any("\ud800" <= one <= "\udfff" for one in value)
    if isinstance(value, int):
        return -_COLUMN <= value < _COLUMN
    return all(map(can_be_kept, _parts(value)))


def _parts(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, tuple | list | frozenset):
        return list(value)
    if dataclasses.is_dataclass(value):
        return [getattr(value, field.name) for field in dataclasses.fields(value)]
    return []
