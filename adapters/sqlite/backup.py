"""Backups of the file: written beside their name, checked, then renamed; an older one is never touched before that.

A copy gets a life of its own, so that it is known for a copy wherever it is put, even by hand.
"""

import errno
import os
import pwd
import secrets
import sqlite3
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from adapters.sqlite.migrations import APPLICATION_ID, SCHEMA_VERSION
from adapters.sqlite.opening import is_cut_within_a_page, open_as_it_is
from bridge.domain.backup import Backup, Contents
from bridge.errors import BackupFailed, ConfigError, Mistake, StoreBusy, StoreDamaged
from bridge.wording import backup as wording

OF_A_STORE = ("", "-wal", "-shm", "-journal", ".lock", ".sock")  # what stands behind the database's name
_PAGES = 256  # copied at a time: a megabyte, in some milliseconds
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
_COUNTS = (
    "SELECT (SELECT count(*) FROM conversation), (SELECT count(*) FROM message), "
    "(SELECT count(*) FROM entry WHERE state IN ('ready', 'trying', 'asked'))"
)


@dataclass(slots=True)
class Draft:
    """A backup that is being written, under a name of its own, by one thread after another."""

    source: Path
    target: Path
    place: Path
    connection: sqlite3.Connection
    began: float = field(default_factory=time.monotonic)

    def copy(self, source: sqlite3.Connection, between: Callable[[], None]) -> None:
        """Copy everything that is in the source when this ends.

        `between` is called again and again; it may write, and raises `StoreBusy` when there is no time to finish.
        """
        try:
            source.backup(self.connection, pages=_PAGES, progress=lambda *_: between(), sleep=0)
        except StoreBusy as error:
            raise BackupFailed(wording.interrupted(str(self.target))) from error
        except sqlite3.OperationalError as error:
            raise BackupFailed(wording.no_room(str(self.target), str(error))) from error
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(wording.copy_damaged(str(self.source), str(error))) from error

    def finish(self) -> Backup:
        """Check what was copied and give it its name."""
        try:
            contents = self._sealed()
            self.connection.close()
            sync(self.place)
            os.replace(self.place, self.target)
            sync(self.target.parent)
        except (OSError, sqlite3.OperationalError) as error:
            raise BackupFailed(wording.no_room(str(self.target), _reason(error))) from error
        octets = self.target.stat().st_size
        return Backup(file=str(self.target), contents=contents, octets=octets, seconds=time.monotonic() - self.began)

    def discard(self) -> None:
        """Leave nothing behind of what was not finished."""
        self.connection.close()
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{self.place}{suffix}").unlink(missing_ok=True)

    def _sealed(self) -> Contents:
        execute = self.connection.execute
        try:
            execute("PRAGMA journal_mode = DELETE").fetchall()  # one file, without a journal beside it
            if execute("SELECT 1 FROM sqlite_master WHERE name = 'epoch'").fetchone():
                execute("UPDATE epoch SET id = ?", (secrets.token_hex(16),))
            found = _damage(self.connection)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            found = str(error)
        if found:
            raise StoreDamaged(wording.copy_damaged(str(self.source), found))
        return counted(self.connection)


def draft(source: Path, target: Path, *, force: bool) -> Draft:
    """Begin a backup of the database at `source`; raise `ConfigError` or `BackupFailed` if it cannot be at `target`."""
    _expect_room_for(source, target, force=force)
    place = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(place, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise _cannot_write(target, error) from error
    connection = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = OFF").fetchall()  # all of it is synced before it gets its name
    return Draft(source=source, target=target, place=place, connection=connection)


def back_up_stopped(source: Path, target: Path, *, force: bool, patience: timedelta) -> Backup:
    """Back up a database that no daemon has open; raise `StoreBusy` if one has."""
    file = open_as_it_is(source, patience)
    try:
        copy = draft(source, target, force=force)
        try:
            copy.copy(file.connection, lambda: None)
            return copy.finish()
        finally:
            copy.discard()
    finally:
        file.close()


def check_stopped(path: Path, patience: timedelta) -> int:
    """Read every page of a database that no daemon has open, and return its size; `StoreDamaged` tells what is wrong.

    Flipped bytes are found where they break the structure or disagree with an index, not inside of words.
    """
    file = open_as_it_is(path, patience)
    try:
        found = _damage(file.connection)
    except sqlite3.DatabaseError as error:
        found = str(error)
    finally:
        file.close()
    if found:
        raise StoreDamaged(f"{path} is damaged ({found}): restore it from a backup")
    return path.stat().st_size


def examined(place: Path, named: Path) -> Contents:
    """Return what a file holds that is said to be a backup; raise `ConfigError`, about `named`, if it is none."""
    connection = sqlite3.connect(place, isolation_level=None)
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION_ID:
            raise refused(named, wording.no_backup())
        if version > SCHEMA_VERSION:
            raise refused(named, wording.too_new(version, SCHEMA_VERSION))
        if is_cut_within_a_page(connection, place):
            raise refused(named, wording.damaged(wording.CUT_SHORT))
        if found := _damage(connection):
            raise refused(named, wording.damaged(found))
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        return counted(connection)
    except sqlite3.DatabaseError as error:
        is_none = getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_NOTADB
        raise refused(named, wording.no_backup() if is_none else wording.damaged(str(error))) from error
    finally:
        connection.close()


def counted(connection: sqlite3.Connection) -> Contents:
    conversations, messages, waiting = connection.execute(_COUNTS).fetchone()
    return Contents(conversations=conversations, messages=messages, waiting=waiting)


def refused(file: Path, told: wording.Told) -> ConfigError:
    """Say of a file what is wrong with it."""
    what, remedy = told
    return ConfigError((Mistake(place=str(file), what=what, remedy=remedy),))


def _expect_room_for(source: Path, target: Path, *, force: bool) -> None:
    own = [Path(f"{source}{suffix}") for suffix in OF_A_STORE]
    try:
        if target.resolve() in [one.resolve() for one in own]:
            raise refused(target, wording.belongs_to_the_store())
        if not target.parent.is_dir():
            raise refused(target, wording.no_folder())
        mode = target.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise _cannot_write(target, error) from error
    if not stat.S_ISREG(mode):
        raise refused(target, wording.not_a_file())
    if not force:
        raise refused(target, wording.exists())


def _cannot_write(target: Path, error: OSError) -> ConfigError | BackupFailed:
    if error.errno in _FULL:
        return BackupFailed(wording.no_room(str(target), _reason(error)))
    return refused(target, wording.no_right(_user(), _reason(error)))


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # in a container, users often have no name
        return f"user {os.geteuid()}"


def _damage(connection: sqlite3.Connection) -> str:
    """Return the first thing that is wrong with a database, or nothing."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    return "" if found == "ok" else str(found)


def _reason(error: OSError | sqlite3.Error) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def sync(path: Path) -> None:
    """Return once a file, or what a folder says of its files, is on disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
