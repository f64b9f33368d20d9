"""How fast each destination may be spoken to."""

from datetime import timedelta

import pytest

from adapters.sandbox.clock import MovableClock
from bridge.engine.pacer import Manner, Pacer, manner_of
from tests.unit.flows.books import MINUTE, SECOND

ONE_A_SECOND = Manner(per_second=1, burst=3)
MANNERS = {"": Manner(at_once=2), "slack": ONE_A_SECOND, "slack.cards": Manner(at_once=5)}


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def pacer(clock: MovableClock) -> Pacer:
    return Pacer(MANNERS, clock)


def speak(pacer: Pacer, destination: str, times: int = 1) -> None:
    for _ in range(times):
        pacer.begin(destination)
        pacer.end(destination)


def room(pacer: Pacer, destination: str) -> int:
    return pacer.room(destination, pacer.clock.now())


@pytest.mark.parametrize(
    ("destination", "name"),
    [("slack/C1", "slack"), ("slack.cards", "slack.cards"), ("main/+14155550100", ""), ("main.media", "")],
)
def test_a_destination_has_its_own_manner_or_that_of_its_world(destination: str, name: str) -> None:
    assert manner_of(MANNERS, destination) is MANNERS[name]


def test_what_was_never_spoken_to_has_room_for_its_burst_or_for_what_goes_at_once(pacer: Pacer) -> None:
    assert [room(pacer, one) for one in ("slack/C1", "slack.cards", "mail/relay")] == [3, 5, 2]
    assert pacer.ask_after("slack/C1") == ONE_A_SECOND.timeout + ONE_A_SECOND.settling


def test_tokens_are_spent_and_grow_again_up_to_the_burst(pacer: Pacer, clock: MovableClock) -> None:
    speak(pacer, "slack/C1", 3)
    spent = room(pacer, "slack/C1")
    clock.forward(SECOND)
    after_one = room(pacer, "slack/C1")
    clock.forward(MINUTE)

    assert (spent, after_one, room(pacer, "slack/C1")) == (0, 1, 3)


def test_each_destination_has_tokens_of_its_own(pacer: Pacer) -> None:
    speak(pacer, "slack/C1", 3)

    assert room(pacer, "slack/C2") == 3


def test_calls_under_way_take_room_until_they_end(pacer: Pacer) -> None:
    pacer.begin("mail/relay")
    pacer.begin("mail/relay")
    full = room(pacer, "mail/relay")

    pacer.end("mail/relay")

    assert (full, room(pacer, "mail/relay")) == (0, 1)


def test_a_pause_closes_a_destination_until_it_is_over(pacer: Pacer, clock: MovableClock) -> None:
    pacer.pause("slack/C1", 7 * SECOND)

    paused = room(pacer, "slack/C1")
    clock.forward(7 * SECOND)

    assert (paused, room(pacer, "slack/C1"), room(pacer, "slack/C2")) == (0, 3, 3)


def test_a_shorter_pause_does_not_cut_a_longer_one_short(pacer: Pacer, clock: MovableClock) -> None:
    pacer.pause("slack/C1", MINUTE)
    pacer.pause("slack/C1", SECOND)

    clock.forward(2 * SECOND)

    assert room(pacer, "slack/C1") == 0


def test_the_next_room_is_when_a_token_has_grown_or_a_pause_is_over(pacer: Pacer, clock: MovableClock) -> None:
    speak(pacer, "slack/C1", 3)
    token = pacer.next_room(["slack/C1"])
    pacer.pause("slack/C1", 7 * SECOND)
    paused = pacer.next_room(["slack/C1"])
    pacer.pause("mail/relay", 3 * SECOND)

    assert token == clock.now() + SECOND
    assert paused == clock.now() + 7 * SECOND
    assert pacer.next_room(["slack/C1", "mail/relay"]) == clock.now() + 3 * SECOND
    assert pacer.next_room([]) is None


def test_where_calls_must_end_first_there_is_no_moment_to_wait_for(pacer: Pacer) -> None:
    pacer.begin("mail/relay")
    pacer.begin("mail/relay")
    full = pacer.next_room(["mail/relay"])

    pacer.end("mail/relay")

    assert full is None
    assert pacer.next_room(["mail/relay"]) == pacer.clock.now()


def test_part_of_a_token_is_none(pacer: Pacer, clock: MovableClock) -> None:
    speak(pacer, "slack/C1", 3)

    clock.forward(timedelta(milliseconds=999))

    assert room(pacer, "slack/C1") == 0
    assert pacer.next_room(["slack/C1"]) == clock.now() + timedelta(milliseconds=1)


def test_a_closed_pacer_has_no_room_at_all(pacer: Pacer) -> None:
    pacer.is_closed = True

    assert room(pacer, "slack/C1") == 0
