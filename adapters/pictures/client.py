"""What we ask of the darkroom: one picture at a time, each in a worker that is started for it and ends with it."""

import asyncio
import hashlib
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from adapters.pictures import wire
from adapters.pictures.wire import LONGEST_LINE, Order, Trouble
from bridge.domain.message import Media, media_type
from bridge.errors import Transient

PATIENCE = timedelta(seconds=40)  # for one picture; the worker itself has less of the processor
_ROOT = Path(__file__).parents[2]
_COMMAND = (sys.executable, "-P", "-s", "-m", "adapters.pictures.worker")


class PictureDarkroom:
    """Makes pictures fit; whatever a picture does to its worker, the daemon only hears that it cannot be read."""

    def __init__(self, command: tuple[str, ...] = _COMMAND, patience: timedelta = PATIENCE) -> None:
        self._command = command
        self._patience = patience
        self._turn = asyncio.Lock()

    async def fit(self, media: Media, most: int) -> Media:
        order = Order(media.type, most, media.content)
        async with self._turn:
            content = wire.read_answer(await self._worked(order), most)
        return Media(digest=hashlib.sha256(content).hexdigest(), type=media_type(content), content=content)

    async def _worked(self, order: Order) -> bytes:
        """Return what a worker says of this picture; nothing, if it died or took too long."""
        worker = await self._started()
        try:
            async with asyncio.timeout(self._patience.total_seconds()):
                _, answer = await asyncio.gather(_tell(worker, order), _hear(worker, order.most))
        except TimeoutError:
            raise wire.refusal(Trouble.UNREADABLE) from None
        finally:
            await _end(worker)
        return answer

    async def _started(self) -> Process:
        """Start a worker, which inherits nothing of what the daemon knows."""
        environment = {"PYTHONPATH": str(_ROOT), "LC_ALL": "C.UTF-8"}
        try:
            return await asyncio.create_subprocess_exec(
                *self._command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, env=environment, cwd="/"
            )
        except OSError as error:
            raise Transient(f"no worker for a picture: {error.strerror}") from error


async def _end(worker: Process) -> None:
    """End it, and its pipes with it, whatever is left in them."""
    assert worker.stdin
    assert worker.stdout
    with suppress(ProcessLookupError):
        worker.kill()
    worker.stdin.close()
    while await worker.stdout.read(65_536):
        pass
    await worker.wait()


async def _tell(worker: Process, order: Order) -> None:
    assert worker.stdin
    with suppress(ConnectionError):  # one that ends early says by its answer why
        worker.stdin.write(wire.ordered(order))
        await worker.stdin.drain()
        worker.stdin.close()


async def _hear(worker: Process, most: int) -> bytes:
    """Listen to the end, but not to more than there can be."""
    assert worker.stdout
    heard = bytearray()
    while len(heard) <= most + LONGEST_LINE and (more := await worker.stdout.read(65_536)):
        heard += more
    return bytes(heard)
