"""Whatever a text is, its words are letters and digits, and a query of them has no power over an index."""

from hypothesis import example, given
from hypothesis import strategies as st

from bridge.domain.word import asked_endings, asked_words, words

TEXTS = st.text(st.characters(), max_size=200)


@given(TEXTS)
@example("x" * 200)
@example("e\u0301" * 100)
def test_words_are_letters_and_digits_and_short_enough_for_every_index(text: str) -> None:
    for word in words(text):
        assert word.isalnum()
        assert len(word.encode()) <= 64 * 4


@given(TEXTS)
def test_the_words_of_words_are_these_words(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


@given(TEXTS)
@example("a" * 5000 + " b")
def test_a_query_has_few_words_and_each_is_one_of_its_text(text: str) -> None:
    asked = asked_words(text)

    assert len(asked) <= 20
    assert set(asked) <= set(words(text))


@given(st.text(st.characters(categories=["Nd", "Zs", "Pd"], include_characters="+()./"), max_size=30))
def test_the_endings_of_a_number_are_digits(written: str) -> None:
    for ending in asked_endings(written):
        assert ending.isascii()
        assert ending.isdigit()
        assert 4 <= len(ending) <= 15
