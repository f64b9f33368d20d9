"""What stands around the texts that we post: who, to which number, what has been decided on the conversation."""

from datetime import datetime

from bridge.domain.dialplan import Meaning
from bridge.domain.ids import PersonRef
from bridge.domain.phone import spoken
from bridge.domain.phrase import Link, Mention, Moment, Phrase

NO_TEXT = "(no text)"
NO_LONGER_KEPT = "(no longer kept)"
PICTURE = "(picture)"
ACKNOWLEDGE = "Acknowledge"
REPLY = "Reply…"


def who(names: list[str | None], numbers: list[str]) -> str:
    """Name the people of a conversation: "Ada Moss · (415) 555-0123"; a number without a name stands alone."""
    pairs = zip(names, numbers, strict=True)
    return ", ".join(f"{name} · {spoken(number)}" if name else spoken(number) for name, number in pairs)


def to_did(label: str, number: str) -> Phrase:
    return (f"to {label} · {spoken(number)}",)


def waiting(since: datetime) -> Phrase:
    return ("Waiting since ", Moment(since))


_TAKEN = {
    None: "Acknowledged by ",
    Meaning.MINE: "Taken by ",
    Meaning.DONE: "Done, says ",
    Meaning.NO_ANSWER: "No answer needed, says ",
}


def taken(by: PersonRef, at: datetime, meaning: Meaning | None = None) -> Phrase:
    return (_TAKEN[meaning], Mention(by), ", ", Moment(at))


def nothing_waits() -> Phrase:
    return ("Nothing is waiting here.",)


def continued(link: str) -> Phrase:
    """Say that a conversation goes on here that began in an earlier thread; without a link that is gone."""
    return (" · continued from ", Link(link, "an earlier thread")) if link else (" · continued from a deleted thread",)


def goes_on(link: str) -> Phrase:
    """Say where a conversation goes on that has left its thread."""
    return (
        ("This conversation goes on in ", Link(link, "another thread"), ".")
        if link
        else ("This conversation goes on in another thread.",)
    )


def from_whom(who: str) -> Phrase:
    return (f"from {who} ",)


def written_by(person: PersonRef) -> Phrase:
    return ("written by ", Mention(person))


def meant_for(person: PersonRef) -> Phrase:
    """Call whoever had the conversation last, when it goes on after a long quiet."""
    return (" For ", Mention(person))


def sent_earlier(at: datetime) -> Phrase:
    return ("sent ", Moment(at), ", reached us late")
