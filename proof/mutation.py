"""Small mistakes, one at a time, in a module's syntax tree: what a careless change would do to it.

Mutated are the bodies of functions and the constants of the module, SQL included. What a class declares, what is only
logged and what an error says are not: nothing is decided there.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.LShift: ast.RShift,
}  # fmt: skip
_SQL = re.compile(r"\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|RETURNING|WHERE|AND|EXISTS)\b")
_SQL_MISTAKES: tuple[tuple[str, str], ...] = (  # a pattern, and what is written for it
    (r"\b(AND|WHERE) ((?:\w+\.)?\w+ (?:=|<>|<=?|>=?|IS) [^()\s,]+)", r"\1 (1 OR \2)"),
    (r"(?<=\bWHERE )((?:\w+\.)?\w+) =", r"\1 <>"),
    (r"(?<=\bAND )((?:\w+\.)?\w+) =", r"\1 <>"),
    (r" <= ", " < "),
    (r" >= ", " > "),
    (r" < ", " <= "),
    (r" > ", " >= "),
    (r"\bAND NOT EXISTS\b", "AND EXISTS"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"\bIS NULL\b", "IS NOT NULL"),
    (r"\bmin\(", "max("),
    (r"\bmax\(", "min("),
    (r" DESC\b", ""),
    (r"\bORDER BY (\w+)(?! DESC)\b", r"ORDER BY \1 DESC"),
    (r"\bLIMIT \?", "LIMIT ? + 1"),
    (r" \+ 1\b", " + 2"),
    (r"= 0\b", "= 1"),
    (r"= 1\b", "= 0"),
    (r"'[a-z-]+'", "'~'"),
)
_DULL = ("annotation", "returns", "decorator_list", "format_spec", "ctx", "op", "ops")
_UNSEEN = ("log", "_log", "logger")  # nothing is decided by what is logged

Place = tuple[ast.AST, str, int | None]
"""A node's parent, the field in which it stands, and where in that field's list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """One change in a function or a constant of the module; `make` makes it in the tree that was read, for good."""

    line: int
    what: str
    where: str
    make: Callable[[], None]


def mistakes(tree: ast.Module) -> list[Mistake]:
    """List the mistakes that can be made in a module."""
    found: list[Mistake] = []
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            names = [
                one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            ]
            found += _within(statement, names[0], (statement, "value", None))
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            found += _of_function(statement, "")
        elif isinstance(statement, ast.ClassDef):
            methods = (one for one in statement.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
            for method in methods:
                found += _of_function(method, f"{statement.name}.")
    return found


def _of_function(function: ast.FunctionDef | ast.AsyncFunctionDef, owner: str) -> Iterator[Mistake]:
    for at in range(len(function.body)):
        yield from _within(function, f"{owner}{function.name}", (function, "body", at))


def _within(around: ast.AST, where: str, place: Place) -> Iterator[Mistake]:
    """Return the mistakes in the node at a place, and in all below it."""
    node = _at(place)
    if _is_apart(node):
        return
    line = getattr(node, "lineno", getattr(around, "lineno", 0))
    for what, make in _of(node, place):
        yield Mistake(line=line, what=what, where=where, make=make)
    for below in _places(node):
        yield from _within(node, where, below)


def _places(node: ast.AST) -> Iterator[Place]:
    """Return where the nodes below a node stand, but for those in which nothing is decided."""
    for field, value in ast.iter_fields(node):
        if field in _DULL:
            continue
        if isinstance(value, ast.AST):
            yield node, field, None
        elif isinstance(value, list):
            yield from ((node, field, at) for at, one in enumerate(value) if isinstance(one, ast.AST))


def _at(place: Place) -> Any:
    parent, field, at = place
    value = getattr(parent, field)
    return value if at is None else value[at]


def _put(place: Place, new: ast.AST) -> Callable[[], None]:
    def make() -> None:
        parent, field, at = place
        if at is None:
            setattr(parent, field, new)
        else:
            getattr(parent, field)[at] = new

    return make


def _set(node: ast.AST, field: str, value: object) -> Callable[[], None]:
    return lambda: setattr(node, field, value)


def _drop(items: list[Any], at: int) -> Callable[[], None]:
    return lambda: items.pop(at) and None


def _is_apart(node: ast.AST) -> bool:
    """Tell whether nothing is decided here: docstrings, log lines, assertions, what an error says."""
    if isinstance(node, ast.Assert | ast.Pass | ast.JoinedStr) and not _is_sql(node):
        return True
    if not isinstance(node, ast.Expr):
        return False
    called = node.value.func if isinstance(node.value, ast.Call) else None
    is_logged = isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id in _UNSEEN
    return is_logged or isinstance(node.value, ast.Constant)


def _is_sql(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) and any(
        isinstance(part, ast.Constant) and _SQL.search(str(part.value)) for part in node.values
    )


def _of(node: ast.AST, place: Place) -> Iterator[tuple[str, Callable[[], None]]]:
    """Return what can be done to one node, in words and in deed."""
    yield from _of_statement(node, place)
    yield from _of_condition(node, place)
    yield from _of_list(node, place)
    if isinstance(node, ast.Constant):
        yield from _of_constant(node)
    elif isinstance(node, ast.BinOp) and type(node.op) in _COMPUTED:
        yield f"{type(node.op).__name__} is another", _set(node, "op", _COMPUTED[type(node.op)]())


def _of_list(node: ast.AST, place: Place) -> Iterator[tuple[str, Callable[[], None]]]:
    match node:
        case ast.Call(keywords=keywords):
            for at, one in enumerate(keywords):
                yield f"without {one.arg}=", _drop(keywords, at)
        case ast.comprehension(ifs=conditions):
            for at in range(len(conditions)):
                yield "every one is taken", _drop(conditions, at)
        case ast.MatchOr(patterns=patterns):
            for at, pattern in enumerate(patterns):
                rest = patterns[:at] + patterns[at + 1 :]
                yield f"not for {ast.unparse(pattern)}", _put(place, ast.MatchOr(rest) if rest[1:] else rest[0])


def _of_statement(node: ast.AST, place: Place) -> Iterator[tuple[str, Callable[[], None]]]:
    match node:
        case ast.Expr() | ast.Raise() | ast.AugAssign():
            yield f"without {ast.unparse(node)[:40]}", _put(place, ast.Pass())
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]):
            yield f"without {ast.unparse(node)[:40]}", _put(place, ast.Pass())
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "returns None", _set(node, "value", ast.Constant(None))
        case ast.match_case(guard=guard) if guard is not None:
            yield "in any case", _set(node, "guard", None)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _of_condition(node: ast.AST, place: Place) -> Iterator[tuple[str, Callable[[], None]]]:
    match node:
        case ast.Compare(ops=ops):
            for at, op in enumerate(ops):
                yield f"{type(op).__name__} is another", _put((node, "ops", at), _COMPARED[type(op)]())
        case ast.BoolOp(op=op, values=values):
            yield "and is or", _set(node, "op", ast.Or() if isinstance(op, ast.And) else ast.And())
            for at, one in enumerate(values):
                rest = values[:at] + values[at + 1 :]
                yield f"without {ast.unparse(one)[:40]}", _put(place, ast.BoolOp(op, rest) if rest[1:] else rest[0])
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "without not", _put(place, operand)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield "the contrary", _set(node, "test", ast.UnaryOp(ast.Not(), test))


def _of_constant(node: ast.Constant) -> Iterator[tuple[str, Callable[[], None]]]:
    match node.value:
        case bool(value):
            yield f"{value} is another", _set(node, "value", not value)
        case int(value):
            yield f"{value} is {value + 1}", _set(node, "value", value + 1)
        case str(value) if _SQL.search(value):
            yield from _of_sql(node, value)
        case str(value):
            yield f"{value!r} is another", _set(node, "value", f"{value}x")


def _of_sql(node: ast.Constant, written: str) -> Iterator[tuple[str, Callable[[], None]]]:
    for pattern, instead in _SQL_MISTAKES:
        for found in re.finditer(pattern, written):
            new = found.expand(instead)
            changed = written[: found.start()] + new + written[found.end() :]
            yield f"{found.group().strip()!r} is {new.strip()!r}", _set(node, "value", changed)
