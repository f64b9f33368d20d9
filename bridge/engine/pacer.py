"""How fast each destination may be spoken to: a bucket of tokens each, and a pause where one was asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class _Bucket:
    manner: Manner
    tokens: float
    filled_at: datetime
    busy: int = 0
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rooms:
    """What every destination has room for at one moment; safe to hand to another thread."""

    known: Mapping[str, int]
    manners: Mapping[str, Manner]

    def room(self, destination: str) -> int:
        known = self.known.get(destination)
        return _fresh_room(manner_of(self.manners, destination)) if known is None else known

    def ask_after(self, destination: str) -> timedelta:
        return manner_of(self.manners, destination).ask_after


def manner_of(manners: Mapping[str, Manner], destination: str) -> Manner:
    """Return the manner of a destination: its own, or that of its world (what stands before the slash)."""
    found = manners.get(destination) or manners.get(destination.partition("/")[0])
    return found or manners[""]


def _fresh_room(manner: Manner) -> int:
    return min(manner.burst, manner.at_once) if manner.per_second else manner.at_once


@dataclass(slots=True)
class Pacer:
    """Keep the pace of all destinations. Lives on the event loop."""

    manners: Mapping[str, Manner]
    clock: Clock
    _buckets: dict[str, _Bucket] = field(default_factory=dict)

    def rooms(self) -> Rooms:
        """Return what there is room for now."""
        now = self.clock.now()
        return Rooms({name: self._room(bucket, now) for name, bucket in self._buckets.items()}, self.manners)

    def manner(self, destination: str) -> Manner:
        return manner_of(self.manners, destination)

    def begin(self, destination: str) -> None:
        """A call to it begins."""
        bucket = self._bucket(destination)
        bucket.tokens -= 1
        bucket.busy += 1

    def end(self, destination: str) -> None:
        """A call to it has ended."""
        self._bucket(destination).busy -= 1

    def pause(self, destination: str, duration: timedelta) -> None:
        """Leave it alone for this long; it asked for that."""
        bucket = self._bucket(destination)
        until = self.clock.now() + duration
        bucket.paused_until = max(until, bucket.paused_until or until)

    def next_room(self) -> datetime | None:
        """Return when a destination that has no room for lack of tokens, or is paused, may be spoken to again."""
        now = self.clock.now()
        moments = [moment for bucket in self._buckets.values() if (moment := _opens_at(bucket)) and moment > now]
        return min(moments, default=None)

    def _bucket(self, destination: str) -> _Bucket:
        bucket = self._buckets.get(destination)
        if bucket is None:
            manner = self.manner(destination)
            bucket = self._buckets[destination] = _Bucket(manner, float(manner.burst), self.clock.now())
        return bucket

    def _room(self, bucket: _Bucket, now: datetime) -> int:
        if bucket.paused_until and now < bucket.paused_until:
            return 0
        free = bucket.manner.at_once - bucket.busy
        if not bucket.manner.per_second:
            return free
        grown = (now - bucket.filled_at).total_seconds() * bucket.manner.per_second
        bucket.tokens = min(bucket.tokens + grown, float(bucket.manner.burst))
        bucket.filled_at = now
        return max(0, min(free, int(bucket.tokens + 1e-6)))


def _opens_at(bucket: _Bucket) -> datetime | None:
    paused = bucket.paused_until or bucket.filled_at
    if not bucket.manner.per_second or bucket.tokens >= 1:
        return paused
    return max(paused, bucket.filled_at + timedelta(seconds=(1 - bucket.tokens) / bucket.manner.per_second))
