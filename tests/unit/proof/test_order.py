"""What may stand in another order than it was said in: what was learnt late, and nothing else."""

import pytest

from proof.order import is_excused
from tests.faults.truth import Misplaced


@pytest.mark.parametrize(
    ("said", "learnt", "found", "excused"),
    [
        pytest.param("abc", "bca", "bca", True, id="a lost call was read back"),
        pytest.param("abc", "abc", "bca", False, id="all were known in time"),
        pytest.param("abcd", "bacd", "bcad", False, id="one was known in time for a place further ahead"),
        pytest.param("abcd", "bdac", "bacd", True, id="what could still be put in its place was put there"),
        pytest.param("xax", "axx", "axx", True, id="equal texts are told apart by their number"),
        pytest.param("ab", "b", "ba", False, id="what was never learnt excuses nothing"),
    ],
)
def test_an_order_is_excused_by_what_was_known(said: str, learnt: str, found: str, excused: bool) -> None:
    assert is_excused(Misplaced("phone 0100", tuple(said), tuple(found)), tuple(learnt)) is excused
