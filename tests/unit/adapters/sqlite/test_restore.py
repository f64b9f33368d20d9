"""Restores: what cannot be used is refused, what was there is kept, and the next start knows that it happened."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.sqlite.migrations import SCHEMA_VERSION
from adapters.sqlite.restore import put_back
from bridge.errors import BackupFailed, ConfigError, StoreBusy, StoreDamaged
from tests.unit.adapters.sqlite.shelf import (
    backed_up,
    is_declared,
    keep,
    keys,
    lay,
    mode,
    names,
    no_file_larger_than,
    octets,
    opened,
    order,
    remove,
    spoil,
    used,
)

NOW = datetime(2026, 3, 2, 19, 3, 22, tzinfo=UTC)
RELEASED = Path(__file__).parents[3] / "fixtures" / "data-0.1.0" / "bridge.db"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "store").mkdir()
    return tmp_path / "store" / "bridge.db"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "nightly.db"


# --- Putting one back -------------------------------------------------------------------------------------------------


async def test_a_backup_is_put_back_and_what_was_there_lies_beside_it(path: Path, target: Path) -> None:
    await backed_up(path, target)

    restored = put_back(path, target, NOW)

    assert restored.aside == f"{path}.before-20260302T190322"
    assert keys(path) == {"a"}
    assert keys(Path(restored.aside)) == {"a", "b"}
    assert keys(target) == {"a"}
    assert mode(path) == 0o600
    assert names(path.parent) == ["bridge.db", "bridge.db.before-20260302T190322", "bridge.db.lock"]


async def test_what_was_put_aside_is_never_written_over(path: Path, target: Path) -> None:
    await backed_up(path, target)

    first, second = put_back(path, target, NOW), put_back(path, target, NOW)

    assert second.aside == f"{first.aside}-1"
    assert keys(Path(first.aside)) == {"a", "b"}


async def test_a_journal_that_a_killed_daemon_left_goes_aside_with_its_database(path: Path, target: Path) -> None:
    await backed_up(path, target)
    store = await opened(path)
    await keep(store, "c")
    left = {name: octets(path.parent / name) for name in ("bridge.db", "bridge.db-wal")}
    await store.aclose()
    for name, found in left.items():
        lay(path.parent / name, found)

    restored = put_back(path, target, NOW)

    assert keys(path) == {"a"}
    assert keys(Path(restored.aside)) == {"a", "b", "c"}


async def test_a_lost_database_is_put_back(path: Path, target: Path) -> None:
    await backed_up(path, target)
    remove(path)

    assert put_back(path, target, NOW).aside == ""

    assert keys(path) == {"a"}


async def test_nothing_is_put_back_under_a_daemon(path: Path, target: Path) -> None:
    await backed_up(path, target)
    store = await opened(path)

    with pytest.raises(StoreBusy, match="another daemon"):
        put_back(path, target, NOW)
    await keep(store, "c")
    await store.aclose()

    assert keys(path) == {"a", "b", "c"}


def _foreign(target: Path) -> None:
    target.unlink()
    order(target, "CREATE TABLE invoices (id)")


def _newer(target: Path) -> None:
    order(target, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def _garbled(target: Path) -> None:
    spoil(target)


def _cut_short(target: Path) -> None:
    target.write_bytes(octets(target)[:-8192])


def _cut_within_a_page(target: Path) -> None:
    lay(target, octets(target)[:-1000])


def _empty(target: Path) -> None:
    target.write_bytes(b"")


def _no_database(target: Path) -> None:
    target.write_bytes(b"not a database, but long enough to be taken for one" * 100)


def _gone(target: Path) -> None:
    target.unlink()


def _folder(target: Path) -> None:
    target.unlink()
    target.mkdir()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_foreign, "is no backup of this program"),
        (_newer, "was written by a newer release"),
        (_garbled, "is damaged"),
        (_cut_short, "is damaged"),
        (_cut_within_a_page, "is damaged: its last page is cut short"),
        (_empty, "is no backup of this program"),
        (_no_database, "is no backup of this program"),
        (_gone, "cannot be read: No such file"),
        (_folder, "cannot be read: Is a directory"),
    ],
)
async def test_what_cannot_be_used_is_refused_and_the_database_stays(
    path: Path, target: Path, harm: Callable[[Path], None], words: str
) -> None:
    await backed_up(path, target)
    harm(target)

    with pytest.raises(ConfigError, match=words):
        put_back(path, target, NOW)

    assert names(path.parent) == ["bridge.db", "bridge.db.lock"]
    assert keys(path) == {"a", "b"}
    assert not await is_declared(path)


async def test_the_database_is_no_backup_of_itself(path: Path, target: Path) -> None:
    await backed_up(path, target)

    with pytest.raises(ConfigError, match="belongs to the database"):
        put_back(path, path, NOW)


async def test_a_full_disk_leaves_the_database_as_it_is(path: Path, target: Path) -> None:
    await backed_up(path, target)

    with no_file_larger_than(16_384), pytest.raises(BackupFailed, match="make room"):
        put_back(path, target, NOW)

    assert names(path.parent) == ["bridge.db", "bridge.db.lock"]
    assert keys(path) == {"a", "b"}


# --- Whether the next start notices -----------------------------------------------------------------------------------


async def test_a_start_after_a_stop_or_a_kill_is_no_restore(path: Path) -> None:
    await used(path, "a")
    assert not await is_declared(path)
    store = await opened(path)
    left = {name: octets(path.parent / name) for name in names(path.parent)}
    await store.aclose()
    for name, found in left.items():
        lay(path.parent / name, found)

    assert not await is_declared(path)


async def test_a_restore_is_noticed(path: Path, target: Path) -> None:
    await backed_up(path, target)
    put_back(path, target, NOW)

    assert await is_declared(path)


async def test_a_backup_that_was_copied_there_by_hand_is_noticed(path: Path, target: Path) -> None:
    await backed_up(path, target)
    lay(path, octets(target))

    assert await is_declared(path)


async def test_an_older_copy_of_the_stopped_file_is_noticed(path: Path) -> None:
    await used(path, "a")
    copy = octets(path)
    await used(path, "b")
    lay(path, copy)

    assert await is_declared(path)


async def test_a_copy_of_the_last_stop_is_none(path: Path) -> None:
    await used(path, "a")
    lay(path, octets(path))

    assert not await is_declared(path)


async def test_a_copy_beside_the_journal_of_another_database_is_refused(path: Path, target: Path) -> None:
    await backed_up(path, target)
    store = await opened(path)
    await keep(store, "c")
    journal = octets(Path(f"{path}-wal"))
    await store.aclose()
    lay(path, octets(target))
    lay(Path(f"{path}-wal"), journal)

    with pytest.raises(StoreDamaged, match="another database"):
        await opened(path)


async def test_the_data_of_the_first_release_is_no_restore(path: Path) -> None:
    lay(path, octets(RELEASED))
    lay(Path(f"{path}.lock"), b"bridge.db beside this file is kept by sms-bridge.\n")

    assert not await is_declared(path)


async def test_the_data_of_the_first_release_where_a_later_one_was_is_one(path: Path) -> None:
    await used(path, "a")
    lay(path, octets(RELEASED))

    assert await is_declared(path)
