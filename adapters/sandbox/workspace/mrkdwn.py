"""Slack's inline language: what angle brackets set off, how typed text is stored, how stored text reads.

Rules after docs.slack.dev, "Formatting message text", January 2026. Formatting marks are only noticed, not rendered.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from adapters.sandbox.workspace import emoji
from adapters.sandbox.workspace.nouns import Activation, Json

_TOKEN = re.compile(r"<([^<>\n]+)>|&(?:amp|lt|gt);|[&<>]")
_ADDRESS = re.compile(r"(?:https?|ftp)://[^\s<>|]*[^\s<>|.,;:!?'\")\]]|(?:mailto|tel):[^\s<>|]+", re.IGNORECASE)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_COMMAND = re.compile(r"@[UWB][A-Z0-9]+|#[CG][A-Z0-9]+|!(?:here|channel|everyone)|!subteam\^S[A-Z0-9]+|!date\^.+")
_FORMATS = {
    "bold": re.compile(r"(?<![\w*])\*[^\s*](?:[^*\n]*[^\s*])?\*(?![\w*])"),
    "italic": re.compile(r"(?<![\w_])_[^\s_](?:[^_\n]*[^\s_])?_(?![\w_])"),
    "strike": re.compile(r"(?<![\w~])~[^\s~](?:[^~\n]*[^\s~])?~(?![\w~])"),
    "code": re.compile(r"`[^`\n]+`|```.+?```", re.DOTALL),
    "quote": re.compile(r"^&gt;", re.MULTILINE),
    "emoji": re.compile(r"(?<![\w:]):[a-z0-9_+'-]+:(?!\w)"),
}
_BROADCASTS = ("here", "channel", "everyone")
_AT_NAME = re.compile(r"(?<![\w@/])@([\w.-]+)")
_HASH_NAME = re.compile(r"(?<![\w#/&])#([\w-]+)")


def escape(text: str) -> str:
    """Make a text inert: the three entities, ampersand first."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Give what stands in angle brackets and is active: (target, label)."""
    for found in _TOKEN.finditer(text):
        inside = found.group(1)
        if inside and _is_active(inside):
            target, _, label = inside.partition("|")
            yield target, label


def _is_active(inside: str) -> bool:
    target = inside.partition("|")[0]
    return bool(_COMMAND.fullmatch(target) or _ADDRESS.fullmatch(target))


def activated(
    text: str, *, autolink: bool, formatted: bool, names: Callable[[str], str | None] | None = None
) -> Activation:
    """Tell what a text sets off: `names` resolves @name and #name where Slack would look them up itself."""
    found = Activation()
    for target, label in commands(text):
        if target[0] in "@#!":
            if not target.startswith("!date"):
                found.mentions.append(target)
        else:
            found.links.append((unescape(target), unescape(label) or unescape(target)))
    bare = _without_commands(text)
    if autolink:
        found.links += [(unescape(hit), unescape(hit)) for hit in _ADDRESS.findall(bare)]
    if names:
        found.mentions += list(_named(bare, names))
    if formatted:
        found.formats += [name for name, pattern in _FORMATS.items() if pattern.search(bare)]
    return found


def _without_commands(text: str) -> str:
    return _TOKEN.sub(lambda hit: "" if hit.group(1) and _is_active(hit.group(1)) else hit.group(), text)


def _named(text: str, names: Callable[[str], str | None]) -> Iterator[str]:
    for pattern, mark in ((_AT_NAME, "@"), (_HASH_NAME, "#")):
        for name in pattern.findall(text):
            if mark == "@" and name in _BROADCASTS:
                yield f"!{name}"
            elif known := names(mark + name):
                yield known


def stored(text: str, *, autolink: bool = False) -> str:
    """Give the form in which a posted text comes back: stray signs escaped, emoji named, bare addresses wrapped."""
    out: list[str] = []
    position = 0
    for hit in _TOKEN.finditer(text):
        out.append(_plain(text[position : hit.start()], autolink))
        out.append(_kept(hit, autolink))
        position = hit.end()
    out.append(_plain(text[position:], autolink))
    return "".join(out)


def _kept(hit: re.Match[str], autolink: bool) -> str:
    inside = hit.group(1)
    if inside is None:
        return hit.group() if len(hit.group()) > 1 else escape(hit.group())
    return hit.group() if _is_active(inside) else f"&lt;{stored(inside, autolink=autolink)}&gt;"


def _plain(text: str, autolink: bool) -> str:
    text = emoji.as_names(text)
    return _ADDRESS.sub(lambda hit: f"<{hit.group()}>", text) if autolink else text


def typed(text: str, people: Mapping[str, str], rooms: Mapping[str, str]) -> str:
    """Turn what a person typed into what Slack stores.

    `people` maps the names that may stand after @ to user ids, `rooms` channel names to ids.
    """
    text = emoji.as_names(escape(text))
    text = _ADDRESS.sub(lambda hit: f"<{hit.group()}>", text)
    text = re.sub(rf"(<[^<>]*>)|{_MAIL.pattern}", lambda hit: hit.group(1) or f"<mailto:{hit[0]}|{hit[0]}>", text)
    text = re.sub(r"(?<![\w@])@(here|channel|everyone)\b", r"<!\1>", text)
    for name in sorted(people, key=len, reverse=True):
        if f"@{name}" in text:
            text = re.sub(rf"(?<![\w<@])@{re.escape(name)}(?!\w)", f"<@{people[name]}>", text)
    for name, room in rooms.items():
        if f"#{name}" in text:
            text = re.sub(rf"(?<![\w<#&/])#{re.escape(name)}(?![\w-])", f"<#{room}|{name}>", text)
    return text


def rich_text(text: str) -> list[Json]:
    """Give the rich_text block that Slack's own composer would have sent along with this stored text."""
    elements: list[Json] = []
    position = 0
    for hit in _TOKEN.finditer(text):
        if hit.group(1) is None:
            continue
        _say(elements, text[position : hit.start()])
        elements.append(_element(*hit.group(1).partition("|")[::2]))
        position = hit.end()
    _say(elements, text[position:])
    return (
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}] if elements else []
    )


def _say(elements: list[Json], text: str) -> None:
    if text:
        elements.append({"type": "text", "text": unescape(text)})


def _element(target: str, label: str) -> Json:
    match target[0]:
        case "@":
            return {"type": "user", "user_id": target[1:]}
        case "#":
            return {"type": "channel", "channel_id": target[1:]}
        case "!" if target[1:] in _BROADCASTS:
            return {"type": "broadcast", "range": target[1:]}
    link: Json = {"type": "link", "url": unescape(target)}
    return link | ({"text": unescape(label)} if label else {})
