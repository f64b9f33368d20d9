"""Which addresses strangers may make us connect to. The table is written by hand, apart from the one it checks."""

import pytest

from adapters.http.address import is_loopback, is_public

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "93.184.216.34",
    "172.15.255.255",
    "172.32.0.1",
    "192.0.1.1",
    "2606:4700::1111",
    "2a00::1",
    "2400::1",
]

NOT_PUBLIC = [
    *(
        "127.0.0.1",
        "127.1.2.3",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
    ),
    *("100.64.0.1", "192.0.0.1", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1"),
    *("239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *(
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
    ),
    *("100::1", "2001::1", "2001:db8::1", "2001:20::1", "2002:7f00:1::", "2002:808:808::", "3fff::1", "5f00::1"),
    *("fc00::1", "fd00::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
    *("", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "127.1", "１２７.0.0.1", "8.8.8.8 ", "good.test"),
]


@pytest.mark.parametrize("written", PUBLIC)
def test_an_ordinary_address_is_public(written: str) -> None:
    assert is_public(written)


@pytest.mark.parametrize("written", NOT_PUBLIC)
def test_private_translated_and_odd_addresses_are_not_public(written: str) -> None:
    assert not is_public(written)


def test_loopback_is_only_what_is_plainly_this_machine() -> None:
    told = {each for each in (*PUBLIC, *NOT_PUBLIC) if is_loopback(each)}

    assert told == {"127.0.0.1", "127.1.2.3", "::1"}
