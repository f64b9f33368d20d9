"""What the command line says."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bridge.wording import cli

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def test_things_are_counted_as_people_count() -> None:
    assert cli.mistakes("bridge.toml", 1) == "bridge.toml cannot be used: 1 mistake."
    assert cli.mistakes("bridge.toml", 2) == "bridge.toml cannot be used: 2 mistakes."
    assert cli.good("bridge.toml", 1, 2, 1) == "bridge.toml is good: 1 number, 2 carriers, 1 person."
    assert (cli.needs_you(1), cli.needs_you(2)) == ("1 thing needs you", "2 things need you")
    assert cli.times(1234) == "1,234 times since"


@pytest.mark.parametrize(
    "say",
    [cli.store_busy, cli.cannot_listen, cli.schema_mismatch, cli.unexpected, cli.no_daemon, cli.unreadable_answer],
)
def test_a_failure_is_a_sentence_and_what_to_do(say: Callable[[str], str]) -> None:
    assert say(" it is so. ").startswith("It is so. ")
    assert say("it is so").endswith(".")


def test_the_status_speaks_of_times_and_labels() -> None:
    assert cli.heading(NOW, "UTC") == "2026-03-02 15:00:00 UTC"
    assert cli.waited(None, NOW) == ""
    assert cli.waited(NOW - timedelta(minutes=12), NOW) == "the oldest for 12 min"
    assert cli.label("unacknowledged") == "unacknowledged texts"
    assert cli.label("slack.cards/C1_x") == "slack cards C1 x"
    assert cli.since(NOW, NOW) == "15:00"
    assert cli.since(NOW - timedelta(days=1), NOW) == "Mar 01 15:00"
    assert "http://127.0.0.1:1" in cli.sandbox_ready("http://127.0.0.1:1")
