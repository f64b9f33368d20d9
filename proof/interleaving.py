"""Every order in which steps can happen: from each state each step is taken once, and the orders are counted."""

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any, Generic, Protocol, TypeVar

E = TypeVar("E", bound=Hashable)
E_co = TypeVar("E_co", covariant=True, bound=Hashable)


class Course(Protocol[E_co]):
    """Something that can go on in several ways, and be put back."""

    def steps(self) -> Sequence[str]:
        """Name what may happen next; nothing at the end."""

    def take(self, step: str) -> None: ...
    def save(self) -> Any: ...
    def restore(self, saved: Any) -> None: ...
    def fingerprint(self) -> Hashable:
        """Return all that decides what may follow, and what the ending will be."""

    def ending(self) -> E_co:
        """Judge what has come about; called at the end only, and may change everything."""


class Walk(Generic[E]):
    """Walks every order to its end; a state that was met before is not walked again, but its orders are counted."""

    def __init__(self, course: Course[E]) -> None:
        self._course = course
        self._known: dict[int, Counter[E]] = {}

    @property
    def states(self) -> int:
        return len(self._known)

    def endings(self) -> Counter[E]:
        """Return for each ending how many orders lead to it."""
        met = hash(self._course.fingerprint())
        if met not in self._known:
            self._known[met] = self._walked()
        return self._known[met]

    def _walked(self) -> Counter[E]:
        steps, saved = self._course.steps(), self._course.save()
        if not steps:
            return Counter([self._course.ending()])
        found = Counter[E]()
        for step in steps:
            self._course.restore(saved)
            self._course.take(step)
            found += self.endings()
        return found
