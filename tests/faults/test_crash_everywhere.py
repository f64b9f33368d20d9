"""The sweep: the daemon dies at every commit and every call of a port, and the worlds notice nothing of it.

By default every other point is tried, which ones changing from day to day; FAULTS=all tries all of them, with one death
and with two. Each safeguard that the sweep relies on is taken out once, and then it must find harm.
"""

import asyncio
import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge.engine import supervisor, timekeeper
from bridge.engine.recovery import Recovery
from tests.faults import controls, story
from tests.faults.doom import Doom
from tests.faults.mortal import MortalHouse, mortal_house
from tests.faults.truth import Said, Verdict

# What dies closes nothing, here as in life.
pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("sweeping_up"),
]

_STRIDE = 2
_SECONDS = 900


@pytest.fixture
def sweeping_up() -> Iterator[None]:
    """Collect what the dead left behind, before another test is blamed for it."""
    yield
    gc.collect()


async def points(path: Path) -> list[str]:
    """Tell the story without a death; return the points that it passes."""
    doom, said = Doom(), Said()
    async with mortal_house(path, doom) as house:
        await story.morning(house, said)
        passed = list(doom.passed)
        assert story.verdict(house, said) == Verdict()
    return passed


async def lived_through(path: Path, *strikes: int, comes_again: bool = False) -> tuple[Verdict, list[str]]:
    """Tell the story with deaths; return what is wrong afterwards, and where it died."""
    doom, said = Doom(*strikes), Said()
    async with mortal_house(path, doom) as house:
        house.comes_again = comes_again
        await _told(house, said)
        return story.verdict(house, said), doom.deaths


async def _told(house: MortalHouse, said: Said) -> None:
    """Tell the story as far as it goes: where something is lost, somebody waits for it in vain."""
    try:
        await story.morning(house, said)
    except AssertionError as stuck:
        if not story.verdict(house, said).harm:
            raise AssertionError(f"{stuck}; deaths: {house.doom.deaths}") from stuck


def _deaths(count: int) -> list[tuple[int, ...]]:
    """Choose where to die: once at every point, and at the odd ones a second time soon after."""
    once = [(number,) for number in range(1, count + 1)]
    twice = [(number, 1 + number * 7 % 23) for number in range(1, count + 1)]
    if os.environ.get("FAULTS") == "all":
        return [*once, *twice]
    today = datetime.now(UTC).toordinal()
    return [once[at] if at // _STRIDE % 2 else twice[at] for at in range(today % _STRIDE, count, _STRIDE)]


@pytest.mark.timeout(_SECONDS)
async def test_wherever_it_dies_every_world_hears_each_thing_once_and_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    passed = await points(tmp_path / "whole")
    chosen = _deaths(len(passed))

    wrong = []
    for strikes in chosen:
        verdict, deaths = await lived_through(tmp_path / "-".join(map(str, strikes)), *strikes)
        if verdict != Verdict():
            wrong.append((strikes, deaths, verdict))

    with capsys.disabled():
        print(f"\ncrash sweep: {len(passed)} points, {len(chosen)} stories with deaths, {len(wrong)} harmed")
    assert not wrong


async def harm(path: Path, point: str, *, comes_again: bool = False, most: int = 4) -> int:
    """Die at the first points of this name, until something is lost or doubled; return how much."""
    numbers = [number for number, name in enumerate(await points(path / "whole"), 1) if name == point]
    assert numbers, f"the story never passes {point}"
    for number in numbers[:most]:
        verdict, _ = await lived_through(path / str(number), number, comes_again=comes_again)
        if verdict.harm:
            return verdict.harm
    return 0


@pytest.mark.parametrize("point", ["after chat.post", "after carrier.send"])
async def test_without_asking_before_repeating_the_sweep_finds_doubles(
    point: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not await harm(tmp_path / "with", point)

    controls.without_asking(monkeypatch.setattr)

    assert await harm(tmp_path / "without", point)


@pytest.mark.parametrize(
    ("safeguard", "is_harmed"),
    [pytest.param(None, False, id="commit-first"), pytest.param(controls.acknowledging_first, True, id="ack-first")],
)
async def test_what_was_acknowledged_is_there_even_if_nothing_can_be_read_back(
    safeguard: Callable[[controls.Patch], None] | None,
    is_harmed: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    controls.without_reading_back(monkeypatch.setattr)
    if safeguard:
        safeguard(monkeypatch.setattr)

    found = await harm(tmp_path, "before the commit of take_in", comes_again=True)

    assert bool(found) is is_harmed


async def test_without_recognising_what_it_met_before_the_sweep_finds_doubles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = "after the commit of take_in"
    assert not await harm(tmp_path / "with", point)

    controls.without_recognising(monkeypatch.setattr)
    monkeypatch.setattr(timekeeper, "CATCH_UP_FIRST", timekeeper.CATCH_UP_EVERY)  # it would double without any death

    assert await harm(tmp_path / "without", point)


async def test_what_was_missed_after_a_first_start_that_died_at_once_is_read_back(tmp_path: Path) -> None:
    async with mortal_house(tmp_path, Doom(3), from_birth=True) as house:
        house.may_rise.clear()
        await house.life.died.wait()
        await house.phone().texts("Hello?")
        house.clock.forward(timedelta(hours=1))
        house.may_rise.set()

        await house.until(lambda: house.roots())


async def test_a_stop_at_the_end_of_the_first_reading_back_ends_the_daemon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for turns in range(6):  # of the loop, between the end of the reading back and that of the workers
        _read_back_until_closing(monkeypatch, turns)
        async with mortal_house(tmp_path / str(turns), Doom(), from_birth=True) as house:
            house.ends_within = 3
            await house.close()
        monkeypatch.undo()


def _read_back_until_closing(monkeypatch: pytest.MonkeyPatch, turns: int) -> None:
    is_closing, ended = asyncio.Event(), supervisor.ended

    async def read_back(*_: object) -> None:
        await is_closing.wait()

    async def parting(tasks: list[asyncio.Task[None]], within: timedelta) -> None:
        is_closing.set()
        for _ in range(turns):
            await _turn()
        await ended(tasks, within)

    monkeypatch.setattr(Recovery, "catch_up_all", read_back)
    monkeypatch.setattr("bridge.engine.daemon.ended", parting)


async def _turn() -> None:
    """Let the loop go round."""
    turned = asyncio.Event()
    asyncio.get_running_loop().call_soon(turned.set)
    await turned.wait()
