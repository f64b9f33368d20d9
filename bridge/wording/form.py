"""The form for a new text: its labels, and what is wrong in which of its fields."""

from bridge.domain.length import Becomes, Length
from bridge.domain.phone import spoken
from bridge.domain.segment import Encoding

DID, TO, TEXT, FILES, SNIPPET, AT = "did", "to", "text", "files", "snippet", "at"  # the fields

NEW_SMS, REPLY_TITLE = "New SMS", "Reply"
SNIPPET_LABEL, AT_LABEL = "Snippet", "Send later"
SNIPPET_HINT = "It is put behind what you have written."
AT_HINT = "Leave it empty to send it now. If somebody texts here before, you are asked first."
SEND, CANCEL, CLOSE = "Send", "Cancel", "Close"
FROM_LABEL, TO_LABEL, TEXT_LABEL, FILES_LABEL = "From", "To", "Text", "Pictures"
TO_HINT = "A name, or a number as you would dial it."
NOTHING_YET = "Up to 160 plain characters are one text; more, or emoji, are billed as several."
NARROW = "emoji or unusual characters make each text shorter (70 instead of 160)"
TO_PLACEHOLDER = "Name or number"
NO_LINES = "None of our numbers is yours to text from. Your admin can add you (responders in bridge.toml)."


def length(found: Length) -> str:
    """Say below the words of a text that is still being written what it comes to."""
    if found.segments.units == 0 and found.becomes is Becomes.SMS:
        return NOTHING_YET
    is_narrow = found.segments.encoding is Encoding.UCS2 and found.becomes is not Becomes.MMS
    return _comes_to(found) + (f" · {NARROW}" if is_narrow else "")


def _comes_to(found: Length) -> str:
    segments = found.segments
    match found.becomes:
        case Becomes.REFUSED:
            return f"{segments.count} texts, and this number sends only single ones: it will not go out"
        case Becomes.MMS:
            return f"Goes out as {_messages(found.pieces)}"
        case _ if found.cost == 1:
            return f"Fits into one text · {segments.units} of {segments.room} characters"
    asked = "; you will be asked before it goes out" if found.becomes is Becomes.ASKED else ""
    return f"{found.cost} texts{_numbered(found)}{asked}"


def _numbered(found: Length) -> str:
    if found.pieces == 1:
        return ""
    return ", numbered" if found.pieces == found.cost else f" in {found.pieces} numbered messages"


def _messages(count: int) -> str:
    return "one picture message" if count == 1 else f"{count} picture messages"


def to_whom(people: list[str], label: str) -> str:
    """Say to whom an answer goes, and from where."""
    return f"To {', '.join(people)}, from {label}."


def dial(number: str) -> str:
    """Offer to write to a number that was typed."""
    return f"Text {spoken(number)}"


def busy() -> str:
    return "We are busy at the moment, and nothing was sent. Please try again."


def unreadable() -> str:
    return "This could not be read, and nothing was sent. Your admin has been told."


def no_such_did() -> str:
    return "This number is no longer configured."


def not_yours() -> str:
    return "You are not among those who answer for this number, or not in its channel."


def no_number(written: str) -> str:
    return f"“{written[:30]}” is no phone number. Try it with its area code, as (415) 555-0100."


def nobody() -> str:
    return "Choose somebody, or type a number."


def too_many(most: int) -> str:
    return f"At most {most} people can be texted together."


def no_groups() -> str:
    return "The carrier of this number cannot text groups. Choose one person."


def is_ours(number: str) -> str:
    return f"{spoken(number)} is one of our own numbers."


def not_repliable() -> str:
    return "This sender cannot be answered."


def not_in_reach(days: int) -> str:
    return f"Choose a moment from now on, within {days} days; or none, to send it now."


def is_blocked() -> str:
    return "This conversation is blocked. Unblock it first: More… in its first post's menu."


def opted_out(number: str) -> str:
    return f"{spoken(number)} has texted STOP; only a START from that phone lifts it."


def unfit_file(name: str) -> str:
    return f"{name[:60]} is not kept by Slack itself, and cannot be texted."


def nothing_to_send() -> str:
    return "Write something, or add a picture."


def too_long(segments: int) -> str:
    return f"This needs {segments} texts, and this number sends only single ones."
