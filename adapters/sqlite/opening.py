"""Opens the file of the store, or says why it must not be opened; a room of its own, because most of it is refusal.

SQLite opens a missing or an empty file as an empty database without a word. The lock file beside the database therefore
also remembers that there was one.
"""

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from sqlite_utils import Database

from adapters.sqlite.lockfile import LockFile, locked
from adapters.sqlite.migrations import APPLICATION_ID, SCHEMA_VERSION, migrations
from bridge.errors import SchemaMismatch, StoreBusy, StoreDamaged

_PRAGMAS = (
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",  # what was forgotten is overwritten, not only unlinked
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16384",  # KiB
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # the answer to a webhook promises that the text survives a power cut
    "PRAGMA wal_autocheckpoint = 4096",  # pages: 16 MiB, so that a page that is hit often is copied once
    "PRAGMA journal_size_limit = 33554432",  # octets
)

_TABLES = "SELECT 1 FROM sqlite_master WHERE tbl_name <> '_sqlite_migrations' LIMIT 1"

# Reading all of a large file would hold up the start for longer than the webhook port may stay closed. What is torn
# off is noticed at once anyway, and what is garbled when it is read.
_CHECKED_WHOLE = 64 * 1024 * 1024  # octets; a second at most


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFile:
    """The opened database, and the lock that keeps every other daemon out of it."""

    connection: sqlite3.Connection
    lock: LockFile

    def close(self) -> None:
        """Leave one complete file behind, and let others have it."""
        with contextlib.suppress(sqlite3.Error):  # a full disk keeps its journal; the next start reads it
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.connection.close()
        self.lock.close()


def open_file(path: Path, patience: timedelta) -> StoreFile:
    """Lock, check and migrate, and begin a life; a file is made only where there has never been one.

    `patience` is how long a lock of another process is waited for. Raise `StoreBusy` if another daemon has the file,
    `SchemaMismatch` if it cannot be used as it is, `ConfigError` if it cannot be there.
    """
    with contextlib.ExitStack() as closing:
        lock = locked(path)
        closing.callback(lock.close)
        _expect(path, had_one=lock.had_one)
        file = _opened(path, lock, patience)
        closing.callback(file.close)
        with _told(path):
            _prepare(file)
        closing.pop_all()
        return file


def open_as_it_is(path: Path, patience: timedelta) -> StoreFile:
    """Lock an existing database and open it without changing anything in it; raise as `open_file` does."""
    with contextlib.ExitStack() as closing:
        lock = locked(path)
        closing.callback(lock.close)
        _expect(path, had_one=True)
        file = _opened(path, lock, patience)
        closing.pop_all()
        return file


def _opened(path: Path, lock: LockFile, patience: timedelta) -> StoreFile:
    _expect_own_journal(path, lock.lives)
    return StoreFile(connection=_connected(path, patience), lock=lock)


def _expect(path: Path, *, had_one: bool) -> None:
    """Refuse to begin anew where texts were kept before, or where a journal shows that they were."""
    if path.exists() and path.stat().st_size > 0:
        return
    if had_one:
        raise StoreDamaged(
            f"{path} is missing or empty, but there was a database: restore it from a backup, or remove {path}.lock "
            "to begin with an empty one"
        )
    journal = Path(f"{path}-wal")
    if journal.exists() and journal.stat().st_size > 0:
        raise StoreDamaged(f"{journal} is the journal of a database that is missing: restore both from a backup")
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # its journal gets the same mode


def _expect_own_journal(path: Path, lives: frozenset[str]) -> None:
    """Refuse a journal of the database that lay here before: SQLite would write it over the copy that lies here now.

    The file alone, without its journal, tells which life it is in; one that does not say is let through.
    """
    journal = Path(f"{path}-wal")
    if not lives or not journal.exists() or not journal.stat().st_size:
        return
    alone = sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
    try:
        life = _life(alone)
    except sqlite3.Error:
        return
    finally:
        alone.close()
    if life and life not in lives:
        raise StoreDamaged(f"{path} is another database than the one whose journal is {journal}: restore it anew")


def _connected(path: Path, patience: timedelta) -> sqlite3.Connection:
    # It is opened in one thread and belongs to another from then on.
    connection = sqlite3.connect(
        path,
        timeout=patience.total_seconds(),
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    try:
        with _told(path):
            _check(connection, path)
            for pragma in _PRAGMAS:
                connection.execute(pragma).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell SQLite's errors as ours."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise StoreBusy(f"{path} cannot be opened now: {error}") from error
    except sqlite3.DatabaseError as error:
        raise StoreDamaged(f"{path} is damaged ({error}): restore it from a backup") from error


def _prepare(file: StoreFile) -> None:
    """Bring the schema up to date and begin a life; declare a restore where the last one is not the one we know of.

    What the lock file does not know yet is written there before it is written here, so that a kill in between is not
    taken for a restore. On a full disk the last life goes on.
    """
    connection, lock = file.connection, file.lock
    last = _life(connection)
    migrations.apply(Database(connection, execute_plugins=False))
    if (last or lock.lives) and last not in lock.lives:
        connection.execute("UPDATE epoch SET is_declared = 1, number = number + 1")
    life = secrets.token_hex(16)
    with contextlib.suppress(OSError, sqlite3.OperationalError):
        lock.remember(*([last] if last else []), life)
        connection.execute("UPDATE epoch SET id = ?", (life,))
        (is_blocked, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not is_blocked:
            lock.remember(life)


def _life(connection: sqlite3.Connection) -> str:
    """Return which life the database is in; nothing if it was never opened by a release that knows of lives."""
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'epoch'").fetchone():
        return ""
    return str(connection.execute("SELECT id FROM epoch").fetchone()[0])


def is_cut_within_a_page(connection: sqlite3.Connection, path: Path) -> bool:
    """Tell whether the end of the last page is missing, for which SQLite reads zeros; a journal may have it yet."""
    journal = Path(f"{path}-wal")
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    return path.stat().st_size % page > 0 and not (journal.exists() and journal.stat().st_size)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    if not pages:
        return
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID and not _is_unborn(connection, application):
        raise SchemaMismatch(f"{path} is not a database of this program: name another file in [store] path")
    if version > SCHEMA_VERSION:
        raise SchemaMismatch(
            f"{path} was written by a newer release (schema {version}, this one knows {SCHEMA_VERSION}): "
            "install that release, or restore a backup from before it"
        )
    if is_cut_within_a_page(connection, path):
        raise StoreDamaged(f"{path} is damaged (its last page is cut short): restore it from a backup")
    if path.stat().st_size > _CHECKED_WHOLE:
        return
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise StoreDamaged(f"{path} is damaged ({found}): restore it from a backup")


def _is_unborn(connection: sqlite3.Connection, application: int) -> bool:
    """Tell whether the very first start was cut short, by a kill or a power cut, before it had made the tables."""
    return application == 0 and not connection.execute(_TABLES).fetchall()
