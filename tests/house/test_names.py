"""Names say what a room holds: no drawer for odds and ends, no name twice in the bridge, the same rooms everywhere."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

import pytest

from tests.house.source import HOUSE, ROOT, kept_files, modules, tree

DRAWERS = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "base",
    "core",
    "manager",
    "service",
    "handler",
    "data",
    "misc",
}
PLACES = (*HOUSE, "tests", "bench", "fuzz", "proof")

# Behind every door the same rooms; what a door lacks, and why.
ROOMS = {"settings", "wire", "client", "listener"}
STORE_ROOMS = {"settings", "store", "ledger", "migrations"}
LACKING: dict[str, set[str]] = {
    "http": {"wire", "client", "listener"},  # it speaks no vendor's language: it is the ground that doors stand on
    "mail": {"listener"},  # mail is one-way so far
    "pictures": {"listener"},  # it tells nothing but what it was asked for
}
STORES = {"sqlite", "postgres"}
NO_DOORS = {"sandbox", "store", "contacts"}  # the outside itself; what both stores stand on; files that are only read

DOORS = sorted(path.name for path in (ROOT / "adapters").iterdir() if (path / "__init__.py").is_file())


def drawers(paths: Iterable[str]) -> list[str]:
    """Return the files and folders whose name tells nothing."""
    return [path for path in paths if DRAWERS & {part.partition(".")[0] for part in PurePosixPath(path).parts}]


def twins(paths: Iterable[str]) -> list[list[str]]:
    """Return the files of the bridge that share a name; sentences are named by place, and so may share it."""
    found = defaultdict(list)
    for path in map(PurePosixPath, paths):
        if path.stem != "__init__" and "wording" not in path.parts:
            found[path.stem].append(str(path))
    return [paths for paths in found.values() if len(paths) > 1]


def missing_rooms(door: str, rooms: set[str]) -> set[str]:
    if door in NO_DOORS:
        return set()
    return (STORE_ROOMS if door in STORES else ROOMS - LACKING.get(door, set())) - rooms


def exported(module: ast.Module) -> set[str]:
    for node in module.body:
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["__all__"]:
            return set(ast.literal_eval(node.value))
    return set()


def rooms_of(door: str) -> set[str]:
    return {path.stem for path in (ROOT / "adapters" / door).iterdir()}


def test_no_file_is_a_drawer_for_odds_and_ends() -> None:
    assert drawers(path for path in kept_files() if path.startswith(PLACES)) == []


@pytest.mark.parametrize(
    "path", ["bridge/utils.py", "adapters/slack/base.py", "bridge/common/phone.py", "tests/helpers.py"]
)
def test_a_drawer_is_noticed(path: str) -> None:
    assert drawers([path, "bridge/domain/phone.py"]) == [path]


def test_no_name_stands_twice_inside_the_bridge() -> None:
    assert twins(modules("bridge")) == []


def test_a_second_file_of_the_same_name_is_noticed() -> None:
    found = twins(["bridge/domain/digest.py", "bridge/flows/digest.py", "bridge/wording/digest.py"])

    assert found == [["bridge/domain/digest.py", "bridge/flows/digest.py"]]


@pytest.mark.parametrize("door", DOORS)
def test_behind_every_door_are_the_same_rooms(door: str) -> None:
    assert missing_rooms(door, rooms_of(door)) == set()


@pytest.mark.parametrize("door", sorted(LACKING))
def test_what_a_door_is_said_to_lack_it_lacks(door: str) -> None:
    assert LACKING[door] & rooms_of(door) == set()


def test_a_missing_room_is_noticed() -> None:
    assert missing_rooms("telnyx", {"settings", "wire", "client"}) == {"listener"}
    assert missing_rooms("postgres", {"settings", "store", "ledger"}) == {"migrations"}


@pytest.mark.parametrize("door", sorted(set(DOORS) - NO_DOORS))
def test_a_door_opens_to_what_it_lets_out_and_to_nothing_else(door: str) -> None:
    module = tree(f"adapters/{door}/__init__.py")
    let_in = {alias.name for node in module.body if isinstance(node, ast.ImportFrom) for alias in node.names}

    assert exported(module) == let_in
    assert let_in


@pytest.mark.parametrize("door", sorted(set(DOORS) - NO_DOORS))
def test_what_a_door_needs_of_bridge_toml_stands_in_its_settings(door: str) -> None:
    mine = {f"adapters.{door}", f"adapters.{door}.settings"}
    plan = tree("config/settings.py")
    embedded = {
        alias.name
        for node in plan.body
        if isinstance(node, ast.ImportFrom) and node.module in mine
        for alias in node.names
    }
    defined = {node.name for node in tree(f"adapters/{door}/settings.py").body if isinstance(node, ast.ClassDef)}

    assert embedded & defined
