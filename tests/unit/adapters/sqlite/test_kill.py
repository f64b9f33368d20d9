"""A process that is killed in the middle of its work: what it was told to be durable is there, each once."""

import signal
import subprocess
import sys
from datetime import datetime
from functools import partial
from pathlib import Path

from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from bridge.ports import Ledger
from tests.contracts.bench import request

# Keeps one request after another, eight at a time, and says of each when it was told that it is durable.
_WRITER = """
import asyncio, itertools, sys
from pathlib import Path
from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from tests.contracts.bench import request

async def keep(store, numbers):
    for number in numbers:
        await store.transact(lambda ledger, now: ledger.sightings.first(request(f"{sys.argv[2]}/{number}"), now))
        print(number, flush=True)

async def main():
    store = SqliteStore(Path(sys.argv[1]), MovableClock())
    await store.open()
    numbers = itertools.count()
    await asyncio.gather(*(keep(store, numbers) for _ in range(8)))

asyncio.run(main())
"""


def _killed_after(path: Path, acknowledgements: int) -> list[str]:
    """Let a process write until it has told of so many, kill it, and return the keys of all that it told."""
    run = f"run of {acknowledgements}"
    command = [sys.executable, "-c", _WRITER, str(path), run]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(acknowledgements)]
        process.send_signal(signal.SIGKILL)
        told += [int(line) for line in process.stdout if line.endswith("\n")]
    assert process.returncode == -signal.SIGKILL
    return [f"{run}/{number}" for number in told]


def _is_first(key: str, ledger: Ledger, now: datetime) -> bool:
    return ledger.sightings.first(request(key), now)


async def test_whatever_was_acknowledged_survives_the_kill_and_the_store_opens_again(tmp_path: Path) -> None:
    path = tmp_path / "bridge.db"
    for acknowledgements in (1, 50, 300):
        told = _killed_after(path, acknowledgements)

        store = SqliteStore(path, MovableClock())
        await store.open()
        lost = [key for key in told if await store.transact(partial(_is_first, key))]
        await store.aclose()

        assert len(told) >= acknowledgements
        assert lost == []
