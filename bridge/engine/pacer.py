"""How fast each destination may be spoken to: a bucket of tokens each, and a pause where one was asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bridge.ports import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a kind of destination is treated."""

    per_second: float = 0.0  # 0: as fast as it goes
    burst: int = 1
    at_once: int = 16  # calls under way at the same time
    timeout: timedelta = timedelta(seconds=20)  # a call is cut off after this
    settling: timedelta = timedelta(seconds=10)  # after which an unclear call may be asked about

    @property
    def ask_after(self) -> timedelta:
        """Return when, after it was claimed, an entry that nobody settled may be asked about."""
        return self.timeout + self.settling


@dataclass(frozen=True, slots=True)
class _Bucket:
    """The state of one destination; it is replaced, never changed, so that another thread reads it whole."""

    manner: Manner
    tokens: float
    filled_at: datetime
    busy: int = 0
    paused_until: datetime | None = None

    def room(self, now: datetime) -> int:
        if self.paused_until and now < self.paused_until:
            return 0
        free = self.manner.at_once - self.busy
        return min(free, int(self.filled(now) + 1e-6)) if self.manner.per_second else free

    def filled(self, now: datetime) -> float:
        """Return how many tokens there are by now."""
        grown = (now - self.filled_at).total_seconds() * self.manner.per_second
        return min(self.tokens + grown, float(self.manner.burst))

    def opens_at(self, now: datetime) -> datetime | None:
        """Return when there is room again as far as time alone decides; None where a call must end first."""
        if self.busy >= self.manner.at_once:
            return None
        paused = max(self.paused_until or now, now)
        if not self.manner.per_second or (tokens := self.filled(now)) >= 1:
            return paused
        return max(paused, now + timedelta(seconds=(1 - tokens) / self.manner.per_second))


def manner_of(manners: Mapping[str, Manner], destination: str) -> Manner:
    """Return the manner of a destination: its own, or that of its world (what stands before the slash)."""
    found = manners.get(destination) or manners.get(destination.partition("/")[0])
    return found or manners[""]


@dataclass(slots=True)
class Pacer:
    """Keep the pace of all destinations. It is told on the event loop; any thread may ask how much room there is."""

    manners: Mapping[str, Manner]
    clock: Clock
    is_closed: bool = False  # nobody has room any more
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def manner(self, destination: str) -> Manner:
        return manner_of(self.manners, destination)

    def ask_after(self, destination: str) -> timedelta:
        return self.manner(destination).ask_after

    def room(self, destination: str, now: datetime) -> int:
        """Return how many calls to it may begin."""
        return 0 if self.is_closed else self._bucket(destination, now).room(now)

    def begin(self, destination: str) -> None:
        """A call to it begins."""
        now = self.clock.now()
        old = self._bucket(destination, now)
        self._buckets[destination] = replace(old, tokens=old.filled(now) - 1, filled_at=now, busy=old.busy + 1)

    def end(self, destination: str) -> None:
        """A call to it has ended."""
        old = self._bucket(destination, self.clock.now())
        self._buckets[destination] = replace(old, busy=old.busy - 1)

    def pause(self, destination: str, duration: timedelta) -> None:
        """Leave it alone for this long; it asked for that."""
        now = self.clock.now()
        old = self._bucket(destination, now)
        self._buckets[destination] = replace(old, paused_until=max(now + duration, old.paused_until or now))

    def next_room(self, destinations: Iterable[str]) -> datetime | None:
        """Return when the first of these may be spoken to again, unless all of them wait for the end of a call."""
        now = self.clock.now()
        moments = (self._bucket(destination, now).opens_at(now) for destination in destinations)
        return min(filter(None, moments), default=None)

    def _bucket(self, destination: str, now: datetime) -> _Bucket:
        found = self._buckets.get(destination)
        if found is None:
            manner = self.manner(destination)
            found = _Bucket(manner, float(manner.burst), now)
        return found
