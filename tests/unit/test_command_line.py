"""The command line: what it prints, where, how wide, and the exit codes that supervisors rely on."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner, Result

from bridge import errors
from bridge.__main__ import app
from bridge.domain.query import StatusView, Trouble
from config import logs
from config.settings import Settings
from tests.unit.config.settings_file import ENVIRON, RIGHT

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 3, 2, 19, 3, 22, tzinfo=UTC)
QUIET = StatusView(
    now=NOW,
    counts={"conversations": 812, "unacknowledged": 0},
    oldest_unacknowledged=None,
    oldest_waiting=None,
    listeners={"slack": "up"},
)
TROUBLED = StatusView(
    now=NOW,
    counts={"unacknowledged": 2, "waiting/slack": 14, "waiting/main": 1, "conversations": 812, "messages": 40_112},
    oldest_unacknowledged=NOW - timedelta(minutes=41),
    oldest_waiting=NOW - timedelta(hours=3),
    listeners={"slack": "invalid_auth: put a valid bot token into the environment, and restart", "main": "up"},
    troubles=(
        Trouble(
            key="unknown-did",
            what="A text came for (415) 555-0199, which is not in bridge.toml. It is kept; add it under [[dids]].",
            since=NOW - timedelta(minutes=12),
            count=3,
        ),
        Trouble(
            key="blocked/slack",
            what="slack does not let us in\x1b[2J (invalid_auth). Everything for it is kept and waits. " + "x" * 120,
            since=NOW - timedelta(days=2),
        ),
    ),
)

Daemon = Callable[[Settings], Awaitable[None]]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "bridge.toml"
    path.write_text(RIGHT)
    return path


@pytest.fixture(autouse=True)
def log_of_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the log of the test run as it is."""
    monkeypatch.setattr(logs, "configure", lambda *_args, **_keywords: None)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Stand-ins for what the plan builds; a test sets what it needs."""
    plan = ModuleType("config.assemble")
    for name in ("config.assemble", "config.sandbox"):
        monkeypatch.setitem(sys.modules, name, plan)
    return plan


def typed(*words: str | Path, columns: int = 80) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": str(columns)})


def in_a_shell(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bridge", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)


def on_a_terminal(columns: int, *words: str | Path) -> tuple[int, str]:
    """Run the command with a terminal of this width as its output."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environ = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "NO_COLOR")}
    command = [sys.executable, "-m", "bridge", *map(str, words)]
    with subprocess.Popen(command, cwd=ROOT, stdout=theirs, stderr=theirs, env=environ | {"TERM": "xterm"}) as process:
        os.close(theirs)
        shown = b""
        try:
            while more := os.read(ours, 4096):
                shown += more
        except OSError:  # what Linux answers once the other end is closed
            pass
    os.close(ours)
    return process.returncode, re.sub(r"\x1b\[[0-9;]*m|\r", "", shown.decode())


def test_a_good_configuration_is_called_good(config: Path) -> None:
    result = in_a_shell("check", "--config", config)

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"{config} is good: 2 numbers, 1 carrier, 2 people.\n"


def test_mistakes_are_one_a_line_on_stderr_where_no_person_looks(config: Path) -> None:
    config.write_text(RIGHT.replace("channel", "chanel", 1).replace('"main"', '"mian"', 1))

    result = in_a_shell("check", "--config", config)

    assert (result.returncode, result.stdout) == (78, "")
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [f"{config}:{line}" for line in (39, 42, 43)]
    assert 'Did you mean "channel"?' in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("columns", [40, 80])
def test_mistakes_on_a_terminal_are_never_wider_than_it(columns: int, config: Path) -> None:
    config.write_text(RIGHT.replace('{ env = "SLACK_BOT_TOKEN" }', '"xoxb-1"').replace("channel", "chanel"))

    code, shown = on_a_terminal(columns, "check", "--config", config)

    assert code == 78
    assert max(map(len, shown.splitlines())) <= columns
    assert "5 mistakes" in shown.replace("\n", "")
    assert "Traceback" not in shown


@pytest.mark.parametrize("command", ["run", "check", "status", "openapi"])
def test_no_command_starts_with_a_configuration_that_is_missing(
    command: str, tmp_path: Path, house: ModuleType
) -> None:
    house.run_daemon = house.ask_status = house.described = None  # type: ignore[attr-defined]  # never reached

    result = typed(command, "--config", tmp_path / "bridge.toml")

    assert result.exit_code == 78
    assert "no such file" in result.stderr


def test_the_description_of_the_http_side_needs_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "bridge.toml"
    path.write_text(RIGHT)

    result = typed("openapi", "--config", path)

    assert result.exit_code == 0
    assert "/carriers/main/message" in json.loads(result.stdout)["paths"]


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (errors.StoreBusy("another daemon holds bridge.db"), 75, "Another daemon holds bridge.db. Stop the other"),
        (errors.CannotListen("127.0.0.1:80: permission denied"), 69, "127.0.0.1:80: permission denied. Free the"),
        (errors.SchemaMismatch("bridge.db was written by a newer release"), 78, "Start the release"),
        (errors.ConfigError((errors.Mistake(place="bridge.toml:3", what="No such channel."),)), 78, "bridge.toml:3:"),
        (errors.Transient("no answer"), 70, "Transient: no answer. This should not happen"),
    ],
)
def test_what_the_daemon_cannot_do_is_told_in_words_and_by_the_exit_code(
    error: errors.BridgeError, code: int, words: str, config: Path, house: ModuleType
) -> None:
    async def run_daemon(_settings: Settings) -> None:
        raise error

    house.run_daemon = run_daemon  # type: ignore[attr-defined]  # what the module will have

    result = typed("run", "--config", config)

    assert result.exit_code == code
    assert words in result.stderr
    assert "Traceback" not in result.output


def test_a_daemon_that_ends_well_ends_with_zero(config: Path, house: ModuleType) -> None:
    seen: list[str] = []

    async def run_daemon(settings: Settings) -> None:
        seen.append(settings.dids[0].number)

    house.run_daemon = run_daemon  # type: ignore[attr-defined]

    result = typed("run", "--config", config, "--log-format", "json")

    assert (result.exit_code, seen) == (0, ["+14155550100"])


def shows(house: ModuleType, view: StatusView) -> None:
    async def ask_status(_settings: Settings) -> StatusView:
        return view

    house.ask_status = ask_status  # type: ignore[attr-defined]


def test_the_status_of_a_quiet_house_says_so(config: Path, house: ModuleType) -> None:
    shows(house, QUIET)

    result = typed("status", "--config", config)

    assert result.exit_code == 0
    assert "2026-03-02 14:03:22 America/New_York" in result.stdout
    assert "Nothing needs you." in result.stdout
    assert "unacknowledged texts  " in result.stdout


def test_the_status_can_be_asked_from_a_shell_that_knows_no_secrets(
    config: Path, house: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows(house, QUIET)
    for name in ENVIRON:
        monkeypatch.delenv(name)

    asked, checked = typed("status", "--config", config), typed("check", "--config", config)

    assert (asked.exit_code, checked.exit_code) == (0, 78)


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_the_status_of_a_troubled_house_says_what_to_do_within_the_terminal(
    columns: int, config: Path, house: ModuleType
) -> None:
    shows(house, TROUBLED)

    result = typed("status", "--config", config, columns=columns)

    words = " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines())) <= columns
    assert "2 things need you" in words
    assert "\x1b" not in result.stdout
    if columns >= 80:
        assert "unacknowledged texts 2 the oldest for 41 min" in words
        assert "add it under [[dids]]" in words
        assert "3 times since" in words


def test_the_status_is_json_for_programs(config: Path, house: ModuleType) -> None:
    shows(house, TROUBLED)

    result = typed("status", "--config", config, "--json")

    view = json.loads(result.stdout)
    assert view["counts"]["waiting/slack"] == 14
    assert view["troubles"][0]["since"] == "2026-03-02T18:51:22+00:00"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionError("no daemon answers at bridge.db.sock"), "No daemon answers at bridge.db.sock. Start it with"),
        (errors.WireError("the daemon's answer is not a status"), "another release"),
    ],
)
def test_a_daemon_that_does_not_answer_is_told(error: Exception, words: str, config: Path, house: ModuleType) -> None:
    async def ask_status(_settings: Settings) -> StatusView:
        raise error

    house.ask_status = ask_status  # type: ignore[attr-defined]

    result = typed("status", "--config", config)

    assert result.exit_code == 69
    assert words in result.stderr


def test_the_sandbox_prints_its_address_and_closes_quietly(house: ModuleType) -> None:
    async def run_sandbox(port: int, announce: Callable[[str], None]) -> None:
        announce(f"http://127.0.0.1:{port}")
        raise KeyboardInterrupt

    house.run_sandbox = run_sandbox  # type: ignore[attr-defined]

    result = typed("sandbox", "--port", "8123")

    assert result.exit_code == 0
    assert "http://127.0.0.1:8123\n" in result.stdout


def test_the_version_and_the_help_are_at_hand() -> None:
    assert typed("--version").stdout.startswith("sms-bridge ")
    assert "sandbox" in typed("--help").stdout
    assert typed("no-such-command").exit_code == 2
