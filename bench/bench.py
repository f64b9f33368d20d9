"""What every measure needs: a place, a world, a scale, and the few moves that measures are made of."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.caller import Done, Job
from bench.house import House, configured, open_house
from bench.phone import PATH
from bench.place import Place, wait_until
from bench.scale import Scale
from bench.world import Heard, WorldPlace

_WARM = 300  # texts before anything is measured
_DRAINED = 240.0  # seconds, after which what was not heard counts as lost


@dataclass(frozen=True, slots=True)
class Bench:
    """One run."""

    place: Place
    world: WorldPlace
    scale: Scale

    def job(self, url: str, **more: Any) -> Job:
        """Make a job under a name of its own."""
        return replace(Job(url=url, run=self.place.new_run()), **more)

    def house(self, *, dids: int = 1, config: Path | None = None) -> House:
        """Open a daemon; with a new store, if no configuration of an older one is given."""
        return open_house(self.place, config or self.config(dids))

    def config(self, dids: int = 1) -> Path:
        return configured(self.place.new_folder(), self.world, dids)

    def program(self, name: str, *arguments: str) -> str:
        """Start a program to compare with, and return its address."""
        return str(self.place.announced(name, *arguments)[1]["url"])

    def call(self, job: Job) -> Done:
        return self.place.call(replace(job, url=job.url + PATH))

    def warm_calls(self, url: str, *, dids: int = 1) -> Job:
        """Let everything be opened, learnt and cached that is not what is measured."""
        job = self.job(url, count=_WARM, dids=dids, senders=max(50, dids))
        self.call(job)
        return job

    def warm(self, url: str, *, dids: int = 1) -> None:
        """The same for a program that forwards; return when all of it was heard."""
        self.drained(self.warm_calls(url, dids=dids).run, _WARM)

    def drained(self, run: str, count: int, seconds: float = _DRAINED) -> Heard:
        """Wait until so many texts were heard, or until it is clear that they never will be."""
        wait_until(lambda: self.world.heard(run).count >= count, seconds, step=0.1)
        return self.world.heard(run, numbers=True)
