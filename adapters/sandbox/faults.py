"""What the simulated worlds do wrong on demand: refuse, fall silent, answer late, answer nonsense.

A world asks `draw` once per call and obeys; it decides nothing here about how a fault looks on its own wire.
"""

import random
from collections import defaultdict, deque
from collections.abc import Sequence
from enum import StrEnum
from fnmatch import fnmatchcase


class Fault(StrEnum):
    """How one call goes wrong. *Processed* means: the world did what was asked, and keeps it."""

    REFUSE = "refuse"  # the connection is reset before anything was processed
    ERROR = "error"  # a 5xx before anything was processed
    LIMIT = "limit"  # 429 with Retry-After, nothing processed
    CUT = "cut"  # processed, then the connection is reset without an answer
    SILENT = "silent"  # processed, then no answer until the caller gives up
    LATE_ERROR = "late-error"  # processed, then a 5xx
    GARBAGE = "garbage"  # processed, then a 200 that carries HTML


UNCLEAR = (Fault.CUT, Fault.SILENT, Fault.LATE_ERROR, Fault.GARBAGE)


class Faults:
    """The faults of one world, by the name of the call (`chat.postMessage`, `messages.create`, …)."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose, guards nothing
        self._queued: dict[str, deque[Fault]] = defaultdict(deque)
        self._standing: dict[str, Fault] = {}
        self._chance: tuple[float, Sequence[Fault]] = (0.0, ())
        self.retry_after_seconds = 1
        self.drawn: list[tuple[str, Fault]] = []

    def next(self, call: str, *faults: Fault) -> None:
        """Let the next calls named `call` go wrong in this order, one fault each."""
        self._queued[call].extend(faults)

    def always(self, pattern: str, fault: Fault | None) -> None:
        """Let every call whose name matches the pattern (`*`, `chat.*`) go wrong; None ends it."""
        if fault is None:
            self._standing.pop(pattern, None)
        else:
            self._standing[pattern] = fault

    def sometimes(self, chance: float, faults: Sequence[Fault]) -> None:
        """Let each call go wrong with this chance (0 to 1), in one of these ways."""
        self._chance = (chance, faults)

    def clear(self) -> None:
        """Behave from now on."""
        self._queued.clear()
        self._standing.clear()
        self._chance = (0.0, ())

    def draw(self, call: str) -> Fault | None:
        """Decide how this call goes; None means well."""
        fault = self._choose(call)
        if fault:
            self.drawn.append((call, fault))
        return fault

    def _choose(self, call: str) -> Fault | None:
        if self._queued[call]:
            return self._queued[call].popleft()
        for pattern, fault in self._standing.items():
            if fnmatchcase(call, pattern):
                return fault
        chance, faults = self._chance
        if faults and self._random.random() < chance:
            return self._random.choice(faults)
        return None
