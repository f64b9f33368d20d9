"""The simulated workspace refuses the posts that Slack refuses: one row per rule, through real HTTP."""

from collections.abc import AsyncIterator

import pytest

from adapters.sandbox.workspace.nouns import Json
from tests.unit.adapters.sandbox.workspace_rig import Rig, as_json, button, section, started

Row = tuple[str, Json, str]


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


def _blocks(*blocks: Json) -> Json:
    return {"blocks": list(blocks)}


def _actions(*elements: Json) -> Json:
    return _blocks({"type": "actions", "elements": list(elements)})


def _rich(*inline: Json) -> Json:
    return _blocks({"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(inline)}]})


def _mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


POSTS: list[Row] = [
    ("a message says something", {}, "no_text"),
    ("fifty blocks are enough", _blocks(*[{"type": "divider"}] * 51), "invalid_blocks"),
    ("a section's text ends at 3000", _blocks(section("x" * 3001)), "invalid_blocks"),
    ("a section's text is not empty", _blocks(section("")), "invalid_blocks"),
    ("a section needs text or fields", _blocks({"type": "section"}), "invalid_blocks"),
    ("a field ends at 2000", _blocks({"type": "section", "fields": [_plain("x" * 2001)]}), "invalid_blocks"),
    ("ten fields are enough", _blocks({"type": "section", "fields": [_plain("x")] * 11}), "invalid_blocks"),
    ("a header ends at 150", _blocks({"type": "header", "text": _plain("x" * 151)}), "invalid_blocks"),
    ("a header is plain text", _blocks({"type": "header", "text": _mrkdwn("x")}), "invalid_blocks"),
    (
        "ten pieces of context are enough",
        _blocks({"type": "context", "elements": [_plain("x")] * 11}),
        "invalid_blocks",
    ),
    ("context is not empty", _blocks({"type": "context", "elements": []}), "invalid_blocks"),
    ("25 actions are enough", _actions(*(button(action_id=f"a{n}") for n in range(26))), "invalid_blocks"),
    ("two buttons of one block differ in action_id", _actions(button(), button()), "invalid_blocks"),
    ("a button's text ends at 75", _actions(button(text=_plain("x" * 76))), "invalid_blocks"),
    ("a button's text is plain", _actions(button(text=_mrkdwn("x"))), "invalid_blocks"),
    ("a button's value ends at 2000", _actions(button(value="x" * 2001)), "invalid_blocks"),
    ("a button has no colour but primary and danger", _actions(button(style="green")), "invalid_blocks"),
    ("an action_id ends at 255", _actions(button(action_id="x" * 256)), "invalid_blocks"),
    ("a block_id ends at 255", _blocks(section("x") | {"block_id": "x" * 256}), "invalid_blocks"),
    ("a block_id is used once", _blocks(*[section("x") | {"block_id": "one"}] * 2), "invalid_blocks"),
    ("an unknown kind of block", _blocks({"type": "paragraph"}), "invalid_blocks"),
    ("an unknown field of a block", _blocks(section("x") | {"colour": "red"}), "invalid_blocks"),
    ("a text of unknown type", _blocks({"type": "section", "text": {"type": "html", "text": "x"}}), "invalid_blocks"),
    ("blocks that are no list", {"blocks": {"type": "divider"}}, "invalid_blocks"),
    ("blocks that are no JSON", {"blocks": "[{"}, "invalid_blocks_format"),
    ("13,200 characters of blocks are enough", _blocks(*[section("x" * 2900)] * 5), "msg_blocks_too_long"),
    (
        "rich text consists of known containers",
        _blocks({"type": "rich_text", "elements": [_plain("x")]}),
        "invalid_blocks",
    ),
    ("rich text has elements", _blocks({"type": "rich_text"}), "invalid_blocks"),
    ("rich text knows its inline elements", _rich({"type": "bold", "text": "x"}), "invalid_blocks"),
    ("rich text's texts are not empty", _rich({"type": "text", "text": ""}), "invalid_blocks"),
    (
        "rich text's styles are switches",
        _rich({"type": "text", "text": "x", "style": {"bold": "yes"}}),
        "invalid_blocks",
    ),
    ("a rich link needs an address", _rich({"type": "link", "text": "x"}), "invalid_blocks"),
    ("attachments end at 100", {"attachments": [{"text": "x"}] * 101}, "too_many_attachments"),
    ("blocks in attachments obey too", {"attachments": [_blocks(section("x" * 3001))]}, "invalid_blocks"),
    ("markdown_text ends at 12,000", {"markdown_text": "x" * 12_001}, "msg_too_long"),
    ("markdown_text stands alone", {"markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
    ("a thread begins at a message", {"text": "x", "thread_ts": "1700000000.000001"}, "thread_not_found"),
    ("a thread_ts looks like one", {"text": "x", "thread_ts": "0"}, "invalid_thread_ts"),
    ("metadata has a type and a payload", {"text": "x", "metadata": {"id": "1"}}, "invalid_metadata_format"),
    (
        "metadata's payload is an object",
        {"text": "x", "metadata": {"event_type": "t", "event_payload": "1"}},
        "invalid_metadata_format",
    ),
    (
        "metadata's type is a name",
        {"text": "x", "metadata": {"event_type": "two words", "event_payload": {}}},
        "invalid_metadata_schema",
    ),
    (
        "metadata is small",
        {"text": "x", "metadata": {"event_type": "t", "event_payload": {"id": "x" * 20_000}}},
        "metadata_too_large",
    ),
    ("a channel exists", {"text": "x", "channel": "C0NOWHERE"}, "channel_not_found"),
]


@pytest.mark.parametrize(("args", "error"), [row[1:] for row in POSTS], ids=[row[0] for row in POSTS])
async def test_a_post_is_refused(rig: Rig, args: Json, error: str) -> None:
    answer = await rig.call("chat.postMessage", **({"channel": rig.channel.id} | args))

    assert (answer["ok"], answer["error"]) == (False, error)
    assert rig.workspace.roots(rig.channel.id) == []


ALLOWED: list[tuple[str, Json]] = [
    ("fifty blocks", _blocks(*[{"type": "divider"}] * 50)),
    ("a section of 3000", _blocks(section("x" * 3000))),
    ("a header of 150", _blocks({"type": "header", "text": _plain("x" * 150)})),
    ("ten pieces of context", _blocks({"type": "context", "elements": [_mrkdwn("x")] * 10})),
    ("25 actions", _actions(*(button(action_id=f"a{n}") for n in range(25)))),
    ("a button at its limits", _actions(button(text=_plain("x" * 75), value="x" * 2000, action_id="x" * 255))),
    ("rich text", _rich({"type": "text", "text": "x", "style": {"bold": True}}, {"type": "user", "user_id": "U1"})),
    ("blocks as JSON in a string", {"blocks": as_json([section("x")])}),
    ("a coloured attachment", {"attachments": [{"color": "#d7263d", "fallback": "x", **_blocks(section("x"))}]}),
    ("metadata", {"text": "x", "metadata": {"event_type": "sms_bridge_message", "event_payload": {"id": "1"}}}),
]


@pytest.mark.parametrize("args", [row[1] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
async def test_what_stays_within_the_limits_is_posted(rig: Rig, args: Json) -> None:
    answer = await rig.call("chat.postMessage", channel=rig.channel.id, **args)

    assert answer["ok"], answer


async def test_a_text_over_4050_becomes_several_messages_with_one_ts(rig: Rig) -> None:
    ts = await rig.post("x" * 9000)

    texts = [message.text for message in rig.workspace.roots(rig.channel.id)]
    assert [len(text) for text in texts] == [4050, 4050, 900]
    assert rig.workspace.roots(rig.channel.id)[0].ts == ts


async def test_a_text_over_40000_is_cut(rig: Rig) -> None:
    await rig.post("x" * 41_000)

    assert sum(len(message.text) for message in rig.workspace.roots(rig.channel.id)) == 40_000
