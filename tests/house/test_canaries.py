"""The canaries sing: whatever would give something away is noticed, wherever it is said."""

import logging

import pytest

from bridge.domain.phone import PhoneNumber
from tests.canaries import CAGE, Cage

TOKEN, TEXT = "sandbox-token-of-the-test", "The key is under the mat"
OURS = logging.getLogger("bridge.engine.dispatcher")


@pytest.fixture
def cage(canaries: Cage) -> Cage:
    canaries.keep_secret(TOKEN)
    canaries.keep_text(TEXT)
    return canaries


@pytest.mark.parametrize(
    ("event", "fields"),
    [
        (f"sent {TEXT}", {}),
        ("sent", {"detail": f"the carrier says: {TEXT}"}),
        ("refused", {"headers": {"Authorization": f"Basic {TOKEN}"}}),
        ("sent to 2125550142", {}),
        ("sent to 1-212-555-0142", {}),
    ],
)
def test_a_leak_in_the_log_is_noticed(cage: Cage, event: str, fields: dict[str, object]) -> None:
    OURS.debug(event, extra=fields)

    assert cage.emptied()


def test_a_leak_in_a_traceback_is_noticed(cage: Cage) -> None:
    try:
        raise ValueError(TEXT)
    except ValueError:
        OURS.exception("failed")

    assert cage.emptied()


@pytest.mark.parametrize("said", [TEXT, TOKEN, "(212) 555-0142", "+12125550142"])
def test_a_leak_elsewhere_is_noticed(cage: Cage, said: str) -> None:
    cage.look_at("warning", f"We have seen {said} today.")

    assert cage.emptied()


@pytest.mark.parametrize("line", ["a plain line", '{"event": "\x1b[31m"}', '{"event": "\u202eexe.pdf"}'])
def test_a_line_that_is_no_json_or_moves_a_terminal_is_noticed(cage: Cage, line: str) -> None:
    cage.look_at_line(line)

    assert cage.emptied()


def test_what_the_daemon_says_of_the_same_things_gives_nothing_away(cage: Cage) -> None:
    OURS.info("sms sent to %s\x1b[2J\u202e", PhoneNumber("+12125550142"), extra={"detail": "400: +12125550142"})

    assert cage.emptied() == []


def test_every_test_is_listened_to() -> None:
    before = CAGE.seen["log"]

    OURS.debug("a step")

    assert CAGE.seen["log"] == before + 1
