"""What a person reads stands in `bridge/wording`: nowhere else is there a sentence, save those listed here.

A sentence is a literal of four words or more. What an exception says is its detail, written where it is known; log
lines, docstrings, descriptions of settings and SQL are not read by people who text or answer.
"""

import ast
import re
from collections import Counter

import pytest

from tests.house.source import asides, dotted, modules, tree

ERRORS = {
    "BridgeError", "ConfigError", "SchemaMismatch", "StoreBusy", "CannotListen", "WireError", "Mistake",
    "PortError", "Transient", "Blocked", "Permanent", "Uncertain",
    "ValueError", "TypeError", "RuntimeError", "KeyError", "OSError", "ConnectionError", "ConnectError",
    "_refused", "refused",
}  # fmt: skip
LOGS = {"log", "_LOG", "logger"}
SQL = ("adapters/sqlite/ledger/", "adapters/sqlite/migrations.py")

PLACES = [
    path
    for path in modules("bridge/flows", "bridge/engine", "adapters")
    if not path.startswith(("adapters/sandbox/", *SQL))
]

# How many sentences stand elsewhere, and why. The list may only shrink.
ELSEWHERE: dict[str, tuple[int, str]] = {}


def sentences(module: ast.Module) -> list[str]:
    """Return the literals of four words or more that are no detail of an error, no log line and no docstring."""
    found: list[str] = []
    _collect(module, asides(module), found)
    return found


def _collect(node: ast.AST, apart: set[int], found: list[str]) -> None:
    if id(node) in apart or isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _is_detail(node)):
        return
    if isinstance(node, ast.AnnAssign):  # an annotation in quotes is no sentence
        _collect_all([node.value] if node.value else [], apart, found)
    elif isinstance(node, ast.JoinedStr):
        _keep("".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values), found)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        _keep(node.value, found)
    else:
        _collect_all(list(ast.iter_child_nodes(node)), apart, found)


def _collect_all(nodes: list[ast.AST], apart: set[int], found: list[str]) -> None:
    for node in nodes:
        _collect(node, apart, found)


def _is_detail(call: ast.Call) -> bool:
    owner, _, name = dotted(call.func).rpartition(".")
    return name in ERRORS or name in ("Field", "compile", "cast") or owner in LOGS


def _keep(words: str, found: list[str]) -> None:
    is_prose = len(re.findall(r"(?<![\w/=.<{-])[A-Za-z][a-z']+(?![\w/=_>}-])", words)) >= 4
    if is_prose and not words.startswith(("PRAGMA ", "SELECT ")):
        found.append(words)


@pytest.mark.parametrize("path", PLACES)
def test_sentences_stand_where_sentences_stand(path: str) -> None:
    found = sentences(tree(path))

    assert len(found) == ELSEWHERE.get(path, (0, ""))[0], found
