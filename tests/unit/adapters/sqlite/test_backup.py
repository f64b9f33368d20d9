"""Backups: complete while everything goes on, never half a file, and refused in words where they cannot be."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.sqlite.backup import back_up_stopped, check_stopped
from bridge.errors import BackupFailed, ConfigError, StoreBusy, StoreDamaged
from tests.unit.adapters.sqlite.shelf import (
    MEGABYTE,
    keep,
    keys,
    lay,
    mode,
    names,
    no_file_larger_than,
    octets,
    opened,
    spoil,
    used,
)

PATIENCE = timedelta(seconds=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "store").mkdir()
    return tmp_path / "store" / "bridge.db"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "nightly.db"


# --- Writing one ------------------------------------------------------------------------------------------------------


async def test_a_backup_is_one_complete_file_that_only_its_owner_may_read(path: Path, target: Path) -> None:
    store = await opened(path)
    await keep(store, "a", "b")

    backup = await store.back_up(target, force=False)
    await store.aclose()

    assert names(target.parent) == ["nightly.db"]
    assert mode(target) == 0o600
    assert keys(target) == {"a", "b"}
    assert (backup.file, backup.octets) == (str(target), len(octets(target)))


async def test_texts_are_taken_in_while_a_backup_is_written_and_stand_in_it(path: Path, target: Path) -> None:
    store = await opened(path)
    for number in range(20):
        await keep(store, f"before {number}", body=b"x" * MEGABYTE)

    writing = asyncio.ensure_future(store.back_up(target, force=False))
    taken: list[str] = []
    while not writing.done():
        taken.append(f"during {len(taken)}")
        await keep(store, taken[-1])
    await writing
    await store.aclose()

    assert len(taken) > 5
    found = keys(target)
    assert {f"before {number}" for number in range(20)} <= found
    assert {key for key in found if key.startswith("during")} == set(taken[: len(found) - 20])
    assert len(found) > 20


async def test_two_backups_at_once_are_both_complete(path: Path, target: Path) -> None:
    store = await opened(path)
    await keep(store, "a")

    second = target.with_name("second.db")
    await asyncio.gather(store.back_up(target, force=False), store.back_up(second, force=False))
    await store.aclose()

    assert keys(target) == keys(second) == {"a"}


async def test_a_store_that_is_closed_meanwhile_leaves_no_half_backup(path: Path, target: Path) -> None:
    store = await opened(path)
    for number in range(20):
        await keep(store, f"before {number}", body=b"x" * MEGABYTE)
    writing = asyncio.ensure_future(store.back_up(target, force=False))
    await keep(store, "during")
    while not any(target.parent.iterdir()):
        await keep(store, "during")

    await store.aclose()

    with pytest.raises((BackupFailed, StoreBusy)):
        await writing
    assert names(target.parent) == []


async def test_a_store_that_no_daemon_has_open_is_backed_up_as_it_is(path: Path, target: Path) -> None:
    await used(path, "a")
    before = octets(path)

    back_up_stopped(path, target, force=False, patience=PATIENCE)

    assert keys(target) == {"a"}
    assert octets(path) == before


async def test_a_store_that_a_daemon_has_open_is_not_backed_up_beside_it(path: Path, target: Path) -> None:
    store = await opened(path)

    with pytest.raises(StoreBusy, match="another daemon"):
        back_up_stopped(path, target, force=False, patience=PATIENCE)
    await store.aclose()

    assert names(target.parent) == []


def test_where_there_is_no_database_nothing_is_backed_up(path: Path, target: Path) -> None:
    with pytest.raises(StoreDamaged, match="missing"):
        back_up_stopped(path, target, force=False, patience=PATIENCE)

    assert not path.exists()


async def test_a_file_that_is_there_is_replaced_only_when_that_is_asked_for(path: Path, target: Path) -> None:
    await used(path, "a")
    lay(target, b"the last one")

    with pytest.raises(ConfigError, match="exists already"):
        back_up_stopped(path, target, force=False, patience=PATIENCE)
    assert octets(target) == b"the last one"
    back_up_stopped(path, target, force=True, patience=PATIENCE)

    assert keys(target) == {"a"}


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", ".lock", ".sock"])
async def test_a_file_of_the_store_itself_is_never_replaced(path: Path, suffix: str) -> None:
    await used(path, "a")

    with pytest.raises(ConfigError, match="belongs to the database"):
        back_up_stopped(path, Path(f"{path}{suffix}"), force=True, patience=PATIENCE)

    assert keys(path) == {"a"}


async def test_a_folder_that_is_missing_is_named(path: Path, tmp_path: Path) -> None:
    await used(path)

    with pytest.raises(ConfigError, match="folder does not exist"):
        back_up_stopped(path, tmp_path / "nowhere" / "nightly.db", force=False, patience=PATIENCE)


async def test_what_is_no_ordinary_file_is_not_replaced(path: Path, target: Path) -> None:
    await used(path)

    with pytest.raises(ConfigError, match="no ordinary file"):
        back_up_stopped(path, target.parent, force=True, patience=PATIENCE)


async def test_who_may_not_write_is_told_who_writes(path: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    await used(path)
    opened = os.open

    def refuse(name: Path | str, flags: int, *more: int) -> int:
        if str(name).endswith(".part"):
            raise PermissionError(13, "Permission denied", str(name))
        return opened(name, flags, *more)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ConfigError, match=r"cannot be written by \w+: Permission denied") as caught:
        back_up_stopped(path, target, force=False, patience=PATIENCE)

    assert "daemon that writes" in caught.value.mistakes[0].remedy


async def test_a_full_disk_leaves_the_older_backup_and_nothing_half(path: Path, target: Path) -> None:
    store = await opened(path)
    await keep(store, "a", body=b"x" * MEGABYTE)
    await store.back_up(target, force=False)
    await keep(store, "b", body=b"x" * MEGABYTE)

    with no_file_larger_than(MEGABYTE // 2), pytest.raises(BackupFailed, match="make room"):
        await store.back_up(target, force=True)
    await keep(store, "c")
    await store.aclose()

    assert names(target.parent) == ["nightly.db"]
    assert keys(target) == {"a"}
    assert keys(path) == {"a", "b", "c"}


async def test_a_damaged_database_is_not_backed_up_in_silence(
    path: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.sqlite.opening._CHECKED_WHOLE", 0)
    await used(path, *map(str, range(200)))
    spoil(path)

    with pytest.raises(StoreDamaged, match="no backup"):
        back_up_stopped(path, target, force=False, patience=PATIENCE)

    assert names(target.parent) == []


# --- Reading everything -----------------------------------------------------------------------------------------------


async def test_a_whole_database_is_found_whole(path: Path) -> None:
    await used(path, "a")

    assert check_stopped(path, PATIENCE) == len(octets(path))


async def test_flipped_bytes_in_a_large_database_are_found_by_reading_all_of_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.sqlite.opening._CHECKED_WHOLE", 0)
    await used(path, *map(str, range(200)))
    spoil(path)
    await (await opened(path)).aclose()

    with pytest.raises(StoreDamaged, match="restore it from a backup"):
        check_stopped(path, PATIENCE)


async def test_nothing_is_checked_beside_a_daemon(path: Path) -> None:
    store = await opened(path)

    with pytest.raises(StoreBusy):
        check_stopped(path, PATIENCE)
    await store.aclose()
