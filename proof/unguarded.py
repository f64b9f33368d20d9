"""Starts the daemon without the safeguard that the first argument names, for a control; the rest is for the daemon."""

import sys
from collections.abc import Callable, Mapping

from adapters.sqlite import opening
from bridge.__main__ import main
from tests.faults import controls


def synchronous(level: str) -> Callable[[controls.Patch], None]:
    """Let SQLite sync less than the promise needs."""

    def weaken(patch: controls.Patch) -> None:
        pragmas = tuple(each.replace("synchronous = FULL", f"synchronous = {level}") for each in opening._PRAGMAS)
        patch(opening, "_PRAGMAS", pragmas)

    return weaken


SAFEGUARDS: Mapping[str, Callable[[controls.Patch], None]] = {
    "commit-first": controls.acknowledging_first,
    "sync-normal": synchronous("NORMAL"),
    "sync-off": synchronous("OFF"),
}

if __name__ == "__main__":
    SAFEGUARDS[sys.argv.pop(1)](setattr)
    main()
