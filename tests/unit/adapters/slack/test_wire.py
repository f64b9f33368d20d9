"""Slack's payloads as our nouns: each of the kept examples, and whatever else may stand in one."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.slack import concerns, names, wire
from adapters.slack.names import Identity
from bridge.domain.event import ButtonPressed, Reaction, ThreadReply
from bridge.domain.phrase import Action
from bridge.domain.standing import MEMBER
from bridge.errors import WireError

EXAMPLES = {
    path.stem: json.loads(path.read_text())
    for path in sorted((Path(__file__).parents[3] / "payloads" / "slack").glob("*.json"))
}
ME = Identity(user_id="U0BRIDGE", bot_id="B0BRIDGE", team_id="T0ACME", url="https://acme.slack.test/")


def payload(name: str) -> dict[str, Any]:
    found: dict[str, Any] = EXAMPLES[name]["payload"]
    return found


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_becomes_what_it_is_said_to_be(name: str) -> None:
    becomes = EXAMPLES[name]["concerns"]

    assert concerns.concerns_us(payload(name), ME) == (becomes is not None)
    if becomes:
        assert type(wire.event(payload(name), {}, ME)).__name__ == becomes


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_can_be_kept_and_holds_no_secret(name: str) -> None:
    raw = wire.raw(payload(name))

    assert raw.source == "slack"
    assert raw.keys
    assert not any(secret in raw.body for secret in (b"verification", b"hooks.slack.com", b"12.34.abc"))


def test_a_reply_is_read_whole() -> None:
    reply = wire.event(payload("reply"), {}, ME)

    assert isinstance(reply, ThreadReply)
    assert reply.key == "slack:C0TEXTS/1772463700.000200"
    assert reply.thread == "C0TEXTS/1772463600.000100"
    assert (reply.author, reply.text) == ("U0ANNA", "on my way")
    assert reply.said_at == datetime(2026, 3, 2, 15, 1, 40, 200, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("<@U0BRIDGE> on my way", "on my way"),
        ("<@U0BRIDGE>: on my way", "on my way"),
        ("on my way, <@U0BRIDGE>", "on my way,"),
        ("<@U0BRIDGE> :) <@U9>", ":) @colleague"),
        ("<@U0BRIDGE>", ""),
    ],
)
def test_the_name_of_our_app_is_noticed_and_reaches_nobody(typed: str, text: str) -> None:
    told = payload("reply")
    message = {key: value for key, value in told["event"].items() if key != "blocks"} | {"text": typed}

    reply = wire.event(told | {"event": message}, {}, ME)

    assert isinstance(reply, ThreadReply)
    assert (reply.mentions_us, reply.text) == (True, text)


def test_somebody_elses_name_is_not_taken_for_ours() -> None:
    told = payload("reply")

    reply = wire.event(told | {"event": told["event"] | {"text": "<@U9> hello", "blocks": None}}, {}, ME)

    assert isinstance(reply, ThreadReply)
    assert not reply.mentions_us


def test_a_message_has_two_names_because_one_gesture_may_come_as_two_messages() -> None:
    raw = wire.raw(payload("reply"))

    assert raw.keys == (
        "slack:C0TEXTS/1772463700.000200",
        "slack:client/5e6f0c0e-0000-4000-8000-000000000001/1466a4d19b39aa67",
    )


def test_files_are_sorted_into_those_we_may_fetch_and_the_names_of_the_others() -> None:
    reply = wire.event(payload("reply_of_files"), {}, ME)

    assert isinstance(reply, ThreadReply)
    assert [(file.ref, file.name, file.type, file.size) for file in reply.files] == [
        ("F0PIC", "cat.jpg", "image/jpeg", 4711),
        ("F0CONNECT", "a file", "", 0),
    ]
    assert reply.unfit_files == ("offer.gdoc", "a deleted file", "old.png")


def test_a_file_without_an_id_is_none_that_we_may_fetch() -> None:
    told = payload("reply_of_files")
    message = told["event"] | {"files": [{"name": "cat.jpg", "mode": "hosted"}]}

    reply = wire.event(told | {"event": message}, {}, ME)

    assert isinstance(reply, ThreadReply)
    assert (reply.files, reply.unfit_files) == ((), ("cat.jpg",))


def test_a_reaction_has_its_own_moment_and_its_telling_as_its_name() -> None:
    added, removed = (wire.event(payload(name), {}, ME) for name in ("reaction_added", "reaction_removed"))

    assert isinstance(added, Reaction)
    assert isinstance(removed, Reaction)
    assert (added.post, added.person, added.emoji) == ("C0TEXTS/1772463600.000100", "U0ANNA", "eyes")
    assert (added.is_set, removed.is_set) == (True, False)
    assert added.at < removed.at
    assert wire.raw(payload("reaction_added")).keys == ("slack:event/Ev0000000001",)


def test_a_press_is_read_whole() -> None:
    pressed = wire.event(payload("button"), {}, ME)

    assert isinstance(pressed, ButtonPressed)
    assert (pressed.action, pressed.value, pressed.person) == (Action.ACKNOWLEDGE, "c1", "U0ANNA")
    assert pressed.post == "C0TEXTS/1772463600.000100"
    assert pressed.key == "slack:press/C0TEXTS/1772463600.000100/sms:acknowledge/U0ANNA/1772463730.000600"
    assert wire.raw(payload("button")).keys == (pressed.key,)


def test_the_second_of_two_equal_buttons_asks_for_the_same() -> None:
    action = payload("button")["actions"][0] | {"action_id": "sms:retry#1"}

    pressed = wire.event(payload("button") | {"actions": [action]}, {}, ME)

    assert isinstance(pressed, ButtonPressed)
    assert pressed.action is Action.RETRY


@pytest.mark.parametrize(
    ("ts", "micros"), [("1772463700", 0), ("1772463700.2", 200_000), ("1772463700.000200999", 200)]
)
def test_a_timestamp_of_another_server_may_have_other_digits(ts: str, micros: int) -> None:
    assert names.moment(ts) == datetime(2026, 3, 2, 15, 1, 40, micros, tzinfo=UTC)


@pytest.mark.parametrize("ts", ["1772463700.000200", "0000000001.000000", "9999999999.999999"])
def test_a_timestamp_survives_being_read(ts: str) -> None:
    assert names.stamp(names.moment(ts)) == ts


@pytest.mark.parametrize("ts", ["1e9.000001", "-1.000001", "١.٠٠٠٠٠١", "", None, 1772463700.0002])
def test_what_is_no_timestamp_is_said_to_be_none(ts: Any) -> None:
    with pytest.raises(WireError):
        names.moment(ts)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(piece: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Name every place in a payload."""
    if isinstance(piece, dict):
        return [path, *(place for key, value in piece.items() for place in places(value, (*path, key)))]
    if isinstance(piece, list):
        return [path, *(place for number, value in enumerate(piece) for place in places(value, (*path, number)))]
    return [path]


def spoiled(piece: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Put something else in one place."""
    if not path:
        return value
    copy = piece.copy()
    copy[path[0]] = spoiled(piece[path[0]], path[1:], value)
    return copy


@settings(deadline=None)
@given(st.sampled_from(sorted(EXAMPLES)), st.data())
def test_whatever_stands_in_a_payload_it_is_an_event_or_a_wire_error(name: str, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(places(payload(name))))
    told = spoiled(payload(name), place, data.draw(ANY))
    if not isinstance(told, dict) or not concerns.concerns_us(told, ME):
        return

    raw = wire.raw(told)
    assert raw.keys
    try:
        wire.event(told, {}, ME)
    except WireError:
        return


@settings(deadline=None)
@given(ANY)
def test_whatever_stands_in_a_message_that_is_read_back_nothing_else_is_raised(value: Any) -> None:
    message = payload("reply")["event"]
    for place in places(message):
        told = spoiled(message, place, value)
        if isinstance(told, dict) and "ts" in told and concerns.is_reply(told, ME):
            wire.reply_read_back(told, "C0TEXTS", {}, ME, MEMBER)
