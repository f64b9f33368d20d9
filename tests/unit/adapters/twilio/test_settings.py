"""What may be written in a carrier's section."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from adapters.twilio import TwilioSettings
from tests.unit.adapters.twilio.rig import ACCOUNT, settings


def test_the_vendors_own_addresses_are_the_default() -> None:
    account = settings()

    assert account.api_url == "https://api.twilio.com"
    assert account.media_hosts == ("api.twilio.com", "mms.twiliocdn.com", "media.twiliocdn.com")
    assert (account.timeout, account.listing_lag) == (timedelta(seconds=20), timedelta(seconds=60))
    assert not account.is_loopback


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000", "http://[::1]:9000/", "http://localhost:1", "https://127.0.0.1"]
)
def test_an_api_on_this_machine_may_be_plain_http(url: str) -> None:
    account = settings(api_url=url)

    assert account.is_loopback
    assert not account.api_url.endswith("/")


@pytest.mark.parametrize(
    "change",
    [
        {"api_url": "http://api.twilio.com"},
        {"api_url": "api.twilio.com"},
        {"api_url": "https://user:pw@api.twilio.com"},
        {"api_url": "https://api.twilio.com?x=1"},
        {"api_url": "https://api.twilio.com:x"},
        {"account_sid": "SK" + "0" * 32},
        {"account_sid": ACCOUNT + "0"},
        {"auth_token": ""},
        {"api_key_sid": "SK" + "0" * 32},
        {"api_key_secret": "x"},
        {"messages_per_second": -1},
        {"burst": 0},
        {"timeout": 20},
        {"timeout": "0s"},
        {"colour": "red"},
        {"type": "telnyx"},
    ],
)
def test_what_cannot_work_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        settings(**change)


def test_secrets_are_not_printed() -> None:
    account = settings(auth_token="hush", auth_token_old="hush", api_key_sid="SK" + "0" * 32, api_key_secret="hush")

    assert "hush" not in repr(account)


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in TwilioSettings.model_fields.values())
