"""Moves everything that one store holds into another of the other kind, or nothing at all.

It is one transaction at the target, and commits only what is equal to the source, table by table. A move that was
killed has left nothing there, and is begun again; one that had come to its end finds that both are equal.
"""

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from adapters.postgres.tables import PostgresTables
from adapters.sqlite.tables import SqliteTables
from adapters.store.table import Table, Tables, Tally
from bridge.errors import ConfigError, Mistake
from bridge.wording import config as wording
from config.settings import StoreSettings


class Verdict(StrEnum):
    MOVED = "moved"
    MOVED_BEFORE = "moved before"
    NOT_EMPTY = "not empty"
    UNEQUAL = "unequal"


@dataclass(frozen=True, slots=True)
class Moved:
    """One table, as it is on both sides now."""

    name: str
    source: Tally
    target: Tally

    @property
    def is_equal(self) -> bool:
        return self.source == self.target


def move(source: StoreSettings, target: StoreSettings, place: Path, tell: Callable[[Moved], None]) -> Verdict:
    """Move it, and tell of each table; `place` is where the target was named.

    Raise `StoreBusy` while a daemon uses either, `ConfigError` where there is nothing to move, or nowhere to move it.
    """
    if (source.url is None) == (target.url is None):
        raise _mistake(place, *wording.one_kind_of_store())
    with ExitStack() as opened:
        of = opened.enter_context(closing(_opened(source, must_exist=True)))
        if not of.is_lived_in():
            raise _mistake(place, *wording.nothing_to_move())
        to = opened.enter_context(closing(_opened(target, must_exist=False)))
        is_empty = not to.is_lived_in()
        are_equal = True
        for table in _catalog(of, to):
            moved = _copied(table, of, to) if is_empty else Moved(table.name, _tally(of, table), _tally(to, table))
            are_equal &= moved.is_equal
            tell(moved)
        if not are_equal:
            return Verdict.UNEQUAL if is_empty else Verdict.NOT_EMPTY
        if is_empty:
            to.commit()
        return Verdict.MOVED if is_empty else Verdict.MOVED_BEFORE


def _copied(table: Table, of: Tables, to: Tables) -> Moved:
    tally = Tally()
    to.replace(table, tally.counted(of.rows(table)))
    return Moved(table.name, tally, _tally(to, table))


def _tally(side: Tables, table: Table) -> Tally:
    tally = Tally()
    for row in side.rows(table):
        tally.add(row)
    return tally


def _opened(settings: StoreSettings, *, must_exist: bool) -> SqliteTables | PostgresTables:
    if settings.url:
        return PostgresTables(settings.url.get_secret_value())
    assert settings.path
    return SqliteTables(settings.path, must_exist=must_exist)


def _catalog(*sides: SqliteTables | PostgresTables) -> list[Table]:
    return next(side.catalog() for side in sides if isinstance(side, PostgresTables))


def _mistake(place: Path, what: str, remedy: str) -> ConfigError:
    return ConfigError((Mistake(place=str(place), what=what, remedy=remedy),))
