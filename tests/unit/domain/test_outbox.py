"""How long a wish rests between its tries."""

from datetime import timedelta

import pytest

from bridge.domain.outbox import backoff


@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, 2), (1, 4), (2, 8), (3, 16), (7, 256), (8, 300), (9, 300), (10_000, 300)]
)
def test_the_pause_doubles_up_to_five_minutes(tries: int, seconds: int) -> None:
    assert backoff(tries) == timedelta(seconds=seconds)
