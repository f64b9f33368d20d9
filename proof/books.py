"""What stands in the tables, read beside the daemon: what is open, whose attempts are, in which order texts came."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import psycopg

_OPEN = "SELECT kind, state, lane FROM entry WHERE state IN ('ready', 'trying', 'asked', 'held')"
_TRYING = """
    SELECT attempt.owner, kind FROM attempt JOIN entry ON position = entry
    WHERE ended_at IS NULL AND state = 'trying' ORDER BY attempt.started_at DESC
"""
_LEARNT = """
    SELECT direction, participants, text FROM message JOIN conversation ON number = message.conversation
    ORDER BY position
"""


class Books(Protocol):
    """The tables of either store."""

    def ask(self, query: str) -> Sequence[tuple[Any, ...]]: ...


class SqliteBooks:
    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, query: str) -> Sequence[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)) as connection:
            return connection.execute(query).fetchall()


class PostgresBooks:
    def __init__(self, url: str) -> None:
        self._url = url

    def ask(self, query: str) -> Sequence[tuple[Any, ...]]:
        with closing(psycopg.connect(self._url, autocommit=True)) as connection:
            return connection.execute(query.encode()).fetchall()


def open_entries(books: Books) -> list[str]:
    """Return what is left in the outbox."""
    return [f"{kind} {state} {lane}" for kind, state, lane in books.ask(_OPEN)]


def trying(books: Books) -> list[tuple[int, str]]:
    """Return the open attempts, the newest first: the number of the process that makes it, and for what."""
    return [(int(owner.rpartition(":")[2]), kind) for owner, kind in books.ask(_TRYING)]


def learnt(books: Books) -> dict[tuple[str, str], list[str]]:
    """Return the texts of each direction and phone, in the order in which the daemons came to know them."""
    found = defaultdict[tuple[str, str], list[str]](list)
    for direction, participants, text in books.ask(_LEARNT):
        found[direction, json.loads(participants)[0]].append(text)
    return found
