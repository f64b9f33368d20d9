"""The lock files agree with each other, and name every extra that somebody needs.

An old pip that takes hashes only looks for `coverage[toml]` in the index if the lock pins nothing but `coverage`. As
soon as a newer release appears there, whose hash nobody has locked, it refuses to install anything.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.source import text

LOCKS = {  # each with the groups of pyproject that it adds to the dependencies
    "requirements.lock": (),
    "requirements-dev.lock": ("dev",),
    "requirements-proof.lock": ("dev", "proof"),
}
_PIN = re.compile(r"^[A-Za-z0-9].*==.*$", re.MULTILINE)
_OURS = "sms-bridge"

Needs = Mapping[str, Iterable[str]]
"""What each package requires, as its metadata says it."""


def pins(lock: str) -> list[Requirement]:
    return [Requirement(line.rstrip("\\ ")) for line in _PIN.findall(lock)]


def unnamed_extras(lock: str, needs: Needs) -> set[str]:
    """Return the extras that a package needs here, and that the lock does not name."""
    named: dict[str, set[str]] = defaultdict(set)
    for pin in pins(lock):
        named[canonicalize_name(pin.name)] |= pin.extras
    wanted = (need for package in (_OURS, *named) for need in _needed(needs.get(package, ()), named[package] | {""}))
    return {f"{one.name}[{extra}]" for one in wanted for extra in one.extras - named[canonicalize_name(one.name)]}


def _needed(written: Iterable[str], extras: Iterable[str]) -> list[Requirement]:
    """Return the requirements that hold here, for any of these extras of whose they are."""
    found = map(Requirement, written)
    return [one for one in found if not one.marker or any(one.marker.evaluate({"extra": extra}) for extra in extras)]


def installed() -> dict[str, list[str]]:
    return {canonicalize_name(one.metadata["Name"]): one.requires or [] for one in distributions()}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_every_extra_that_a_package_needs(lock: str) -> None:
    plan = tomllib.loads(text("pyproject.toml") or "")
    ours = plan["project"]["dependencies"] + [one for name in LOCKS[lock] for one in plan["dependency-groups"][name]]

    assert unnamed_extras(text(lock) or "", {**installed(), _OURS: ours}) == set()


def test_an_extra_that_is_not_named_is_noticed() -> None:
    lock = "pytest-cov==7 \\\n    --hash=sha256:00\n    # via x\ncoverage{}==7 ; python_version > '3' \\\n"
    needs = {
        "pytest-cov": ["coverage[toml]>=7", "nox[uv] ; extra == 'all'", "old[x] ; python_version < '3'"],
        "coverage": ["tomli ; extra == 'toml'", "odd[ity] ; extra == 'toml'"],
    }

    assert unnamed_extras(lock.format(""), needs) == {"coverage[toml]"}
    assert unnamed_extras(lock.format("[toml]"), needs) == {"odd[ity]"}
    assert unnamed_extras("", {_OURS: ["psycopg[binary]>=3"]}) == {"psycopg[binary]"}


def test_what_one_lock_pins_the_larger_ones_pin_alike() -> None:
    written = [set(map(str, pins(text(lock) or ""))) for lock in LOCKS]

    assert written == sorted(written, key=len)
    assert written[0] < written[1] < written[2]
