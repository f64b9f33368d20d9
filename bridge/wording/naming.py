"""What is said about names of people outside: to whoever gives one, and to whoever brings a whole file of them."""

from textwrap import fill

from bridge.domain.contact import Entry, Flaw, Imported, Outranked, Refused, Source
from bridge.domain.phone import spoken
from bridge.domain.phrase import Phrase
from bridge.domain.visible import visible

WHO, NAME = "who", "name"  # the fields of the form
TITLE, SAVE = "Name this number", "Save"
WHO_LABEL, NAME_LABEL = "Who", "Name"
NAME_HINT = "Everybody sees it, in open threads too. Empty: what people have said is taken back."
UNREADABLE = "This could not be read, and nothing was changed. Please try again."

Told = tuple[str, str]
"""What is wrong, and the remedy."""

_SOURCES = {
    Source.PERSON: "person",
    Source.IMPORT: "import",
    Source.CARRIER: "carrier",
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


def people(named: list[tuple[str, str]]) -> str:
    """List people by name and number, one on a line."""
    return "\n".join(f"{name} · {spoken(number)}" for name, number in named)


def card_is_gone() -> Phrase:
    return ("Nothing was saved: this contact card is no longer kept.",)


def several_given(count: int, configured: int) -> Phrase:
    """Say how many names were noted at once, and how many of them bridge.toml overrules."""
    but = f" But bridge.toml has other names for {configured} of them, and those are what everybody sees."
    return (f"Noted: {count} names. The open threads are being renamed.{but if configured else ''}",)


def what_came(came: Imported, refused: int) -> str:
    """Sum up an import."""
    counts = f"{came.new:,} new, {came.changed:,} changed, {came.unchanged:,} unchanged"
    lines = f", {refused:,} {'line' if refused == 1 else 'lines'} not used" if refused else ""
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
    by = CONFIGURED if one.is_ours else "a person in Slack"
    return f"line {one.line}: {_short(one.name)} is kept; {by} says {_short(one.shown)}, which counts"


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _CUT else f"{words[: _CUT - 1]}…"


def too_large(octets: int) -> Told:
    return f"is larger than {octets // 1_000_000} MB.", "Export less, or cut it into several files."


def too_many(rows: int) -> Told:
    return f"has more than {rows:,} numbers.", "Cut it into several files."


def no_columns(found: str) -> Told:
    return (
        f"has no columns that could be names and numbers ({_short(found) or 'it is empty'}).",
        "Write a heading with name and number, or export from your address book as CSV or vCard.",
    )


def unreadable_file(reason: str) -> Told:
    return f"cannot be read: {reason.lower()}.", "Name a file that you may read."


_WIDTH, _NAME_AT = 80, 44


def folded(words: str) -> str:
    return fill(words, _WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def listed(entry: Entry) -> str:
    """Write one name of the list: the number, where the name comes from, whether it counts, and the name."""
    origin = _SOURCES[entry.source] if entry.source else CONFIGURED
    columns = f"{spoken(entry.address.value):<19} {origin if entry.is_shown else f'{origin}, not shown'}"
    return fill(visible(entry.name), _WIDTH, initial_indent=f"{columns:<43} ", subsequent_indent=" " * _NAME_AT)
