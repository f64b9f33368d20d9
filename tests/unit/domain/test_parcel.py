"""How the files of one message share the room that it has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.message import encoded_size
from bridge.domain.parcel import room, share, weight

SIZES = st.lists(st.integers(0, 5_000_000), min_size=1, max_size=10)


def test_the_words_leave_the_rest_of_the_message_to_the_files() -> None:
    assert room("Hello", 500_000) + encoded_size("Hello", []) == 500_000


def test_one_picture_may_fill_the_message_to_the_last_line() -> None:
    most = share([9_000_000], room("Hello", 500_000))

    assert encoded_size("Hello", [most]) <= 500_000 < encoded_size("Hello", [most + 57 + 1])


def test_what_a_small_picture_leaves_goes_to_the_large_one() -> None:
    assert share([10_000, 9_000_000], 500_000) >= 10_000
    assert share([9_000_000, 10_000], 500_000) > 340_000


def test_two_large_ones_have_the_same() -> None:
    assert share([9_000_000, 8_000_000], 500_000) == share([8_000_000, 9_000_000], 500_000)


@pytest.mark.parametrize("space", [-5, 0, 100])
def test_where_there_is_no_room_there_is_nothing_to_share(space: int) -> None:
    assert share([1000], space) == 0


@given(SIZES, st.integers(5_000, 1_200_000))
def test_files_that_keep_to_their_shares_fit_together(sizes: list[int], space: int) -> None:
    left = space
    for place in range(len(sizes)):
        left -= weight(share(sizes[place:], left))

    assert left >= 0 or space < 160 * len(sizes)


@given(SIZES)
def test_files_that_fit_as_they_are_need_not_change(sizes: list[int]) -> None:
    space = sum(map(weight, sizes))

    assert share(sizes, space) >= sizes[0]
