"""How much of everything a run does: the whole, or as much as fits into two minutes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Durations in seconds, everything else counted."""

    repetitions: int = 3
    intake_seconds: float = 4.0
    forwarded: int = 6_000
    open_seconds: float = 12.0
    synced: int = 400
    killed_after: float = 2.0
    limited_seconds: float = 5.0
    down_seconds: float = 10.0
    trouble_seconds: float = 3.0  # for how long texts come while there is trouble, besides the trouble itself
    idle_seconds: float = 20.0
    weighed: int = 100_000
    few: int = 1_000
    many: int = 1_000_000


WHOLE = Scale()
QUICK = Scale(
    intake_seconds=1.0,
    forwarded=600,
    open_seconds=3.0,
    synced=100,
    killed_after=1.0,
    limited_seconds=2.0,
    down_seconds=2.0,
    trouble_seconds=1.5,
    idle_seconds=5.0,
    weighed=10_000,
    many=30_000,
)
