"""What a person reads stands in `bridge/wording`: nowhere else is there a sentence, save those listed here.

A sentence is a literal of four words or more. What an exception says is its detail, written where it is known; log
lines, docstrings, descriptions of settings and SQL are not read by people who text or answer.
"""

import ast
import re

import pytest

from tests.house.source import asides, dotted, modules, tree

ERRORS = {
    "BridgeError", "ConfigError", "SchemaMismatch", "StoreDamaged", "BackupFailed", "StoreBusy", "CannotListen",
    "WireError", "Mistake",
    "PortError", "Transient", "Blocked", "Permanent", "Uncertain",
    "ValueError", "TypeError", "RuntimeError", "KeyError", "OSError", "ConnectionError", "ConnectError",
    "_refused", "refused",
}  # fmt: skip
LOGS = {"log", "_LOG", "logger"}
SQL = (
    *("adapters/sqlite/ledger/", "adapters/sqlite/migrations.py", "adapters/sqlite/initial_tables.py"),
    "adapters/sqlite/tables.py",
    *("adapters/postgres/ledger/", "adapters/postgres/tables.py"),
)

# A vendor's words, explained where the vendor is known: a table is exempt as a whole.
TABLES = {
    "adapters/slack/emoji.py": "names of emoji",
    "adapters/twilio/codes.py": "what the carrier's codes mean; quoted as detail below our own sentence",
}

PLACES = [
    path
    for path in modules("bridge/flows", "bridge/engine", "adapters")
    if not path.startswith(("adapters/sandbox/", *SQL)) and path not in TABLES
]

# What else stands elsewhere, and why. The list may only shrink.
ELSEWHERE = {
    "adapters/control/client.py": {"it takes too long": "the detail of an error"},
    "adapters/control/listener.py": {"the store is busy: …": "told to our own command line, which words it anew"},
    "adapters/mail/wire.py": {"the mail server said … …": "the detail of an error"},
    "adapters/sqlite/lockfile.py": {"… beside this file is kept by sms-bridge.": "written into the lock file"},
    "adapters/twilio/listing.py": {"Sent from your Twilio trial account - ": "the vendor's words, to be recognised"},
    "bridge/engine/dispatcher.py": {"no answer in time": "a detail for the log and the attempt"},
    "bridge/engine/recovery.py": {"what it was about is no longer there": "a detail for the log and the attempt"},
    "bridge/flows/receive.py": {"for a number that is not configured": "kept beside the raw request"},
}


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
    assert set(sentences(tree(path))) == set(ELSEWHERE.get(path, {}))


@pytest.mark.parametrize("path", [*ELSEWHERE, *TABLES])
def test_what_is_excepted_exists(path: str) -> None:
    assert sentences(tree(path))


@pytest.mark.parametrize(
    "line",
    [
        "post('Nobody has answered this yet.')",
        "text = 'Nobody has answered this yet.'",
        "text = f'Nobody has answered {number} since {moment} here.'",
        "TEXTS = {1: ('Nobody has answered this yet.', 2)}",
        "def f(text: str = 'Nobody has answered this yet.') -> None: ...",
    ],
)
def test_a_sentence_elsewhere_is_noticed(line: str) -> None:
    assert len(sentences(ast.parse(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "log.warning('nobody has answered this yet')",
        "raise Permanent('nobody has answered this yet')",
        "failure = Blocked('nobody has answered this yet', 'tell somebody about it now')",
        "'Nobody has answered this yet.'",
        "field: 'dict of str to int or to None' = 1",
        "Field(description='Nobody has answered this yet.')",
        "kind = 'application/x-www-form-urlencoded; charset=utf-8'",
    ],
)
def test_what_is_no_sentence_for_people_is_let_alone(line: str) -> None:
    assert sentences(ast.parse(line)) == []
