"""What is said to somebody who searches."""

from datetime import datetime

from bridge.domain.ids import PersonRef
from bridge.domain.phrase import Mention, Moment, Phrase

OPEN = "Open"


def heading(words: str, count: int, *, is_all: bool) -> str:
    """Say how much was found, and for which words."""
    if not count:
        return f"Nothing was found for “{words}”. Whole words are found, and numbers by their last digits."
    many = f"{count} found" if is_all else f"The newest {count}"
    return f"{many} for “{words}”"


def incomplete() -> str:
    return "Some texts are still being indexed; older ones may be missing here."


def hit(who: str, label: str, excerpt: str, by: PersonRef | None, at: datetime) -> Phrase:
    """Show one text, or, without one, a conversation that was found by its number."""
    if not excerpt:
        return (f"{who} · {label}, since ", Moment(at))
    author: Phrase = (Mention(by), ": ") if by else ()
    return (f"{who} · {label}, ", Moment(at), "\n", *author, excerpt)


def busy() -> str:
    return "That did not work: we are busy at the moment. Please search again."
