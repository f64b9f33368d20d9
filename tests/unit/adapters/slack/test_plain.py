"""What people write in Slack, as a phone gets it."""

from typing import Any

import pytest

from adapters.slack.plain import people_in, plain

NAMES = {"U1": "Anna", "C1": "general"}


def said(text: str) -> str:
    return plain({"text": text}, NAMES)


def rich(*containers: dict[str, Any], text: str = "the fallback") -> str:
    return plain({"text": text, "blocks": [{"type": "rich_text", "elements": list(containers)}]}, NAMES)


def section(*elements: Any) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [_element(element) for element in elements]}


def _element(element: Any) -> dict[str, Any]:
    return {"type": "text", "text": element} if isinstance(element, str) else element


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("on my way", "on my way"),
        ("&lt;b&gt; &amp; more", "<b> & more"),
        ("&amp;lt;!channel&amp;gt;", "&lt;!channel&gt;"),
        ("hi <@U1>", "hi Anna"),
        ("hi <@U1|anna.b>", "hi Anna"),
        ("hi <@U2|bob>", "hi bob"),
        ("hi <@U9>", "hi @colleague"),
        ("see <#C1>", "see #general"),
        ("see <#C2|texts>", "see #texts"),
        ("<!here> <!channel> <!everyone>", "@here @channel @everyone"),
        ("<!subteam^S1|@ops> <!subteam^S2>", "@ops @S2"),
        ("<!date^1392734382^{date}|18 Feb>", "18 Feb"),
        ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
        ("<https://example.com|click here>", "https://example.com"),
        ("<tel:+14155550100|(415) 555-0100>", "(415) 555-0100"),
        ("<mailto:a@example.com|a@example.com>", "a@example.com"),
        ("<tel:+14155550100>", "+14155550100"),
        (":tada: :+1::skin-tone-4: :rocket:", "🎉 👍🏽 🚀"),
        (":our_own_logo: 10:30:45 :comma:", ":our_own_logo: 10:30:45 :comma:"),
        ("*bold* _it_ ~no~ `code`", "*bold* _it_ ~no~ `code`"),
        ("2 &lt; 3 and 5 &gt; 4", "2 < 3 and 5 > 4"),
        ("half \ud83d an emoji", "half \ufffd an emoji"),
        ("<|>", ""),
        ("", ""),
    ],
)
def test_slacks_text_becomes_what_was_typed(stored: str, typed: str) -> None:
    assert said(stored) == typed


def test_rich_text_is_preferred_and_its_styles_leave_no_marks() -> None:
    bold = {"type": "text", "text": "now", "style": {"bold": True, "italic": True}}

    assert rich(section("Come ", bold, " please")) == "Come now please"


def test_signs_in_rich_text_are_exact_and_not_decoded() -> None:
    assert rich(section("a < b &amp; *c*")) == "a < b &amp; *c*"


def test_every_element_of_rich_text_has_its_words() -> None:
    elements = (
        {"type": "user", "user_id": "U1"},
        {"type": "user", "user_id": "U9"},
        {"type": "channel", "channel_id": "C2"},
        {"type": "usergroup", "usergroup_id": "S1"},
        {"type": "broadcast", "range": "here"},
        {"type": "link", "url": "https://example.com", "text": "click"},
        {"type": "link", "url": "tel:+14155550100", "text": "(415) 555-0100"},
        {"type": "color", "value": "#ff0000"},
        {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "1 Jan"},
    )

    text = rich(
        section(*(part for element in elements for part in (element, " "))), text="<#C2|texts> <!subteam^S1|@ops>"
    )

    assert text.split() == [
        "Anna", "@colleague", "#texts", "@ops", "@here", "https://example.com", "(415)", "555-0100",
        "#ff0000", "1", "Jan",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("element", "character"),
    [
        ({"name": "wave", "unicode": "1f44b-1f3fd", "skin_tone": 4}, "👋🏽"),
        ({"name": "tada"}, "🎉"),
        ({"name": "+1", "skin_tone": 2}, "👍🏻"),
        ({"name": "our_own_logo"}, ":our_own_logo:"),
        ({"name": "tada", "unicode": "nonsense"}, "🎉"),
        ({"name": "tada", "unicode": "fffffff"}, "🎉"),
    ],
)
def test_an_emoji_is_its_character(element: dict[str, Any], character: str) -> None:
    assert rich(section({"type": "emoji", **element})) == character


def test_an_emojis_name_in_code_stays_a_name() -> None:
    code = {"type": "text", "text": ":tada:", "style": {"code": True}}

    assert rich(section(":tada: ", code)) == "🎉 :tada:"


def test_lists_quotes_and_code_keep_their_lines() -> None:
    items = {"type": "rich_text_list", "style": "bullet", "elements": [section("milk"), section("bread")]}
    steps = {"type": "rich_text_list", "style": "ordered", "offset": 2, "indent": 1, "elements": [section("third")]}
    quote = {"type": "rich_text_quote", "elements": [_element("they said\nso")]}
    code = {"type": "rich_text_preformatted", "elements": [_element("x = 1\ny = 2")]}

    text = rich(section("Buy\n"), items, steps, quote, code)

    assert text == "Buy\n- milk\n- bread\n  3. third\n> they said\n> so\nx = 1\ny = 2"


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "rich_text", "elements": [{"type": "rich_text_new"}]}],
        [{"type": "rich_text", "elements": [section({"type": "hologram"})]}],
        [{"type": "rich_text", "elements": [section({"type": "user", "user_id": 7})]}],
        [{"type": "rich_text", "elements": "x"}],
        [{"type": "rich_text", "elements": [[]]}],
        ["x"],
        "x",
        [],
        None,
    ],
)
def test_blocks_that_we_cannot_read_leave_the_text(blocks: Any) -> None:
    assert plain({"text": "hi <@U1>", "blocks": blocks}, NAMES) == "hi Anna"


def test_a_text_that_is_missing_is_empty() -> None:
    assert plain({}, NAMES) == ""
    assert plain({"text": None, "blocks": None}, NAMES) == ""


def test_everybody_who_is_named_is_known_beforehand() -> None:
    blocks = [{"type": "rich_text", "elements": [section({"type": "user", "user_id": "U2"})]}]

    assert people_in({"text": "<@U1> <@W3|x>", "blocks": blocks}) == {"U1", "U2", "W3"}
