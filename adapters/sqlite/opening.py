"""Opens the file of the store, or says why it must not be opened; a room of its own, because most of it is refusal.

SQLite opens a missing or an empty file as an empty database without a word. The lock file beside the database therefore
also remembers that there was one.
"""

import contextlib
import fcntl
import os
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from sqlite_utils import Database

from adapters.sqlite.migrations import APPLICATION_ID, SCHEMA_VERSION, migrations
from bridge.errors import ConfigError, Mistake, SchemaMismatch, StoreBusy
from bridge.wording import config as wording

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
    lock: BinaryIO

    def close(self) -> None:
        """Leave one complete file behind, and let others have it."""
        with contextlib.suppress(sqlite3.Error):  # a full disk keeps its journal; the next start reads it
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self.connection.close()
        self.lock.close()


def open_file(path: Path, patience: timedelta) -> StoreFile:
    """Lock, check and migrate; a file is made only where there has never been one.

    `patience` is how long a lock of another process is waited for. Raise `StoreBusy` if another daemon has the file,
    `SchemaMismatch` if it cannot be used as it is, `ConfigError` if it cannot be there.
    """
    if path.is_dir():
        raise ConfigError((Mistake(place=str(path), what="is a folder", remedy=wording.store_file()),))
    lock = _locked(path)
    try:
        _expect(path, had_one=os.fstat(lock.fileno()).st_size > 0)
        connection = _connected(path, patience)
        _remember(lock, path)
    except BaseException:
        lock.close()
        raise
    return StoreFile(connection=connection, lock=lock)


def _locked(path: Path) -> BinaryIO:
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        mistake = Mistake(place=str(path), what=f"cannot be opened: {error}", remedy=wording.store_folder())
        raise ConfigError((mistake,)) from error
    lock = os.fdopen(descriptor, "r+b")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise StoreBusy(f"{path} is held by another daemon") from None
    return lock


def _expect(path: Path, *, had_one: bool) -> None:
    """Refuse to begin anew where texts were kept before, or where a journal shows that they were."""
    if path.exists() and path.stat().st_size > 0:
        return
    if had_one:
        raise SchemaMismatch(
            f"{path} is missing or empty, but there was a database: restore it from a backup, "
            f"or remove {path}.lock to begin with an empty one"
        )
    journal = Path(f"{path}-wal")
    if journal.exists() and journal.stat().st_size > 0:
        raise SchemaMismatch(f"{journal} is the journal of a database that is missing: restore both from a backup")
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))  # its journal gets the same mode


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
        _check(connection, path)
        for pragma in _PRAGMAS:
            connection.execute(pragma).fetchall()
        migrations.apply(Database(connection, execute_plugins=False))
    except sqlite3.OperationalError as error:
        connection.close()
        raise StoreBusy(f"{path} cannot be opened now: {error}") from error
    except sqlite3.DatabaseError as error:
        connection.close()
        raise SchemaMismatch(f"{path} is damaged ({error}): restore it from a backup") from error
    except BaseException:
        connection.close()
        raise
    return connection


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
    if path.stat().st_size > _CHECKED_WHOLE:
        return
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise SchemaMismatch(f"{path} is damaged ({found}): restore it from a backup")


def _is_unborn(connection: sqlite3.Connection, application: int) -> bool:
    """Tell whether the very first start was cut short, by a kill or a power cut, before it had made the tables."""
    return application == 0 and not connection.execute(_TABLES).fetchall()


def _remember(lock: BinaryIO, path: Path) -> None:
    lock.seek(0)
    lock.write(f"{path.name} beside this file is kept by sms-bridge.\n".encode())
    lock.truncate()
    lock.flush()
    os.fsync(lock.fileno())
