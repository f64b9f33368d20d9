"""Forms that were sent off, read as facts; whatever else may stand in one is no fact, and nothing else either."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from adapters.slack import asides, forms, wire
from bridge.domain.aside import Aside
from bridge.domain.event import ErasureOrdered, NameGiven, SmsComposed
from bridge.domain.phone import PhoneNumber
from bridge.domain.phrase import Action
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


def test_an_order_to_delete_is_read_whole() -> None:
    read = forms.read(form("erase"))

    assert isinstance(read, ErasureOrdered)
    assert (read.conversation, read.address, read.typed, read.person) == (
        "c0ffee",
        PhoneNumber("+12125550142"),
        "0142",
        "U0BEN",
    )


def test_the_same_order_to_delete_sent_off_once_more_is_another_and_told_twice_it_is_one() -> None:
    first, again, second = form("erase"), form("erase"), form("erase")
    second["trigger_id"] = "12.34.def"

    keys = [wire.raw(told).keys for told in (first, again, second)]

    assert keys[0] == keys[1] != keys[2]
    assert keys[0] == (forms.read(first).key,)


@pytest.mark.parametrize(("chosen", "action"), [("export", Action.EXPORT), ("delete", Action.DELETE), ("mute", None)])
def test_what_is_wanted_and_changes_nothing_by_itself_is_told_from_other_choices(
    chosen: str, action: Action | None
) -> None:
    told = form("steer")
    told["view"]["state"]["values"]["choice"]["choice"]["selected_option"]["value"] = chosen

    wanted = forms.wanted(told)

    assert (wanted and wanted.action) == action
    assert wanted is None or (wanted.conversation, wanted.person, wanted.channel) == ("c0ffee", "U0BEN", "C0TEXTS")


def test_no_other_form_wants_anything() -> None:
    assert [forms.wanted(form(name)) for name in ("new_sms", "name", "erase")] == [None] * 3
    assert forms.wanted({"type": "block_actions"}) is None


def test_what_is_kept_of_a_form_holds_no_secret() -> None:
    body = wire.raw(form("new_sms")).body

    assert not any(secret in body for secret in (b"verification", b"12.34.abc"))


@pytest.mark.parametrize("name", ["new_sms", "name", "erase", "steer"])
@settings(deadline=None)
@given(value=ANY)
def test_whatever_stands_in_a_form_nothing_but_a_wire_error_is_raised(name: str, value: Any) -> None:
    for place in places(form(name)):
        told = spoiled(form(name), place, value)
        if not isinstance(told, dict):
            continue
        asides._ear(told, ASIDE)
        forms.wanted(told)
        if forms.is_form(told):
            assert wire.raw(told).keys
            assert forms.busy(told)["errors"]
            try:
                forms.read(told)
            except WireError:
                continue
