"""What is shown of a text that a phone wrote."""

import pytest

from bridge.domain.visible import POST_ROOM, is_blank, posts_of, visible

# What the octets 80 to 9F mean in Windows-1252, written down from its code chart; five of them mean nothing.
CP1252 = dict(zip(range(0x80, 0xA0), "€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ", strict=True))


@pytest.mark.parametrize("code", range(0x80, 0xA0))
def test_a_control_of_an_old_phone_is_the_character_that_it_meant(code: int) -> None:
    meant = CP1252[code].strip()

    assert visible(f"a{chr(code)}b") == f"a{meant}b"


@pytest.mark.parametrize("code", [c for c in range(0x20) if c not in (0x09, 0x0A, 0x0D)] + [0x7F])
def test_other_controls_are_dropped(code: int) -> None:
    assert visible(f"a{chr(code)}b") == "ab"


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n", "\u2028", "\u2029"])
def test_every_line_end_is_a_line_feed(ending: str) -> None:
    assert visible(f"a{ending}b\x07") == "a\nb"


@pytest.mark.parametrize(
    "hidden",
    [
        "\u00ad", "\u034f", "\u061c", "\u115f", "\u1160", "\u17b4", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e",
        "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2060", "\u2066", "\u2069", "\u3164", "\ufeff",
        "\uffa0", "\U000e0041",
    ],
)  # fmt: skip
def test_what_hides_or_reorders_words_is_shown_as_a_tag(hidden: str) -> None:
    assert visible(f"a{hidden}b") == f"a[U+{ord(hidden):04X}]b"


@pytest.mark.parametrize(
    "text",
    [
        "plain text,\n\twith tab",
        "¡Hola! ¿Qué tal? Größe æøå",
        "Привет, как дела?",
        "日本語のテキスト",
        "مرحبا بك",
        "می\u200cخواهم",  # a non-joiner that Persian is spelled with
        "ക്\u200dഷ",  # a joiner that Malayalam is spelled with
        "👩\u200d💻",
        "👨\u200d👩\u200d👧\u200d👦",
        "🏳\ufe0f\u200d🌈",
        "👩🏽\u200d🚀",
        "1\ufe0f\u20e3",
        "🇺🇸",
        "e\u0301",
        "\u00a0",
        pytest.param("🙂\u200d↔\ufe0f"),
    ],
)
def test_what_people_write_is_shown_as_they_wrote_it(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize("text", ["\u200da", "a\u200d", "👩\u200da", "a\u200d💻", "\u200c"])
def test_a_joiner_that_joins_nothing_is_shown_as_a_tag(text: str) -> None:
    assert "[U+200" in visible(text)


@pytest.mark.parametrize(
    "mark",
    [
        "\u0301",
        pytest.param("\u0e47"),
        pytest.param("\u20dd"),
    ],
    ids=["acute", "thai", "circle"],
)
def test_at_most_eight_marks_stay_on_a_letter(mark: str) -> None:
    assert visible("a" + mark * 50 + "b" + mark) == "a" + mark * 8 + "b" + mark


def test_what_is_dropped_lends_a_letter_no_further_marks() -> None:
    assert visible("Z" + "\u0301\x11" * 20) == "Z" + "\u0301" * 8


def test_half_a_character_is_shown_as_one_that_is_missing() -> None:
    assert visible("a\ud83d") == "a\ufffd"


# --- posts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "a", "a" * POST_ROOM])
def test_what_fits_is_one_post(text: str) -> None:
    assert posts_of(text) == [text]


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a" * 3001, [3000, 1]),
        ("a" * 2000 + "\n" + "b" * 2000, [2001, 2000]),
        ("a" * 2000 + " " + "b" * 2000, [2001, 2000]),
        ("a b " * 1000, [3000, 1000]),
        ("a" * 1000 + " " + "b" * 4000, [3000, 2001]),
        ("a" * 2999 + "e\u0301" + "b" * 10, [2999, 12]),
        ("a" * 2999 + "👩\u200d💻" + "b" * 10, [2999, 13]),
        ("a" * 2998 + "👩\u200d💻" + "b" * 10, [2998, 13]),
        ("a" * 2999 + "❤\ufe0f" + "b" * 10, [2999, 12]),
        pytest.param("a" * 2999 + "👍🏽" + "b" * 10, [2999, 12]),
        pytest.param("a" * 2999 + "🇺🇸" + "b" * 10, [2999, 12]),
    ],
)
def test_a_long_text_is_cut_after_a_line_or_a_word_and_never_within_a_character(text: str, lengths: list[int]) -> None:
    pieces = posts_of(text)

    assert "".join(pieces) == text
    assert [len(piece) for piece in pieces] == lengths


def test_what_never_ends_is_cut_all_the_same() -> None:
    pieces = posts_of(("👩\u200d") * 4000)

    assert all(len(piece) <= POST_ROOM for piece in pieces)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://\u0430pple.com/x", "https://xn--pple-43d.com/x"),
        ("https://\u0430\u0440\u0440\u04cf\u0435.com", "https://xn--80ak6aa92e.com"),
        ("https://münchen.example", "https://münchen.example"),
        ("https://пример.испытание/x", "https://пример.испытание/x"),
        ("\u0430pple without a host", "\u0430pple without a host"),
        ("https://" + "\u0430a" * 100, "https://" + "\u0430a" * 100),
    ],
)
def test_a_host_of_several_scripts_is_shown_as_the_network_spells_it(typed: str, shown: str) -> None:
    assert visible(typed) == shown


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("", True),
        (" \n\t", True),
        ("\u200b\u2060\ufeff", True),
        ("\u3164", True),
        ("\x00", True),
        (".", False),
        ("👍", False),
    ],
)
def test_a_text_is_blank_if_nobody_would_see_anything(text: str, blank: bool) -> None:
    assert is_blank(text) is blank
