"""A place on disk for SQLite stores, and the accidents that can happen to it."""

import resource
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from bridge.ports import Clock

_PATIENCE = timedelta(milliseconds=50)


class SqliteBench:
    """Stores in one folder; each further place is a folder inside it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.path = folder / "bridge.db"
        self.clock = MovableClock()

    async def open(self, clock: Clock | None = None) -> SqliteStore:
        store = SqliteStore(self.path, clock or self.clock, patience=_PATIENCE)
        await store.open()
        return store

    async def open_elsewhere(self) -> SqliteStore:
        elsewhere = SqliteBench(Path(mkdtemp(dir=self._folder)))
        elsewhere.clock = self.clock
        return await elsewhere.open()

    async def open_after_crash(self) -> SqliteStore:
        """Open a copy of the files as they lie there, journal included."""
        elsewhere = Path(mkdtemp(dir=self._folder))
        for file in self._folder.glob("bridge.db*"):
            shutil.copy(file, elsewhere)
        return await SqliteBench(elsewhere).open()

    @contextmanager
    def locked(self) -> Iterator[None]:
        other = sqlite3.connect(self.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.close()

    @contextmanager
    def full(self) -> Iterator[None]:
        """Forbid this process to let any file grow beyond the present size of the journal."""
        size = Path(f"{self.path}-wal").stat().st_size
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    def tamper(self, *statements: str) -> None:
        with closing(sqlite3.connect(self.path, isolation_level=None)) as other:
            for statement in statements:
                other.execute(statement)

    def octets(self) -> bytes:
        return b"".join(file.read_bytes() for file in self._folder.glob("bridge.db*"))
