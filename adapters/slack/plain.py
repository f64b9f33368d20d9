"""What a person wrote in Slack, as the plain text that a phone gets. Pure; who is called what comes in from outside.

Rich text is exact and preferred. Where it is missing or has parts we do not know, the message's `text` is read, in
which Slack has escaped three signs and wrapped mentions and links in angle brackets.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from adapters.slack import emoji
from adapters.slack.names import Json
from bridge.wording import chat

Names = Mapping[str, str]  # of people and channels, by id; whose name is empty is left out

_TOKEN = re.compile(r"<([^<>\n]+)>")
_LABELLED = re.compile(r"<[@#!](?:subteam\^)?([A-Z0-9]+)\|([^<>|]+)>")
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_ENTITY = re.compile(r"&(amp|lt|gt);")
_SIGNS = {"amp": "&", "lt": "<", "gt": ">"}
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Unknown(Exception):
    """Rich text with a part that we cannot read; `text` has to do."""


def plain(message: Json, names: Names) -> str:
    """Return what was said, without markup; empty for files alone."""
    text = message.get("text")
    text = text if isinstance(text, str) else ""
    known = {**dict(_LABELLED.findall(text)), **names}
    said = _from_blocks(message.get("blocks"), known)
    if said is None:
        said = _from_text(text, known)
    return _SURROGATE.sub("\ufffd", said).strip("\n")


def people_in(message: Json) -> frozenset[str]:
    """Tell whose names `plain` will want."""
    text = message.get("text")
    found = set(_PERSON.findall(text)) if isinstance(text, str) else set()
    found |= {piece["user_id"] for piece in _walk(message.get("blocks")) if isinstance(piece.get("user_id"), str)}
    return frozenset(found)


def _walk(piece: Any, depth: int = 0) -> Iterator[Json]:
    if depth > 12:
        return
    if isinstance(piece, list):
        for inner in piece:
            yield from _walk(inner, depth + 1)
    elif isinstance(piece, dict):
        yield piece
        yield from _walk(piece.get("elements"), depth + 1)


# Rich text


def _from_blocks(blocks: Any, names: Names) -> str | None:
    """Read the blocks if all of them are rich text, as they are when a person typed the message; else None."""
    if not isinstance(blocks, list) or not blocks:
        return None
    try:
        return "\n".join(_block(block, names) for block in blocks)
    except (_Unknown, RecursionError):
        return None


def _block(block: Any, names: Names) -> str:
    if not isinstance(block, dict) or block.get("type") != "rich_text":
        raise _Unknown
    return "\n".join(_container(piece, names).removesuffix("\n") for piece in _elements(block))


def _container(piece: Json, names: Names) -> str:
    match piece.get("type"):
        case "rich_text_preformatted":
            return "".join(_word(element, "url" if "url" in element else "text") for element in _elements(piece))
        case "rich_text_section":
            return "".join(_inline(element, names) for element in _elements(piece))
        case "rich_text_quote":
            said = "".join(_inline(element, names) for element in _elements(piece))
            return "\n".join(f"> {line}" for line in said.removesuffix("\n").split("\n"))
        case "rich_text_list":
            return "\n".join(_item(piece, number, item, names) for number, item in enumerate(_elements(piece), 1))
    raise _Unknown


def _item(whole: Json, number: int, item: Json, names: Names) -> str:
    """Write a list's item. A hyphen, because a bullet would make the whole SMS an expensive one (UCS-2)."""
    mark = f"{number + _count(whole, 'offset')}." if whole.get("style") == "ordered" else "-"
    return f"{'  ' * min(_count(whole, 'indent'), 8)}{mark} {_container(item, names).removesuffix(chr(10))}"


def _inline(element: Json, names: Names) -> str:
    reader = _INLINE.get(str(element.get("type")))
    if reader is None:
        raise _Unknown
    return reader(element, names)


def _text(element: Json, _: Names) -> str:
    """Give the words; an emoji's name among them was meant as the emoji, except in code."""
    style = element.get("style")
    is_code = isinstance(style, dict) and style.get("code")
    return _word(element, "text") if is_code else emoji.with_characters(_word(element, "text"))


def _link(element: Json, _: Names) -> str:
    url, label = _word(element, "url"), element.get("text")
    return _address(url, label if isinstance(label, str) else "")


def _emoji(element: Json, _: Names) -> str:
    written = element.get("unicode")
    if isinstance(written, str) and (found := emoji.from_code_points(written)):
        return found
    name, tone = _word(element, "name"), element.get("skin_tone")
    return emoji.with_characters(f":{name}:") if not isinstance(tone, int) else _toned(name, tone)


def _toned(name: str, tone: int) -> str:
    return emoji.character(name, tone) or f":{name}::skin-tone-{tone}:"


_INLINE: dict[str, Callable[[Json, Names], str]] = {
    "text": _text,
    "link": _link,
    "emoji": _emoji,
    "user": lambda element, names: _person(_word(element, "user_id"), names),
    "channel": lambda element, names: _named("#", _word(element, "channel_id"), names),
    "usergroup": lambda element, names: _named("@", _word(element, "usergroup_id"), names),
    "broadcast": lambda element, _: f"@{_word(element, 'range')}",
    "color": lambda element, _: _word(element, "value"),
    "date": lambda element, _: _word(element, "fallback"),
}


def _elements(piece: Json) -> list[Json]:
    found = piece.get("elements")
    if not isinstance(found, list) or not all(isinstance(element, dict) for element in found):
        raise _Unknown
    return found


def _word(element: Json, key: str) -> str:
    found = element.get(key)
    if not isinstance(found, str):
        raise _Unknown
    return found


def _count(piece: Json, key: str) -> int:
    found = piece.get(key)
    return found if isinstance(found, int) and found > 0 else 0


# Slack's text with angle brackets


def _from_text(text: str, names: Names) -> str:
    """Undo the brackets and the emoji names first and the three entities last, once: `&amp;lt;` was typed as `&lt;`."""
    out: list[str] = []
    position = 0
    for found in _TOKEN.finditer(text):
        out += (emoji.with_characters(text[position : found.start()]), _bracketed(found[1], names))
        position = found.end()
    out.append(emoji.with_characters(text[position:]))
    return _ENTITY.sub(lambda sign: _SIGNS[sign[1]], "".join(out))


def _bracketed(inside: str, names: Names) -> str:
    target, _, label = inside.partition("|")
    match target[:1]:
        case "@":
            return _person(target[1:], names)
        case "#":
            return _named("#", target[1:], names)
        case "!":
            return _command(target[1:], label, names)
    return _address(target, label)


def _command(command: str, label: str, names: Names) -> str:
    kind, _, rest = command.partition("^")
    if kind == "subteam":
        return _named("@", rest, names)
    if kind == "date":
        return label or rest
    return f"@{kind}"


def _person(user_id: str, names: Names) -> str:
    found = names.get(user_id)
    return f"@{chat.colleague()}" if found is None else found


def _named(sign: str, id_: str, names: Names) -> str:
    return sign + names.get(id_, id_).removeprefix(sign)


def _address(url: str, label: str) -> str:
    """Show where a link leads, not what it claims; a number or a mail address as it was typed."""
    scheme, _, rest = url.partition(":")
    if scheme in ("tel", "mailto"):
        return label or rest
    return url
