"""The source as the tests of the house see it: which files there are, and their syntax trees.

It judges nothing; every rule stands in the test that bears its name.
"""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ("bridge", "adapters", "config")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(*folders: str) -> list[str]:
    """List the Python files below these folders, relative to the root, in a fixed order."""
    return sorted(str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def kept_files() -> tuple[str, ...]:
    """List every file that is under version control or about to be; the lists and caches of tools are not."""
    command = ("git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(sorted(path for path in set(listed.split("\0")) if path and (ROOT / path).is_file()))


@cache
def text(path: str) -> str | None:
    """Return what is written in a file; None for pictures and the like."""
    try:
        return (ROOT / path).read_text()
    except UnicodeDecodeError:
        return None


@cache
def tree(path: str) -> ast.Module:
    return ast.parse(text(path) or "", path)


def functions(module: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(module) if isinstance(node, Function))


def imported(module: ast.AST) -> Iterator[tuple[int, str]]:
    """Return line and full name of everything that is imported, wherever in the file that stands."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a chain of names, and what can be named of any other expression's end."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def asides(module: ast.AST) -> set[int]:
    """Return the identities of the constants that are docstrings, or stand alone like one."""
    bodies: Iterable[list[ast.stmt]] = (
        body for node in ast.walk(module) if isinstance(body := getattr(node, "body", None), list)
    )
    alone = (statement.value for body in bodies for statement in body if isinstance(statement, ast.Expr))
    return {id(value) for value in alone if isinstance(value, ast.Constant)}
