"""Durations as people write them in a configuration: 30s, 10m, 3h, 30d, 1h30m."""

import re
from datetime import timedelta

_PART = re.compile(r"(\d+)(s|m|h|d)", re.ASCII)
_LONGEST_WRITTEN = 9
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def duration(written: object) -> timedelta:
    """Read "10m" or "1h30m"; raise ValueError for anything else, a bare number included."""
    if isinstance(written, timedelta):
        return written
    parts = _PART.findall(written) if isinstance(written, str) else []
    if not parts or "".join(map("".join, parts)) != written:
        raise ValueError('must be a duration such as "30s", "10m", "3h" or "30d"')
    if len(written) > _LONGEST_WRITTEN:
        return timedelta.max  # longer than anybody means; whoever sets bounds refuses it
    return sum((timedelta(**{_UNITS[unit]: int(count)}) for count, unit in parts), timedelta())


def shortly(duration: timedelta) -> str:
    """Write a duration for people, in its largest fitting unit: 40 s, 12 min, 3 h, 2 days."""
    seconds = max(0, int(duration.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 172800 else f"{seconds // 86400} days"
