"""What stands below a text that is being written."""

import pytest

from bridge.domain.dialplan import LongText
from bridge.domain.length import Length
from bridge.wording import form
from tests.unit.flows.books import did, plan

NARROW = " · emoji or unusual characters make each text shorter (70 instead of 160)"
WORDS = "word " * 60


@pytest.mark.parametrize(
    ("long_text", "text", "has_files", "said"),
    [
        (LongText.SEGMENTS, "", False, form.NOTHING_YET),
        (LongText.SEGMENTS, "", True, "Goes out as one picture message"),
        (LongText.SEGMENTS, "a" * 120, False, "Fits into one text · 120 of 160 characters"),
        (LongText.SEGMENTS, "ç" * 40, False, "Fits into one text · 40 of 70 characters" + NARROW),
        (LongText.SEGMENTS, "a" * 307, False, "3 texts"),
        (LongText.SEGMENTS, "ç" * 135, False, "3 texts" + NARROW),
        (LongText.SEGMENTS, "a" * 700, False, "5 texts; you will be asked before it goes out"),
        (LongText.SPLIT, WORDS, False, "2 texts, numbered"),
        (
            LongText.SPLIT,
            "é🎉" + WORDS,
            False,
            "4 texts in 2 numbered messages; you will be asked before it goes out" + NARROW,
        ),
        (LongText.MMS, "ç" * 71, False, "Goes out as one picture message"),
        (LongText.MMS, "a" * 1700, False, "Goes out as 2 picture messages"),
        (LongText.REFUSE, "a" * 161, False, "2 texts, and this number sends only single ones: it will not go out"),
    ],
)
def test_the_line_below_the_words_says_what_they_come_to(
    long_text: LongText, text: str, has_files: bool, said: str
) -> None:
    line = did(long_text=long_text)

    assert form.length(Length.of(text, line, plan(line), has_files=has_files)) == said
