"""Fills a store with many texts that were shown long ago, straight into its tables: by the daemon it would take hours.

It follows the schema of `adapters.sqlite.migrations` and must change with it. Ids are as random as the carrier's.
"""

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.sqlite import SqliteStore
from adapters.sqlite.ledger import SqliteLedger
from adapters.sqlite.ledger.columns import addresses, moment
from bench.phone import PATH, Phones, did, sender
from bench.place import channel
from bridge.domain.conversation import conversation_cause
from bridge.domain.phone import PhoneNumber
from bridge.engine.clock import SystemClock

DIDS = 10
_SENDERS = 2_000
_OPEN = 200  # texts, the last ones, that nobody has acknowledged yet
_AGE = timedelta(days=20)
_LATEST = timedelta(hours=2)
_RUN = "fill"

_PRAGMAS = ("journal_mode = OFF", "synchronous = OFF", "cache_size = -1500000", "foreign_keys = OFF")
_INDEXES = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
_INSERTS = {
    "conversation": "(number, id, did, participants, opened_at, thread, link, covered, waiting_since)",
    "message": """(
        position, id, conversation, did, direction, author, text, media, said_at, received_at, is_open, is_kept
    )""",
    "sighting": "(number, source, kept_at, headers, body)",
    "entry": """(
        position, id, token, lane, destination, kind, subject, part, detail, state, fence, tries, looks,
        started_at, due_at, ask_at, is_repeat, ref, owner, enqueued_at, finished_at, is_free
    )""",
    "attempt": "(entry, fence, owner, started_at, ended_at, outcome, ref, excerpt)",
    "post": "(ref, conversation, up_to, posted_at)",
    "name": "(name, noun, number)",
}
_WORDS = "Hello, this is about the delivery for tomorrow: the back door will be open from seven on, please ring twice. "
_OWNER = "bench:1"
_LINK = "https://bench.example.com/archives/1"

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Text:
    """One text of the past."""

    number: int
    id: str
    at: str
    is_open: bool

    @property
    def conversation(self) -> int:
        return self.number % _SENDERS + 1

    @property
    def entry(self) -> str:
        return f"{self.id}/show/0"

    @property
    def post(self) -> str:
        return f"{channel(did(self.number % DIDS))}/{1_700_000_000 + self.number}.000100"


def fill(path: Path, count: int) -> None:
    """Make a store with so many texts; nearly all are shown and acknowledged."""
    asyncio.run(_make(path))
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}").fetchall()
    indexes = connection.execute(_INDEXES).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    connection.execute("BEGIN")
    texts = list(_texts(count))
    _insert(connection, "conversation", _conversations(SqliteLedger(connection), texts))
    for table, row in (("message", _message), ("sighting", _sighting()), ("entry", _entry), ("attempt", _attempt)):
        _insert(connection, table, map(row, texts))
    _insert(connection, "post", sorted((text.post, text.conversation, text.number + 1, text.at) for text in texts))
    _insert(connection, "name", sorted(name for text in texts for name in _names(text)))
    connection.execute("COMMIT")
    for _, sql in indexes:
        connection.execute(sql)
    connection.close()


def _texts(count: int) -> Iterator[_Text]:
    first_at, step = datetime.now(UTC) - _AGE, (_AGE - _LATEST) / count
    for number in range(count):
        id = f"twilio:main:SM{_digest(f'{_RUN}/{number}')}"
        yield _Text(number, id, moment(first_at + step * number), number >= count - _OPEN)


async def _make(path: Path) -> None:
    store = SqliteStore(path, SystemClock())
    await store.open()
    await store.aclose()


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    columns = _INSERTS[table]
    places = ", ".join("?" * (columns.count(",") + 1))
    connection.executemany(f"INSERT INTO {table} {columns} VALUES ({places})", rows)  # noqa: S608 - names of our own


def _conversations(ledger: SqliteLedger, texts: list[_Text]) -> Iterator[Row]:
    covered = len(texts) - _OPEN
    for text in texts[:_SENDERS]:
        ours, theirs = PhoneNumber(did(text.number % DIDS)), PhoneNumber(sender(text.number))
        id = ledger.seal(conversation_cause(ours, (theirs,)))
        waiting = text.at if text.number < _OPEN else None
        yield text.conversation, id, ours.value, addresses((theirs,)), text.at, text.post, _LINK, covered, waiting


def _message(text: _Text) -> Row:
    who, ours = sender(text.number % _SENDERS), did(text.number % DIDS)
    at = text.at
    return text.number + 1, text.id, text.conversation, ours, "in", who, _WORDS, 0, at, at, int(text.is_open), 1


def _sighting() -> Callable[[_Text], Row]:
    body = Phones(url="http://127.0.0.1:1", run=_RUN).request(0, 0).partition(b"\r\n\r\n")[2]
    return lambda text: (text.number + 1, "twilio/main", text.at, f":path: {PATH}", body)


def _entry(text: _Text) -> Row:
    destination, at = f"slack/{channel(did(text.number % DIDS))}", text.at
    place = text.number + 1, text.entry, _digest(text.entry), f"{destination}:{text.conversation}", destination
    state = "show-message", text.id, 0, "", "sent", 1, 1, 0
    return *place, *state, at, at, at, 0, text.post, _OWNER, at, at, 0


def _attempt(text: _Text) -> Row:
    return text.number + 1, 1, _OWNER, text.at, text.at, "sent", text.post, ""


def _names(text: _Text) -> Iterator[Row]:
    yield text.id, "s", text.number + 1
    yield text.id, "m", text.number + 1
    yield text.entry, "e", text.number + 1


def _digest(cause: str) -> str:
    return hashlib.md5(cause.encode(), usedforsecurity=False).hexdigest()
