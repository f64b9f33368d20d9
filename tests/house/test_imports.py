"""Imports point one way: the contracts of pyproject.toml hold, each of them can fail, and the bridge stays slim.

The contracts forbid names. What the bridge may import at all is a list of what is allowed, which stands here.
"""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from importlinter import configuration
from importlinter.application.use_cases import lint_imports

from tests.house.source import HOUSE, ROOT, dotted, imported, modules, tree

BRIDGE = frozenset(sys.stdlib_module_names) | {"bridge", "phonenumbers"}
GATE = BRIDGE | {"config", "typer", "rich"}
LATE = {"uvloop"}  # the gate takes it where it can be had
LAYOUT = BRIDGE | {"rich"}

VIOLATIONS = [  # what is done, in which file, the line, and the contract that must break
    ("a door knows a door", "adapters/mail/wire.py", "import adapters.slack.wire", "doors"),
    ("a door knows the engine", "adapters/slack/client.py", "import bridge.engine.pacer", "doorstep"),
    ("a door knows a decision", "adapters/twilio/client.py", "import bridge.flows.reply", "doorstep"),
    ("a door knows the plan", "adapters/twilio/client.py", "import config.settings", "street"),
    ("the simulation knows a door", "adapters/sandbox/carrier/api.py", "import adapters.twilio.wire", "doors"),
    ("the simulated workspace knows a door", "adapters/sandbox/workspace/wire.py", "import adapters.slack", "doors"),
    ("a decision knows the engine", "bridge/flows/reply.py", "import bridge.engine.pacer", "floors"),
    ("a decision speaks to the web", "bridge/flows/reply.py", "import httpx", "stdlib"),
    ("a noun knows a database", "bridge/domain/message.py", "import sqlite3", "stdlib"),
    ("a sentence knows a decision", "bridge/wording/thread.py", "import bridge.flows.reply", "floors"),
    ("the engine knows a door", "bridge/engine/pacer.py", "import adapters.http", "street"),
    ("the settings know who is settled", "config/settings.py", "import config.assemble", "plan"),
    ("a file strays in the bridge", "bridge/stray.py", "STRAY = True", "floors"),
    ("a file strays among the doors", "adapters/stray.py", "STRAY = True", "doors"),
    ("a file strays in the plan", "config/stray.py", "STRAY = True", "plan"),
    ("two decisions know each other", "bridge/flows/decide.py", "import bridge.flows.forget", "acyclic"),
]


def contracts() -> dict[str, str]:
    """Return the contracts' names by their ids."""
    options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["id"]: contract["name"] for contract in options["contracts"]}


def broken(house: Path) -> set[str]:
    """Check a copy of the house with the command that everybody uses; return the ids of the broken contracts."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    run = subprocess.run(command, cwd=house, check=False, capture_output=True, text=True)
    assert re.search(r"^Contracts: \d+ kept, \d+ broken\.$", run.stdout, re.MULTILINE), run.stdout + run.stderr
    found = {
        id_ for id_, name in contracts().items() if re.search(rf"^{re.escape(name)} BROKEN", run.stdout, re.MULTILINE)
    }
    assert bool(found) == bool(run.returncode)
    return found


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Copy what the contracts look at."""
    for folder in HOUSE:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def add(path: Path, line: str) -> None:
    with path.open("a") as file:
        file.write(f"\n{line}\n")


def strangers(module: ast.AST, allowed: frozenset[str], late: set[str]) -> list[str]:
    """Return what a module imports, at once or late, although nobody allowed it."""
    found = [f"{line}: {name}" for line, name in imported(module) if name.partition(".")[0] not in allowed]
    for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
        if dotted(call.func).rpartition(".")[2] in ("import_module", "__import__"):
            name = ast.unparse(call.args[0]).strip("'\"")
            found += [f"{call.lineno}: {name}"] if name not in late else []
    return found


def test_the_contracts_hold() -> None:
    configuration.configure()

    assert lint_imports(str(ROOT / "pyproject.toml"), cache_dir=None, is_debug_mode=True, no_logo=True)


def test_a_faithful_copy_of_the_house_breaks_no_contract(house: Path) -> None:
    assert broken(house) == set()


@pytest.mark.parametrize(
    ("path", "line", "contract"), [case[1:] for case in VIOLATIONS], ids=[c[0] for c in VIOLATIONS]
)
def test_a_violation_breaks_its_contract(path: str, line: str, contract: str, house: Path) -> None:
    if contract == "acyclic":
        add(house / "bridge/flows/forget.py", "import bridge.flows.decide")

    add(house / path, line)

    assert contract in broken(house)


def test_every_contract_is_broken_by_one_of_the_violations() -> None:
    assert {case[3] for case in VIOLATIONS} == set(contracts())


@pytest.mark.parametrize("path", modules("bridge"))
def test_the_bridge_imports_only_what_is_allowed(path: str) -> None:
    allowed = {"bridge/__main__.py": GATE, "bridge/layout.py": LAYOUT}.get(path, BRIDGE)

    assert strangers(tree(path), allowed, LATE if allowed is GATE else set()) == []


@pytest.mark.parametrize(
    "line",
    [
        "import pydantic",
        "from structlog.stdlib import get_logger",
        "def f():\n    import jinja2",
        "from . import phone",
        "import importlib; importlib.import_module('httpx')",
        "from importlib import import_module; import_module(name)",
        "__import__('rich')",
        "import typer",
        "import config.settings",
    ],
)
def test_a_stranger_in_the_bridge_is_noticed(line: str) -> None:
    assert len(strangers(ast.parse(line), BRIDGE, set())) == 1


def test_only_the_gate_may_know_the_plan_and_the_terminal() -> None:
    gate = ast.parse("import config.assemble, typer, rich.table, importlib\nimportlib.import_module('uvloop')")

    assert strangers(gate, GATE, LATE) == []
    assert strangers(ast.parse("import httpx"), GATE, LATE) == ["1: httpx"]
