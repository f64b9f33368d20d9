"""`python -m proof.survival MODULE REPORT COUNT TEST…`: make mistakes in a module, and see whether its tests notice.

The tests are collected once. For each mistake a copy of the process makes it in the module that stands in memory, and
runs the tests that reach the mistaken line, the quickest first, until one fails. No file is written but the report.
"""

import ast
import importlib
import itertools
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from inspect import unwrap
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import coverage
import pytest

from proof.mutation import Mistake, mistakes

AT_ONCE = 2
_LONGEST = 60.0  # seconds for the tests of one mistake: what never ends is noticed, too
_SEED = 20261130  # a sample is the same one each time
_NOTICED, _UNNOTICED, _ASTRAY = 1, 0, 3


class Trial:
    """Runs instead of pytest's own loop."""

    def __init__(self, module: str, report: Path, count: int) -> None:
        self._module = module
        self._report = report
        self._count = count

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        module = importlib.import_module(self._module)
        path = Path(str(module.__file__))
        tree = ast.parse(path.read_text())
        reach = _reach(session, path, self._report)
        made = mistakes(tree)
        if self._count and self._count < len(made):
            made = random.Random(_SEED).sample(made, self._count)
        made = sorted(made, key=lambda one: one.line)
        jobs = {at: _job(session, module, tree, one, reach) for at, one in enumerate(made)}
        codes = dict(_all(jobs, self._report.parent))
        if _ASTRAY in codes.values():
            raise RuntimeError(f"a mistake could not be made in {self._module}")
        told = [
            {"line": one.line, "where": one.where, "what": one.what, "is_noticed": codes[at] != _UNNOTICED}
            for at, one in enumerate(made)
        ]
        self._report.write_text(json.dumps(told))
        return True


class _Reach:
    """Which tests reach which line, and how long each takes."""

    def __init__(self, lines: dict[str, list[str]], seconds: list[float]) -> None:
        self._lines = {int(line): list(map(int, tests)) for line, tests in lines.items()}
        self._seconds = seconds

    def tests(self, lines: Iterable[int]) -> list[int]:
        """Return the tests that reach any of these lines, the quickest first."""
        found = {test for line in lines for test in self._lines.get(line, ())}
        return sorted(found, key=self._seconds.__getitem__)

    def all(self) -> list[int]:
        return sorted(range(len(self._seconds)), key=self._seconds.__getitem__)


def _reach(session: pytest.Session, path: Path, report: Path) -> _Reach:
    """Run everything once, in a copy of this process, and see who reaches what; all must pass."""

    def look() -> int:
        watching = coverage.Coverage(data_file=None, config_file=False, include=[str(path)])
        watching.set_option("run:disable_warnings", ["no-data-collected"])
        watching.start()
        seconds = list[float]()
        for at in range(len(session.items)):
            watching.switch_context(str(at))
            began = time.perf_counter()
            if _fails(session, [at]):
                return _NOTICED
            seconds.append(time.perf_counter() - began)
        watching.stop()
        lines = watching.get_data().contexts_by_lineno(str(path))
        report.write_text(json.dumps([lines, seconds]))
        return _UNNOTICED

    codes = dict(_all({0: look}, report.parent, longest=_LONGEST * 5))
    if codes[0] != _UNNOTICED:
        raise RuntimeError("the tests fail without any mistake")
    return _Reach(*json.loads(report.read_text()))


def _job(
    session: pytest.Session, module: ModuleType, tree: ast.Module, mistake: Mistake, reach: _Reach
) -> Callable[[], int]:
    lines = _lines(tree, mistake) if _is_code(module, mistake.where) else _used(tree, mistake)
    tests = reach.tests(lines)
    if not tests and not _is_code(module, mistake.where):
        tests = reach.all()  # a constant that only other modules use

    def try_it() -> int:
        mistake.make()
        ast.fix_missing_locations(tree)
        _alter(module, tree, mistake.where)
        return _NOTICED if _fails(session, tests) else _UNNOTICED

    return try_it


def _lines(tree: ast.Module, mistake: Mistake) -> Iterable[int]:
    """Return the lines of the statement around a mistake: coverage counts a statement at its first line."""
    around = (
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt | ast.match_case) and _first(node) <= mistake.line <= _last(node)
    )
    innermost = max(around, key=_first)
    return range(_first(innermost), _last(innermost) + 1)


def _first(node: ast.stmt | ast.match_case) -> int:
    return node.lineno if isinstance(node, ast.stmt) else node.pattern.lineno


def _last(node: ast.stmt | ast.match_case) -> int:
    return (node.end_lineno if isinstance(node, ast.stmt) else node.body[-1].end_lineno) or 0


def _used(tree: ast.Module, mistake: Mistake) -> Iterator[int]:
    """Return the lines of the functions that use the mistaken constant, or one that is made of it."""
    names = set[str]()
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            is_it = node.lineno <= mistake.line <= (node.end_lineno or 0)
            if is_it or names & _names(node.value):
                names |= _names(node) - _names(node.value)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and names & _names(function):
            yield from range(function.lineno, (function.end_lineno or 0) + 1)


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _alter(module: ModuleType, tree: ast.Module, where: str) -> None:
    """Put what the tree says into the module that everybody has imported already."""
    if _is_code(module, where):
        _replace(module, where, _code(compile(tree, str(module.__file__), "exec"), where))
        return
    before = dict(vars(module))
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            exec(compile(ast.Module([node], []), str(module.__file__), "exec"), vars(module))  # noqa: S102 - our own module
    changed = {name: old for name, old in before.items() if vars(module)[name] is not old}
    for other in list(sys.modules.values()):
        for name, old in changed.items():
            if getattr(other, name, None) is old:
                setattr(other, name, vars(module)[name])


def _is_code(module: ModuleType, where: str) -> bool:
    return isinstance(vars(module)[where.partition(".")[0]], FunctionType | type)


def _replace(module: ModuleType, name: str, code: CodeType) -> None:
    """Give a function other code; where `super` is no longer called, its class another function."""
    function = _found(module, name)
    if len(code.co_freevars) == len(function.__code__.co_freevars):
        function.__code__ = code
    else:
        owner, _, method = name.partition(".")
        setattr(vars(module)[owner], method, FunctionType(code, vars(module), method, function.__defaults__, ()))


def _found(module: ModuleType, name: str) -> FunctionType:
    found: Any = module
    for part in name.split("."):
        found = vars(found)[part]
    found = unwrap(getattr(found, "fget", None) or getattr(found, "__func__", found))
    assert isinstance(found, FunctionType)
    return found


def _code(code: CodeType, name: str) -> CodeType:
    for part in name.split("."):
        code = next(one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == part)
    return code


def _fails(session: pytest.Session, tests: list[int]) -> bool:
    """Run these tests until one fails."""
    items = [session.items[at] for at in tests]
    for item, following in itertools.zip_longest(items, items[1:]):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return True
    return False


def _all(jobs: dict[int, Callable[[], int]], scratch: Path, longest: float = _LONGEST) -> Iterator[tuple[int, int]]:
    """Do every job in a copy of this process, a few at once, and return how each ended."""
    waiting, running = list(jobs), dict[int, tuple[int, float]]()
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            at = waiting.pop(0)
            running[_copy(jobs[at], scratch / str(at))] = (at, time.monotonic())
        time.sleep(0.005)
        for process, (at, began) in list(running.items()):
            ended, status = os.waitpid(process, os.WNOHANG)
            if not ended and time.monotonic() - began > longest:
                os.kill(process, signal.SIGKILL)
            elif ended:
                del running[process]
                yield at, os.waitstatus_to_exitcode(status)


def _copy(job: Callable[[], int], scratch: Path) -> int:
    """Start a copy of this process that does one thing, in silence, with a folder of its own."""
    process = os.fork()
    if process:
        return process
    code = _ASTRAY
    try:
        scratch.mkdir(exist_ok=True)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = str(scratch)
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        code = job()
    except BaseException:  # noqa: BLE001 - it is written down, and ends this process
        (scratch / "astray").write_text(traceback.format_exc())
    finally:
        os._exit(code)


def main() -> int:
    """Do what the command line asks for."""
    module, report, count, *tests = sys.argv[1:]
    trial = Trial(module, Path(report), int(count))
    return pytest.main(["-q", "--timeout=30", *tests], plugins=[trial])


if __name__ == "__main__":
    sys.exit(main())
