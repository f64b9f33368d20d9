"""Failures keep their names: what catches everything stands in few places, with a reason, and cancellation passes.

Whether every failure of a library has its meaning is told by the tests of each door.
"""

import ast
import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import TypeVar, cast

import pytest

from adapters.sandbox.clock import MovableClock
from bridge.domain.dialplan import DialPlan
from bridge.domain.event import InboundSms, RawEvent
from bridge.engine.intake import DurableIntake
from bridge.engine.supervisor import Supervisor
from bridge.ports import Ledger, Store
from tests.house.source import HOUSE, Function, dotted, functions, modules, tree

T = TypeVar("T")

# One more place is foreseen: the check of a signature, where whatever fails means that a stranger is refused.
EVERYTHING = {
    "bridge/engine/intake.py accept": "a fact that our own bug cannot take is kept as it came, and shown",
    "bridge/flows/deliver.py _composed": "one wish that cannot be composed is set aside and shown, and mutes no other",
    "bridge/engine/supervisor.py keep": "what fails is started again",
    "adapters/pictures/worker.py answer": "whatever a decoder raises, in a process of its own, is a picture unread",
    "adapters/http/connection.py _serve": "a handler that fails is answered in constant words, and keeps no connection",
}
EVEN_THE_END = {
    "adapters/sqlite/opening.py _connected": "the connection is given back, whatever happens",
    "adapters/postgres/store.py transact": "what was not committed is undone, whatever happened",
}
FOR_THE_CALLER = {
    "adapters/store/job.py __exit__": "whatever a work raises is raised where somebody waits for it",
}

SPEAKERS = ("mail", "slack", "twilio")  # the doors that ask a world through a library that fails in its own ways
HANDLERS = ast.ExceptHandler


def broad(module: ast.Module, kind: str) -> list[str]:
    """Return the functions that catch this kind of exception by name; nothing at all counts as the widest."""
    return [function.name for function in functions(module) for caught in _caught(function) if kind in caught]


def _caught(function: Function) -> Iterator[set[str]]:
    """Return for each handler, and each `suppress`, in this function itself what it catches."""
    for node in _own(function):
        if isinstance(node, HANDLERS):
            yield _names(node.type) if node.type else {"BaseException"}
        elif isinstance(node, ast.Call) and dotted(node.func).endswith("suppress"):
            yield {name for argument in node.args for name in _names(argument)}


def _own(function: Function) -> Iterator[ast.AST]:
    """Walk a function without the functions inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Function):
            yield node
            waiting += ast.iter_child_nodes(node)


def _names(kind: ast.expr) -> set[str]:
    each = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return {dotted(one).rpartition(".")[2] for one in each}


def found_in(paths: list[str], kind: str) -> set[str]:
    return {f"{path} {name}" for path in paths for name in broad(tree(path), kind)}


def swallowed(module: ast.Module) -> list[int]:
    """Return the lines of handlers that would catch a cancellation and do not let it pass."""
    handlers = (node for node in ast.walk(module) if isinstance(node, HANDLERS))
    wide = (each for each in handlers if not each.type or {"BaseException", "CancelledError"} & _names(each.type))
    return [each.lineno for each in wide if not (isinstance(each.body[-1], ast.Raise) and each.body[-1].exc is None)]


def test_only_these_places_catch_every_exception() -> None:
    assert found_in(modules(*HOUSE, "bench"), "Exception") == set(EVERYTHING)


def test_only_the_opening_of_the_store_catches_even_the_end() -> None:
    assert found_in(modules(*HOUSE, "bench"), "BaseException") == set(EVEN_THE_END)


def test_only_the_store_keeps_an_exception_for_its_caller() -> None:
    exits = {
        f"{path} {function.name}"
        for path in modules(*HOUSE, "bench")
        for function in functions(tree(path))
        if function.name in ("__exit__", "__aexit__") and ast.unparse(function).endswith("return True")
    }

    assert exits == set(FOR_THE_CALLER)


def test_cancellation_passes_every_handler() -> None:
    paths = modules(*HOUSE, "bench")

    assert {path: lines for path in paths if (lines := swallowed(tree(path)))} == {}
    assert found_in(paths, "CancelledError") == set()


@pytest.mark.parametrize("door", SPEAKERS)
def test_a_door_has_one_place_where_failures_get_their_meaning(door: str) -> None:
    paths = modules(f"adapters/{door}")
    places = [path for path in paths for function in functions(tree(path)) if function.name == "fault"]

    assert places == [f"adapters/{door}/wire.py"]


@pytest.mark.parametrize(
    "line",
    [
        "except Exception:",
        "except Exception as error:",
        "except (ValueError, Exception):",
        "except builtins.Exception:",
        "except* Exception:",
    ],
)
def test_a_wide_handler_is_noticed(line: str) -> None:
    assert broad(ast.parse(f"def f():\n    try:\n        g()\n    {line}\n        pass"), "Exception") == ["f"]


def test_a_silent_wide_handler_is_noticed() -> None:
    nested = ast.parse(
        "def f():\n    with suppress(Exception):\n        g()\n    def h():\n        try: g()\n        except: pass"
    )

    assert broad(nested, "Exception") == ["f"]
    assert broad(nested, "BaseException") == ["h"]
    assert broad(ast.parse("def f():\n    try: g()\n    except OSError: pass"), "Exception") == []


@pytest.mark.parametrize("line", ["except:", "except BaseException:", "except asyncio.CancelledError:"])
def test_a_handler_that_swallows_cancellation_is_noticed(line: str) -> None:
    assert swallowed(ast.parse(f"try: g()\n{line} h()")) == [2]
    assert swallowed(ast.parse(f"try: g()\n{line}\n    h()\n    raise")) == []


async def test_a_supervisor_that_is_cancelled_ends() -> None:
    begun = asyncio.Event()

    async def work() -> None:
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(Supervisor(MovableClock()).keep("work", work))
    async with asyncio.timeout(5):
        await begun.wait()
    task.cancel()

    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()


class _Deaf:
    """A store that takes a work and never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def transact(self, _: Callable[[Ledger, datetime], T]) -> T:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError


async def test_an_intake_that_is_cancelled_does_not_answer_busy() -> None:
    store = _Deaf()
    missed: list[str] = []
    intake = DurableIntake(cast("Store", store), cast("DialPlan", None), missed.append)

    task = asyncio.create_task(intake.accept(cast("RawEvent", None), cast("InboundSms", None)))
    async with asyncio.timeout(5):
        await store.asked.wait()
    task.cancel()

    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    assert missed == []
