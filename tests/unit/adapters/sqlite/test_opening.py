"""Opening the file: what is accepted, what is refused, and with which remedy."""

import os
import sqlite3
from pathlib import Path

import pytest

from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from adapters.sqlite.migrations import APPLICATION_ID, SCHEMA_VERSION
from bridge.errors import ConfigError, SchemaMismatch, StoreBusy, StoreDamaged
from tests.contracts.bench import request


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bridge.db"


async def _opened(path: Path) -> SqliteStore:
    store = SqliteStore(path, MovableClock())
    await store.open()
    return store


async def _used(path: Path) -> None:
    """Leave behind a store with one request in it, closed in order."""
    store = await _opened(path)
    await store.transact(lambda ledger, now: ledger.sightings.first(request("a"), now))
    await store.aclose()


def _lock(path: Path) -> Path:
    return Path(f"{path}.lock")


def _lay(path: Path, octets: bytes | bytearray) -> None:
    path.write_bytes(octets)


def _remove(path: Path) -> None:
    path.unlink()


def _octets(path: Path) -> bytes:
    return path.read_bytes()


async def test_the_first_start_makes_the_file_and_nobody_else_may_read_it(path: Path) -> None:
    store = await _opened(path)

    modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    await store.aclose()

    assert modes.pop("bridge.db") == 0o600
    assert set(modes.values()) == {0o600}


async def test_a_closed_store_is_one_complete_file_beside_its_lock(path: Path) -> None:
    await _used(path)

    assert sorted(file.name for file in path.parent.iterdir()) == ["bridge.db", "bridge.db.lock"]
    with sqlite3.connect(path) as found:
        assert found.execute("SELECT name FROM name").fetchall() == [("a",)]
    found.close()


async def test_a_second_daemon_is_told_that_the_first_has_it(path: Path) -> None:
    first = await _opened(path)

    with pytest.raises(StoreBusy, match="another daemon"):
        await _opened(path)

    await first.aclose()
    await (await _opened(path)).aclose()


async def test_a_missing_folder_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be opened"):
        await _opened(tmp_path / "nowhere" / "bridge.db")


@pytest.mark.parametrize("left", [None, b""])
async def test_where_there_was_a_database_an_empty_place_is_refused(path: Path, left: bytes | None) -> None:
    await _used(path)
    _remove(path)
    if left is not None:
        _lay(path, left)

    with pytest.raises(SchemaMismatch, match="restore it from a backup"):
        await _opened(path)


async def test_whoever_really_wants_to_begin_anew_removes_the_lock_file(path: Path) -> None:
    await _used(path)
    _remove(path)
    _remove(_lock(path))

    store = await _opened(path)

    assert await store.transact(lambda ledger, now: ledger.sightings.first(request("a"), now))
    await store.aclose()


async def test_a_first_start_that_died_before_it_wrote_anything_is_begun_again(path: Path) -> None:
    _lay(path, b"")
    _lay(_lock(path), b"")

    await (await _opened(path)).aclose()


@pytest.mark.parametrize(
    "done",
    [
        "PRAGMA journal_mode = WAL",
        "CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)",
    ],
)
async def test_a_first_start_that_died_before_it_had_made_its_tables_is_begun_again(path: Path, done: str) -> None:
    with sqlite3.connect(path) as begun:
        begun.execute(done)
    begun.close()

    store = await _opened(path)

    assert await store.transact(lambda ledger, now: ledger.sightings.first(request("a"), now))
    await store.aclose()


async def test_a_journal_without_its_database_is_refused(path: Path) -> None:
    _lay(Path(f"{path}-wal"), b"frames of something")

    with pytest.raises(SchemaMismatch, match="journal"):
        await _opened(path)


async def test_a_restored_backup_without_a_lock_file_is_accepted(path: Path) -> None:
    await _used(path)
    _remove(_lock(path))

    store = await _opened(path)

    assert not await store.transact(lambda ledger, now: ledger.sightings.first(request("a"), now))
    await store.aclose()


async def test_the_database_of_another_program_is_refused_and_left_as_it_is(path: Path) -> None:
    with sqlite3.connect(path) as foreign:
        foreign.execute("CREATE TABLE invoices (id)")
    foreign.close()
    before = _octets(path)

    with pytest.raises(SchemaMismatch, match="not a database of this program"):
        await _opened(path)

    assert _octets(path) == before


async def test_what_is_no_database_at_all_is_refused(path: Path) -> None:
    _lay(path, b"not a database, but long enough to be taken for one" * 100)

    with pytest.raises(SchemaMismatch, match="backup"):
        await _opened(path)


async def test_a_database_of_a_newer_release_is_refused(path: Path) -> None:
    await _used(path)
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    newer.close()

    with pytest.raises(SchemaMismatch, match="newer release"):
        await _opened(path)


async def test_a_damaged_database_is_refused(path: Path) -> None:
    await _used(path)
    octets = bytearray(_octets(path))
    octets[8192:12288] = os.urandom(4096)
    _lay(path, octets)

    with pytest.raises(SchemaMismatch, match="damaged"):
        await _opened(path)


@pytest.mark.parametrize("missing", [1, 1000, 4096, 40_000])
async def test_a_database_that_was_cut_short_is_refused(path: Path, missing: int) -> None:
    await _used(path)
    _lay(path, _octets(path)[:-missing])

    with pytest.raises(StoreDamaged, match="damaged"):
        await _opened(path)


async def test_a_refused_file_is_not_held(path: Path) -> None:
    _lay(path, b"not a database, but long enough to be taken for one" * 100)
    with pytest.raises(SchemaMismatch):
        await _opened(path)
    _remove(path)

    await (await _opened(path)).aclose()


async def test_the_connection_is_as_careful_as_was_promised(path: Path) -> None:
    store = await _opened(path)
    pragmas = ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "cell_size_check", "secure_delete")

    # The store's own connection, between two transactions: these settings are seen on no other.
    found = [store._file.connection.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in pragmas]
    identity = store._file.connection.execute("PRAGMA application_id").fetchone()[0]
    await store.aclose()

    assert found == ["wal", 2, 1, 0, 1, 1]
    assert identity == APPLICATION_ID
