"""Pieces that every rule about blocks uses: how a mistake is said, and what holds for texts, keys and counts."""

from collections.abc import Iterator
from typing import Any

from adapters.sandbox.workspace.nouns import Json


def say(sentence: str, where: str) -> str:
    """Write a mistake in Slack's words, with Slack's pointer."""
    return f"[ERROR] {sentence} [json-pointer:{where}]"


def text_problems(text: Any, where: str, most: int, *, plain: bool = False) -> Iterator[str]:
    """Check a text object."""
    if not isinstance(text, dict):
        yield say("must be an object", where)
        return
    if text.get("type") not in (("plain_text",) if plain else ("plain_text", "mrkdwn")):
        yield say(f"unsupported type: {text.get('type')}", f"{where}/type")
    yield from unknown_keys(text, {"type", "text", "emoji", "verbatim"}, where)
    yield from length_problems(text.get("text"), f"{where}/text", most)


def length_problems(value: Any, where: str, most: int) -> Iterator[str]:
    if not isinstance(value, str):
        yield say("must be a string", where)
    elif not value:
        yield say("must be more than 0 characters", where)
    elif len(value) > most:
        yield say(f"must be less than {most + 1} characters", where)


def unknown_keys(piece: Json, known: set[str], where: str) -> Iterator[str]:
    for key in sorted(piece.keys() - known):
        yield say(f"invalid additional property: {key}", where)


def count_problems(pieces: Any, where: str, most: int, *, least: int = 0) -> Iterator[str]:
    if not isinstance(pieces, list):
        yield say("must be an array", where)
    elif len(pieces) > most:
        yield say(f"no more than {most} items allowed", where)
    elif len(pieces) < least:
        yield say("no fewer than 1 items allowed", where)
