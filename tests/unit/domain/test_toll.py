"""What a text counts for, and which numbers are never texted: by region and kind, not by the first digits."""

from datetime import timedelta

import pytest

from bridge.domain.phone import PhoneNumber, address
from bridge.domain.toll import Barrier, Cap, Limits, barrier, region_of

US = frozenset({"US"})


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+14155550100", "US"),
        ("+18005550100", "US"),
        ("+13655550100", "CA"),
        ("+18095550100", "DO"),
        ("+18765550100", "JM"),
        ("+442079460958", "GB"),
        ("+447700900123", "GB"),  # of no plan: the chief region of its code
        ("+15550100000", "US"),
        ("+8815550100", "001"),
        ("+9995550100000", "001"),  # of no code at all
    ],
)
def test_a_number_has_a_region_whatever_its_code(number: str, region: str) -> None:
    assert region_of(PhoneNumber(number)) == region


@pytest.mark.parametrize(
    ("written", "regions", "why"),
    [
        ("+12125550142", US, None),
        ("+13655550100", US, Barrier.FOREIGN),
        ("+13655550100", US | {"CA"}, None),
        ("+18765550100", US, Barrier.FOREIGN),
        ("+18095550100", US | {"CA"}, Barrier.FOREIGN),
        ("+442079460958", US, Barrier.FOREIGN),
        ("+19005550100", US, Barrier.PREMIUM),
        ("+15005550006", US, Barrier.PREMIUM),  # personal numbers: their owner chooses the price
        ("+449098790123", frozenset({"GB"}), Barrier.PREMIUM),
        ("+8705550100", US, Barrier.SATELLITE),
        ("+8815550100", US | {"001"}, Barrier.SATELLITE),
        ("+8835550100", US, Barrier.SATELLITE),
        ("911", US, Barrier.EMERGENCY),
        ("112", US, Barrier.EMERGENCY),
        ("72345", US, Barrier.SHORT_CODE),
    ],
)
def test_a_number_is_texted_only_where_that_cannot_run_up_a_bill(
    written: str, regions: frozenset[str], why: Barrier | None
) -> None:
    assert barrier(address(written), home="US", regions=regions, short_codes=False) is why


@pytest.mark.parametrize(
    ("code", "home", "why"),
    [("72345", "US", None), ("911", "US", Barrier.EMERGENCY), ("999", "GB", Barrier.EMERGENCY), ("82000", "DE", None)],
)
def test_short_codes_are_answered_where_the_configuration_says_so(code: str, home: str, why: Barrier | None) -> None:
    assert barrier(address(code), home=home, regions=frozenset({home}), short_codes=True) is why


def test_a_short_code_that_bills_is_not_answered_whatever_the_configuration_says() -> None:
    assert barrier(address("81001"), home="FR", regions=frozenset({"FR"}), short_codes=True) is Barrier.PREMIUM


def test_what_stands_where_a_number_should_has_no_barrier_of_its_own() -> None:
    assert barrier(address("ACMEBANK"), home="US", regions=US, short_codes=False) is None


def test_every_limit_has_a_figure_and_a_window() -> None:
    limits = Limits(per_account=1, per_person=2, new_participants=3, per_participant=4)

    assert [limits.most(cap) for cap in (Cap.ACCOUNT, Cap.PERSON, Cap.STRANGERS, Cap.PARTICIPANT)] == [1, 2, 3, 4]
    assert {cap for cap in Cap if cap.window > timedelta(hours=1)} == {Cap.STRANGERS}
