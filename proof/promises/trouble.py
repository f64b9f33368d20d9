"""Nothing waits unseen (P9); a full disk (P15), a locked database (P16) and a clock that is set (P18) harm nothing."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from proof import pytests
from proof.finding import Finding, not_proven
from proof.household import Household, household, seen
from proof.jumps import prove_jumps
from proof.place import ROOT, Place
from tests.audit import PROPERTY
from tests.stories.language import ADA

_STORIES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests/stories").glob("test_*.py"))
_QUICK = [path for path in _STORIES if "corpus" not in path]
_PLANTED = ("tests/stories/test_12_nothing_waits_unseen.py", "tests/contracts/test_sqlite.py")
_INVARIANTS = "broken or unseen or unasked or untaken or stuck or unshown or told or reference"
_FAULTS = "tests/faults/test_worlds_misbehave.py"
_FAULTY = tuple(
    f"{_FAULTS}::test_sixty_messages_are_heard_once_and_in_order[{name}]"
    for name in ("refusing", "accepting_in_silence")
)

_DISK, _GROWN = "3m", "24m"
# Which is found first hangs on the machine; the other follows in the next mail, eight minutes later.
_WARNINGS = ("could not be written down", "with the database is nearly full")
_MOST_ROUNDS, _REFUSALS = 200, 24
_BODY = "Is the back door open tomorrow? " * 40
_LONGEST_ANSWER = 3.0  # seconds; two are promised, and the machine may be busy
_LOCK = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.readline()
"""


def prove(place: Place) -> Iterator[Finding]:
    """Trouble: what waits is seen; a full disk, a locked database, a clock that jumps.

    The audits of the test suite, and the real daemon under each trouble, once whole and once without its safeguard.
    """
    yield _full_disk(place)
    yield asyncio.run(_locked(place))
    with ThreadPoolExecutor() as beside:  # those daemons spend their time waiting
        jumps = beside.submit(prove_jumps, place)
        yield _nothing_waits_unseen(place)
        yield jumps.result()


def _nothing_waits_unseen(place: Place) -> Finding:
    what = [*_STORIES, _FAULTS, "tests/faults/test_crash_everywhere.py"] if place.is_long else [*_QUICK, *_FAULTY]
    run = pytests.run(place, *what)
    planted = pytests.run(place, *_PLANTED, "-k", _INVARIANTS)
    return Finding(
        promise="P9 nothing waits unseen",
        method="the auditor's questions at the end of every story and fault, a quarter of an hour later",
        figure=f"{run.noted.get(PROPERTY, '0')} audits, violations: {run.failed} ({run})",
        control=f"every invariant broken by hand: {planted}",
        is_kept=run.is_well and int(run.noted.get(PROPERTY, "0")) > 0,
        is_control_caught=planted.is_well,
    )


def _full_disk(place: Place) -> Finding:
    promise = "P15 disk full"
    method = f"real daemon on a disk of {_DISK}; texts until it is full, then room is made"
    if not place.is_root or place.lacks("mount", "umount"):
        return not_proven(promise, method, "root, to mount a small disk")
    return asyncio.run(_full_disks(place, promise, method))


async def _full_disks(place: Place, promise: str, method: str) -> Finding:
    whole, broken = await asyncio.gather(_filled(place, ""), _filled(place, "commit errors"))
    return Finding(
        promise=promise,
        method=method,
        figure=(
            f"{whole.acked} acknowledged, {whole.missing} of them missing; {whole.refused} refused with 503, other "
            f"answers: {whole.strange}; readable {whole.readable}, red {whole.red}, green again {whole.green}, "
            f"admin told {whole.told}"
        ),
        control=f"errors of the commit swallowed: {broken.missing} of {broken.acked} missing",
        is_kept=whole.is_well,
        is_control_caught=broken.missing > 0,
    )


@dataclass(slots=True)
class _Filled:
    """What became of a daemon whose disk was full for a while."""

    acked: int = 0
    missing: int = 0
    refused: int = 0
    strange: list[int] = field(default_factory=list)  # answers to webhooks that are neither yes nor 503
    readable: bool = False
    red: bool = False
    green: bool = False
    told: bool = False

    @property
    def is_well(self) -> bool:
        seen_by_people = self.readable and self.red and self.green and self.told
        return bool(self.acked and self.refused and not self.missing and not self.strange and seen_by_people)


async def _filled(place: Place, without: str) -> _Filled:
    with _disk(place) as disk:
        async with household(disk, environment={"PROOF_WITHOUT": without}) as home:
            found = _Filled()
            await _fill(home)
            found.refused, found.readable = len(home.refused), not home.missing()
            if not without:
                found.red = await _turns(home, 503)
            _mount(disk, "-o", f"remount,size={_GROWN}")
            for sid in list(home.refused):
                await home.repeat(sid)
            await home.text(ADA, "after it")
            found.acked, found.missing = len(home.acked), len(home.missing())
            found.strange = sorted(status or 0 for status in home.statuses() - {200, 204, 503})
            if not without:
                found.green = await _turns(home, 200)
                found.told = await seen(lambda: any(map(home.is_warned_of, _WARNINGS)), 30)
            return found


async def _fill(home: Household) -> None:
    """Text until the disk is full for good, whoever notices."""
    for number in range(_MOST_ROUNDS):
        await asyncio.gather(*(home.text(f"+121255501{10 + each}", f"{number} {_BODY}") for each in range(8)))
        if len(home.refused) >= _REFUSALS or home.missing():
            return


async def _turns(home: Household, status: int) -> bool:
    """Look at `/healthz` until it is as it should be."""
    for _ in range(60):
        told, violated = await home.violated()
        if told == status and bool({"store-refuses", "disk-space"} & {*violated}) == (status == 503):
            return True
        await asyncio.sleep(0.5)
    return False


@contextlib.contextmanager
def _disk(place: Place) -> Iterator[Path]:
    """Mount a disk of a few megabytes, and take it away afterwards."""
    folder = place.new_folder()
    _mount(folder, "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True, capture_output=True)


def _mount(folder: Path, *how: str) -> None:
    subprocess.run(["mount", *how, folder], check=True, capture_output=True)


async def _locked(place: Place) -> Finding:
    seconds = 30 if place.is_long else 10
    whole = await _lock_out(place, "", seconds)
    broken = await _lock_out(place, "limit", 4)
    is_whole = bool(whole.refused and not whole.during and not whole.missing and whole.after == len(whole.refused))
    return Finding(
        promise="P16 database locked",
        method=f"another process holds the database for {seconds} s while texts come",
        figure=(
            f"{len(whole.refused)} refused, the slowest in {max(whole.refused, default=0):.2f} s; 2xx meanwhile "
            f"{whole.during}; afterwards {whole.after} repeated and taken, {whole.missing} missing"
        ),
        control=f"patience without limit: the slowest took {max(broken.refused, default=0):.2f} s",
        is_kept=is_whole and max(whole.refused) <= _LONGEST_ANSWER,
        is_control_caught=max(broken.refused, default=0) > _LONGEST_ANSWER or broken.during > 0,
    )


@dataclass(slots=True)
class _Locked:
    """How texts fared while another process held the database, and after that."""

    refused: list[float] = field(default_factory=list)  # in how many seconds
    during: int = 0
    after: int = 0
    missing: int = 0


async def _lock_out(place: Place, without: str, seconds: float) -> _Locked:
    found = _Locked()
    async with household(place.new_folder(), environment={"PROOF_WITHOUT": without}) as home:
        await home.text(ADA, "before")
        before = len(home.acked)
        async with _holding(home.house.path / "bridge.db"):
            until = asyncio.get_running_loop().time() + seconds
            while asyncio.get_running_loop().time() < until:
                await home.text(ADA, "meanwhile")
        found.refused, found.during = list(home.refused.values()), len(home.acked) - before
        for sid in list(home.refused):
            await home.repeat(sid)
        found.after, found.missing = len(home.acked) - before - found.during, len(home.missing())
    return found


@contextlib.asynccontextmanager
async def _holding(database: Path) -> AsyncIterator[None]:
    """Let another process hold the database."""
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", _LOCK, str(database), stdin=pipe, stdout=pipe)
    assert other.stdout
    await other.stdout.readline()
    try:
        yield
    finally:
        await other.communicate(b"\n")
