"""The command that `make sandbox` runs, for as long as something looks at its page."""

import asyncio
import re
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


@asynccontextmanager
async def running_sandbox() -> AsyncIterator[str]:
    """Run it, and give the address that it prints."""
    command = (sys.executable, "-m", "bridge", "sandbox", "--port", "0")
    running = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert running.stdout
    found = None
    try:
        async with asyncio.timeout(60):
            while found is None:
                found = re.search(rb"http://\S+", await running.stdout.readline())
        yield found[0].decode()
    finally:
        running.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            await running.wait()
