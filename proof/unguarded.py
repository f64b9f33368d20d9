"""Starts the daemon without the safeguard that the first argument names, for a control; the rest is for the daemon."""

import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from adapters.http import server
from adapters.http.crowd import Patience
from adapters.http.routes import Route
from adapters.sqlite import opening
from bridge.__main__ import main
from tests.faults import controls


def synchronous(level: str) -> Callable[[controls.Patch], None]:
    """Let SQLite sync less than the promise needs."""

    def weaken(patch: controls.Patch) -> None:
        pragmas = tuple(each.replace("synchronous = FULL", f"synchronous = {level}") for each in opening._PRAGMAS)
        patch(opening, "_PRAGMAS", pragmas)

    return weaken


def without_deadlines(patch: controls.Patch) -> None:
    """Let strangers take as long as they like."""
    for_ever = timedelta(days=1)
    patch(server, "Patience", partial(Patience, request=for_ever, idle=for_ever, lifetime=for_ever))


def without_limits(patch: controls.Patch) -> None:
    """Let strangers say as much as they like."""

    def boundless(handler: Any, methods: Any, _: int) -> Route:
        return Route(handler, methods, 2**30)

    patch(server, "Route", boundless)
    patch(server, "Patience", partial(Patience, wrapping=2**30, pool=2**40))


SAFEGUARDS: Mapping[str, Callable[[controls.Patch], None]] = {
    "commit-first": controls.acknowledging_first,
    "deadlines": without_deadlines,
    "limits": without_limits,
    "recognition": controls.without_recognising,
    "sync-normal": synchronous("NORMAL"),
    "sync-off": synchronous("OFF"),
}

if __name__ == "__main__":
    SAFEGUARDS[sys.argv.pop(1)](setattr)
    main()
