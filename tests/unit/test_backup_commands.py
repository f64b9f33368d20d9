"""The commands about backups, on real files: what they print, and the exit codes that a nightly job relies on."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.control import ControlServer
from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from bridge.__main__ import app
from bridge.domain.query import Query, View
from tests.unit.adapters.sqlite.shelf import is_declared, keep, keys, lay, mode, names, opened, spoil, used
from tests.unit.config.settings_file import ENVIRON, RIGHT

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "store").mkdir()
    return tmp_path / "store" / "bridge.db"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "nightly.db"


@pytest.fixture
def config(tmp_path: Path, path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "bridge.toml"
    file.write_text(RIGHT.replace('path = "bridge.db"', f'path = "{path}"'))
    return file


def typed(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def typed_in_a_shell(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bridge", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


async def soon(*words: str | Path) -> Result:
    """Type it in a thread, because the command has a loop of its own."""
    return await asyncio.to_thread(typed, *words)


class Reception:
    async def ask(self, query: Query) -> View:
        raise AssertionError(query)


@asynccontextmanager
async def daemon(path: Path) -> AsyncIterator[SqliteStore]:
    """Hold the store open, and take orders where the command line looks for a daemon."""
    store = await opened(path)
    server = ControlServer(path.with_name(f"{path.name}.sock"), lambda file, force: store.back_up(file, force=force))
    await server.start(Reception())
    try:
        yield store
    finally:
        await server.aclose()
        await store.aclose()


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Let a daemon have the database that answers nobody."""
    loop = asyncio.new_event_loop()
    store = SqliteStore(path, MovableClock())
    loop.run_until_complete(store.open())
    try:
        yield
    finally:
        loop.run_until_complete(store.aclose())
        loop.close()


async def test_a_running_daemon_writes_the_backup_itself(config: Path, path: Path, target: Path) -> None:
    async with daemon(path) as store:
        await keep(store, "a")
        result = await soon("backup", target, "--config", config)

    assert (result.exit_code, result.stderr) == (0, "")
    assert re.fullmatch(
        rf"{target} is written: 0 conversations, 0 messages, 0 entries that wait to go out; "
        r"[\d,]+ octets, checked, in \d+\.\d s\.\n",
        result.stdout,
    )
    assert keys(target) == {"a"}


async def test_what_is_in_the_daemons_way_is_told_with_its_remedy(config: Path, path: Path, target: Path) -> None:
    lay(target, b"the last one")
    async with daemon(path):
        result = await soon("backup", target, "--config", config)

    assert result.exit_code == 78
    assert result.stderr == f"{target}: exists already. Name another file, or replace it with --force.\n"


async def test_without_a_daemon_the_command_writes_it(config: Path, path: Path, target: Path) -> None:
    await used(path, "a")
    lay(target, b"the last one")

    result = await soon("backup", target, "--force", "--config", config)

    assert result.exit_code == 0
    assert keys(target) == {"a"}
    assert mode(target) == 0o600


def test_a_daemon_that_does_not_answer_is_not_worked_around(config: Path, path: Path, target: Path) -> None:
    with held(path):
        result = typed("backup", target, "--config", config)

    assert result.exit_code == 75
    assert "is held by another daemon, and no daemon answers at" in result.stderr
    assert not target.exists()


def test_where_there_is_no_database_there_is_no_backup(config: Path, target: Path) -> None:
    result = typed("backup", target, "--config", config)

    assert result.exit_code == 78
    assert "is missing or empty" in result.stderr


async def test_a_backup_is_put_back_and_the_next_start_knows(config: Path, path: Path, target: Path) -> None:
    await used(path, "a")
    await soon("backup", target, "--config", config)
    await used(path, "b")

    result = await soon("restore", target, "--config", config)

    assert result.exit_code == 0
    assert result.stdout.startswith(f"{path} is {target} now: 0 conversations")
    assert f"What was there before is {path}.before-" in result.stdout
    assert keys(path) == {"a"}
    assert await is_declared(path)


async def test_nothing_is_put_back_under_a_running_daemon(config: Path, path: Path, target: Path) -> None:
    await used(path, "a")
    await soon("backup", target, "--config", config)
    async with daemon(path):
        result = await soon("restore", target, "--config", config)

    assert result.exit_code == 75
    assert "held by another daemon. Stop the other daemon first" in result.stderr


async def test_what_is_no_backup_is_not_put_back(config: Path, path: Path, target: Path) -> None:
    await used(path, "a")
    lay(target, b"")

    result = await soon("restore", target, "--config", config)

    assert result.exit_code == 78
    assert result.stderr.startswith(f"{target}: is no backup of this program. Name a file")
    assert names(path.parent) == ["bridge.db", "bridge.db.lock"]


async def test_a_restore_by_other_means_is_declared(config: Path, path: Path) -> None:
    await used(path, "a")

    result = await soon("restored", "--config", config)

    assert result.exit_code == 0
    assert "was restored" in result.stdout
    assert await is_declared(path)


@pytest.mark.parametrize("words", [("backup", "nightly.db"), ("restore", "nightly.db"), ("check", "--store")])
def test_a_database_on_a_server_has_tools_of_its_own(
    words: tuple[str, ...], config: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE", "postgresql://example.test/bridge")
    config.write_text(config.read_text().replace(f'path = "{path}"', 'url = { env = "DATABASE" }'))

    result = typed(*words, "--config", config)

    assert result.exit_code == 78
    assert "pg_dump" in result.stderr
    assert "sms-bridge restored" in result.stderr


async def test_a_whole_database_is_called_whole(config: Path, path: Path) -> None:
    await used(path, "a")

    result = await soon("check", "--store", "--config", config)

    assert result.exit_code == 0
    assert f"{path} is whole: " in result.stdout


async def test_a_damaged_one_is_named_with_the_command_that_helps(config: Path, path: Path) -> None:
    await used(path, *map(str, range(200)))
    spoil(path)

    result = await soon("check", "--store", "--config", config)

    assert result.exit_code == 78
    assert f"{path} is damaged" in result.stderr
    assert "`sms-bridge restore FILE`" in result.stderr


async def test_a_daemon_does_not_start_on_a_damaged_one_and_names_the_command(config: Path, path: Path) -> None:
    await used(path, *map(str, range(200)))
    spoil(path)

    result = await asyncio.to_thread(typed_in_a_shell, "run", "--config", config)

    assert result.returncode == 78
    assert f"{path} is damaged" in result.stderr
    assert "`sms-bridge restore FILE`" in result.stderr
