"""A place for one run: a folder on the real disk, and the processes that were started in it.

Whatever is started here is ended here, by its own pid, at the latest when the run is over.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psutil

from bench.caller import Done, Job

ROOT = Path(__file__).parent.parent
LONGEST_RUN = 3600.0  # seconds, after which the programs of the benchmark end by themselves
_ENDING = 40.0


def announce(where: dict[str, Any]) -> None:
    """Tell whoever started this process that it is ready, and where."""
    print(json.dumps(where), flush=True)


def channel(did: str) -> str:
    """Return the Slack channel that belongs to one of our numbers."""
    return f"C0{did[1:]}"


def wait_until(is_so: Callable[[], bool], seconds: float, step: float = 0.02) -> bool:
    """Look again and again until it is so, or until the time is over; False then."""
    until = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > until:
            return False
        time.sleep(step)
    return True


@dataclass(frozen=True, slots=True)
class Child:
    """A process of ours."""

    process: subprocess.Popen[str]

    @property
    def pid(self) -> int:
        return self.process.pid

    def cpu_seconds(self) -> float:
        times = psutil.Process(self.pid).cpu_times()
        return float(times.user + times.system)

    def pss(self) -> float:
        """Return its share of memory in MiB: its own pages, and of shared ones its part."""
        return float(psutil.Process(self.pid).memory_full_info().pss) / 2**20

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Ask it to stop, and see to it that it does."""
        self.process.terminate()
        try:
            self.process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self.kill()


@dataclass(slots=True)
class Place:
    """Where one run happens."""

    folder: Path
    _children: list[Child] = field(default_factory=list)
    _runs: int = 0

    def new_run(self) -> str:
        """Return a name for a run of texts that was not used yet."""
        self._runs += 1
        return f"r{self._runs:03d}"

    def new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.folder))

    def start(
        self,
        command: list[str],
        *,
        out: int = subprocess.PIPE,
        errors: IO[str] | None = None,
        environment: dict[str, str] | None = None,
    ) -> Child:
        """Start a process that is ended with this place; what it complains of goes to a file."""
        everything = {**os.environ, **(environment or {})}
        with (self.folder / "stderr.txt").open("a") as file:
            err = errors or file
            process = subprocess.Popen(command, cwd=ROOT, text=True, stdout=out, stderr=err, env=everything)
        child = Child(process)
        self._children.append(child)
        return child

    def announced(self, module: str, *arguments: str) -> tuple[Child, dict[str, Any]]:
        """Start one of our programs and wait until it says where it listens."""
        child = self.start([sys.executable, "-m", f"bench.{module}", *arguments])
        assert child.process.stdout
        line = child.process.stdout.readline()
        if not line:
            raise RuntimeError(f"bench.{module} did not start:\n{self.complaints()}")
        return child, json.loads(line)

    def complaints(self) -> str:
        return (self.folder / "stderr.txt").read_text()[-2000:]

    def call(self, job: Job) -> Done:
        """Call webhooks, and return when the job is done."""
        return self.finished(self.calling(job), job)

    def calling(self, job: Job) -> Child:
        """Begin to call webhooks."""
        told = self._told(job.run)
        return self.start([sys.executable, "-m", "bench.caller", job.written(), str(told)], out=subprocess.DEVNULL)

    def finished(self, caller: Child, job: Job) -> Done:
        if caller.process.wait():
            raise RuntimeError(f"bench.caller failed:\n{self.complaints()}")
        return Done(**json.loads(self._told(job.run).read_text()))

    def _told(self, run: str) -> Path:
        """Name the file for what came of a job: it may be more than a pipe takes."""
        return self.folder / f"{run}.json"

    def close(self) -> None:
        for child in self._children:
            if child.process.poll() is None:
                child.kill()


@contextlib.contextmanager
def opened_place() -> Iterator[Place]:
    """Open a place below the ordinary folder for temporary files, which must be on a real disk."""
    folder = Path(tempfile.mkdtemp(prefix="sms-bridge-bench-", dir=os.environ.get("TMPDIR", "/var/tmp")))  # noqa: S108 - on disk, where /tmp may be memory
    place = Place(folder)
    try:
        yield place
    finally:
        place.close()
        shutil.rmtree(folder, ignore_errors=True)


def get_json(url: str, told: dict[str, Any] | None = None) -> Any:
    """Ask a program of ours something, or tell it."""
    content = None if told is None else json.dumps(told).encode()
    with urllib.request.urlopen(urllib.request.Request(url, content), timeout=30) as answer:  # noqa: S310 - our own
        return json.loads(answer.read())
