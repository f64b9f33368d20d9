"""`python -m bench`: run the measures, print one table, keep the figures as JSON.

The whole takes about a quarter of an hour, --quick about two minutes.
"""

import argparse
import platform
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import psutil
from rich.console import Console

from bench.bench import Bench
from bench.figure import Figure, keep, show
from bench.measures import growth, safety, speed, weight
from bench.place import ROOT, opened_place
from bench.scale import QUICK, WHOLE
from bench.world import open_world

_WIDTH = 110  # columns of the table

Measure = Callable[[Bench], Iterator[Figure]]

MEASURES: dict[str, Measure] = {
    "intake": speed.intake,
    "forwarding": speed.forwarding,
    "promptness": speed.promptness,
    "synced": safety.synced,
    "killed": safety.killed,
    "limited": safety.limited,
    "outage": safety.outage,
    "idle": weight.idle,
    "memory": weight.memory,
    "growth": growth.growth,
}


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less of everything: about two minutes")
    parser.add_argument("--only", choices=MEASURES, action="append", metavar="NAME", help=", ".join(MEASURES))
    asked = parser.parse_args()
    console, figures, began = Console(highlight=False), list[Figure](), time.monotonic()
    console.width = max(console.width, _WIDTH)
    names = asked.only or list(MEASURES)
    with opened_place() as place:
        bench = Bench(place, open_world(place), QUICK if asked.quick else WHOLE)
        for name in names:
            started = time.monotonic()
            console.print(f"==> {name}: {_said(MEASURES[name])}", soft_wrap=True)
            figures += MEASURES[name](bench)
            console.print(f"    {time.monotonic() - started:.0f} s", style="dim")
        complaints = place.complaints()
    show(figures, console)
    if complaints:
        console.print(f"Programs of the benchmark complained:\n{complaints}", style="red", markup=False)
    now = datetime.now(UTC)
    path = ROOT / "bench" / "results" / f"{now:%Y-%m-%d-%H%M%S}.json"
    about = {
        "at": now.isoformat(),
        "quick": asked.quick,
        "python": platform.python_version(),
        "load": psutil.getloadavg(),
    }
    keep(figures, path, about)
    console.print(f"{time.monotonic() - began:.0f} s; kept in {path.relative_to(ROOT)}")


def _said(measure: Measure) -> str:
    return (measure.__doc__ or "").partition("\n")[0]


if __name__ == "__main__":
    main()
