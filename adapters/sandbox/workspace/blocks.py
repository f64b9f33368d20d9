"""What Slack refuses of Block Kit: unknown kinds, wrong structure, texts that are too long, too many pieces.

Limits after docs.slack.dev, Block Kit reference, January 2026. Kinds of block that no bridge would post
(tables, videos) are let through unread. Rich text has its own room.
"""

from collections.abc import Callable, Iterator
from typing import Any

from adapters.sandbox.workspace.nouns import Json
from adapters.sandbox.workspace.rich_text import check_rich_text

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
ALL_CHARACTERS = 13_200  # Not documented; msg_blocks_too_long was met near it (bolt-js #2509).

_UNREAD = {"video", "table", "markdown", "context_actions", "file", "call"}
_KEYS = {
    "section": {"text", "fields", "accessory", "expand"},
    "header": {"text", "level"},
    "divider": set(),
    "context": {"elements"},
    "actions": {"elements"},
    "image": {"image_url", "slack_file", "alt_text", "title"},
    "input": {"label", "element", "dispatch_action", "hint", "optional"},
    "rich_text": {"elements"},
}
_BUTTON_KEYS = {"type", "text", "action_id", "url", "value", "style", "confirm", "accessibility_label"}
_IMAGE_KEYS = {"type", "image_url", "slack_file", "alt_text"}
_CHOICES = ("static_select", "multi_static_select", "radio_buttons", "checkboxes", "overflow")
_SELECTS = {f"{many}{kind}_select" for many in ("", "multi_") for kind in ("users", "channels", "conversations")}
_INTERACTIVE = {"button", *_CHOICES, *_SELECTS, "external_select", "multi_external_select", "workflow_button"}
_PICKERS = {"datepicker", "timepicker", "datetimepicker"}
_INPUTS = {"plain_text_input", "email_text_input", "url_text_input", "number_input", "file_input", "rich_text_input"}


def problems(blocks: object, *, most: int = MESSAGE_BLOCKS, where: str = "/blocks") -> list[str]:
    """Name everything that is wrong with these blocks, in Slack's words and with Slack's pointers."""
    if not isinstance(blocks, list):
        return [_say("must be an array", where)]
    found: list[str] = []
    if len(blocks) > most:
        found.append(_say(f"no more than {most} items allowed", where))
    for number, block in enumerate(blocks):
        found += _check_block(block, f"{where}/{number}")
    ids = [block["block_id"] for block in blocks if isinstance(block, dict) and block.get("block_id")]
    found += [_say(f"block_id already exists: {again}", where) for again in {id_ for id_ in ids if ids.count(id_) > 1}]
    return found


def characters(piece: Any) -> int:
    """Count the characters that blocks show, however deep."""
    if isinstance(piece, list):
        return sum(map(characters, piece))
    if not isinstance(piece, dict):
        return 0
    own = len(piece["text"]) if isinstance(piece.get("text"), str) else 0
    return own + sum(characters(value) for value in piece.values())


def walk(piece: Any) -> Iterator[Json]:
    """Give every object inside these blocks, outer before inner."""
    if isinstance(piece, list):
        for inner in piece:
            yield from walk(inner)
    elif isinstance(piece, dict):
        yield piece
        yield from walk(list(piece.values()))


def text_problems(text: Any, where: str, most: int, *, plain: bool = False) -> Iterator[str]:
    """Check a text object."""
    if not isinstance(text, dict):
        yield _say("must be an object", where)
        return
    if text.get("type") not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
        yield _say(f"unsupported type: {text.get('type')}", f"{where}/type")
    yield from unknown_keys(text, {"type", "text", "emoji", "verbatim"}, where)
    yield from length_problems(text.get("text"), f"{where}/text", most)


def length_problems(value: Any, where: str, most: int) -> Iterator[str]:
    if not isinstance(value, str):
        yield _say("must be a string", where)
    elif not value:
        yield _say("must be more than 0 characters", where)
    elif len(value) > most:
        yield _say(f"must be less than {most + 1} characters", where)


def unknown_keys(piece: Json, known: set[str], where: str) -> Iterator[str]:
    for key in sorted(piece.keys() - known):
        yield _say(f"invalid additional property: {key}", where)


def _say(sentence: str, where: str) -> str:
    return f"[ERROR] {sentence} [json-pointer:{where}]"


def _check_block(block: Any, where: str) -> Iterator[str]:
    if not isinstance(block, dict):
        yield _say("must be an object", where)
        return
    kind = block.get("type")
    if kind in _UNREAD:
        return
    if kind not in _KEYS:
        yield _say(f"unsupported type: {kind}", f"{where}/type")
        return
    yield from unknown_keys(block, _KEYS[kind] | {"type", "block_id"}, where)
    if "block_id" in block:
        yield from length_problems(block["block_id"], f"{where}/block_id", 255)
    yield from _CHECKS[kind](block, where)


def _section(block: Json, where: str) -> Iterator[str]:
    if not block.get("text") and not block.get("fields"):
        yield _say("missing required field: text", where)
    if "text" in block:
        yield from text_problems(block["text"], f"{where}/text", 3_000)
    fields = block.get("fields") or []
    yield from _count(fields, f"{where}/fields", 10)
    for number, field in enumerate(fields):
        yield from text_problems(field, f"{where}/fields/{number}", 2_000)
    if "accessory" in block:
        yield from _element(block["accessory"], f"{where}/accessory", _INTERACTIVE | _PICKERS | {"image"})


def _header(block: Json, where: str) -> Iterator[str]:
    yield from text_problems(block.get("text"), f"{where}/text", 150, plain=True)


def _context(block: Json, where: str) -> Iterator[str]:
    elements = block.get("elements")
    yield from _count(elements, f"{where}/elements", 10, least=1)
    for number, element in enumerate(elements if isinstance(elements, list) else ()):
        place = f"{where}/elements/{number}"
        if isinstance(element, dict) and element.get("type") == "image":
            yield from _image(element, place)
        else:
            yield from text_problems(element, place, 2_000)


def _actions(block: Json, where: str) -> Iterator[str]:
    elements = block.get("elements")
    yield from _count(elements, f"{where}/elements", 25, least=1)
    listed = elements if isinstance(elements, list) else []
    for number, element in enumerate(listed):
        yield from _element(element, f"{where}/elements/{number}", _INTERACTIVE | _PICKERS)
    ids = [element.get("action_id") for element in listed if isinstance(element, dict) and element.get("action_id")]
    if len(ids) != len(set(ids)):
        yield _say("action_id already exists", f"{where}/elements")


def _image(block: Json, where: str) -> Iterator[str]:
    if "slack_file" not in block:
        yield from length_problems(block.get("image_url"), f"{where}/image_url", 3_000)
    yield from length_problems(block.get("alt_text"), f"{where}/alt_text", 2_000)
    if "title" in block:
        yield from text_problems(block["title"], f"{where}/title", 2_000, plain=True)


def _input(block: Json, where: str) -> Iterator[str]:
    yield from text_problems(block.get("label"), f"{where}/label", 2_000, plain=True)
    if "hint" in block:
        yield from text_problems(block["hint"], f"{where}/hint", 2_000, plain=True)
    yield from _element(block.get("element"), f"{where}/element", _INTERACTIVE | _PICKERS | _INPUTS)


def _element(element: Any, where: str, allowed: set[str]) -> Iterator[str]:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind is None or kind not in allowed:
        yield _say(f"unsupported type: {kind}", f"{where}/type")
        return
    if "action_id" in element:
        yield from length_problems(element["action_id"], f"{where}/action_id", 255)
    if kind == "button":
        yield from _button(element, where)
    elif kind == "image":
        yield from unknown_keys(element, _IMAGE_KEYS, where)
        yield from _image(element, where)
    elif kind in _CHOICES:
        yield from _options(element, where)
    elif "placeholder" in element:
        yield from text_problems(element["placeholder"], f"{where}/placeholder", 150, plain=True)


def _button(button: Json, where: str) -> Iterator[str]:
    yield from unknown_keys(button, _BUTTON_KEYS, where)
    yield from text_problems(button.get("text"), f"{where}/text", 75, plain=True)
    if "value" in button:
        yield from length_problems(button["value"], f"{where}/value", 2_000)
    if "url" in button:
        yield from length_problems(button["url"], f"{where}/url", 3_000)
    if button.get("style", "primary") not in ("primary", "danger"):
        yield _say("must be a valid enum value", f"{where}/style")
    if "confirm" in button:
        yield from _confirm(button["confirm"], f"{where}/confirm")


def _confirm(confirm: Any, where: str) -> Iterator[str]:
    if not isinstance(confirm, dict):
        yield _say("must be an object", where)
        return
    yield from unknown_keys(confirm, {"title", "text", "confirm", "deny", "style"}, where)
    for key, most, plain in (("title", 100, True), ("text", 300, False), ("confirm", 30, True), ("deny", 30, True)):
        if key in confirm or key == "text":
            yield from text_problems(confirm.get(key), f"{where}/{key}", most, plain=plain)


def _options(element: Json, where: str) -> Iterator[str]:
    grouped = element.get("option_groups") or []
    options = element.get("options") or [option for group in grouped for option in group.get("options", ())]
    most = {"overflow": 5, "radio_buttons": 10, "checkboxes": 10}.get(element["type"], 100)
    yield from _count(options, f"{where}/options", most, least=1)
    for number, option in enumerate(options if isinstance(options, list) else ()):
        place = f"{where}/options/{number}"
        if not isinstance(option, dict):
            yield _say("must be an object", place)
            continue
        yield from text_problems(option.get("text"), f"{place}/text", 75)
        yield from length_problems(option.get("value"), f"{place}/value", 150)


def _count(pieces: Any, where: str, most: int, *, least: int = 0) -> Iterator[str]:
    if not isinstance(pieces, list):
        yield _say("must be an array", where)
    elif len(pieces) > most:
        yield _say(f"no more than {most} items allowed", where)
    elif len(pieces) < least:
        yield _say("no fewer than 1 items allowed", where)


def _rich_text(block: Json, where: str) -> Iterator[str]:
    for sentence, place in check_rich_text(block, where):
        yield _say(sentence, place)


_CHECKS: dict[str, Callable[[Json, str], Iterator[str]]] = {
    "section": _section,
    "header": _header,
    "divider": lambda _block, _where: iter(()),
    "context": _context,
    "actions": _actions,
    "image": _image,
    "input": _input,
    "rich_text": _rich_text,
}
