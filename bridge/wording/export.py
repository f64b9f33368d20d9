"""A conversation as a file to read: its heading, its texts, and what is said to whoever has asked for it."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bridge.domain.phone import spoken
from bridge.domain.phrase import Mark, Phrase
from bridge.domain.query import Enclosure, Peer, TranscriptView, Utterance

_STATES = {
    Mark.HELD: "held",
    Mark.QUEUED: "waiting to be sent",
    Mark.UNCLEAR: "perhaps sent",
    Mark.SENT: "sent",
    Mark.DELIVERED: "delivered",
    Mark.FAILED: "failed",
    Mark.CANCELLED: "not sent",
    Mark.NOTE: "a note, not sent",
}
_INDENT = "    "
_NAME_OF_GROUP = "a-group"


def file_name(view: TranscriptView, now: datetime) -> str:
    """Name the file after the number and the day: texts-with-4155550123-2026-12-01.txt."""
    written = view.people[0].number if len(view.people) == 1 else _NAME_OF_GROUP
    digits = "".join(one for one in written if one.isascii() and (one.isalnum() or one == "-"))
    national = digits[1:] if written.startswith("+1") and len(digits) == 11 else digits
    return f"texts-with-{national or 'nobody'}-{now.astimezone(ZoneInfo(view.timezone)):%Y-%m-%d}.txt"


def heading(view: TranscriptView, now: datetime) -> str:
    """Say whose texts these are, and when they were written out."""
    who = ", ".join(map(_peer, view.people))
    return f"Texts between {view.label} · {spoken(view.number)} and {who}\nWritten out on {_moment(now, view)}\n"


def utterance(one: Utterance, view: TranscriptView, called: Mapping[str, str]) -> str:
    """Write one text: when and who, how far it has come if it is one of ours, its words, its files."""
    by = called.get(one.by) or one.by if isinstance(one.by, str) else _peer(one.by)
    state = f" ({_STATES[one.mark]})" if one.mark else ""
    lines = (one.text if one.is_kept else "(no longer kept)").split("\n") if one.text or not one.is_kept else []
    lines += [_enclosure(each) for each in one.enclosures]
    return f"\n{_moment(one.at, view)}  {by}{state}\n" + "".join(f"{_INDENT}{line}\n" for line in lines)


def _enclosure(one: Enclosure) -> str:
    if not one.name:
        return "[a file, no longer kept]"
    return f"[{one.name}, {one.type or 'unknown type'}{'' if one.is_kept else ', not kept'}]"


def _peer(peer: Peer) -> str:
    return f"{peer.name} · {spoken(peer.number)}" if peer.name else spoken(peer.number)


def _moment(at: datetime, view: TranscriptView) -> str:
    return f"{at.astimezone(ZoneInfo(view.timezone)):%Y-%m-%d %H:%M:%S %Z}"


def nobody_wrote() -> str:
    return "\nNothing was written yet.\n"


def comment() -> str:
    return "The conversation that you asked for. Only you and the app see it here."


def sent() -> Phrase:
    return ("The conversation is on its way to you, as a file in your direct messages with the app.",)


def not_yours() -> Phrase:
    return ("You cannot see the channel of this conversation, so you do not get it.",)


def not_sent(remedy: str = "") -> Phrase:
    """Say that the file did not come about; whoever must do something about it is told what."""
    return (f"The conversation could not be sent to you. {remedy or 'Please try again in a while.'}",)
