"""The command line and the daemon, over a real socket: the answer, the rights, and who may take the path."""

import asyncio
import json
import os
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.control import ControlClient, ControlServer, wire
from bridge.domain.invariant import Invariant
from bridge.domain.query import AskStatus, Query, StatusView, Trouble, View
from bridge.errors import CannotListen, StoreBusy, WireError

NOW = datetime(2026, 3, 2, 20, 12, 0, 123456, tzinfo=UTC)
CALM = StatusView(now=NOW, counts={}, oldest_unacknowledged=None, oldest_waiting=None)
BUSY = StatusView(
    now=NOW,
    counts={"conversations": 3, "waiting slack": 7},
    oldest_unacknowledged=NOW - timedelta(minutes=12),
    oldest_waiting=NOW - timedelta(seconds=5),
    listeners={"slack": "up", "main": "refused: 401 “no”"},
    troubles=(Trouble(key="blocked/main", what="the carrier says 🙂 no\n", since=NOW, count=4),),
    violated=(Invariant.STORE_REFUSES,),
)


class Reception:
    """A desk with one answer."""

    def __init__(self, view: StatusView | None) -> None:
        self._view = view
        self.asked: list[Query] = []

    async def ask(self, query: Query) -> View:
        self.asked.append(query)
        if self._view is None:
            raise StoreBusy("migrating")
        return self._view


@asynccontextmanager
async def running(path: Path, view: StatusView | None = CALM) -> AsyncIterator[Reception]:
    reception = Reception(view)
    server = ControlServer(path)
    await server.start(reception)
    try:
        yield reception
    finally:
        await server.aclose()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control"


def is_there(path: Path) -> bool:
    return path.exists()


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def left_behind(path: Path) -> None:
    """What a killed daemon leaves: a socket at which nobody listens."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))


async def test_the_status_comes_through_unchanged(path: Path) -> None:
    async with running(path, BUSY) as reception:
        assert await ControlClient(path).status() == BUSY
        assert reception.asked == [AskStatus()]


async def test_many_may_ask_at_once(path: Path) -> None:
    async with running(path):
        answers = await asyncio.gather(*(ControlClient(path).status() for _ in range(20)))

    assert answers == [CALM] * 20


async def test_only_the_daemons_own_user_may_open_the_socket(path: Path) -> None:
    mask = os.umask(0)
    try:
        async with running(path):
            assert rights(path) == 0o600
        assert os.umask(0) == 0  # the mask is put back
    finally:
        os.umask(mask)


async def test_the_path_is_cleared_and_may_be_taken_again(path: Path) -> None:
    for _ in range(2):
        async with running(path):
            assert await ControlClient(path).status() == CALM
        assert not is_there(path)


async def test_closing_twice_or_before_the_start_is_harmless(path: Path) -> None:
    server = ControlServer(path)
    await server.aclose()
    await server.start(Reception(CALM))
    await server.aclose()
    await server.aclose()

    assert not is_there(path)


async def test_the_socket_of_a_dead_daemon_is_replaced(path: Path) -> None:
    left_behind(path)

    async with running(path):
        assert await ControlClient(path).status() == CALM


async def test_the_socket_of_a_living_daemon_is_left_alone(path: Path) -> None:
    async with running(path, BUSY):
        with pytest.raises(CannotListen, match="another daemon answers"):
            await ControlServer(path).start(Reception(CALM))

        assert await ControlClient(path).status() == BUSY


async def test_a_daemon_too_busy_to_answer_counts_as_living(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(str(path))
        busy.listen(0)
        with socket.socket(socket.AF_UNIX) as waiting:
            waiting.connect(str(path))

            with pytest.raises(CannotListen, match="another daemon answers"):
                await ControlServer(path).start(Reception(CALM))


@pytest.fixture
def precious(path: Path) -> Path:
    path.write_text("precious")
    return path


async def test_a_file_that_is_no_socket_is_never_removed(precious: Path) -> None:
    with pytest.raises(CannotListen, match="something else"):
        await ControlServer(precious).start(Reception(CALM))

    assert is_there(precious)


async def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    left_behind(tmp_path / "elsewhere")
    os.symlink(tmp_path / "elsewhere", path)

    with pytest.raises(CannotListen, match="something else"):
        await ControlServer(path).start(Reception(CALM))

    assert is_there(tmp_path / "elsewhere")


async def test_a_path_that_another_has_taken_meanwhile_is_not_cleared(path: Path) -> None:
    async with running(path):
        os.rename(path, path.with_name("moved"))  # the first keeps its inode, so that the second must get another
        left_behind(path)

    assert is_there(path)


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotListen, match="nowhere/control cannot be made: No such file"):
        await ControlServer(tmp_path / "nowhere" / "control").start(Reception(CALM))


async def test_a_path_longer_than_systems_take_is_refused_in_words_at_both_ends(tmp_path: Path) -> None:
    fits = tmp_path / ("x" * (103 - len(os.fsencode(tmp_path)) - 1))
    too_long = fits.with_name(fits.name + "x")

    async with running(fits):
        assert await ControlClient(fits).status() == CALM
    with pytest.raises(CannotListen, match="is too long for the path of a socket"):
        await ControlServer(too_long).start(Reception(CALM))
    with pytest.raises(ConnectionError, match="is too long for the path of a socket"):
        await ControlClient(too_long).status()


async def test_without_a_daemon_the_client_says_so(path: Path) -> None:
    with pytest.raises(ConnectionError, match="no daemon answers at"):
        await ControlClient(path).status()

    left_behind(path)
    with pytest.raises(ConnectionError, match="no daemon answers at"):
        await ControlClient(path).status()


async def test_a_store_that_is_busy_is_told_to_the_client(path: Path) -> None:
    async with running(path, None):
        with pytest.raises(ConnectionError, match="cannot answer now: the store is busy: migrating"):
            await ControlClient(path).status()


async def test_a_proxy_of_the_environment_is_not_asked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")

    async with running(path):
        assert await ControlClient(path).status() == CALM


@pytest.mark.parametrize("view", [CALM, BUSY])
def test_writing_and_reading_are_inverse(view: StatusView) -> None:
    assert wire.read(wire.written(view)) == view


def test_what_a_terminal_could_obey_is_made_visible() -> None:
    hostile = "no \x1b[2J\u202e\udcff"
    trouble = Trouble(key="a", what=hostile, since=NOW)

    came = wire.read(wire.written(replace(CALM, listeners={"main": hostile}, troubles=(trouble,))))

    assert came.listeners["main"] == came.troubles[0].what == "no [2J[U+202E]\ufffd"


@pytest.mark.parametrize(
    "change",
    [
        {"now": "2026-03-02T20:12:00"},
        {"now": 1772482320},
        {"now": None},
        {"counts": {"conversations": "3"}},
        {"counts": {"conversations": 3.5}},
        {"counts": []},
        {"oldest_waiting": "yesterday"},
        {"listeners": {"slack": True}},
        {"troubles": [{"key": "a", "what": "b", "since": "2026-03-02T20:12:00Z"}]},
        {"troubles": [{"key": "a", "what": "b", "since": "2026-03-02T20:12:00Z", "count": 1, "more": 1}]},
        {"more": 1},
    ],
)
def test_an_answer_that_is_not_exactly_a_status_is_refused(change: dict[str, object]) -> None:
    whole = json.loads(wire.written(CALM))
    assert wire.read(json.dumps(whole).encode()) == CALM

    with pytest.raises(WireError):
        wire.read(json.dumps({**whole, **change}).encode())


@pytest.mark.parametrize(
    "missing", ["now", "counts", "oldest_unacknowledged", "oldest_waiting", "listeners", "troubles"]
)
def test_an_answer_that_lacks_something_is_refused(missing: str) -> None:
    whole = json.loads(wire.written(CALM))
    del whole[missing]

    with pytest.raises(WireError):
        wire.read(json.dumps(whole).encode())


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"<html>", b"\xff", b"{" * 100_000, b"[" * 100_000])
def test_an_answer_that_is_nothing_of_ours_is_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        wire.read(body)
