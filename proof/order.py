"""Whether what stands in another order than it was said in can be excused: by what the daemons knew, and when."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from tests.faults.truth import Misplaced

Numbered = tuple[str, int]  # a text, and the how manieth of its words it is


def is_excused(one: Misplaced, learnt: Sequence[str]) -> bool:
    """Whether of each two that are swapped the first was learnt first: then it had gone when the other was learnt."""
    said, known = _places(one.said), _places(learnt)
    swapped = [(first, later) for first, later in combinations(_numbered(one.found), 2) if said[later] < said[first]]
    return all(first in known and later in known and known[first] < known[later] for first, later in swapped)


def _places(texts: Sequence[str]) -> dict[Numbered, int]:
    return {one: place for place, one in enumerate(_numbered(texts))}


def _numbered(texts: Sequence[str]) -> list[Numbered]:
    """Tell equal texts apart by their number."""
    seen: Counter[str] = Counter()
    found = []
    for text in texts:
        found.append((text, seen[text]))
        seen[text] += 1
    return found
