"""Whatever is written: segments agree with a slow count, and pieces join back."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bridge.domain.segment import Encoding, Segments, split

GSM = st.text("@£$ aZ09\n\r_èéÅ§", max_size=700)
ESCAPED = st.text("a€{}[]~|^\\\f", max_size=700)
ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def _slowly(text: str, encoding: Encoding) -> int:
    """Fill parts unit by unit, never parting a pair, as a phone would."""
    if encoding is Encoding.GSM7:
        pairs = [2 if character in "\f^{}\\[~]|€" else 1 for character in text]
    else:
        pairs = [len(character.encode("utf-16-le")) // 2 for character in text]
    single, part = (160, 153) if encoding is Encoding.GSM7 else (70, 67)
    if sum(pairs) <= single:
        return 1
    count, free = 0, 0
    for pair in pairs:
        if pair > free:
            count, free = count + 1, part
        free -= pair
    return count


@given(GSM | ESCAPED | ANY)
def test_the_count_agrees_with_a_slow_one(text: str) -> None:
    found = Segments.of(text)

    assert found.count == _slowly(text, found.encoding)
    assert found.units >= len(text)


@given(GSM | ESCAPED)
def test_what_gsm_has_is_never_billed_as_ucs(text: str) -> None:
    assert Segments.of(text).encoding is Encoding.GSM7
    assert Segments.of(text + "я").encoding is Encoding.UCS2


@given(GSM | ANY, GSM)
def test_more_words_never_cost_less(text: str, more: str) -> None:
    assert Segments.of(text + more).count >= Segments.of(text).count


@given(st.text("ab \n😀", max_size=900), st.sampled_from([20, 40, 160]))
def test_pieces_fit_are_numbered_and_lose_nothing_but_blanks(text: str, limit: int) -> None:
    pieces = split(text, limit)

    if len(text) <= limit:
        assert pieces == [text]
        return
    heads = [re.match(r"\((\d+)/(\d+)\) ", piece) for piece in pieces]
    assert [head and (int(head[1]), int(head[2])) for head in heads] == [
        (number, len(pieces)) for number in range(1, len(pieces) + 1)
    ]
    assert max(map(len, pieces)) <= limit
    said = "".join(piece.partition(") ")[2] for piece in pieces)
    assert "".join(said.split()) == "".join(text.split())
