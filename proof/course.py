"""How the proofs are run: each in a process of its own, so that none disturbs another, and some at a time."""

import importlib
import multiprocessing
import os
import pkgutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from proof import promises
from proof.finding import Finding
from proof.place import Proof, opened_place

_AT_ONCE = 4  # most of them mostly wait
_LONGEST = ("kills", "mutants", "trouble", "parsers", "shared")  # so that nobody waits for them in the end


def proofs() -> dict[str, Proof]:
    """Return every proof by the name of its module."""
    names = sorted(each.name for each in pkgutil.iter_modules(promises.__path__))
    return {name: importlib.import_module(f"proof.promises.{name}").prove for name in names}


def proven(names: Sequence[str], *, is_long: bool) -> Iterator[tuple[str, list[Finding], float]]:
    """Run these proofs; yield each one's name, what it found, and the seconds that it took, as they end."""
    spawning = multiprocessing.get_context("spawn")
    count = min(os.cpu_count() or 1, _AT_ONCE)
    with ProcessPoolExecutor(count, mp_context=spawning, max_tasks_per_child=1) as processes:
        in_turn = sorted(names, key=lambda name: name not in _LONGEST)
        running = {processes.submit(_prove, name, is_long): name for name in in_turn}
        for each in as_completed(running):
            yield running[each], *each.result()


def _prove(name: str, is_long: bool) -> tuple[list[Finding], float]:
    began = time.monotonic()
    with opened_place(is_long=is_long) as place:
        found = list(proofs()[name](place))
    return found, time.monotonic() - began
