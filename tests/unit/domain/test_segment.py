"""Segments as carriers count them, and how a text is cut into numbered ones."""

import pytest

from bridge.domain.segment import Encoding, Segments, split

GSM, UCS = Encoding.GSM7, Encoding.UCS2


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", GSM, 0, 1),
        ("a" * 160, GSM, 160, 1),
        ("a" * 161, GSM, 161, 2),
        ("a" * 306, GSM, 306, 2),
        ("a" * 307, GSM, 307, 3),
        ("a" * 158 + "€", GSM, 160, 1),
        ("a" * 159 + "€", GSM, 161, 2),
        ("€" * 80, GSM, 160, 1),
        ("€" * 81, GSM, 162, 2),
        ("a" * 152 + "€" + "b" * 152, GSM, 306, 3),
        ("[]{}~|^\\", GSM, 16, 1),
        ("\f\n\r", GSM, 4, 1),
        ("я" * 70, UCS, 70, 1),
        ("я" * 71, UCS, 71, 2),
        ("я" * 134, UCS, 134, 2),
        ("я" * 135, UCS, 135, 3),
        ("😀" * 35, UCS, 70, 1),
        ("😀" * 36, UCS, 72, 2),
        ("😀" * 67, UCS, 134, 3),
        ("ç", UCS, 1, 1),
        ("Ç", GSM, 1, 1),
        ("`", UCS, 1, 1),
        ("\t", UCS, 1, 1),
        ("ê", UCS, 1, 1),
        ("“”", UCS, 2, 1),
        ("a" * 159 + "’", UCS, 160, 3),
    ],
)
def test_segments_are_counted_as_carriers_count(text: str, encoding: Encoding, units: int, count: int) -> None:
    assert Segments.of(text) == Segments(encoding=encoding, units=units, count=count)


def test_the_whole_basic_set_is_one_unit_each() -> None:
    basic = (
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
        "abcdefghijklmnopqrstuvwxyzäöñüà"
    )

    assert len(basic) == 127  # and the escape, which no text holds
    assert Segments.of(basic) == Segments(encoding=GSM, units=127, count=1)


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("short", 5, ["short"]),
        ("one two three four", 16, ["(1/2) one two", "(2/2) three four"]),
        ("aaaaaaaaaaaa", 10, ["(1/3) aaaa", "(2/3) aaaa", "(3/3) aaaa"]),
        ("aaaa  bbbb", 9, ["(1/4) aaa", "(2/4) a", "(3/4) bbb", "(4/4) b"]),
    ],
)
def test_a_long_text_is_cut_at_blanks_and_numbered(text: str, limit: int, pieces: list[str]) -> None:
    assert split(text, limit) == pieces


def test_the_number_of_pieces_may_take_a_digit_more_than_was_thought() -> None:
    pieces = split("a" * 1000, 100)

    assert [len(piece) <= 100 for piece in pieces] == [True] * len(pieces)
    assert pieces[-1].startswith("(11/11) ")


def test_blanks_at_the_very_end_make_no_piece_of_their_own() -> None:
    assert split("a" * 10 + " " * 20, 20) == ["(1/1) " + "a" * 10]
