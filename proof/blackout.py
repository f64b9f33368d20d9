"""Power cuts, replayed: the disk as it could be found at every moment of a traced daemon, opened as daemons open it."""

import asyncio
import random
import shutil
import tempfile
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from adapters.sqlite.opening import open_file
from bridge.errors import BridgeError
from proof import syscalls
from proof.callers import Callers
from proof.disk import Disk, Loss
from proof.lives import THE_DAEMON, Lives, living
from proof.town import DATABASE, opened_town

_SEED = 2
_LIVES = 2  # the second opens what the first has closed in good order
_LINES = 4
_MEMORY = Path("/dev/shm")  # noqa: S108 - images are read once; their own syncs need no disk
_BODIES = "SELECT body FROM sighting WHERE source LIKE 'twilio/%'"


@dataclass(frozen=True, slots=True)
class Recording:
    """What the lives of a daemon did to its disk, and which text each answer thanked for."""

    folder: Path
    traces: list[Path]
    thanks: dict[int, list[int]]  # numbers of texts by the caller's port, in their order
    bodies: dict[bytes, int]


@dataclass(slots=True)
class Ruin:
    """What was found in the images."""

    images: int = 0
    answers: int = 0
    short: int = 0  # without a row that had been thanked for
    damaged: int = 0  # refused, or not whole
    moments: int = 0
    example: str = ""  # of the damage

    @property
    def is_sound(self) -> bool:
        return self.images > 0 < self.answers and not self.short and not self.damaged

    def __str__(self) -> str:
        return (
            f"{self.images:,} images of {self.moments:,} moments, {self.answers} answers: "
            f"{self.short:,} without a row thanked for, {self.damaged:,} damaged or refused{self.example}"
        )


async def recorded(folder: Path, texts: int, python: Sequence[str] = THE_DAEMON) -> Recording:
    """Let a traced daemon be born, take texts, end and rise again."""
    async with opened_town() as town:
        settings, traces, address = town.settings(folder), list[Path](), [""]
        callers = Callers(lambda: address[0])
        for life in range(_LIVES):
            traces.append(folder.parent / f"{folder.name}-{life}.trace")
            async with living(Lives(settings, town.secrets, python, syscalls.tracer(traces[-1]))) as lives:
                await lives.begin()
                address[0] = lives.address
                await callers.call(range(life * texts // _LIVES, (life + 1) * texts // _LIVES), _LINES)
                await lives.stop()
    thanks: dict[int, list[int]] = defaultdict(list)
    for port, number in callers.thanks:
        thanks[port].append(number)
    return Recording(folder, traces, thanks, {callers.body(number): number for number in range(texts)})


def replayed(recording: Recording, most: int) -> Ruin:
    """Cut the power at every moment of the recording, look at so many of the images, and return what was found."""
    ruin, lot = Ruin(), random.Random(_SEED)
    chance = min(1.0, most / (len(Loss) * max(1, sum(1 for _ in _moments(recording)))))
    for disk, thanked in _moments(recording):
        ruin.moments += 1
        ruin.answers = len(thanked)
        for loss in Loss:
            if lot.random() < chance:
                _judge(ruin, disk.image(loss, lot), thanked, recording, str(loss))
    return ruin


def _moments(recording: Recording) -> Iterator[tuple[Disk, set[int]]]:
    """Give the disk, and the texts that were thanked for, after every act that concerns either."""
    disk, thanked = Disk(str(recording.folder)), set[int]()
    waiting = {port: deque(numbers) for port, numbers in recording.thanks.items()}
    for act in _acts(recording):
        if isinstance(act, syscalls.Answered):
            if numbers := waiting.get(act.port):
                thanked.add(numbers.popleft())
        else:
            disk.do(act)
        yield disk, thanked
    if any(waiting.values()):
        raise RuntimeError("the trace lacks answers that callers got")


def _acts(recording: Recording) -> Iterable[syscalls.Act]:
    """Give what concerns the store."""
    database = str(recording.folder / DATABASE)
    for trace in recording.traces:
        with trace.open() as lines:
            for act in syscalls.acts(lines):
                if isinstance(act, syscalls.Answered) or _concerns(act.path, database, str(recording.folder)):
                    yield act


def _concerns(path: str, database: str, folder: str) -> bool:
    return path == folder or (path.startswith(database) and not path.endswith("-shm"))


def _judge(ruin: Ruin, image: dict[str, bytes], thanked: set[int], recording: Recording, what: str) -> None:
    ruin.images += 1
    folder = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else recording.folder))
    try:
        for path, content in image.items():
            (folder / Path(path).name).write_bytes(content)
        kept = _opened(folder / DATABASE)
        ruin.short += bool(thanked - {recording.bodies[body] for body in kept})
    except (BridgeError, _Broken) as error:
        ruin.damaged += 1
        ruin.example = f" ({what}: {error})"
    finally:
        shutil.rmtree(folder)


class _Broken(Exception):
    pass


def _opened(path: Path) -> list[bytes]:
    """Open the store as a daemon does, and return the requests that it holds."""
    with closing(open_file(path, timedelta(seconds=5))) as file:
        (found,) = file.connection.execute("PRAGMA integrity_check(1)").fetchone()
        if found != "ok":
            raise _Broken(found)
        return [body for (body,) in file.connection.execute(_BODIES)]


def cut(folder: Path, texts: int, images: int, python: Sequence[str] = THE_DAEMON) -> Ruin:
    """Record a daemon and replay it with power cuts."""
    recording = asyncio.run(recorded(folder, texts, python))
    return replayed(recording, images)
