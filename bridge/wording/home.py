"""The page of ours that everybody has in the chat: what waits, and what one may do there."""

from datetime import datetime

from bridge.domain.phone import spoken

TITLE = "Texts"
NOTHING_WAITS = "Nothing is waiting. 🎉"
OPEN, OPEN_OF = "Open", "Open the thread of {}"
NEW_SMS = "New SMS"
MUTE = "Mute me…"
EARLIER, LATER = "Longer waiting", "More"


def mine(count: int) -> str:
    return f"Waiting for me ({count})"


def team(count: int) -> str:
    return f"Waiting for others ({count})"


def waiting(who: str, excerpt: str, label: str, since: datetime, now: datetime) -> str:
    """Say in three lines who waits, for what, and for how long."""
    return f"{who}\n{excerpt}\n{label} · waiting {_long(since, now)}"


def _long(since: datetime, now: datetime) -> str:
    minutes = max(int((now - since).total_seconds()) // 60, 0)
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def my_numbers(lines: list[tuple[str, str]]) -> str:
    """Name the numbers that somebody answers for, (label, number) each."""
    if not lines:
        return "No number is assigned to you."
    return "You answer for " + ", ".join(f"{label} · {spoken(number)}" for label, number in lines) + "."


def muted(until: datetime) -> str:
    """Say until when somebody is off; `until` is in his own zone."""
    return f"You are muted until {until:%a, %b %-d, %-I:%M %p}: no mails and mentions while somebody else is there."


def today(received: int, sent: int) -> str:
    return f"Today: {received} {'text' if received == 1 else 'texts'} received, {sent} sent."


def of_pages(first: int, last: int, count: int) -> str:
    return f"{first} to {last} of {count}"
