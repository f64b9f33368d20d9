"""What we post: within Slack's limits, complete in its fallback, and inert in every word that came from outside."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.slack.render import amend_body, post_body
from bridge.domain.command import AmendPost, Card, Content, Note, PostToThread, Said
from bridge.domain.ids import ChannelRef, EntryToken, PersonRef, PostRef, ThreadRef
from bridge.domain.phrase import Action, Button, Mention, Moment, Phrase, Quote
from tests.unit.adapters.slack.rig import KEY, opened

AT = datetime(2026, 3, 2, 15, 4, tzinfo=UTC)
ANNA = Mention(PersonRef("U0ANNA"))
BUTTON = Button(action=Action.RETRY, label="Retry", value="about-this")

# The rows W20 to W28 of our table of hostile texts, and what else has been tried on bridges.
HOSTILE = [
    "<!channel> <!here> <!everyone> <@U123> <#C1> <!subteam^S1> @channel @here @ada #texts",
    "&lt;!channel&gt; &amp;lt;!channel&amp;gt; &<!here>",
    "<https://evil.test|https://bank.test> https://evil.test mailto:a@evil.test",
    "invoice[U+202E]fdp.exe",
    "https://аpple.com",
    "✅ acknowledged by Anna\nWaiting since 10:04",
    "``` ``` >>> *a* _b_ ~c~ `d` " + ":fire:" * 200,
    "<!date^1392734382^{date}^https://evil.test|now>",
    "&" * 3_000,
    "<" * 3_000,
    "a" * 2_999 + "<!channel>",
    "x" * 3_890 + "<!channel>" * 20,
    "😀" * 5_000,
    "half \ud83d an emoji",
    "\n\n\n",
    "",
]


def body_of(content: Content, *, may_repeat: bool = False) -> dict[str, Any]:
    wish = PostToThread(channel=ChannelRef("C1"), thread=None, content=content, may_repeat=may_repeat)
    return post_body(wish, KEY, "C1", None)


def everything_said(text: str) -> tuple[Content, ...]:
    button = Button(action=Action.CANCEL, label=text, value=text, is_primary=True)
    phrase: Phrase = (text, Quote(text), Mention(PersonRef(text)), Moment(AT))
    return (
        Card(title=text, subtitle=phrase, text=text, state=phrase, is_waiting=True, buttons=(button, button)),
        Said(text=text, heading=text, footing=(text,)),
        Said(text=text, footing=phrase),
        Note(phrase=phrase, buttons=(button,) * 30),
    )


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
async def test_hostile_words_are_taken_by_slack_and_set_off_nothing(text: str) -> None:
    async with opened() as rig:
        for number, content in enumerate(everything_said(text)):
            posted = await rig.say(content, key=EntryToken(f"key{number}"))
            await rig.chat.amend(AmendPost(post=posted.ref, content=content))

            shown = rig.shown(posted.ref)
            assert shown.mentions == []
            assert shown.links == []
            assert set(shown.activation.formats) <= {"bold"}  # our own headings
            assert len(rig.workspace.roots(rig.channel.id)) == number + 1  # not split into several


async def test_the_same_words_unescaped_would_mention_everybody() -> None:
    """The control: the workspace does notice what the test above looks for."""
    async with opened() as rig:
        api = rig.chat._api
        answer = await api.post("chat.postMessage", {"channel": rig.channel.id, "text": HOSTILE[0], "link_names": True})

        assert "!channel" in rig.shown(f"{rig.channel.id}/{answer['ts']}").mentions


@pytest.mark.parametrize("content", everything_said("Is my order ready?"), ids=("card", "said", "footed", "note"))
def test_the_fallback_says_all_that_is_shown(content: Content) -> None:
    body = body_of(content)

    for shown in texts(body["blocks"]) | texts([part for one in body["attachments"] for part in one["blocks"]]):
        assert shown in body["text"] or shown == "Is my order ready?"
    assert body["text"].count("Is my order ready?") >= 1


def texts(blocks: list[dict[str, Any]]) -> set[str]:
    return {piece["text"] for piece in walk(blocks) if piece.get("type") == "text"}


def walk(piece: Any) -> Iterator[dict[str, Any]]:
    if isinstance(piece, dict):
        yield piece
        for inner in piece.values():
            yield from walk(inner)
    elif isinstance(piece, list):
        for inner in piece:
            yield from walk(inner)


def test_every_post_and_every_amendment_carries_the_safe_flags() -> None:
    posted = body_of(Said(text="x"))
    amended = amend_body(AmendPost(post=PostRef("C1/1.000001"), content=Said(text="x")), "C1", "1.000001")

    for body in (posted, amended):
        assert body["parse"] == "none"
        assert [body[flag] for flag in ("link_names", "mrkdwn", "unfurl_links", "unfurl_media")] == [False] * 4


def test_a_post_carries_its_key_and_an_amendment_leaves_it() -> None:
    posted = body_of(Said(text="x"))
    amended = amend_body(AmendPost(post=PostRef("C1/1.000001"), content=Said(text="x")), "C1", "1.000001")

    assert posted["metadata"] == {"event_type": "sms_bridge_message", "event_payload": {"id": KEY}}
    assert "metadata" not in amended


def test_only_a_reply_names_its_thread() -> None:
    wish = PostToThread(channel=ChannelRef("C1"), thread=ThreadRef("C1/1.000001"), content=Said(text="x"))

    assert post_body(wish, KEY, "C1", "1.000001")["thread_ts"] == "1.000001"
    assert "thread_ts" not in post_body(wish, KEY, "C1", None)


def test_people_and_moments_stay_alive_for_those_who_read() -> None:
    body = body_of(Note(phrase=("taken by ", ANNA, " at ", Moment(AT))))

    elements = body["blocks"][0]["elements"][0]["elements"]
    seconds = int(AT.timestamp())
    assert elements[1] == {"type": "user", "user_id": "U0ANNA"}
    assert elements[3]["timestamp"] == seconds
    assert elements[3]["format"] == "{date_short_pretty} {time}"
    fallback = "2026-03-02 15:04 UTC"
    assert elements[3]["fallback"] == fallback
    assert body["text"] == f"taken by <@U0ANNA> at <!date^{seconds}^{{date_short_pretty}} {{time}}|{fallback}>"


def test_a_waiting_card_is_green_and_a_taken_one_is_not_and_both_say_so_in_words() -> None:
    waiting = Card(title="t", subtitle=(), text="x", state=("Waiting since …",), is_waiting=True)
    taken = Card(title="t", subtitle=(), text="x", state=("Acknowledged by ", ANNA), is_waiting=False)

    assert body_of(waiting)["attachments"][0]["color"] == "#2eb67d"
    assert body_of(taken)["attachments"][0]["color"] != "#2eb67d"
    assert "Waiting since …" in body_of(waiting)["text"]
    assert "Acknowledged by <@U0ANNA>" in body_of(taken)["text"]


def test_a_card_has_a_block_of_its_own_lest_its_fallback_be_shown_too() -> None:
    card = Card(title="Ada Moss", subtitle=(), text="x", state=(), is_waiting=True)

    assert texts(body_of(card)["blocks"]) == {"Ada Moss"}


def test_a_post_that_may_repeat_says_so() -> None:
    body = body_of(Said(text="x"), may_repeat=True)

    assert body["blocks"][-1]["elements"][0]["text"] == "(may repeat)"
    assert body["text"].endswith("(may repeat)")
    assert "(may repeat)" not in body_of(Said(text="x"))["text"]


def test_a_button_names_its_action_and_twins_differ() -> None:
    body = body_of(Note(phrase=("x",), buttons=(BUTTON, BUTTON)))

    ids = [element["action_id"] for element in body["blocks"][-1]["elements"]]
    assert ids[0] == "sms:retry"
    assert ids[1].startswith("sms:retry#")


@pytest.mark.parametrize("text", ["<" * 5_000, "&" * 5_000, "a" * 5_000, "ab" + "<" * 5_000])
def test_a_fallback_that_is_cut_ends_in_no_half_of_anything(text: str) -> None:
    fallback = body_of(Said(text=text, footing=(ANNA,)))["text"]

    assert len(fallback) <= 4_000
    assert fallback.endswith(("&lt;…", "&amp;…", "a…", "<@U0ANNA>"))


def test_small_words_are_small_unless_somebody_is_named_in_them() -> None:
    assert body_of(Said(text="x", footing=("part 1 of 2",)))["blocks"][-1]["type"] == "context"
    assert body_of(Said(text="x", footing=("sent ", Moment(AT))))["blocks"][-1]["type"] == "rich_text"
