"""Nouns, decisions and sentences are pure: no waiting, no clock, no chance, no outside.

What they may import of the standard library is a short list; a new name on it is a decision, not a convenience.
"""

import ast

import pytest

from tests.house.source import dotted, imported, modules, tree

PURE = modules("bridge/domain", "bridge/flows", "bridge/wording")

HARMLESS = {
    "collections", "dataclasses", "datetime", "difflib", "enum", "functools", "hashlib", "hmac", "itertools", "json",
    "math", "operator", "re", "string", "textwrap", "typing", "unicodedata", "zoneinfo",
    "bridge", "phonenumbers",
}  # fmt: skip

WAITING = (ast.AsyncFunctionDef, ast.Await, ast.AsyncFor, ast.AsyncWith)
OUTSIDE = {"open", "print", "input", "breakpoint", "exec", "eval", "compile", "__import__"}
CLOCK = {"now", "utcnow", "today"}  # of datetime and date: whoever needs the moment is handed it


def impurities(module: ast.AST) -> list[str]:
    found = [f"{line}: import {name}" for line, name in imported(module) if name.partition(".")[0] not in HARMLESS]
    for node in ast.walk(module):
        if isinstance(node, WAITING):
            found.append(f"{node.lineno}: waits")
        elif isinstance(node, ast.comprehension) and node.is_async:
            found.append(f"{node.target.lineno}: waits")
        elif isinstance(node, ast.Name) and node.id in OUTSIDE:
            found.append(f"{node.lineno}: {node.id}")
        elif isinstance(node, ast.Attribute) and _is_clock(node):
            found.append(f"{node.lineno}: {dotted(node)}")
        elif isinstance(node, ast.Global):
            found.append(f"{node.lineno}: remembers")
    return found


def _is_clock(node: ast.Attribute) -> bool:
    owner = dotted(node.value).rpartition(".")[2]
    return node.attr in CLOCK and owner in ("datetime", "date")


@pytest.mark.parametrize("path", PURE)
def test_nouns_decisions_and_sentences_are_pure(path: str) -> None:
    assert impurities(tree(path)) == []


@pytest.mark.parametrize(
    "line",
    [
        "async def f(): pass",
        "[x async for x in y]",
        "import asyncio",
        "import time",
        "from time import monotonic",
        "from datetime import datetime; datetime.now(UTC)",
        "import datetime; datetime.datetime.utcnow()",
        "from datetime import date; f(date.today)",
        "import random",
        "from uuid import uuid4",
        "import secrets",
        "import os",
        "from pathlib import Path",
        "import socket",
        "import sqlite3",
        "import logging",
        "import threading",
        "open('x')",
        "print('x')",
        "write = open",
        "eval('x')",
        "def f():\n    global count",
        "def f():\n    import subprocess",
    ],
)
def test_an_impurity_is_noticed(line: str) -> None:
    assert len(impurities(ast.parse(line))) == 1


@pytest.mark.parametrize(
    "line", ["from datetime import datetime, UTC", "due = now + wait", "ledger.now", "re.compile('x')"]
)
def test_what_is_pure_is_let_alone(line: str) -> None:
    assert impurities(ast.parse(line)) == []


def test_all_three_floors_are_looked_at() -> None:
    assert {path.split("/")[1] for path in PURE} == {"domain", "flows", "wording"}
    assert len(PURE) > 30
