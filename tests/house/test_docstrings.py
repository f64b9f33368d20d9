"""Every module opens with its duty in one to five lines, and every promise of a contract is written down in words."""

import ast
from collections.abc import Iterator

import pytest

from tests.house.source import HOUSE, Function, modules, tree

MOST_LINES = 5
DRAWN = {"bridge/errors.py"}  # its tree is drawn in its docstring, which therefore is longer and ends in the tree
CONTRACTS = [path for path in modules("bridge") if path in ("bridge/ports.py", "bridge/ledger.py")]

MODULES = [
    path
    for path in modules(*HOUSE, "tests", "bench", "fuzz", "proof")
    if tree(path).body or not path.startswith("tests")
]


def fault_of(module: ast.Module, *, is_drawn: bool = False) -> str:
    docstring = ast.get_docstring(module)
    if not docstring:
        return "says nothing about itself"
    if is_drawn:
        return ""
    if sum(bool(line.strip()) for line in docstring.splitlines()) > MOST_LINES:
        return f"needs more than {MOST_LINES} lines to say what it does"
    return "" if docstring.endswith(".") else "does not end in a full stop"


def unexplained(module: ast.Module) -> list[str]:
    """Return what a contract leaves unsaid: members that take more than a line and have no docstring."""
    silent = [each.name for each in _members(module) if not _is_said(each)]
    silent += [node.name for node in _classes(module) if not ast.get_docstring(node) and not list(_members(node))]
    return silent


def _classes(module: ast.Module) -> Iterator[ast.ClassDef]:
    return (node for node in module.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))


def _members(place: ast.Module | ast.ClassDef) -> Iterator[Function]:
    for node in place.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node
        elif isinstance(node, ast.ClassDef):
            yield from _members(node)


def _is_said(function: Function) -> bool:
    return bool(ast.get_docstring(function)) or function.lineno == function.end_lineno


def test_every_module_opens_with_its_duty() -> None:
    faults = {path: fault_of(tree(path), is_drawn=path in DRAWN) for path in MODULES}

    assert {path: fault for path, fault in faults.items() if fault} == {}


@pytest.mark.parametrize("path", CONTRACTS)
def test_a_contract_is_written_in_words(path: str) -> None:
    assert unexplained(tree(path)) == []


def test_the_contracts_are_looked_at() -> None:
    assert "bridge/ports.py" in CONTRACTS


def test_a_module_without_its_sentence_is_noticed() -> None:
    assert fault_of(ast.parse("import os")) == "says nothing about itself"
    assert (
        fault_of(ast.parse('"""It goes on\n\n1\n2\n3\n4\nand on."""')) == "needs more than 5 lines to say what it does"
    )
    assert fault_of(ast.parse('"""It stops short"""')) == "does not end in a full stop"
    assert fault_of(ast.parse('"""It says it.\n\n1\n\n2\n3\n4."""')) == ""


def test_a_silent_promise_is_noticed() -> None:
    contract = (
        "class Chat(Protocol):\n"
        "    @property\n"
        "    def state(self) -> str: ...\n"
        "    async def post(self) -> None:\n        ...\n"
        '    def mark(self) -> None:\n        """Mark it."""\n'
        "class View:\n    rows: int\n"
    )

    assert unexplained(ast.parse(contract)) == ["post", "View"]
