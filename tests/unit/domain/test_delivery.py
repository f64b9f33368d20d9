"""How far a text has come, and the one direction in which that may change."""

import pytest

from bridge.domain.delivery import DeliveryStatus, advance, lowest

H, Q, U, S, D, F, C = (
    DeliveryStatus.HELD,
    DeliveryStatus.QUEUED,
    DeliveryStatus.UNCLEAR,
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.FAILED,
    DeliveryStatus.CANCELLED,
)
AFTER = {  # what holds after hearing H, Q, U, S, D, F, C
    H: (H, Q, U, S, D, F, C),
    Q: (Q, Q, U, S, D, F, C),
    U: (U, U, U, S, D, F, U),
    S: (S, S, S, S, D, F, S),
    D: (D, D, D, D, D, D, D),
    F: (F, F, F, F, F, F, F),
    C: (C, C, C, C, C, C, C),
}


@pytest.mark.parametrize(
    ("old", "new", "after"),
    [(old, new, after) for old, row in AFTER.items() for new, after in zip(AFTER, row, strict=True)],
)
def test_a_status_only_moves_forward(old: DeliveryStatus, new: DeliveryStatus, after: DeliveryStatus) -> None:
    assert advance(old, new) is after


@pytest.mark.parametrize(
    ("parts", "whole"),
    [([S], S), ([D, S], S), ([S, F, D], F), ([Q, F], F), ([D, D], D), ([U, D], U), ([H, H], H), ([S, Q], Q)],
)
def test_a_whole_is_as_far_as_its_least_advanced_part(parts: list[DeliveryStatus], whole: DeliveryStatus) -> None:
    assert lowest(parts) is whole
