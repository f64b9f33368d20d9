"""People write, change and delete in the simulated workspace as they do in Slack."""

from collections.abc import AsyncIterator

import pytest

from tests.unit.adapters.sandbox.workspace_rig import Rig, started


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


TYPED = [
    ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
    ("see https://example.com/x?a=1&b=2.", "see <https://example.com/x?a=1&amp;b=2>."),
    ("ask @ada or @Ada Byron", "ask <@{ada}> or <@{ada}>"),
    ("in #texts", "in <#{texts}|texts>"),
    ("hey @channel", "hey <!channel>"),
    ("write to ann@example.com", "write to <mailto:ann@example.com|ann@example.com>"),
    ("done 🎉 👍🏽", "done :tada: :+1::skin-tone-4:"),
    ("<!channel> by hand", "&lt;!channel&gt; by hand"),
]


@pytest.mark.parametrize(("typed", "stored"), TYPED)
async def test_typed_text_is_kept_in_slacks_form(rig: Rig, typed: str, stored: str) -> None:
    ts = await rig.workspace.people.say("ada", "texts", typed)

    expected = stored.replace("{ada}", rig.ada.id).replace("{texts}", rig.channel.id)
    assert rig.workspace.message(rig.channel.id, ts).text == expected
    assert rig.workspace.deliveries[0].event["text"] == expected


async def test_an_edit_is_a_hidden_change_with_a_mark(rig: Rig) -> None:
    ts = await rig.workspace.people.say("ada", "texts", "tomorow")
    await rig.workspace.people.edit("ada", "texts", ts, "tomorrow")

    event = rig.workspace.deliveries[-1].event
    assert (event["subtype"], event["hidden"]) == ("message_changed", True)
    assert (event["previous_message"]["text"], event["message"]["text"]) == ("tomorow", "tomorrow")
    assert event["message"]["edited"]["user"] == rig.ada.id
    assert event["message"]["ts"] == ts != event["ts"]


async def test_an_unfurled_link_is_a_change_without_a_mark(rig: Rig) -> None:
    ts = await rig.workspace.people.say("ada", "texts", "https://example.com")
    await rig.workspace.people.unfurl("texts", ts, "Example", "https://example.com")

    event = rig.workspace.deliveries[-1].event
    assert event["subtype"] == "message_changed"
    assert "edited" not in event["message"]


async def test_a_deleted_message_is_gone(rig: Rig) -> None:
    ts = await rig.workspace.people.say("ada", "texts", "oops")
    await rig.workspace.people.delete("ada", "texts", ts)

    event = rig.workspace.deliveries[-1].event
    assert (event["subtype"], event["deleted_ts"], event["previous_message"]["text"]) == ("message_deleted", ts, "oops")
    assert rig.workspace.roots(rig.channel.id) == []


async def test_a_deleted_root_with_replies_stays_as_a_tombstone(rig: Rig) -> None:
    root = await rig.workspace.people.say("ada", "texts", "root")
    reply = await rig.workspace.people.say("ada", "texts", "reply", thread_ts=root)
    await rig.workspace.people.delete("ada", "texts", root)
    event = rig.workspace.deliveries[-1].event
    kept = [message.text for message in rig.workspace.thread(rig.channel.id, root)]
    await rig.workspace.people.delete("ada", "texts", reply)

    assert (event["subtype"], event["message"]["subtype"]) == ("message_changed", "tombstone")
    assert (event["message"]["user"], kept) == ("USLACKBOT", ["This message was deleted.", "reply"])
    assert rig.workspace.roots(rig.channel.id) == []


async def test_a_broadcast_reply_is_one_event_with_its_root(rig: Rig) -> None:
    root = await rig.workspace.people.say("ada", "texts", "root")
    await rig.workspace.people.say("ada", "texts", "all", thread_ts=root, broadcast=True)

    event = rig.workspace.deliveries[-1].event
    assert len(rig.workspace.deliveries) == 2
    assert (event["subtype"], event["root"]["ts"]) == ("thread_broadcast", root)


async def test_a_reaction_is_given_once_and_taken_back_once(rig: Rig) -> None:
    ts = await rig.post()
    for _ in range(2):
        await rig.workspace.people.react("ada", "texts", ts, ":thumbsup:")
    for _ in range(2):
        await rig.workspace.people.unreact("ada", "texts", ts, "+1")

    marks = [(delivery.event["type"], delivery.event.get("reaction")) for delivery in rig.workspace.deliveries[1:]]
    assert marks == [("reaction_added", "+1"), ("reaction_removed", "+1")]


async def test_another_apps_words_carry_a_bot_id(rig: Rig) -> None:
    await rig.workspace.people.say_as_app("Workflow", "texts", "ping", in_name_of="ada")

    event = rig.workspace.deliveries[0].event
    assert (event["user"], event["bot_id"]) == (rig.ada.id, "B0OTHERAPP")


async def test_the_bot_learns_that_it_was_taken_out(rig: Rig) -> None:
    await rig.workspace.people.remove_bot("texts")
    await rig.workspace.people.say("ada", "texts", "alone at last")

    events = [delivery.event["type"] for delivery in rig.workspace.deliveries]
    assert events == ["member_left_channel"]


async def test_an_uninstalled_app_is_told_and_locked_out(rig: Rig) -> None:
    await rig.workspace.people.uninstall()
    answer = await rig.call("auth.test")

    assert [delivery.event["type"] for delivery in rig.workspace.deliveries] == ["tokens_revoked", "app_uninstalled"]
    assert answer["error"] == "account_inactive"


async def test_what_nobody_could_do_is_an_error_of_the_test(rig: Rig) -> None:
    ts = await rig.post()
    people = rig.workspace.people

    with pytest.raises(ValueError, match="one's own"):
        await people.edit("ada", "texts", ts, "mine now")
    with pytest.raises(ValueError, match="nobody is called"):
        await people.say("eve", "texts", "hi")
    with pytest.raises(ValueError, match="no emoji"):
        await people.react("ada", "texts", ts, "hourglass_flowing")
