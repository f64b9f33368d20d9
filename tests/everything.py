"""What `make test` runs: format, lint, types, import contracts, all tests; each step says what it does.

It ends with a loud list of the tests that were not run, and why. Where CI is set, such a list is a failure.
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
REPORT = ROOT / ".pytest-report.xml"
SOURCES = ("bridge", "adapters", "config", "tests", "bench", "fuzz", "proof")

STEPS = (
    ("Format", (str(BIN / "ruff"), "format", "--check", "--quiet", *SOURCES)),
    ("Lint", (str(BIN / "ruff"), "check", "--quiet", *SOURCES)),
    ("Types", (str(BIN / "mypy"),)),
    ("Import contracts", (str(BIN / "lint-imports"), "--no-cache")),
    ("Tests", (sys.executable, "-m", "pytest", "-q", f"--junit-xml={REPORT}", "-o", "junit_family=xunit1")),
)


def main() -> int:
    began = time.monotonic()
    for name, command in STEPS:
        print(f"==> {name}", flush=True)
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        if code:
            print(f"==> {name}: failed", flush=True)
            return code
    skipped = _skipped()
    for test, why in skipped:
        print(f"    NOT RUN: {test}: {why}")
    if skipped:
        print(f"==> {len(skipped)} tests were NOT RUN. `make system-packages` installs what most of them need.")
    REPORT.unlink(missing_ok=True)
    print(f"==> All is well, after {time.monotonic() - began:.0f} s." if not skipped else "==> What was run is well.")
    return 1 if skipped and os.environ.get("CI") else 0


def _skipped() -> list[tuple[str, str]]:
    """Return (test, reason) of every test that was not run."""
    cases = ET.parse(REPORT).iter("testcase")  # noqa: S314 - our own report
    found = ((case, case.find("skipped")) for case in cases)
    return [
        (f"{case.get('file')}::{case.get('name')}", skipped.get("message", ""))
        for case, skipped in found
        if skipped is not None and skipped.get("type") != "pytest.xfail"
    ]


if __name__ == "__main__":
    sys.exit(main())
