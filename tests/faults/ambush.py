"""Faults that kill: whoever sends the awaited request is dead before it is answered."""

from collections.abc import Callable

from adapters.sandbox.faults import Fault, Faults

NOT_PROCESSED, PROCESSED = Fault.REFUSE, Fault.CUT


class Ambush(Faults):
    """Wait for one kind of call; the world has the whole request by then, so that it is open when the kill comes."""

    def __init__(self) -> None:
        super().__init__()
        self._call = ""
        self._passing = 0
        self._fault = NOT_PROCESSED
        self._strike: Callable[[], None] = lambda: None

    def lie(self, call: str, passing: int, fault: Fault, strike: Callable[[], None]) -> None:
        """Let so many calls pass, then strike, and process the one that was hit or not."""
        self._call, self._passing, self._fault, self._strike = call, passing, fault, strike

    def lift(self) -> None:
        self._call = ""

    def draw(self, call: str) -> Fault | None:
        if call != self._call:
            return None
        self._passing -= 1
        if self._passing >= 0:
            return None
        self.lift()
        self._strike()
        self.drawn.append((call, self._fault))
        return self._fault
