"""What is said about names of people outside: to whoever gives one, and to whoever brings a whole file of them."""

from bridge.domain.contact import Contact, Flaw, Imported, Outranked, Refused, Source
from bridge.domain.phone import spoken
from bridge.domain.phrase import Phrase

NAME = "name"  # the field of the form

_SOURCES = {
    Source.PERSON: "a person in Slack",
    Source.IMPORT: "an imported file",
    Source.CARRIER: "the carrier",
}
CONFIGURED = "bridge.toml"


def not_yours() -> str:
    return "You are not among those who answer for our numbers."


def too_long(length: int, most: int) -> str:
    return f"A name may have {most} characters; this one has {length}."


def given(name: str) -> Phrase:
    return (f"Noted: {name}. The open threads are being renamed.",)


def outranked_by_configuration(given: str, shown: str) -> Phrase:
    return (f"Noted: {given}. But bridge.toml calls this number {shown}, and that is what everybody sees.",)


def removed(shown: str | None) -> Phrase:
    return (f"Removed. It is called {shown} again." if shown else "Removed. The number alone is shown again.",)


def source(contact: Contact) -> str:
    return _SOURCES[contact.source]


def what_came(came: Imported, refused: int) -> str:
    """Sum up an import."""
    counts = f"{came.new:,} new, {came.changed:,} changed, {came.unchanged:,} unchanged"
    lines = f", {refused:,} {'line' if refused == 1 else 'lines'} refused" if refused else ""
    cards = (
        f"\nRenamed in Slack: {came.cards:,} open {'thread' if came.cards == 1 else 'threads'}." if came.cards else ""
    )
    return f"{counts}{lines}.{cards}"


_CUT = 30


def refused(one: Refused) -> str:
    """Say which line is refused and why."""
    return f"line {one.line.number}: {_why(one)}"


def _why(one: Refused) -> str:
    name, phone = _short(one.line.name), _short(one.line.phone)
    match one.flaw:
        case Flaw.NO_NAME:
            return f"no name for {phone or 'this line'}"
        case Flaw.LONG_NAME:
            return f"the name of {phone} is too long: {name}"
        case Flaw.CLASH if one.known:
            return f"{spoken(one.known.address.value)} is {_short(one.known.name)} (line {one.known.line}), not {name}"
    return f"no phone number: {phone or 'nothing'} ({name})"


def outranked(one: Outranked) -> str:
    """Say which name was kept and is not shown, and which is."""
    by = CONFIGURED if one.is_ours else _SOURCES[Source.PERSON]
    return f"line {one.line}: {_short(one.name)} is kept; {by} says {_short(one.shown)}, which counts"


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _CUT else f"{words[: _CUT - 1]}…"


def too_large(octets: int) -> str:
    return f"The file is larger than {octets // 1_000_000} MB. Export less, or cut it into several files."


def too_many(rows: int) -> str:
    return f"The file has more than {rows:,} numbers. Cut it into several files."


def no_columns(found: str) -> str:
    return (
        f"No columns of names and numbers were found ({_short(found) or 'the file is empty'}). Write a heading with "
        "`name` and `number`, or export from your address book as CSV or vCard."
    )


def unreadable_file(reason: str) -> str:
    return f"The file cannot be read: {reason.lower()}."


def nobody() -> str:
    return "No names are kept. `sms-bridge contacts import FILE` brings them from a CSV or vCard file."
