"""What is said to an admin who has the data of a number deleted: before it, in the form, and when it is done."""

from bridge.domain.ids import PersonRef
from bridge.domain.phone import spoken
from bridge.domain.phrase import Mention, Phrase
from bridge.domain.query import Holding

WHO, TYPED = "who", "typed"  # the fields of the form

TITLE, DELETE = "Delete data", "Delete for good"
WHO_LABEL = "Whose data"
TYPED_LABEL = "To confirm, type the last four digits of the number"
TYPED_HINT = "Of a sender without a number, type the name."


def what_goes(holding: Holding) -> str:
    """Say what will be deleted of somebody."""
    who = f"{holding.peer.name} · {spoken(holding.peer.number)}" if holding.peer.name else spoken(holding.peer.number)
    talks = _counted(holding.conversations, "conversation", "conversations")
    groups = ""
    if holding.groups:
        those = "one of them is a group" if holding.groups == 1 else f"{holding.groups} of them are groups"
        groups = f" ({those}: it goes whole, with what others wrote in it)"
    return (
        f"{who}: {talks}{groups} with all texts and files, names and raw requests are deleted here, and our posts that "
        "show them, in the channels. What waits to be sent is not sent. This cannot be undone."
    )


def what_stays(holdings: tuple[Holding, ...]) -> str:
    """Say what will be left, and who can do something about it."""
    lines = [
        "What colleagues wrote in Slack stays there: an app can delete only its own posts.",
        "Mails that were sent stay in their inboxes, backups hold it until they are rotated, and the carrier and the "
        "phone keep what they have.",
        "A STOP of this number stays, so that it is not texted again by mistake."
        if any(one.has_opted_out for one in holdings)
        else "If this number ever says STOP, that is kept apart from its texts, and outlives this.",
        "A block as spam goes: the next text opens a new thread.",
    ]
    if any(one.is_configured for one in holdings):
        lines.append("The name in bridge.toml stays: take it out there.")
    return "\n".join(f"• {line}" for line in lines)


def only_admins() -> str:
    return "Only admins (admins in bridge.toml) can delete data. Nothing was deleted."


def is_gone() -> str:
    return "This conversation is being deleted already, or its number is no longer configured."


def wrong_ending() -> str:
    return "That is not how this number ends. Nothing was deleted."


def done(ending: str, by: PersonRef, texts: int, files: int, posts: int, remaining: int) -> Phrase:
    """Tell, without the number, what was deleted and at whose word."""
    counts = ", ".join(
        (_counted(texts, "text", "texts"), _counted(files, "file", "files"), _counted(posts, "post", "posts"))
    )
    left = f" {_counted(remaining, 'post', 'posts')} could not be deleted here." if remaining else ""
    return (f"Everything of the number ending in {ending} has been deleted: {counts}.{left} Asked for by ", Mention(by))


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
