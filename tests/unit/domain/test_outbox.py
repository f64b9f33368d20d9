"""How long a wish rests between its tries."""

from datetime import timedelta

import pytest

from bridge.domain.outbox import backoff


@pytest.mark.parametrize(
    ("tries", "seconds"), [(1, 2), (2, 4), (3, 8), (4, 16), (8, 256), (9, 300), (10, 300), (10_000, 300)]
)
def test_the_pause_doubles_up_to_five_minutes(tries: int, seconds: int) -> None:
    assert backoff(tries) == timedelta(seconds=seconds)
