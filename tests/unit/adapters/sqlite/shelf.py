"""A store in a folder and a backup in another, and what can happen to files meanwhile."""

import os
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from tests.contracts.bench import request

MEGABYTE = 1_000_000


async def opened(path: Path) -> SqliteStore:
    store = SqliteStore(path, MovableClock())
    await store.open()
    return store


async def keep(store: SqliteStore, *keys: str, body: bytes = b"From=1") -> None:
    for key in keys:
        await store.transact(lambda ledger, now, key=key: ledger.sightings.first(request(key, body=body), now))  # type: ignore[misc] # bound early


async def used(path: Path, *keys: str) -> None:
    """Leave behind a closed store that holds these requests."""
    store = await opened(path)
    await keep(store, *keys)
    await store.aclose()


async def backed_up(path: Path, target: Path) -> None:
    """Make a backup that holds "a", of a store that holds "a" and "b"."""
    store = await opened(path)
    await keep(store, "a")
    await store.back_up(target, force=False)
    await keep(store, "b")
    await store.aclose()


async def is_declared(path: Path) -> bool:
    """Tell whether a start takes this for a restored database."""
    store = await opened(path)
    declared = await store.transact(lambda ledger, now: ledger.epoch.is_declared())
    await store.aclose()
    return declared


def keys(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as found:
        return {name for (name,) in found.execute("SELECT name FROM name")}


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def order(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement).fetchall()


def octets(path: Path) -> bytes:
    return path.read_bytes()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def lay(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def remove(path: Path) -> None:
    path.unlink()


def spoil(path: Path) -> None:
    """Flip the bytes of the last page, which holds rows."""
    found = path.read_bytes()
    path.write_bytes(found[:-4096] + os.urandom(4096))


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
