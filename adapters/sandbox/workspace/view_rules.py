"""What Slack refuses of a modal or a Home tab (docs.slack.dev, "Views", January 2026)."""

import json
from typing import Any

from adapters.sandbox.workspace import blocks
from adapters.sandbox.workspace.nouns import Json
from adapters.sandbox.workspace.refusal import Refused
from adapters.sandbox.workspace.text_rules import length_problems, text_problems, unknown_keys

VIEW_BYTES = 250_000
_TITLES = ("title", "submit", "close")
_KEYS = {"type", "blocks", "private_metadata", "callback_id", "external_id"}
_MODAL_KEYS = _KEYS | {*_TITLES, "clear_on_close", "notify_on_close", "submit_disabled"}


def check_view(view: Any, kinds: tuple[str, ...]) -> Json:
    """Return the view when it could be shown; `kinds` are what the method shows."""
    if not isinstance(view, dict):
        raise Refused("invalid_arguments")
    if len(json.dumps(view, ensure_ascii=False).encode()) > VIEW_BYTES:
        raise Refused("view_too_large")
    wrong = _wrong(view, kinds)
    if wrong:
        raise Refused.because("invalid_arguments", wrong)
    return view


def _wrong(view: Json, kinds: tuple[str, ...]) -> list[str]:
    kind = view.get("type")
    if kind not in kinds:
        return [f"[ERROR] unsupported type: {kind} [json-pointer:/view/type]"]
    wrong = blocks.problems(view.get("blocks"), most=blocks.VIEW_BLOCKS, where="/view/blocks", surface=str(kind))
    wrong += unknown_keys(view, _MODAL_KEYS if kind == "modal" else _KEYS, "/view")
    for key, most in (("private_metadata", 3_000), ("callback_id", 255), ("external_id", 255)):
        if view.get(key):
            wrong += length_problems(view[key], f"/view/{key}", most)
    if kind == "modal":
        wrong += _titles(view)
    return wrong


def _titles(view: Json) -> list[str]:
    wrong: list[str] = []
    for key in _TITLES:
        if key in view or key == "title":
            wrong += text_problems(view.get(key), f"/view/{key}", 24, plain=True)
    asks = any(block.get("type") == "input" for block in view.get("blocks") or () if isinstance(block, dict))
    if asks and "submit" not in view:
        wrong.append("[ERROR] missing required field: submit [json-pointer:/view]")
    return wrong
