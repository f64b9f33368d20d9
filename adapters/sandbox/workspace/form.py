"""What Slack's own client finds wrong with a filled-in form, before the app hears of it."""

from collections.abc import Callable

from adapters.sandbox.workspace.elements import TEXTS
from adapters.sandbox.workspace.nouns import Json

REQUIRED = "Please complete this required field."
LARGEST_FILE = 10_000_000
_FILES = 10


def wrong(shown: list[Json], values: Json) -> dict[str, str]:
    """Name what is wrong, by block_id."""
    found: dict[str, str] = {}
    for block in shown:
        if block.get("type") == "input":
            element = block["element"]
            said = values[block["block_id"]][element["action_id"]]
            if problem := _problem(block, element, said):
                found[block["block_id"]] = problem
    return found


def is_quiet(shown: list[Json], block: str) -> bool:
    """Tell a field of which the app hears only when the form is submitted."""
    asking = (one for one in shown if one.get("type") == "input" and one.get("block_id") == block)
    return any(not one.get("dispatch_action") for one in asking)


def _problem(block: Json, element: Json, said: Json) -> str:
    answer = next(value for key, value in said.items() if key != "type")
    if answer in (None, "", []):
        return "" if block.get("optional") else REQUIRED
    if element["type"] in TEXTS:
        return _text(element, str(answer))
    if element["type"] == "file_input":
        return _files(element, answer)
    most = element.get("max_selected_items")
    return f"Please choose at most {most}." if most and isinstance(answer, list) and len(answer) > most else ""


def _text(element: Json, text: str) -> str:
    most, least = element.get("max_length", 3_000), element.get("min_length", 0)
    if len(text) > most:
        return f"Please enter at most {most} characters."
    if len(text) < least:
        return f"Please enter at least {least} characters."
    check = _KINDS.get(element["type"])
    return "" if check is None or check(text) else "Please enter a valid value."


def _files(element: Json, files: list[Json]) -> str:
    most, kinds = element.get("max_files", _FILES), element.get("filetypes")
    if len(files) > most:
        return f"Please choose at most {most} {'file' if most == 1 else 'files'}."
    if kinds and any(file["filetype"] not in kinds for file in files):
        return f"Please choose only files of these types: {', '.join(kinds)}."
    return "Files end at 10 MB here." if any(file["size"] > LARGEST_FILE for file in files) else ""


def _is_number(text: str) -> bool:
    return text.strip().lstrip("+-").replace(".", "", 1).isdecimal()


_KINDS: dict[str, Callable[[str], bool]] = {
    "number_input": _is_number,
    "email_text_input": lambda text: "@" in text.strip("@"),
    "url_text_input": lambda text: "://" in text,
}
