"""Nothing grows beyond what can be read in one go: 400 lines to a file, 50 to a function (its docstring apart).

The list of exceptions is empty and stays so.
"""

import ast

import pytest

from tests.house.source import HOUSE, Function, functions, kept_files, modules, text, tree

MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 50
EXCEPTIONS: frozenset[str] = frozenset()

PLACES = (*HOUSE, "tests", "bench", "fuzz", "proof")
PYTHON = modules(*PLACES)
PAGES = [path for path in kept_files() if path.startswith(HOUSE) and path.endswith((".js", ".css", ".html", ".j2"))]


def length(source: str) -> int:
    return len(source.splitlines())


def extent(function: Function) -> int:
    """Count a function's lines, without its decorators and without its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def longest_files() -> list[tuple[int, str]]:
    return sorted(((length(text(path) or ""), path) for path in (*PYTHON, *PAGES)), reverse=True)


def longest_functions() -> list[tuple[int, str]]:
    found = ((extent(each), f"{path}:{each.lineno} {each.name}") for path in PYTHON for each in functions(tree(path)))
    return sorted(found, reverse=True)


def too_long(sizes: list[tuple[int, str]], most: int) -> list[str]:
    return [f"{lines} {what}" for lines, what in sizes if lines > most and what not in EXCEPTIONS]


def told(sizes: list[tuple[int, str]]) -> str:
    return "the largest ten:\n" + "\n".join(f"{lines:5} {what}" for lines, what in sizes[:10])


def test_no_file_is_longer_than_400_lines() -> None:
    files = longest_files()

    assert too_long(files, MOST_LINES_OF_A_FILE) == [], told(files)


def test_no_function_is_longer_than_50_lines() -> None:
    found = longest_functions()

    assert too_long(found, MOST_LINES_OF_A_FUNCTION) == [], told(found)


def test_a_file_that_is_a_line_too_long_is_noticed() -> None:
    assert too_long([(length("x\n" * 401), "long"), (length("x\n" * 400), "fits")], MOST_LINES_OF_A_FILE) == [
        "401 long"
    ]


@pytest.mark.parametrize(("lines", "size"), [(49, 50), (50, 51)])
def test_a_function_is_measured_without_its_docstring_and_its_decorators(lines: int, size: int) -> None:
    source = '@cache\ndef f():\n    """Say it.\n\n    At length.\n    """\n' + "    x = 1\n" * lines

    assert [extent(each) for each in functions(ast.parse(source))] == [size]


def test_the_pages_are_measured_too() -> None:
    assert {path.rpartition(".")[2] for path in PAGES} >= {"js", "css", "html", "j2"}
