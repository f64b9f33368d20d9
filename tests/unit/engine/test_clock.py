"""The time of this machine."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bridge.engine import clock as clock_module
from bridge.engine.clock import SystemClock
from bridge.wording.admin import WALL_CLOCK

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


async def test_the_time_is_aware_and_the_sleep_of_no_time_returns() -> None:
    clock = SystemClock()
    before = datetime.now(UTC)

    async with asyncio.timeout(10):
        await clock.sleep(timedelta(seconds=-5))

    assert abs(clock.now() - before) < MINUTE
    assert clock.now().tzinfo is UTC


class Times:
    """The two clocks of a machine, and a daemon's time by them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.counted, self.wall = timedelta(hours=5), datetime(2026, 11, 1, 5, tzinfo=UTC)
        monkeypatch.setattr(clock_module, "_counted", lambda: self.counted)
        monkeypatch.setattr(SystemClock, "_wall", lambda clock: self.wall - self.counted)
        self.began = self.wall
        self.clock = SystemClock()

    def passes(self, duration: timedelta) -> None:
        self.counted += duration
        self.wall += duration


@pytest.fixture
def times(monkeypatch: pytest.MonkeyPatch) -> Times:
    return Times(monkeypatch)


@pytest.mark.parametrize("step", [2 * HOUR, -2 * HOUR])
def test_however_the_wall_clock_is_set_time_passes_evenly_and_the_step_is_told(times: Times, step: timedelta) -> None:
    times.wall += step
    times.passes(MINUTE)

    assert times.clock.now() == times.began + MINUTE
    assert times.clock.drifts() == {WALL_CLOCK: -step}


def test_a_step_forward_that_a_world_confirms_is_followed(times: Times) -> None:
    times.wall += 2 * HOUR
    hear = times.clock.hears("slack")

    hear(times.began)
    assert times.clock.now() == times.began
    hear(times.wall - timedelta(seconds=30))

    assert times.clock.now() == times.wall
    assert times.clock.drifts() == {WALL_CLOCK: timedelta(), "slack": timedelta(seconds=30)}


def test_a_step_back_is_never_followed_and_a_world_that_disagrees_is_told_of(times: Times) -> None:
    times.wall -= 2 * HOUR
    times.clock.hears("slack")(times.wall)

    assert times.clock.now() == times.began
    assert times.clock.drifts() == {WALL_CLOCK: 2 * HOUR, "slack": 2 * HOUR}


def test_a_world_that_is_alone_with_its_time_is_not_followed(times: Times) -> None:
    times.clock.hears("slack")(times.wall + HOUR)

    assert times.clock.now() == times.began
    assert times.clock.drifts()["slack"] == -HOUR


def test_what_a_world_said_half_an_hour_ago_is_forgotten(times: Times) -> None:
    times.clock.hears("slack")(times.wall + HOUR)
    times.passes(31 * MINUTE)

    assert times.clock.drifts() == {WALL_CLOCK: timedelta()}
