"""The daemon as a process of its own, which can be killed at any moment, and its bridge.toml."""

import asyncio
import json
import os
import signal
import sys
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.canaries import CAGE
from tests.stories.language import House

REPOSITORY = Path(__file__).parents[2]
THE_DAEMON = ("-m", "bridge")
_START_SECONDS = 60
_LINES_KEPT = 200

_SETTINGS = """
[bridge]
listen = "127.0.0.1:0"
public_url = "{public}"
hold = "0s"
{more[bridge]}
[store]
{store}
[control]
socket = "{folder}/{name}.sock"
[slack]
bot_token = {{ env = "BOT_TOKEN" }}
app_token = {{ env = "APP_TOKEN" }}
api_url = "{slack}"
posts_per_minute = 0
[mail]
from = "Missed texts <texts@example.com>"
host = "127.0.0.1"
port = {mail}
security = "none"
{more[mail]}
[limits]
per_person = 0
per_participant = 0
new_participants = 0
per_account = 0
[carriers.main]
account_sid = "{account}"
auth_token = {{ env = "AUTH_TOKEN" }}
api_url = "{carrier}"
messages_per_second = 0
timeout = "2s"
{more[carrier]}
[[people]]
name = "Front desk"
email = "desk@example.com"
[[dids]]
number = "{did}"
label = "Main line"
carrier = "main"
channel = "{channel}"
assigned = ["Front desk"]
"""
_USUAL = {"carrier": 'listing_lag = "1s"'}


class Process:
    """One daemon after another on the same store; `python` is what stands after the interpreter's name."""

    def __init__(
        self,
        house: House,
        public: str,
        did: str,
        channel: str,
        python: Sequence[str] = THE_DAEMON,
        environment: Mapping[str, str] | None = None,
        *,
        name: str = "bridge",
        url: str = "",
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`name` tells daemons of one folder apart, `url` is a database; `more` lines for a section of the settings."""
        self.address = ""
        self.heard = asyncio.Condition()  # told of every line of the log
        self.log: deque[str] = deque(maxlen=_LINES_KEPT)
        self._python = python
        self._file = house.path / f"{name}.toml"
        self._file.write_text(
            _SETTINGS.format(
                public=public,
                folder=house.path,
                name=name,
                store='url = { env = "STORE_URL" }' if url else f'path = "{house.path}/bridge.db"',
                more=defaultdict(str, _USUAL | dict(more)),
                slack=house.slack.api_url,
                mail=house.mail.port,
                account=house.carrier.account_sid,
                carrier=house.carrier.api_url,
                did=did,
                channel=channel,
            )
        )
        self._environment = {
            "PATH": os.environ["PATH"],
            "BOT_TOKEN": house.slack.bot_token,
            "APP_TOKEN": house.slack.app_token,
            "AUTH_TOKEN": house.carrier.auth_token,
            "STORE_URL": url,
            **(environment or {}),
        }
        self._running: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it and return when it takes texts; `address` says where."""
        self.address = ""
        arguments = (*self._python, "run", "--config", str(self._file), "--log-format", "json")
        self._running = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=REPOSITORY,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self._listening = asyncio.create_task(self._listen())
        await self.wait_for(lambda: self.address, _START_SECONDS)

    @property
    def pid(self) -> int | None:
        """The process's number while it lives."""
        return self._running.pid if self._running and self._running.returncode is None else None

    async def order(self, *words: str) -> str:
        """Type a command for this daemon, and return what it prints; AssertionError if it ends with an error."""
        ordered = await asyncio.create_subprocess_exec(
            sys.executable,
            *(*THE_DAEMON, *words, "--config", str(self._file)),
            cwd=REPOSITORY,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await ordered.communicate()
        assert ordered.returncode == 0, printed.decode()
        return printed.decode()

    def kill(self) -> None:
        """End it as a power cut would, at once."""
        assert self._running
        os.kill(self._running.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """End it in good order."""
        if self._running and self._running.returncode is None:
            self._running.terminate()
        await self.gone()

    async def gone(self) -> None:
        """Return when nothing is left of it."""
        if self._running and self._listening:
            await self._running.wait()
            await self._listening

    async def wait_for(self, is_seen: Callable[[], object], seconds: float) -> None:
        """Wait until this is seen, looking again at every line of the log; TimeoutError with the log's end."""
        try:
            async with asyncio.timeout(seconds), self.heard:
                await self.heard.wait_for(is_seen)
        except TimeoutError:
            raise TimeoutError("\n".join(self.log)) from None

    async def _listen(self) -> None:
        assert self._running
        assert self._running.stderr
        async for line in self._running.stderr:
            CAGE.look_at_line(line.decode(errors="replace").rstrip())
            await self._hear(line.decode(errors="replace").rstrip())
        await self._hear("(ended)")

    async def _hear(self, line: str) -> None:
        async with self.heard:
            self.log.append(line)
            self.address = self.address or _address(line)
            self.heard.notify_all()


def _address(line: str) -> str:
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError:
        return ""
    return str(told.get("address", "")) if "ready" in told.values() else ""
