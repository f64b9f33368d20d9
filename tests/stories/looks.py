"""What can be read in the workspace: the words of a post, and its buttons."""

from typing import Any

from adapters.sandbox.workspace.nouns import Ephemeral, Json, Message


def shown(message: Message | Ephemeral) -> str:
    """All words that a message shows, its blocks and attachments included."""
    return "\n".join([message.text, *words_in(message.blocks), *words_in(message.attachments)])


def words_in(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [str(part[key]) for key in ("text", "fallback", "user_id") if isinstance(part.get(key), str)]
        return own + [word for value in part.values() for word in words_in(value)]
    if isinstance(part, list):
        return [word for value in part for word in words_in(value)]
    return []


def choices(message: Message) -> dict[str, str]:
    """The choices of a message's menu, with their values."""
    found: dict[str, str] = {}

    def look(part: Any) -> None:
        if isinstance(part, dict):
            for option in part.get("options", ()) if part.get("type") == "overflow" else ():
                found[option["text"]["text"]] = option["value"]
            for value in part.values():
                look(value)
        elif isinstance(part, list):
            for value in part:
                look(value)

    look([message.blocks, message.attachments])
    return found


def buttons(message: Message | Ephemeral, label: str) -> list[Json]:
    """The buttons of a message with this label."""
    found: list[Json] = []

    def look(part: Any) -> None:
        if isinstance(part, dict):
            if part.get("type") == "button" and part.get("text", {}).get("text") == label:
                found.append(part)
            for value in part.values():
                look(value)
        elif isinstance(part, list):
            for value in part:
                look(value)

    look([message.blocks, message.attachments])
    return found
