"""The map of the house: every module with the first sentence of its docstring, as docs/map.md shows it.

`python -m tests.house.map` writes it anew. The simulated worlds are shown as one line each.
"""

import ast
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from tests.house.source import HOUSE, ROOT, modules, tree

PLACE = "docs/map.md"
SUMMARISED = "adapters/sandbox/"  # its folders are worlds of their own, not rooms of the house

_HEAD = """# The map of the house

Every line is the first sentence of its module. It is written by `python -m tests.house.map`, and a test fails where it
lags behind.
"""


def first_sentence(docstring: str) -> str:
    """Return the docstring's first sentence, on one line."""
    paragraph = " ".join(docstring.strip().split("\n\n")[0].split())
    return re.split(r"(?<=\.)\s", paragraph, maxsplit=1)[0]


def is_shown(path: str) -> bool:
    """Leave out what is inside a simulated world."""
    inside = path.removeprefix(SUMMARISED)
    return inside == path or inside.removesuffix("/__init__.py").count("/") == 0


def sentences(paths: Iterable[str]) -> dict[str, str]:
    """Return the first sentence of each module; empty where there is none."""
    return {path: first_sentence(ast.get_docstring(tree(path)) or "") for path in paths if is_shown(path)}


def drawn(said: dict[str, str]) -> str:
    """Draw the folders as a tree: a folder's own sentence comes first, then its files, then its folders."""
    lines: list[str] = []
    for path in sorted(map(PurePosixPath, said), key=_order):
        is_folder = path.stem == "__init__"
        depth = len(path.parent.parts) - 1
        if is_folder and depth == 0:
            lines += ["", f"## {path.parent}/", "", said[str(path)], ""]
            continue
        name = f"**{path.parent.name}/**" if is_folder else f"`{path.name}`"
        lines.append(f"{'  ' * (depth - is_folder)}- {name} – {said[str(path)]}")
    return "\n".join((_HEAD.rstrip(), *lines, ""))


def _order(path: PurePosixPath) -> list[tuple[int, str]]:
    """Sort the bridge before its doors, a folder's sentence before its files, and these before the folders in it."""
    file = (0 if path.stem == "__init__" else 1, path.name)
    root, *folders = path.parent.parts
    return [(HOUSE.index(root), root), *((2, part) for part in folders), file]


def whole() -> str:
    return drawn(sentences(modules(*HOUSE)))


if __name__ == "__main__":
    (ROOT / PLACE).parent.mkdir(exist_ok=True)
    (ROOT / PLACE).write_text(whole())
