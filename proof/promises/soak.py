"""P24: what runs for long stays as it was: memory, open files and the journal do not grow with what has passed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import psutil

from bench.bench import Bench
from bench.house import THE_DAEMON, House, configured, open_house
from bench.place import Place as Folders
from bench.place import opened_place as opened_folders
from bench.scale import QUICK
from bench.world import open_world
from proof.finding import Finding
from proof.place import Place

_CHANNELS = 50
_STEPS = 8
_SETTLED = 4  # steps after which everything is opened and learnt, and the page cache of the store is full
_A_STEP, _A_LONG_STEP = 2_500, 25_000  # texts
_MOST_GROWTH = 6.0  # MiB
_MOST_FILES = 40  # more connections than at first may have been opened; a leak of the control opens hundreds
_MOST_JOURNAL = 64.0  # MiB
_LEAKING = ("-m", "proof.leaking")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """How a run went: what grew from the first settled step to the last, and what was never shown."""

    texts: int
    growth: float
    files: int
    journal: float
    missing: int

    @property
    def is_flat(self) -> bool:
        is_steady = self.growth < _MOST_GROWTH and self.files < _MOST_FILES and self.journal < _MOST_JOURNAL
        return is_steady and not self.missing

    def __str__(self) -> str:
        grown = f"memory {self.growth:+.1f} MiB, open files {self.files:+d}, journal at most {self.journal:.0f} MiB"
        return f"{self.texts:,} texts: {grown}, {self.missing} not shown"


def prove(place: Place) -> Iterator[Finding]:
    """Let texts come in waves, and look after each what the daemon holds."""
    count = _A_LONG_STEP if place.is_long else _A_STEP
    with opened_folders() as folders:
        bench = Bench(folders, open_world(folders), QUICK)
        ours, leaking = (_run(folders, bench, program, count) for program in (THE_DAEMON, _LEAKING))
    yield Finding(
        promise="P24",
        method=f"{_STEPS} waves of texts; memory, open files and journal after each",
        figure=str(ours),
        control=f"a daemon that leaks: {leaking}",
        is_kept=ours.is_flat,
        is_control_caught=not leaking.is_flat,
    )


def _run(folders: Folders, bench: Bench, program: Sequence[str], count: int) -> _Course:
    config = configured(folders.new_folder(), bench.world, _CHANNELS)
    house = open_house(folders, config, program)
    weights, files, journals, missing = list[float](), list[int](), list[float](), 0
    for _ in range(_STEPS):
        job = bench.job(house.url, count=count, dids=_CHANNELS, senders=_CHANNELS)
        acked = len(bench.call(job).acked)
        missing += acked - bench.drained(job.run, acked).count
        weights.append(house.pss())
        files.append(_open_files(house))
        journals.append(config.with_name("bridge.db-wal").stat().st_size / 2**20)
        bench.world.forget()
    house.end()
    growth, more = weights[-1] - weights[_SETTLED - 1], files[-1] - files[_SETTLED - 1]
    return _Course(texts=_STEPS * count, growth=growth, files=more, journal=max(journals), missing=missing)


def _open_files(house: House) -> int:
    return int(psutil.Process(house.pid).num_fds())
