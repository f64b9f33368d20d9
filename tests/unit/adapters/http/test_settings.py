"""Where we listen, and what may be our public address."""

import pytest
from pydantic import ValidationError

from adapters.http import HttpSettings


@pytest.mark.parametrize(
    ("listen", "host", "port"),
    [
        ("127.0.0.1:8080", "127.0.0.1", 8080),
        ("0.0.0.0:0", "0.0.0.0", 0),
        ("[::1]:443", "::1", 443),
        ("a.test:1", "a.test", 1),
    ],
)
def test_host_and_port_are_read_from_one_setting(listen: str, host: str, port: int) -> None:
    settings = HttpSettings(listen=listen, public_url="https://sms.example.com")

    assert (settings.host, settings.port) == (host, port)


@pytest.mark.parametrize(
    "listen", ["", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "a b:1", "a:٨"]
)
def test_an_address_to_listen_on_has_host_and_port(listen: str) -> None:
    with pytest.raises(ValidationError, match="host and a port"):
        HttpSettings(listen=listen, public_url="https://sms.example.com")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://sms.example.com", "https://sms.example.com"),
        ("https://sms.example.com:8443/", "https://sms.example.com:8443"),
        ("https://example.com/texts/", "https://example.com/texts"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_the_public_address_is_kept_without_a_slash_at_its_end(written: str, kept: str) -> None:
    assert HttpSettings(public_url=written).public_url == kept


@pytest.mark.parametrize(
    "written",
    [
        *(
            "http://sms.example.com",
            "ftp://sms.example.com",
            "sms.example.com",
            "https://",
            "https:///x",
            "https://a:x",
        ),
        *("https://user:pw@sms.example.com", "https://sms.example.com?x=1", "https://sms.example.com#rc=3"),
        *(
            "https://sms_1.example.com",
            "https://sms.example.com/a b",
            "https://sms.example.com\\@a.test",
            "https://аpple.com",
        ),
    ],
)
def test_what_carriers_could_not_call_or_sign_is_no_public_address(written: str) -> None:
    with pytest.raises(ValidationError):
        HttpSettings(public_url=written)
