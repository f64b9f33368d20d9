"""What Slack refuses of Block Kit: unknown kinds, wrong structure, texts that are too long, too many pieces.

Limits after docs.slack.dev, Block Kit reference, January 2026. Kinds of block that no bridge would post
(tables, videos) are let through unread. Rich text and the elements in blocks have rooms of their own.
"""

from collections.abc import Callable, Iterator
from typing import Any

from adapters.sandbox.workspace.element_rules import (
    IN_ACTIONS,
    IN_INPUTS,
    IN_SECTIONS,
    NOT_ON,
    element_problems,
    image_problems,
)
from adapters.sandbox.workspace.nouns import Json
from adapters.sandbox.workspace.rich_text import check_rich_text
from adapters.sandbox.workspace.text_rules import count_problems, length_problems, say, text_problems, unknown_keys

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


def problems(
    blocks: object, *, most: int = MESSAGE_BLOCKS, where: str = "/blocks", surface: str = "message"
) -> list[str]:
    """Name everything that is wrong with these blocks, in Slack's words and with Slack's pointers."""
    if not isinstance(blocks, list):
        return [say("must be an array", where)]
    found: list[str] = []
    if len(blocks) > most:
        found.append(say(f"no more than {most} items allowed", where))
    for number, block in enumerate(blocks):
        found += _check_block(block, f"{where}/{number}")
    ids = [block["block_id"] for block in blocks if isinstance(block, dict) and block.get("block_id")]
    found += [say(f"block_id already exists: {again}", where) for again in {id_ for id_ in ids if ids.count(id_) > 1}]
    return found + list(_misplaced(blocks, where, surface))


def _misplaced(blocks: list[Any], where: str, surface: str) -> Iterator[str]:
    """Name elements that this surface does not show, and a second one that wants the focus."""
    pieces = list(walk(blocks))
    for kind in sorted({str(piece.get("type")) for piece in pieces} & NOT_ON[surface]):
        yield say(f"unsupported type: {kind}", where)
    if sum(piece.get("focus_on_load") is True for piece in pieces) > 1:
        yield say("only one element can have focus_on_load", where)


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


def _check_block(block: Any, where: str) -> Iterator[str]:
    if not isinstance(block, dict):
        yield say("must be an object", where)
        return
    kind = block.get("type")
    if kind in _UNREAD:
        return
    if kind not in _KEYS:
        yield say(f"unsupported type: {kind}", f"{where}/type")
        return
    yield from unknown_keys(block, _KEYS[kind] | {"type", "block_id"}, where)
    if "block_id" in block:
        yield from length_problems(block["block_id"], f"{where}/block_id", 255)
    yield from _CHECKS[kind](block, where)


def _section(block: Json, where: str) -> Iterator[str]:
    if not block.get("text") and not block.get("fields"):
        yield say("missing required field: text", where)
    if "text" in block:
        yield from text_problems(block["text"], f"{where}/text", 3_000)
    fields = block.get("fields") or []
    yield from count_problems(fields, f"{where}/fields", 10)
    for number, field in enumerate(fields):
        yield from text_problems(field, f"{where}/fields/{number}", 2_000)
    if "accessory" in block:
        yield from element_problems(block["accessory"], f"{where}/accessory", IN_SECTIONS)


def _header(block: Json, where: str) -> Iterator[str]:
    yield from text_problems(block.get("text"), f"{where}/text", 150, plain=True)


def _context(block: Json, where: str) -> Iterator[str]:
    elements = block.get("elements")
    yield from count_problems(elements, f"{where}/elements", 10, least=1)
    for number, element in enumerate(elements if isinstance(elements, list) else ()):
        place = f"{where}/elements/{number}"
        if isinstance(element, dict) and element.get("type") == "image":
            yield from image_problems(element, place)
        else:
            yield from text_problems(element, place, 2_000)


def _actions(block: Json, where: str) -> Iterator[str]:
    elements = block.get("elements")
    yield from count_problems(elements, f"{where}/elements", 25, least=1)
    listed = elements if isinstance(elements, list) else []
    for number, element in enumerate(listed):
        yield from element_problems(element, f"{where}/elements/{number}", IN_ACTIONS)
    ids = [element.get("action_id") for element in listed if isinstance(element, dict) and element.get("action_id")]
    if len(ids) != len(set(ids)):
        yield say("action_id already exists", f"{where}/elements")


def _image(block: Json, where: str) -> Iterator[str]:
    yield from image_problems(block, where)
    if "title" in block:
        yield from text_problems(block["title"], f"{where}/title", 2_000, plain=True)


def _input(block: Json, where: str) -> Iterator[str]:
    yield from text_problems(block.get("label"), f"{where}/label", 2_000, plain=True)
    if "hint" in block:
        yield from text_problems(block["hint"], f"{where}/hint", 2_000, plain=True)
    if not isinstance(block.get("dispatch_action", False), bool):
        yield say("must be a boolean", f"{where}/dispatch_action")
    yield from element_problems(block.get("element"), f"{where}/element", IN_INPUTS)


def _rich_text(block: Json, where: str) -> Iterator[str]:
    for sentence, place in check_rich_text(block, where):
        yield say(sentence, place)


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
