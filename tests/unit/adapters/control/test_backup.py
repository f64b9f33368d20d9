"""The order to write a backup, over a real socket: what the daemon wrote, and what was in its way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from adapters.control import ControlClient, ControlServer
from adapters.control.listener import BackUp
from bridge.domain.backup import Backup, Contents
from bridge.domain.query import Query, View
from bridge.errors import BackupFailed, BridgeError, ConfigError, Mistake, StoreBusy, WireError

FILE = Path("/backups/nightly.db")
WRITTEN = Backup(
    file=str(FILE), contents=Contents(conversations=3, messages=40, waiting=1), octets=1_234_567, seconds=0.25
)


class Reception:
    """A desk that nobody asks."""

    async def ask(self, query: Query) -> View:
        raise AssertionError(query)


@dataclass
class Writer:
    """Writes no file, and remembers what was asked of it."""

    error: BridgeError | None = None
    asked: list[tuple[Path, bool]] = field(default_factory=list)

    async def back_up(self, file: Path, force: bool) -> Backup:
        self.asked.append((file, force))
        if self.error:
            raise self.error
        return WRITTEN


@asynccontextmanager
async def running(path: Path, back_up: BackUp | None) -> AsyncIterator[ControlClient]:
    server = ControlServer(path, back_up)
    await server.start(Reception())
    try:
        yield ControlClient(path)
    finally:
        await server.aclose()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control"


@pytest.mark.parametrize("force", [False, True])
async def test_what_was_written_comes_through_unchanged(path: Path, force: bool) -> None:
    writer = Writer()
    async with running(path, writer.back_up) as client:
        assert await client.back_up(FILE, force=force) == WRITTEN

    assert writer.asked == [(FILE, force)]


async def test_what_somebody_must_change_comes_through_with_its_remedy(path: Path) -> None:
    mistake = Mistake(place=str(FILE), what="exists already.", remedy="Name another file.")
    async with running(path, Writer(ConfigError((mistake,))).back_up) as client:
        with pytest.raises(ConfigError) as caught:
            await client.back_up(FILE, force=False)

    assert caught.value.mistakes == (mistake,)


@pytest.mark.parametrize("error", [BackupFailed("no room on the disk"), StoreBusy("no room on the disk")])
async def test_what_stands_in_the_way_for_now_is_a_backup_that_failed(path: Path, error: BridgeError) -> None:
    async with running(path, Writer(error).back_up) as client:
        with pytest.raises(BackupFailed, match="no room on the disk"):
            await client.back_up(FILE, force=False)


async def test_a_daemon_that_writes_no_backups_is_as_good_as_none(path: Path) -> None:
    async with running(path, None) as client:
        with pytest.raises(ConnectionError, match="cannot answer"):
            await client.back_up(FILE, force=False)


async def test_an_order_that_cannot_be_read_is_not_guessed_at(path: Path) -> None:
    writer = Writer()
    transport = httpx.AsyncHTTPTransport(uds=str(path))
    async with running(path, writer.back_up), httpx.AsyncClient(transport=transport, trust_env=False) as client:
        answer = await client.post("http://daemon/backup", content=b'{"file": 7}')

    assert (answer.status_code, writer.asked) == (400, [])


async def test_an_answer_of_another_release_is_not_guessed_at(path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async with await asyncio.start_unix_server(answer, path):
        with pytest.raises(WireError, match="cannot be read"):
            await ControlClient(path).back_up(FILE, force=False)
