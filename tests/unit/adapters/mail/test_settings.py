"""What an operator may write under [mail], and what is refused before anything runs."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from adapters.mail.address import addr_spec, mailbox
from adapters.mail.settings import MailSettings
from tests.unit.adapters.mail.relay import AUTHORITY

LEAST = {"from": "Missed texts <texts@example.com>", "host": "smtp.example.com"}


def test_the_least_that_must_be_said_is_enough() -> None:
    settings = MailSettings.model_validate(LEAST)

    assert (settings.port, settings.security, settings.timeout.total_seconds()) == (587, "starttls", 30)
    assert settings.accept_timeout.total_seconds() == 600


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.2"])
def test_this_machine_may_be_spoken_to_in_the_clear(host: str) -> None:
    assert MailSettings.model_validate({**LEAST, "host": host, "security": "none"}).security == "none"


@pytest.mark.parametrize(
    "wrong",
    [
        {"security": "none"},
        {"security": "none", "host": "10.0.0.1"},
        {"security": "none", "host": "localhost.example.com"},
        {"security": "maybe"},
        {"username": "texts"},
        {"password": "sesame"},
        {"from": "nobody"},
        {"from": "texts@example.com\r\nBcc: all@example.com"},
        {"host": "smtp example"},
        {"host": ""},
        {"host": "x" * 64 + ".example.com"},
        {"port": 0},
        {"timeout": 30},
        {"timeout": "0s"},
        {"ca_file": "/nowhere/ca.pem"},
        {"reply_to": "texts@example.com"},
    ],
)
def test_a_mistake_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MailSettings.model_validate({**LEAST, **wrong})


def test_a_password_is_not_shown() -> None:
    settings = MailSettings.model_validate({**LEAST, "username": "texts", "password": "sesame", "ca_file": AUTHORITY})

    assert "sesame" not in repr(settings)
    assert isinstance(settings.ca_file, Path)


def test_every_setting_is_explained() -> None:
    assert all(field.description for field in MailSettings.model_fields.values())


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("desk@example.com", "desk@example.com"),
        ("Desk.Front+texts@EXAMPLE.com", "Desk.Front+texts@example.com"),
        ("desk@büro.example.com", "desk@xn--bro-hoa.example.com"),
        ("root@localhost", "root@localhost"),
    ],
)
def test_an_address_is_read_into_the_form_that_travels(written: str, read: str) -> None:
    assert addr_spec(written) == read


NO_ADDRESSES = [
    *("", "desk", "@example.com", "desk@", "a b@example.com", '"a b"@example.com', "a@b@c.example.com"),
    *("a@b\r\nRCPT TO:<x>", "desk@example.com\n", "desk@example..com", "desk@-example.com", "dés@example.com"),
    *("desk@example.com>", "a" * 65 + "@example.com", "a@" + "b" * 300 + ".example.com", "a@" + "bcd." * 70 + "com"),
    *(".a@example.com", "desk@[127.0.0.1]", "desk@example.com\u2028x", "desk@exam\x00ple.com"),
]


@pytest.mark.parametrize("written", NO_ADDRESSES)
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentences differ, the kind does not
        addr_spec(written)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("texts@example.com", ("", "texts@example.com")),
        ("<texts@example.com>", ("", "texts@example.com")),
        ("Missed texts <texts@example.com>", ("Missed texts", "texts@example.com")),
        ('"Moss, Ada" <texts@example.com>', ("Moss, Ada", "texts@example.com")),
    ],
)
def test_a_mailbox_may_have_a_name(written: str, read: tuple[str, str]) -> None:
    assert mailbox(written) == read


@pytest.mark.parametrize(
    "written", ["A <a@example.com> <b@example.com>", "A\r\nB <a@example.com>", "A <>", "A\x00 <a@b>"]
)
def test_a_mailbox_with_more_in_it_is_refused(written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentences differ, the kind does not
        mailbox(written)
