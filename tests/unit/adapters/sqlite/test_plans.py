"""No query of the ledger walks through a whole table that grows: each finds its rows by a key."""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.sqlite import ledger
from adapters.sqlite.opening import StoreFile, open_file

_STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
# A step into an index of words is called a scan, too; behind the colon stands by what it finds its rows.
_WALK = re.compile(r"SCAN (\w+)\b(?! VIRTUAL TABLE INDEX \d+:\S)(?: USING (?:COVERING )?INDEX (\w+))?")

# What may be walked through, because it is short: what is unfinished, and what has gone wrong.
_SHORT = {
    "message_waiting",
    "entry_open",
    "entry_free",
    "entry_held",
    "entry_planned",
    "erasure_open",
    "entry_trying",
    "entry_failed",
    "sighting_poison",
    "trouble",
    "media_grant",
    "CONSTANT",
    "claim",  # what is asked for, in a list
    "each",  # the steps from destination to destination
    "recent",  # ten thousand rows at most
    "duty",  # the numbers of ours and who is told of their texts
    "shown",  # the conversations, after a gap
    "theirs",  # those of a few people
    "conversation",
    "epoch",  # one row
    "media",  # once an hour, and over the digests alone
    "3",  # one row for each state of a message
    "2",
}
_ONCE = {"_DOUBT"}  # after a restore: all that waits is looked through
_PARTS = {"SELECT", "_SELECT", "IN_CONTEXT", "_CLAIM", "_CLAIM_FIRST"}  # of other statements


def _queries() -> list[tuple[str, str]]:
    """Find every statement of the ledger; those that others are made of stand under names with no verb of their own."""
    found = []
    for module in pkgutil.iter_modules(ledger.__path__):
        constants = vars(importlib.import_module(f"{ledger.__name__}.{module.name}"))
        for name, value in constants.items():
            if isinstance(value, str) and _STATEMENT.match(value) and name not in _PARTS | _ONCE:
                found.append((f"{module.name}{name}", value))
    return found


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[StoreFile]:
    file = open_file(tmp_path / "bridge.db", timedelta(seconds=1))
    yield file
    file.close()


def test_the_queries_are_found_where_they_are_looked_for() -> None:
    assert len(_queries()) > 60


@pytest.mark.parametrize("query", [pytest.param(query, id=name) for name, query in _queries()])
def test_a_query_finds_its_rows_by_a_key(opened: StoreFile, query: str) -> None:
    plan = [step for *_, step in opened.connection.execute(f"EXPLAIN QUERY PLAN {query}", _unknown(query))]

    walks = {found.group(2) or found.group(1) for step in plan if (found := _WALK.match(step))}
    assert walks <= _SHORT, plan


def _unknown(query: str) -> dict[str, None] | list[None]:
    """Return a NULL for each value that the query asks for."""
    if names := re.findall(r":(\w+)", query):
        return dict.fromkeys(names)
    numbers = [int(number) for number in re.findall(r"\?(\d+)", query)]
    return [None] * max(numbers, default=query.count("?"))
