"""The words of texts, as they are searched for: both stores index these and nothing else, so that they answer alike.

A word is a run of letters and digits, whatever its case and accents. All else parts words and is none: blanks, signs,
apostrophes, `_`, `@`, emoji. So an address in a text is found by its parts, and a query has no operators. Where writing
puts no blanks between words (Chinese, Japanese), each character is a word.
"""

import re
import unicodedata
from collections.abc import Iterable

from bridge.domain.message import Message
from bridge.domain.phone import Address, SenderName

_ALONE = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(f"(?=\\w)[{_ALONE}]|[^\\W_{_ALONE}]+")
_LONGEST = 64  # characters of a word; of a longer one only these count, because indexes have a limit
_MOST = 2000  # different words of a text
_ASKED = 20  # words of a query
_QUERY = 1000  # characters of a query
_SPLITS = "\u200b"  # a blank of no width

_NUMBER = re.compile(r"[\d\s+().\-/\u2010-\u2015]+")
_SHORTEST, _WHOLE, _NUMBER_ROOM = 4, 7, 15  # digits by which a number is known, of one that is complete, of the longest


def words(text: str) -> tuple[str, ...]:
    """Return the different words of a text, in their order."""
    found = (word[:_LONGEST] for word in _WORD.findall(_plain(text)))
    return tuple(dict.fromkeys(found))[:_MOST]


def words_of(message: Message) -> tuple[str, ...]:
    """Return the words by which a message is found: those of its text, and of a sender who has a name and no number."""
    named = message.author.value if isinstance(message.author, SenderName) else ""
    return words(f"{named} {message.text}")


def asked_words(query: str) -> tuple[str, ...]:
    """Return the words of a query; of a very long one only the first."""
    return words(query[:_QUERY])[:_ASKED]


def has_words(message: Message, wanted: Iterable[str]) -> bool:
    """Tell whether all of these words are in a message."""
    return set(wanted) <= set(words_of(message))


def asked_endings(query: str) -> tuple[str, ...]:
    """Read a query as a number, or the end of one, as people write it: the digits in which the number may end.

    Nothing if it is none. A zero that is dialled only within a country, or to get out of one, is not part of a number.
    """
    if not _NUMBER.fullmatch(query):
        return ()
    written = query.strip()
    if written.startswith("+"):
        written = written.replace("(0)", "")
    digits = "".join(str(unicodedata.decimal(one)) for one in written if one.isdecimal())
    endings = [digits]
    if len(digits) >= _WHOLE:
        endings += [digits.removeprefix("011"), digits.lstrip("0")]
    return tuple(dict.fromkeys(one for one in endings if _SHORTEST <= len(one) <= _NUMBER_ROOM))


def digits_of(address: Address) -> str:
    """Return the digits of a number or a short code; nothing for a name."""
    return "" if isinstance(address, SenderName) else address.value.lstrip("+")


def _plain(text: str) -> str:
    """Write a text without case, accents, and what takes no room."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(one for one in folded if one == _SPLITS or unicodedata.category(one) not in ("Mn", "Mc", "Me", "Cf"))
