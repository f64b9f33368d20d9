"""`python -m fuzz`: feed every target for its share of the time, one after another, and say what broke.

An input that breaks a promise is kept as found-… in the target's corpus: from then on it fails the suite.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from fuzz.targets import CORPUS, TARGETS, corpus, is_kept
from fuzz.words import dictionary

_ROOT = Path(__file__).parent.parent
_LONGEST_INPUT = 4096  # octets
_TAIL = 4000  # characters of what libFuzzer said, where it left no traceback
_MOST_SECONDS = 5  # for one input, on a busy machine; it should take a thousandth
_MOST_MEGABYTES = 512  # for the whole process, atheris and all libraries included
_EXECUTED = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
_UNCAUGHT = "=== Uncaught Python exception: ===\n"  # by which atheris begins, on standard output
_ABSENT = f"""\
Fuzzing needs atheris, which is not installed here and is none of the locked dependencies. It exists for Linux and
macOS. Install it, then repeat:

    {sys.executable} -m pip install atheris

The inputs that were found so far need no atheris: `make test` replays them."""


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for all targets together (default: 60)")
    parser.add_argument("--only", choices=TARGETS, action="append", metavar="TARGET", help=", ".join(TARGETS))
    asked = parser.parse_args()
    console = Console(highlight=False, markup=False, soft_wrap=True)
    if find_spec("atheris") is None:
        console.print(_ABSENT)
        return 1
    names = asked.only or list(TARGETS)
    share = max(1, round(asked.seconds / len(names)))  # libFuzzer takes whole seconds, and 0 for ever
    broken = [name for name in names if not _is_sound(name, share, console)]
    console.print(f"==> Broken: {', '.join(broken)}." if broken else "==> No promise was broken.")
    return 1 if broken else 0


def _is_sound(name: str, seconds: int, console: Console) -> bool:
    """Feed one target, and tell whether it kept its promises."""
    console.print(f"==> {name}, for {seconds} s: {_told(name)}")
    saved, found = corpus(name), CORPUS / name / f"found-{datetime.now(UTC):%Y-%m-%d-%H%M%S}"
    sound = [path for path in saved if is_kept(name, path)]
    for path in sorted(set(saved) - set(sound)):
        console.print(f"    still broken by {path.relative_to(_ROOT)}")
    with tempfile.TemporaryDirectory(prefix="fuzz-") as scratch:
        options = _options(seconds, Path(scratch), [path.read_bytes() for path in sound])
        fed = subprocess.run(
            (sys.executable, "-m", "fuzz.feed", name, str(found), *options),
            cwd=_ROOT,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
        )
    _tell(fed, found, console)
    return fed.returncode == 0 and sound == saved


def _options(seconds: int, scratch: Path, seeds: list[bytes]) -> tuple[str, ...]:
    """Write libFuzzer's options, with what it starts from: all that does not stop it at once."""
    words, folder = scratch / "words", scratch / "inputs"
    words.write_text(dictionary(seeds))
    folder.mkdir()
    for at, seed in enumerate(seeds):
        (folder / str(at)).write_bytes(seed)
    return (
        f"-max_total_time={seconds}",
        f"-max_len={_LONGEST_INPUT}",
        f"-timeout={_MOST_SECONDS}",
        f"-rss_limit_mb={_MOST_MEGABYTES}",
        f"-dict={words}",
        "-print_final_stats=1",
        str(folder),
    )


def _tell(fed: subprocess.CompletedProcess[str], found: Path, console: Console) -> None:
    """Say how far it came; where it stopped, the traceback and the input that did it."""
    executed = _EXECUTED.search(fed.stderr)
    console.print(f"    {int(executed[1]):,} inputs" if executed else "    stopped before its time")
    if fed.returncode:
        _, _, trace = fed.stdout.partition(_UNCAUGHT)
        console.print(trace.strip() or fed.stderr[-_TAIL:])
    if found.exists():
        console.print(f"    kept as {found.relative_to(_ROOT)}: give it a name that says what it is")


def _told(name: str) -> str:
    return (TARGETS[name].__doc__ or "").partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
