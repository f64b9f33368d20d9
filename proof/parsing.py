"""`python -m proof.parsing EXAMPLES`: feed every target what was saved and what is drawn, and print JSON of it.

Drawn are octets at random, and saved inputs cut, joined and doubled.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from fuzz.targets import TARGETS, Target, corpus

SLOW = 1.0  # seconds of the processor for one input, which is too much
LARGE = 256  # megabytes for this whole process, which are too much
_LONGEST = 4096


@dataclass(kw_only=True)
class Meal:
    """What all targets ate, and how they bore it."""

    targets: int = len(TARGETS)
    saved: int = 0
    drawn: int = 0
    slowest: float = 0.0
    megabytes: float = 0.0
    broken: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        return not self.broken and self.slowest < SLOW and self.megabytes < LARGE


def eaten(examples: int) -> Meal:
    """Feed all targets."""
    meal = Meal()
    for name, target in TARGETS.items():
        seeds = [path.read_bytes() for path in corpus(name)]
        bite = _bite(meal, target)
        try:
            for seed in seeds:
                bite(seed)
                meal.saved += 1
            _draw(meal, bite, seeds, examples)
        except Exception as error:  # noqa: BLE001 - whatever a target raises, it raises for a broken promise
            meal.broken.append(f"{name}: {type(error).__name__}: {error}"[:200])
    meal.megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return meal


def _bite(meal: Meal, target: Target) -> Callable[[bytes], None]:
    def bite(content: bytes) -> None:
        began = time.process_time()
        target(content)
        meal.slowest = max(meal.slowest, time.process_time() - began)

    return bite


def _draw(meal: Meal, bite: Callable[[bytes], None], seeds: list[bytes], examples: int) -> None:
    octets, seed = st.binary(max_size=200), st.sampled_from(seeds)
    cut = st.builds(lambda one, at: one[: at % (len(one) + 1)], seed, st.integers(0, _LONGEST))
    joined = st.lists(cut | octets | seed, max_size=5).map(b"".join).map(lambda whole: whole[:_LONGEST])

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(joined)
    def each(content: bytes) -> None:
        meal.drawn += 1
        bite(content)

    each()


def main() -> int:
    """Do what the command line asks for."""
    meal = eaten(int(sys.argv[1]))
    print(json.dumps(asdict(meal)))
    return 0 if meal.is_well else 1


if __name__ == "__main__":
    sys.exit(main())
