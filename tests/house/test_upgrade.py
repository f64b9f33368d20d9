"""Every released version's data directory opens with the present one, and holds what it held."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from bridge.errors import SchemaMismatch
from tests.fixtures.make_data import HERE, facts

RELEASES = sorted(folder.name for folder in HERE.glob("data-*"))


def test_there_is_a_data_directory_of_a_release() -> None:
    assert "data-0.1.0" in RELEASES


@pytest.mark.parametrize("release", RELEASES)
async def test_the_data_of_a_release_opens_and_holds_what_it_held(release: str, tmp_path: Path) -> None:
    shutil.copy(HERE / release / "bridge.db", tmp_path / "bridge.db")
    store = SqliteStore(tmp_path / "bridge.db", MovableClock())
    await store.open()

    found = await store.transact(lambda ledger, now: facts(ledger))
    await store.aclose()

    assert found == json.loads((HERE / release / "facts.json").read_text())


@pytest.mark.parametrize("release", RELEASES)
async def test_who_takes_part_in_the_conversations_of_a_release_is_known(release: str, tmp_path: Path) -> None:
    shutil.copy(HERE / release / "bridge.db", tmp_path / "bridge.db")
    store = SqliteStore(tmp_path / "bridge.db", MovableClock())
    await store.open()
    await store.aclose()

    with closing(sqlite3.connect(tmp_path / "bridge.db")) as opened:
        conversations = opened.execute("SELECT number, participants FROM conversation").fetchall()
        found = opened.execute("SELECT backwards, conversation FROM participant").fetchall()

    numbers = {(person.lstrip("+"), number) for number, people in conversations for person in json.loads(people)}
    assert set(found) == {(digits[::-1], number) for digits, number in numbers if digits.isdigit()}
    assert found


async def test_data_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    shutil.copy(HERE / RELEASES[-1] / "bridge.db", tmp_path / "bridge.db")
    newer = sqlite3.connect(tmp_path / "bridge.db")
    newer.execute("PRAGMA user_version = 999")
    newer.close()

    with pytest.raises(SchemaMismatch, match="newer release"):
        await SqliteStore(tmp_path / "bridge.db", MovableClock()).open()
