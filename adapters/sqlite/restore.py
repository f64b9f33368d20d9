"""Puts a backup in place of the database. What was there is moved aside, never deleted.

At no moment does half of the one stand beside half of the other: killed in between, there is no database, which every
start refuses, and the restore can be begun again.
"""

import contextlib
import itertools
import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from adapters.sqlite.backup import examined, refused, sync
from adapters.sqlite.lockfile import locked
from bridge.domain.backup import Restored
from bridge.errors import BackupFailed
from bridge.wording import backup as wording

_JOURNALS = ("-wal", "-shm", "-journal")


def put_back(path: Path, backup: Path, now: datetime) -> Restored:
    """Put a checked copy of the backup in place, and make sure that the next start takes it for a restore.

    Raise `StoreBusy` while a daemon has the database, `ConfigError` for what is no backup that can be used,
    `BackupFailed` where there is no room; whatever is raised, the database is as it was.
    """
    if backup.resolve() == path.resolve():
        raise refused(backup, wording.belongs_to_the_store())
    lock = locked(path)
    place = Path(f"{path}.restoring")
    try:
        _copy(backup, place)
        contents = examined(place, backup)
        with _room_at(path):
            sync(place)
            lock.remember(secrets.token_hex(16))  # no database bears it: what is opened next is a restored one
            aside = _move_aside(path, now)
            os.rename(place, path)
            sync(path.parent)
    finally:
        for suffix in ("", *_JOURNALS):
            Path(f"{place}{suffix}").unlink(missing_ok=True)
        lock.close()
    return Restored(file=str(backup), contents=contents, aside=str(aside or ""))


def _copy(backup: Path, place: Path) -> None:
    """Copy the file, and its journal if it lies beside it: then it is the copy of a database that was in use."""
    for suffix in ("", *_JOURNALS):
        Path(f"{place}{suffix}").unlink(missing_ok=True)
    try:
        with open(backup, "rb") as reading:
            journal = Path(f"{backup}-wal")
            with _room_at(place), open(place, "xb", opener=_private) as writing:
                shutil.copyfileobj(reading, writing)
            if journal.exists():
                with _room_at(place):
                    shutil.copyfile(journal, f"{place}-wal")
    except OSError as error:
        raise refused(backup, wording.not_read(error.strerror or str(error))) from error


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


@contextlib.contextmanager
def _room_at(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BackupFailed(wording.no_room(str(path), error.strerror or str(error))) from error


def _move_aside(path: Path, now: datetime) -> Path | None:
    """Give the database that is there, and its journal, another name; None if there is none."""
    aside = _unused(path.with_name(f"{path.name}.before-{now:%Y%m%dT%H%M%S}"))
    found = [suffix for suffix in ("", *_JOURNALS) if Path(f"{path}{suffix}").exists()]
    for suffix in found:
        os.rename(f"{path}{suffix}", f"{aside}{suffix}")
    return aside if "" in found else None


def _unused(path: Path) -> Path:
    """Return this name, or one with a number where there is such a file already."""
    names = (path if number == 0 else path.with_name(f"{path.name}-{number}") for number in itertools.count())
    return next(name for name in names if not any(Path(f"{name}{suffix}").exists() for suffix in ("", *_JOURNALS)))
