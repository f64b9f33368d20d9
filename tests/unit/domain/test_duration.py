"""Durations as people write them, and as they read them."""

from datetime import timedelta

import pytest

from bridge.domain.duration import duration, shortly


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("30s", timedelta(seconds=30)),
        ("10m", timedelta(minutes=10)),
        ("3h", timedelta(hours=3)),
        ("30d", timedelta(days=30)),
        ("1h30m", timedelta(minutes=90)),
        ("0s", timedelta()),
        ("999999d", timedelta(days=999_999)),
        (timedelta(minutes=5), timedelta(minutes=5)),
    ],
)
def test_a_duration_is_read_with_its_unit(written: object, meant: timedelta) -> None:
    assert duration(written) == meant


@pytest.mark.parametrize("written", ["", "10", 10, 10.0, True, None, "m", "10 m", "10M", "-1m", "1.5h", "10min", "١٠m"])
def test_anything_else_is_refused_with_an_example(written: object) -> None:
    with pytest.raises(ValueError, match='such as "30s"'):
        duration(written)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"), (0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (47 * 3600, "47 h"),
        (48 * 3600, "2 days"), (30 * 86400, "30 days"),
    ],
)  # fmt: skip
def test_a_duration_is_told_in_its_largest_fitting_unit(seconds: float, said: str) -> None:
    assert shortly(timedelta(seconds=seconds)) == said
