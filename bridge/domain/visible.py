"""What is shown of a text that a phone wrote: what could hide, reorder or erase words becomes visible or goes.

The text itself is kept verbatim elsewhere; this is only its appearance.
"""

import re
import unicodedata

_TAGGED = frozenset(
    chr(c)
    for c in (
        0x00AD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0,
        *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xE0000, 0xE0080),
    )
)  # fmt: skip
_JOINERS = "\u200c\u200d"
_MARKS_PER_LETTER = 8
_PLAIN = re.compile(r"[\n\t\x20-\x7e\xa1-\xac\xae-\u02ff]*")


def visible(text: str) -> str:
    """Return the text as it may be shown.

    C1 controls of old phones appear as the Windows-1252 characters that they meant, bidirectional and zero-width
    characters as tags like [U+202E] (joiners inside emoji and joined scripts stay), other controls are dropped, line
    ends become line feeds, and at most eight combining marks stay on a letter. A host whose letters are of several
    scripts appears as the network spells it.
    """
    if _PLAIN.fullmatch(text):
        return text
    text = _HOST.sub(_spelt, text)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    shown: list[str] = []
    marks = 0
    for at, character in enumerate(text):
        appearance = _shown(text, at, character)
        if unicodedata.category(character) in ("Mn", "Me"):
            marks += 1
        elif appearance:  # what is dropped parts no letter from its marks
            marks = 0
        if marks <= _MARKS_PER_LETTER:
            shown.append(appearance)
    return "".join(shown)


def is_blank(text: str) -> bool:
    """Tell a text in which nobody would see anything: nothing but blanks and what takes no room."""
    return all(one.isspace() or one in _TAGGED or unicodedata.category(one) in ("Cc", "Cf") for one in text)


_HOST = re.compile(r"(?<=://)[^\s/?#@\[\]]+")


def _spelt(host: re.Match[str]) -> str:
    """Spell a host as the network does where its letters are of several scripts: apple with a Cyrillic a is xn--…"""
    scripts = {unicodedata.name(one, "?").split()[0] for one in host.group() if one.isalpha()}
    if len(scripts) < 2 or not scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}:
        return host.group()
    try:
        return host.group().encode("idna").decode()
    except UnicodeError:  # no host at all
        return host.group()


def _shown(text: str, at: int, character: str) -> str:
    if character in "\n\t":
        return character
    if "\x80" <= character <= "\x9f":
        return bytes([ord(character)]).decode("cp1252", errors="ignore")
    if character in _JOINERS and _joins(text[at - 1 : at], text[at + 1 : at + 2]):
        return character
    if character in _TAGGED:
        return f"[U+{ord(character):04X}]"
    category = unicodedata.category(character)
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cc" else character


def _joins(before: str, after: str) -> bool:
    """Tell whether a joiner stands where scripts and emoji need one, and not where it merely hides."""
    return bool(before and after) and _joinable(before) and _joinable(after)


def _joinable(character: str) -> bool:
    emoji = unicodedata.category(character) in ("So", "Sk", "Sm") or character == "\ufe0f"
    return emoji or 0x0600 <= ord(character) <= 0x0DFF


POST_ROOM = 3000  # characters of a post; longer ones are cut by the chat itself, or refused


def posts_of(text: str) -> list[str]:
    """Cut a text, as shown, into the pieces that one post each can hold; an empty text is one empty piece."""
    text = visible(text)
    pieces = []
    while len(text) > POST_ROOM:
        at = _cut_at(text)
        pieces.append(text[:at])
        text = text[at:]
    return [*pieces, text]


def _cut_at(text: str) -> int:
    """Find where to cut: after the last line or word that fits, else before a character and all that joins it."""
    for blank in ("\n", " "):
        at = text.rfind(blank, POST_ROOM // 2, POST_ROOM)
        if at > 0:
            return at + 1
    at = POST_ROOM
    while at > POST_ROOM // 2 and _joined(text[at - 1], text[at]):
        at -= 1
    return at


def _joined(before: str, after: str) -> bool:
    if unicodedata.category(after) in ("Mn", "Me") or after == "\u200d" or before == "\u200d":
        return True
    is_flag = all("\U0001f1e6" <= one <= "\U0001f1ff" for one in (before, after))
    return is_flag or "\U0001f3fb" <= after <= "\U0001f3ff"
