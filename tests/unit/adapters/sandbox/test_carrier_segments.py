"""How many segments the carrier bills, and which words it obeys."""

import pytest

from adapters.sandbox.carrier.keywords import Keyword, meant
from adapters.sandbox.carrier.segments import count


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 158 + "€", 1),
        ("a" * 159 + "€", 2),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "b" * 152, 3),
        ("[]{}~|^\\", 1),
        ("[]{}~|^\\" * 10, 1),
        ("[]{}~|^\\" * 11, 2),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("я" * 134, 2),
        ("я" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
        ("a" * 70 + "ç", 2),
        ("a" * 70 + "Ç", 1),
        ("a" * 70 + "`", 2),
        ("a" * 70 + "\t", 2),
        ("é\n@" * 53, 1),
    ],
)
def test_a_text_is_counted_as_the_standard_says(text: str, segments: int) -> None:
    assert count(text) == segments


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("STOP", Keyword.STOP),
        (" stop. ", Keyword.STOP),
        ("Unsubscribe!", Keyword.STOP),
        ("optout", Keyword.STOP),
        ("revoke", Keyword.STOP),
        ("start", Keyword.START),
        ("Unstop", Keyword.START),
        ("yes", Keyword.START),
        ("Help?", Keyword.HELP),
        ("info", Keyword.HELP),
        ("please don't stop", None),
        ("stop it", None),
        ("yes please", None),
        ("", None),
        ("...", None),
    ],
)
def test_only_the_whole_text_is_a_keyword(text: str, keyword: Keyword | None) -> None:
    assert meant(text) is keyword
