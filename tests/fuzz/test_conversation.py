"""A keyword is a whole text, however it is written, and never a part of one."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.conversation import Keyword, keyword

WORDS = st.sampled_from(["stop", "quit", "end", "unsubscribe", "stop all", "revoke"])


@given(
    WORDS, st.sampled_from([str.upper, str.lower, str.title]), st.text(" \n\t", max_size=3), st.text(".! ", max_size=3)
)
def test_a_keyword_counts_in_any_case_between_blanks_and_before_points(
    word: str, written: Callable[[str], str], before: str, after: str
) -> None:
    assert keyword(before + written(word) + after) is Keyword.STOP


@given(WORDS, st.text("abcdefgh", min_size=1, max_size=8))
def test_a_keyword_among_other_words_is_none(word: str, other: str) -> None:
    assert keyword(f"{other} {word}") is None
    assert keyword(f"{word} {other}") is None
