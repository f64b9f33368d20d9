"""The structure Slack demands of a rich_text block, and what in it pings or links."""

from collections.abc import Iterator
from typing import Any

from adapters.sandbox.workspace.nouns import Activation, Json

_CONTAINERS = {
    "rich_text_section": {"elements"},
    "rich_text_preformatted": {"elements", "border", "language"},
    "rich_text_quote": {"elements", "border"},
    "rich_text_list": {"elements", "style", "indent", "offset", "border"},
}
_STYLES = {"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"}
# element: (must have, may have)
_INLINE: dict[str, tuple[set[str], set[str]]] = {
    "text": ({"text"}, {"style"}),
    "link": ({"url"}, {"text", "unsafe", "style"}),
    "emoji": ({"name"}, {"unicode", "skin_tone", "display_team_id", "style"}),
    "user": ({"user_id"}, {"style"}),
    "usergroup": ({"usergroup_id"}, {"style"}),
    "channel": ({"channel_id"}, {"style"}),
    "team": ({"team_id"}, {"style"}),
    "broadcast": ({"range"}, {"style"}),
    "color": ({"value"}, {"style"}),
    "date": ({"timestamp", "format"}, {"url", "fallback", "style"}),
}

Problem = tuple[str, str]


def check_rich_text(block: Json, where: str) -> Iterator[Problem]:
    """Give (sentence, place) for everything that is wrong."""
    elements = block.get("elements")
    if not isinstance(elements, list):
        yield "must be an array", f"{where}/elements"
        return
    for number, element in enumerate(elements):
        yield from _container(element, f"{where}/elements/{number}")


def _container(element: Any, where: str, *, only: str | None = None) -> Iterator[Problem]:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in _CONTAINERS or kind != (only or kind):
        yield f"unsupported type: {kind}", f"{where}/type"
        return
    for key in sorted(element.keys() - _CONTAINERS[kind] - {"type"}):
        yield f"invalid additional property: {key}", where
    inner = element.get("elements")
    if not isinstance(inner, list):
        yield "must be an array", f"{where}/elements"
        return
    if kind == "rich_text_list" and element.get("style") not in ("bullet", "ordered"):
        yield "must be a valid enum value", f"{where}/style"
    for number, piece in enumerate(inner):
        place = f"{where}/elements/{number}"
        if kind == "rich_text_list":
            yield from _container(piece, place, only="rich_text_section")
        else:
            yield from _inline(piece, place)


def _inline(piece: Any, where: str) -> Iterator[Problem]:
    kind = piece.get("type") if isinstance(piece, dict) else None
    if kind not in _INLINE:
        yield f"unsupported type: {kind}", f"{where}/type"
        return
    must, may = _INLINE[kind]
    for key in sorted(must - piece.keys()):
        yield f"missing required field: {key}", where
    for key in sorted(piece.keys() - must - may - {"type"}):
        yield f"invalid additional property: {key}", where
    for key in must & {"text", "url", "name"} & piece.keys():
        if not isinstance(piece[key], str) or not piece[key]:
            yield "must be more than 0 characters", f"{where}/{key}"
    yield from _style(piece.get("style", {}), f"{where}/style")


def _style(style: Any, where: str) -> Iterator[Problem]:
    if not isinstance(style, dict):
        yield "must be an object", where
        return
    for key, value in style.items():
        if key not in _STYLES or not isinstance(value, bool):
            yield f"invalid additional property: {key}", where


def element_activation(element: Json) -> Activation:
    """Tell what one inline element sets off; text elements set off nothing, whatever they say."""
    found = Activation(formats=sorted(key for key, on in (element.get("style") or {}).items() if on))
    match element.get("type"):
        case "user":
            found.mentions.append(f"@{element.get('user_id')}")
        case "usergroup":
            found.mentions.append(f"!subteam^{element.get('usergroup_id')}")
        case "broadcast":
            found.mentions.append(f"!{element.get('range')}")
        case "channel":
            found.mentions.append(f"#{element.get('channel_id')}")
        case "link":
            url = str(element.get("url"))
            found.links.append((url, str(element.get("text") or url)))
        case "emoji":
            found.formats.append("emoji")
    return found
