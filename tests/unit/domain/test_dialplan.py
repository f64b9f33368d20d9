"""Which of our numbers is which, and what a contact is called."""

from bridge.domain.phone import ShortCode
from tests.unit.flows.books import ANN, BOB, DID, OTHER_DID, did, plan


def test_a_number_of_ours_is_found_and_no_other_address_is() -> None:
    ours = plan(did(), did(number=OTHER_DID, label="Service"))

    found = [ours.did(number) for number in (DID, OTHER_DID, ANN, ShortCode("72345"))]

    assert [one and one.label for one in found] == [
        "Main line",
        "Service",
        None,
        None,
    ]


def test_a_contact_has_a_name_and_others_have_none() -> None:
    ours = plan(contacts={ANN: "Ada Moss"})

    assert (ours.name_of(ANN), ours.name_of(BOB)) == ("Ada Moss", None)
