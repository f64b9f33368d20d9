"""Addresses of the telephone network, and that no log can leak one."""

import logging

import pytest

from bridge.domain.phone import Address, PhoneNumber, SenderName, ShortCode, address, is_toll_free, masked, spoken


@pytest.mark.parametrize(
    ("written", "kind", "can_be_answered"),
    [
        ("+14155550100", PhoneNumber, True),
        ("+442079460958", PhoneNumber, True),
        ("72345", ShortCode, True),
        ("123", ShortCode, True),
        ("12", SenderName, False),
        ("1234567", SenderName, False),
        ("14155550100", SenderName, False),
        ("+04155550100", SenderName, False),
        ("+1415", SenderName, False),
        ("+1234567890123456", SenderName, False),
        ("+14155550100\n", SenderName, False),
        ("+１４１５５５５０１００", SenderName, False),
        ("１２３４５", SenderName, False),
        ("ACMEBANK", SenderName, False),
        ("anonymous", SenderName, False),
        ("", SenderName, False),
    ],
)
def test_an_address_is_read_as_what_it_is(written: str, kind: type[Address], can_be_answered: bool) -> None:
    read = address(written)

    assert type(read) is kind
    assert read.value == written
    assert read.is_repliable is can_be_answered


@pytest.mark.parametrize("written", ["", "4155550199", "+1 415 555 0100", "+1415555010x", "+14155550100 "])
def test_a_number_that_is_none_cannot_be_made_and_is_not_quoted(written: str) -> None:
    with pytest.raises(ValueError, match="not a phone number") as error:
        PhoneNumber(written)

    assert not written or written not in str(error.value)


@pytest.mark.parametrize(
    ("one", "masked"),
    [
        (PhoneNumber("+14155550100"), "+1415…00"),
        (ShortCode("72345"), "<5 characters>"),
        (SenderName("ACMEBANK"), "<8 characters>"),
        (SenderName("+1 (415) 555-0100"), "+1 (4…00"),
    ],
)
def test_every_way_to_print_an_address_is_masked(one: Address, masked: str, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("from %s %r", one, one, extra={"sender": one})

    assert {str(one), repr(one), f"{one}", f"{one!r}", "%s" % one} == {masked}  # noqa: UP031 # a way to print it, too
    assert caplog.messages == [f"from {masked} {masked}"]
    assert repr([one]) == f"[{masked}]"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("+14155550100", "(415) 555-0100"),
        ("+442079460958", "+44 20 7946 0958"),
        ("+10155550100", "+1 0155550100"),
        ("+2105550100", "+2105550100"),
        ("72345", "72345"),
        ("ACMEBANK", "ACMEBANK"),
        ("", "(no sender)"),
    ],
)
def test_a_number_is_spoken_as_people_write_it(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(("number", "is_it"), [("+18005550100", True), ("+18885550100", True), ("+14155550100", False)])
def test_a_toll_free_number_is_known_by_its_prefix(number: str, is_it: bool) -> None:
    assert is_toll_free(PhoneNumber(number)) is is_it


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Invalid number: +14155550100.", "Invalid number: +1415…00."),
        ("To=%2B14155550100&Body=x", "To=%2B14…00&Body=x"),
        ("(415) 555-0100 wrote", "(415)…00 wrote"),
        ("21211: at 15:04 of 2026-03-02", "21211: at 15:04 of 2026-03-02"),
    ],
)
def test_a_number_within_a_text_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
