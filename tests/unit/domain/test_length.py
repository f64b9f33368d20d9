"""What a text comes to: the same that is sent, billed and asked about afterwards."""

import pytest

from bridge.domain.dialplan import LongText
from bridge.domain.length import Becomes, Length, cut
from tests.unit.flows.books import did, plan

SMS, MMS, ASKED, REFUSED = Becomes.SMS, Becomes.MMS, Becomes.ASKED, Becomes.REFUSED
WORDS = "word " * 60


@pytest.mark.parametrize(
    ("long_text", "text", "has_files", "pieces", "cost", "becomes"),
    [
        (LongText.SEGMENTS, "", False, 1, 1, SMS),
        (LongText.SEGMENTS, "a" * 459, False, 1, 3, SMS),
        (LongText.SEGMENTS, "a" * 460, False, 1, 4, ASKED),
        (LongText.SEGMENTS, "a" * 460, True, 1, 4, MMS),
        (LongText.SEGMENTS, "a" * 1601, False, 2, 12, ASKED),
        (LongText.SPLIT, WORDS, False, 2, 2, SMS),
        (LongText.SPLIT, "é🎉" + WORDS, False, 2, 4, ASKED),
        (LongText.SPLIT, WORDS, True, 1, 2, MMS),
        (LongText.MMS, "a" * 160, False, 1, 1, SMS),
        (LongText.MMS, "a" * 1000, False, 1, 7, MMS),
        (LongText.REFUSE, "a" * 160, False, 1, 1, SMS),
        (LongText.REFUSE, "a" * 161, False, 1, 2, REFUSED),
        (LongText.REFUSE, "a" * 161, True, 1, 2, REFUSED),
    ],
)
def test_a_text_comes_to_what_its_number_makes_of_it(
    long_text: LongText, text: str, has_files: bool, pieces: int, cost: int, becomes: Becomes
) -> None:
    line = did(long_text=long_text)
    rules = plan(line)

    found = Length.of(text, line, rules, has_files=has_files)

    assert (found.pieces, found.cost, found.becomes) == (pieces, cost, becomes)
    assert len(cut(text, line, rules, has_files=has_files)) == pieces
