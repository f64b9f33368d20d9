"""What a word is, and how numbers are written by people who look for them."""

import pytest

from bridge.domain.phone import Address, PhoneNumber, SenderName, ShortCode
from bridge.domain.word import asked_endings, asked_words, digits_of, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello, hello WORLD", ["hello", "world"]),
        ("Café CAFE\u0301 İstanbul STRASSE straße", ["cafe", "istanbul", "strasse"]),
        ("don't don\u2019t", ["don", "t"]),
        ("ann_lee@example.com", ["ann", "lee", "example", "com"]),
        ("https://example.com/a-b?c=1", ["https", "example", "com", "a", "b", "c", "1"]),
        ("$1,000.50 5pm 2²", ["1", "000", "50", "5pm", "22"]),
        ("🎉 ❤️ 👩‍👧", []),
        ("明日の会議", ["明", "日", "の", "会", "議"]),
        ("テスト・ok", ["テ", "ス", "ト", "ok"]),
        ("co\u00adoperate a\u200bb", ["cooperate", "a", "b"]),
        ("نَص", ["نص"]),
        ("\0\ud800 a\n\tb", ["a", "b"]),
        ("", []),
        ("x" * 70, ["x" * 64]),
    ],
)
def test_words_are_runs_of_letters_and_digits_without_case_and_accents(text: str, found: list[str]) -> None:
    assert list(words(text)) == found


def test_of_endless_texts_and_queries_the_first_words_count() -> None:
    endless = " ".join(map(str, range(5000)))

    assert list(words(endless)) == [str(number) for number in range(2000)]
    assert list(asked_words(endless)) == [str(number) for number in range(20)]


@pytest.mark.parametrize(
    ("written", "endings"),
    [
        ("+1 (415) 555-0123", ["14155550123"]),
        ("415\u00a0555\u20110123", ["4155550123"]),
        ("0123", ["0123"]),
        ("+44 (0)20 7946 0958", ["442079460958"]),
        ("020 7946 0958", ["02079460958", "2079460958"]),
        ("٤١٥٥٥٥٠١٢٣", ["4155550123"]),
        ("123", []),
        ("1234567890123456", []),
        ("call 0123", []),
        ("", []),
        ("()", []),
    ],
)
def test_a_number_is_read_as_people_write_it(written: str, endings: list[str]) -> None:
    assert list(asked_endings(written)) == endings


@pytest.mark.parametrize(
    ("address", "digits"),
    [(PhoneNumber("+14155550123"), "14155550123"), (ShortCode("72345"), "72345"), (SenderName("1234567"), "")],
)
def test_numbers_and_short_codes_have_digits_and_names_have_none(address: Address, digits: str) -> None:
    assert digits_of(address) == digits
