"""One daemon after another on the same store, each a process of its own that is stopped or killed by its own id."""

import asyncio
import json
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from proof.place import ROOT

_READY = 120.0  # seconds; a busy machine, and a tracer, take their time
_LINES_KEPT = 100

THE_DAEMON = ("-m", "bridge")


def without(safeguard: str) -> tuple[str, ...]:
    """Return what stands after the interpreter's name to start the daemon without this safeguard."""
    return ("-m", "proof.unguarded", safeguard)


class Lives:
    """`python` is what stands after the interpreter's name, `under` a program that is to run the interpreter."""

    def __init__(
        self,
        settings: Path,
        secrets: Mapping[str, str],
        python: Sequence[str] = THE_DAEMON,
        under: Sequence[str] = (),
    ) -> None:
        self.address = ""  # empty while nobody listens
        self.log: deque[str] = deque(maxlen=_LINES_KEPT)
        self._command = (*under, sys.executable, *python, "run", "--config", str(settings), "--log-format", "json")
        self._environment = {"PATH": os.environ["PATH"], **secrets}
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()

    async def begin(self) -> None:
        """Start one, and return when it takes texts."""
        self._ready.clear()
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            cwd=ROOT,
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
        self._listening = asyncio.create_task(self._listen(self._process))
        async with asyncio.timeout(_READY):
            await self._ready.wait()
        if not self.address:
            raise RuntimeError("the daemon did not start:\n" + "\n".join(self.log))

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def send(self, signal_number: int) -> None:
        """Signal it, unless it has ended."""
        assert self._process
        if self._process.returncode is None:
            self._process.send_signal(signal_number)

    async def gone(self) -> int:
        """Return its exit code when nothing of it is left, its log read to the end."""
        assert self._process
        assert self._listening
        code = await self._process.wait()
        await self._listening
        return code

    async def kill(self) -> None:
        self.send(signal.SIGKILL)
        await self.gone()

    async def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.send(signal.SIGTERM)
        return await self.gone()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stderr
        async for line in process.stderr:
            self.log.append(line.decode(errors="replace").rstrip())
            if address := _address(self.log[-1]):
                self.address = address
                self._ready.set()
        self.address = ""
        self._ready.set()


@asynccontextmanager
async def living(lives: Lives) -> AsyncIterator[Lives]:
    """Let nothing of it be left afterwards, whatever happens."""
    try:
        yield lives
    finally:
        if lives._process:
            await lives.kill()


def _address(line: str) -> str:
    try:
        told: dict[str, Any] = json.loads(line)
    except ValueError:
        return ""
    return str(told.get("address", "")) if "ready" in told.values() else ""
