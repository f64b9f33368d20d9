"""Forms that were sent off, read as facts; whatever else may stand in one is no fact, and nothing else either."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from adapters.slack import asides, forms, wire
from bridge.domain.aside import Aside
from bridge.domain.event import NameGiven, SmsComposed
from bridge.domain.phone import PhoneNumber
from bridge.errors import WireError
from tests.unit.adapters.slack.test_wire import ANY, places, spoiled

FORMS = Path(__file__).parents[3] / "payloads" / "slack_forms"
ASIDE = Aside(phrase=("Taken back.",))


def form(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FORMS / f"{name}.json").read_text())
    return found


def test_a_new_text_is_read_whole() -> None:
    read = forms.read(form("new_sms"))

    assert isinstance(read, SmsComposed)
    assert (read.did, read.to, read.text) == (PhoneNumber("+14155550100"), ("+12125550142",), "Your bike is ready")
    assert (read.person, read.form) == ("U0BEN", "slack:form/V0000001")
    assert [file.ref for file in read.files] == ["F0000001"]


def test_a_name_is_read_whole() -> None:
    read = forms.read(form("name"))

    assert isinstance(read, NameGiven)
    assert (read.address, read.name, read.person) == (PhoneNumber("+12125550142"), "Ada Moss", "U0BEN")


def test_the_same_form_with_other_words_is_another_sending_off_of_the_same_form() -> None:
    first, second = form("new_sms"), form("new_sms")
    second["view"]["state"]["values"]["text"]["text"]["value"] = "Your car is ready"

    ones = [forms.read(told) for told in (first, second)]

    assert wire.raw(first).keys != wire.raw(second).keys
    assert len({one.form for one in ones if isinstance(one, SmsComposed)}) == 1


def test_what_is_kept_of_a_form_holds_no_secret() -> None:
    body = wire.raw(form("new_sms")).body

    assert not any(secret in body for secret in (b"verification", b"12.34.abc"))


@pytest.mark.parametrize("name", ["new_sms", "name"])
@settings(deadline=None)
@given(value=ANY)
def test_whatever_stands_in_a_form_nothing_but_a_wire_error_is_raised(name: str, value: Any) -> None:
    for place in places(form(name)):
        told = spoiled(form(name), place, value)
        if not isinstance(told, dict):
            continue
        asides._ear(told, ASIDE)
        if forms.is_form(told):
            assert wire.raw(told).keys
            assert forms.busy(told)["errors"]
            try:
                forms.read(told)
            except WireError:
                continue
