"""Every listener and worker is kept alive, and everybody can see how each one is."""

import asyncio
from datetime import datetime, timedelta

import pytest

from bridge.engine.supervisor import LONGEST_PAUSE, Supervisor, ended


class TellingClock:
    """A clock on which every pause is over at once, and written down."""

    def __init__(self) -> None:
        self.time = datetime.fromisoformat("2026-03-02T15:00:00+00:00")
        self.pauses: list[float] = []
        self.most = 100

    def now(self) -> datetime:
        return self.time

    async def sleep(self, duration: timedelta) -> None:
        self.pauses.append(duration.total_seconds())
        self.time += duration
        if len(self.pauses) >= self.most:
            raise asyncio.CancelledError


@pytest.fixture
def clock() -> TellingClock:
    return TellingClock()


async def kept(supervisor: Supervisor, clock: TellingClock, work: object, most: int) -> None:
    clock.most = most
    with pytest.raises(asyncio.CancelledError):
        await supervisor.keep("work", work)  # type: ignore[arg-type] # any callable


async def test_what_ends_or_fails_is_started_again_later_each_time(clock: TellingClock) -> None:
    async def fails() -> None:
        raise OSError

    await kept(Supervisor(clock), clock, fails, 9)

    assert clock.pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_after_a_good_while_the_pauses_begin_anew(clock: TellingClock) -> None:
    runs = 0

    async def lasts_the_third_time() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            clock.time += LONGEST_PAUSE + timedelta(seconds=1)

    await kept(Supervisor(clock), clock, lasts_the_third_time, 4)

    assert clock.pauses == [1, 2, 1, 2]


async def test_the_state_tells_how_it_is_without_quoting_what_failed(clock: TellingClock) -> None:
    supervisor, seen = Supervisor(clock), []

    async def fails() -> None:
        seen.append(supervisor.states["work"])
        raise OSError("+14155550100")

    await kept(supervisor, clock, fails, 1)

    assert seen == ["up"]
    assert supervisor.states == {"work": "failed: OSError"}


async def test_while_closing_what_ends_has_ended_for_good(clock: TellingClock) -> None:
    supervisor = Supervisor(clock)

    async def ends() -> None:
        supervisor.is_closing = True

    await supervisor.keep("work", ends)

    assert (supervisor.states, clock.pauses) == ({"work": "ended"}, [])


async def test_what_is_cancelled_is_not_started_again(clock: TellingClock) -> None:
    started = asyncio.Event()

    async def waits() -> None:
        started.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(Supervisor(clock).keep("work", waits))
    await started.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert clock.pauses == []


async def test_tasks_are_given_their_time_and_then_cancelled() -> None:
    gate = asyncio.Event()
    gate.set()
    quick, slow = asyncio.create_task(_wait(gate)), asyncio.create_task(_wait(asyncio.Event()))

    await ended([quick, slow], timedelta(milliseconds=5))
    await ended([], timedelta(days=1))

    assert (quick.cancelled(), slow.cancelled()) == (False, True)


async def _wait(gate: asyncio.Event) -> None:
    await gate.wait()
