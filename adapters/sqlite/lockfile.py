"""The file beside the database that keeps other daemons out, and remembers that there is one, and which life of it.

A life is an id that is drawn at every opening and stands here and in the database. A database that bears another one is
an older copy, whoever put it there.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from bridge.errors import ConfigError, Mistake, StoreBusy
from bridge.wording import config as wording

_LIFE = "life: "


@dataclass(frozen=True, slots=True, kw_only=True)
class LockFile:
    """The file, locked until it is closed."""

    path: Path  # of the database
    stream: BinaryIO

    @property
    def had_one(self) -> bool:
        """Tell whether a database was ever opened here."""
        return os.fstat(self.stream.fileno()).st_size > 0

    @property
    def lives(self) -> frozenset[str]:
        """Return the lives that the database may be in; none if a release without lives was the last to open it."""
        self.stream.seek(0)
        lines = self.stream.read().decode(errors="replace").splitlines()
        return frozenset(line.removeprefix(_LIFE) for line in lines if line.startswith(_LIFE))

    def remember(self, *lives: str) -> None:
        """Write down that there is a database, in one of these lives."""
        lines = [f"{self.path.name} beside this file is kept by sms-bridge.", *(f"{_LIFE}{life}" for life in lives)]
        self.stream.seek(0)
        self.stream.write("".join(f"{line}\n" for line in lines).encode())
        self.stream.truncate()
        self.stream.flush()
        os.fsync(self.stream.fileno())

    def close(self) -> None:
        """Let others have the database."""
        self.stream.close()


def locked(path: Path) -> LockFile:
    """Lock the database at this path; raise `StoreBusy` if another has it, `ConfigError` if it cannot be there."""
    if path.is_dir():
        raise ConfigError((Mistake(place=str(path), what="is a folder", remedy=wording.store_file()),))
    try:
        descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        mistake = Mistake(place=str(path), what=f"cannot be opened: {error}", remedy=wording.store_folder())
        raise ConfigError((mistake,)) from error
    stream = os.fdopen(descriptor, "r+b")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        raise StoreBusy(f"{path} is held by another daemon") from None
    return LockFile(path=path, stream=stream)
