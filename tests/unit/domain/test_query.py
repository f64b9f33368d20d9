"""When a listener is well."""

import pytest

from bridge.domain.query import is_up


@pytest.mark.parametrize(
    ("state", "is_well"),
    [("up", True), ("up (2 sockets)", True), ("upset", False), ("down: no connection", False), ("", False)],
)
def test_a_listener_is_well_when_it_says_up(state: str, is_well: bool) -> None:
    assert is_up(state) is is_well
