"""What `make test` runs: format, lint, types, import contracts, all tests; each step says what it does.

The tests run in two halves side by side where each can have a network of its own: on one network they would take each
other's ports. It ends with a loud list of the tests that were not run, and why. Where CI is set, such a list is a
failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
REPORTS = ROOT / ".pytest-reports"
SOURCES = ("bridge", "adapters", "config", "tests", "bench", "fuzz", "proof")

STEPS = (
    ("Format", (str(BIN / "ruff"), "format", "--check", "--quiet", *SOURCES)),
    ("Lint", (str(BIN / "ruff"), "check", "--quiet", *SOURCES)),
    ("Types", (str(BIN / "mypy"),)),
    ("Import contracts", (str(BIN / "lint-imports"), "--no-cache")),
)
FIRST = ("tests/stories", "tests/faults", "tests/browser")  # the second half is all the rest
_ALONE = ("unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh")


def main() -> int:
    began = time.monotonic()
    for name, command in STEPS:
        print(f"==> {name}", flush=True)
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code:
            print(f"==> {name}: failed", flush=True)
            return code
    print("==> Tests", flush=True)
    if code := _tests():
        print("==> Tests: failed", flush=True)
        return code
    skipped = _skipped()
    for test, why in skipped:
        print(f"    NOT RUN: {test}: {why}")
    if skipped:
        print(f"==> {len(skipped)} tests were NOT RUN. `make system-packages` installs what most of them need.")
    shutil.rmtree(REPORTS)
    print(f"==> All is well, after {time.monotonic() - began:.0f} s." if not skipped else "==> What was run is well.")
    return 1 if skipped and os.environ.get("CI") else 0


def _tests() -> int:
    """Run both halves, the second unheard until it has ended."""
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir()
    if not _can_be_alone():
        return _half(0, "tests").wait()
    with tempfile.TemporaryFile("w+") as second_said:
        first = _half(0, *FIRST, alone=True)
        second = _half(1, *_rest(), alone=True, said=second_said)
        codes = (first.wait(), second.wait())
        second_said.seek(0)
        print(second_said.read(), flush=True)
    return max(codes)


def _rest() -> list[str]:
    """Return every place of tests that the first half does not have."""
    holders = {test.relative_to(ROOT).parts[1] for test in (ROOT / "tests").rglob("test_*.py")}
    return sorted({f"tests/{holder}" for holder in holders} - set(FIRST))


def _half(number: int, *folders: str, alone: bool = False, said: IO[str] | None = None) -> "subprocess.Popen[bytes]":
    report = (f"--junit-xml={REPORTS / str(number)}.xml", "-o", "junit_family=xunit1")
    command = (sys.executable, "-m", "pytest", "-q", *report, *folders)
    return subprocess.Popen((*_ALONE, *command) if alone else command, cwd=ROOT, stdout=said)


def _can_be_alone() -> bool:
    """Tell whether a process may have a network of its own here; only the superuser may."""
    try:
        return subprocess.run((*_ALONE, "true"), check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _skipped() -> list[tuple[str, str]]:
    """Return (test, reason) of every test that was not run."""
    trees = [ET.parse(report) for report in sorted(REPORTS.glob("*.xml"))]  # noqa: S314 - our own reports
    cases = [case for tree in trees for case in tree.iter("testcase")]
    found = ((case, case.find("skipped")) for case in cases)
    return [
        (f"{case.get('file')}::{case.get('name')}", skipped.get("message", ""))
        for case, skipped in found
        if skipped is not None and skipped.get("type") != "pytest.xfail"
    ]


if __name__ == "__main__":
    sys.exit(main())
