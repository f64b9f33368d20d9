"""Receipts come late, twice and shuffled, and the end is the same."""

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.delivery import DeliveryStatus, advance, lowest

ENDS = [DeliveryStatus.DELIVERED, DeliveryStatus.FAILED]
# A carrier gives one last word on an SMS; of two that contradict each other the first counts.
HEARD = st.sampled_from(ENDS).flatmap(
    lambda end: st.lists(st.sampled_from([DeliveryStatus.QUEUED, DeliveryStatus.UNCLEAR, DeliveryStatus.SENT, end]))
)


@given(HEARD, st.data())
def test_receipts_in_any_order_end_in_the_same_status(heard: list[DeliveryStatus], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(heard))

    assert reduce(advance, heard, DeliveryStatus.QUEUED) is reduce(advance, shuffled, DeliveryStatus.QUEUED)


@given(st.lists(st.sampled_from(DeliveryStatus)), st.sampled_from(DeliveryStatus))
def test_hearing_everything_again_changes_nothing(heard: list[DeliveryStatus], first: DeliveryStatus) -> None:
    after = reduce(advance, heard, first)

    assert reduce(advance, heard, after) is after


@given(st.lists(st.sampled_from(DeliveryStatus), min_size=1))
def test_a_whole_has_the_status_of_one_of_its_parts(parts: list[DeliveryStatus]) -> None:
    assert lowest(parts) in parts
