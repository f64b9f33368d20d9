"""The simulated workspace notes what a posted message would set off: pings, links, formatting."""

from collections.abc import AsyncIterator

import pytest

from adapters.sandbox.workspace.nouns import Json, Message
from tests.unit.adapters.sandbox.workspace_rig import Rig, started

SAFE: Json = {"parse": "none", "link_names": False, "mrkdwn": False}
NASTY = "<!channel> <https://evil.test|bank.test> @ada *now* https://evil.test :tada:"
ESCAPED = NASTY.replace("<", "&lt;").replace(">", "&gt;")


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


async def _posted(rig: Rig, **args: object) -> Message:
    answer = await rig.call("chat.postMessage", channel=rig.channel.id, **args)
    assert answer["ok"], answer
    return rig.workspace.message(rig.channel.id, answer["ts"])


def _section(**text: object) -> list[Json]:
    return [{"type": "section", "text": text}]


async def test_raw_text_pings_and_forges(rig: Rig) -> None:
    message = await _posted(rig, text=NASTY)

    assert message.mentions == ["!channel"]
    assert ("https://evil.test", "bank.test") in message.links
    assert ("https://evil.test", "https://evil.test") in message.links
    assert message.activation.formats == ["bold", "emoji"]


async def test_escaped_text_with_the_safe_flags_sets_off_nothing(rig: Rig) -> None:
    message = await _posted(rig, text=ESCAPED, **SAFE)

    assert (message.mentions, message.links, message.activation.formats) == ([], [], [])


async def test_names_are_looked_up_only_when_asked(rig: Rig) -> None:
    asked = await _posted(rig, text="hi @ada in #texts, @here", parse="none", link_names=True)
    unasked = await _posted(rig, text="hi @ada in #texts, @here", parse="none")

    assert asked.mentions == [f"@{rig.ada.id}", "!here", f"#{rig.channel.id}"]
    assert unasked.mentions == []


async def test_an_update_that_omits_the_flags_looks_names_up(rig: Rig) -> None:
    message = await _posted(rig, text="hi @ada", **SAFE)

    await rig.call("chat.update", channel=rig.channel.id, ts=message.ts, text="hi @ada", **SAFE)
    safe = list(message.mentions)
    await rig.call("chat.update", channel=rig.channel.id, ts=message.ts, text="hi @ada")

    assert (safe, message.mentions) == ([], [f"@{rig.ada.id}"])


async def test_plain_text_blocks_set_off_nothing(rig: Rig) -> None:
    message = await _posted(rig, blocks=_section(type="plain_text", text=NASTY, emoji=False))

    assert (message.mentions, message.links, message.activation.formats) == ([], [], [])


async def test_mrkdwn_blocks_set_off_even_names_unless_verbatim(rig: Rig) -> None:
    loose = await _posted(rig, blocks=_section(type="mrkdwn", text=ESCAPED))
    verbatim = await _posted(rig, blocks=_section(type="mrkdwn", text=ESCAPED, verbatim=True))

    assert loose.mentions == [f"@{rig.ada.id}"]
    assert set(loose.links) == {("https://evil.test", "https://evil.test")}
    assert (verbatim.mentions, verbatim.links) == ([], [])
    assert verbatim.activation.formats == ["bold", "emoji"]


async def test_rich_text_sets_off_its_elements_and_never_its_texts(rig: Rig) -> None:
    inline = [
        {"type": "text", "text": NASTY},
        {"type": "user", "user_id": rig.ada.id},
        {"type": "broadcast", "range": "here"},
        {"type": "link", "url": "https://evil.test", "text": "bank.test"},
    ]
    text_only = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": inline[:1]}]}]
    everything = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": inline}]}]

    inert, active = await _posted(rig, blocks=text_only), await _posted(rig, blocks=everything)

    assert (inert.mentions, inert.links, inert.activation.formats) == ([], [], [])
    assert active.mentions == [f"@{rig.ada.id}", "!here"]
    assert active.links == [("https://evil.test", "bank.test")]


async def test_attachments_are_watched_too(rig: Rig) -> None:
    message = await _posted(rig, attachments=[{"text": "<!here>", "blocks": _section(type="mrkdwn", text="<@U1>")}])

    assert sorted(message.mentions) == ["!here", "@U1"]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a & b < c", "a &amp; b &lt; c"),
        ("&amp; stays &lt;one&gt;", "&amp; stays &lt;one&gt;"),
        ("<not a command>", "&lt;not a command&gt;"),
        ("<@U1> 🎉", "<@U1> :tada:"),
    ],
)
async def test_posted_text_comes_back_in_slacks_form(rig: Rig, sent: str, stored: str) -> None:
    message = await _posted(rig, text=sent)

    assert message.text == stored
