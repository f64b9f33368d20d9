"""Whatever a phone writes: nothing hides, nothing reorders, nothing is lost between two posts."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.visible import POST_ROOM, posts_of, visible

ODD_ONES = "a b\n\t\r\x00\x07\x80\x85\x93\x9f\xa0\xad\u0301\u061c\u200b\u200c\u200d\u202e\u2066\ufe0f👩💻🏽🇺می\ud83d"
HIDING = set("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\xad")
ODD = st.text(
    st.sampled_from(ODD_ONES) | st.characters(),
    max_size=60,
)
LONG = st.text(st.sampled_from("aaaaaaaaab \n\u0301\u200d\ufe0f👩"), min_size=2000, max_size=9000)


@given(ODD)
def test_nothing_of_what_is_shown_hides_or_reorders_words(text: str) -> None:
    shown = visible(text)

    assert not set(shown) & HIDING
    assert {one for one in shown if unicodedata.category(one) in ("Cc", "Cs")} <= {"\n", "\t"}


@given(ODD)
def test_every_character_that_can_be_read_is_shown(text: str) -> None:
    letters = [one for one in text if unicodedata.category(one)[0] in "LNPS" and visible(one) == one]

    shown = visible(text)

    assert all(one in shown for one in letters)


@given(ODD)
def test_what_is_shown_is_shown_alike_again(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(ODD | LONG)
def test_posts_join_back_to_what_is_shown_and_each_fits(text: str) -> None:
    pieces = posts_of(text)

    assert "".join(pieces) == visible(text)
    assert max(map(len, pieces)) <= POST_ROOM
    assert all(pieces) or pieces == [""]
