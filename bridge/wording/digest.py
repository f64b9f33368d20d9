"""Every sentence of the digest mail and of the warning mail to admins. Which texts stand in it is decided elsewhere.

What phones and configurations contributed comes in ready to be shown; nothing here makes it safe.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bridge.domain.duration import shortly
from bridge.domain.message import Attachment, MediaState

OPEN_IN_SLACK = "Open in Slack"
NO_LINK = "Its thread is in Slack."
NO_WORDS = "(no words)"
NOTICES = "sms-bridge needs your attention"
LIST_NAME = "Unanswered texts"
_NAMES_IN_A_SUBJECT = 3


def subject(texts: int, oldest: timedelta, who: Sequence[str]) -> str:
    """Say how many, how long, and who: "3 unanswered texts, oldest 12 min: Ada Moss, (415) 555-0123"."""
    named = ", ".join(who[:_NAMES_IN_A_SUBJECT])
    others = len(who) - _NAMES_IN_A_SUBJECT
    rest = f" and {others:,} more" if others > 0 else ""
    return f"{texts:,} unanswered {_texts(texts)}, oldest {shortly(oldest)}: {named}{rest}"


def warning_subject(notice: str) -> str:
    return f"sms-bridge needs attention: {notice}"


def why() -> str:
    """The first line of a digest: why it came, and what ends it."""
    return (
        "You get this mail because nobody has acknowledged the texts below in time, and you are assigned to the "
        "numbers that they came to. A reaction or a reply in the Slack thread, by anybody, takes them off this list."
    )


def why_warned() -> str:
    return "You get this mail because you look after sms-bridge here. It stops when what is listed below is mended."


def chat_silent(since: str) -> str:
    return (
        f"Slack has been unreachable for us since {since}. Texts of this time are not in their threads yet; "
        "they will be shown there as soon as it can be reached again."
    )


def everybody_off() -> str:
    return "Everybody who answers for one of these numbers has muted this at present, so it goes to all of them."


def one_way() -> str:
    return "This mail cannot be used to answer: nothing written back to it reaches a phone. Answer in the Slack thread."


def warned_one_way() -> str:
    return "This mail cannot be answered."


def as_of(at: datetime, zone: ZoneInfo) -> str:
    """Say which clock the mail goes by, because it may be read hours later and elsewhere."""
    return f"As of {moment(at, zone, None)}. Times are local to {zone.key}."


def moment(at: datetime, zone: ZoneInfo, today: datetime | None) -> str:
    """Write a moment in the local time of the house, the zone named; with its date where it is not on `today`'s."""
    local = at.astimezone(zone)
    clock = f"{local.hour % 12 or 12}:{local:%M} {'PM' if local.hour >= 12 else 'AM'} {_zone_name(local)}"
    if today is not None and local.date() == today.astimezone(zone).date():
        return clock
    return f"{local:%a}, {local:%b} {local.day}, {clock}"


def _zone_name(local: datetime) -> str:
    """Many zones have no letters of their own, only a distance: -03 becomes UTC-03."""
    name = local.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"


def person(name: str, number: str) -> str:
    return f"{name}, {number}" if name and name != number else number


def group(first: str, others: int) -> str:
    """Name a group in little room."""
    return f"{first} and {others} {'other' if others == 1 else 'others'}"


def to_our_number(label: str, number: str) -> str:
    return f"to {label}, {number}" if label else f"to {number}, which is no longer one of our numbers"


def state(*, is_new: bool, when: str, waiting: timedelta) -> str:
    """Say whether the text is listed for the first time, since when it waits, and how long that is."""
    return f"NEW · {when} · {shortly(waiting)} ago" if is_new else f"Still open since {when} · {shortly(waiting)}"


def came_late(when: str) -> str:
    return f"written {when}"


def attached(file: Attachment) -> str:
    """Describe a file in words that are enough without seeing it: "picture, 1.2 MB"."""
    kind = _kind(file.type)
    match file.state:
        case MediaState.WANTED:
            return f"{kind}, not fetched yet"
        case MediaState.REFUSED:
            return f"{kind}, could not be fetched"
        case MediaState.FORGOTTEN:
            return f"{kind}, no longer kept"
        case MediaState.KEPT:
            return f"{kind}, {size(file.size)}"


def _kind(media_type: str) -> str:
    if media_type in ("text/vcard", "text/x-vcard"):
        return "contact card"
    if media_type == "application/pdf":
        return "PDF"
    return {"image": "picture", "video": "video", "audio": "sound"}.get(media_type.partition("/")[0], "file")


def size(octets: int) -> str:
    """Write a size for people: 1.2 MB, 80 KB; never 0 of anything."""
    if octets >= 999_500:
        return f"{octets / 1_000_000:.1f} MB"
    return f"{max(1, round(octets / 1000))} KB"


def cut(characters: int) -> str:
    return f"(cut here; {characters:,} characters in all, the rest is in Slack)"


def more_here(texts: int) -> str:
    return f"and {texts:,} more {_texts(texts)} in this conversation"


def more(shown: int, texts: int) -> str:
    """Say that a mail has its limits and where the rest is."""
    return f"Only {shown:,} of {texts:,} unanswered texts are shown here. The others wait in Slack."


def more_notices(count: int) -> str:
    return f"And {count:,} more. The command sms-bridge status lists them all."


def _texts(count: int) -> str:
    return "text" if count == 1 else "texts"
