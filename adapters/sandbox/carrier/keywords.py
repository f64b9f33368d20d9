"""The words by which a phone stops, resumes or asks about texts, and what the carrier answers to them by itself.

The list and the matching are the vendor's default: the whole text, whatever its case and closing punctuation.
"""

import string
from enum import StrEnum


class Keyword(StrEnum):
    """What a phone asks the carrier for; the value is the webhook's `OptOutType`."""

    STOP = "STOP"
    START = "START"
    HELP = "HELP"


_WORDS = {
    Keyword.STOP: ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"),
    Keyword.START: ("START", "YES", "UNSTOP"),
    Keyword.HELP: ("HELP", "INFO"),
}
_MEANING = {word: keyword for keyword, words in _WORDS.items() for word in words}

ANSWERS = {
    Keyword.STOP: (
        "You have successfully been unsubscribed. You will not receive any more messages from this number. "
        "Reply START to resubscribe."
    ),
    Keyword.START: (
        "You have successfully been re-subscribed to messages from this number. "
        "Reply HELP for help. Reply STOP to unsubscribe. Msg&Data Rates May Apply."
    ),
    Keyword.HELP: "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


def meant(text: str) -> Keyword | None:
    """Return the keyword that the whole text is; never one that it merely contains."""
    return _MEANING.get(text.strip().rstrip(string.punctuation + string.whitespace).upper())
