"""Proofs that stand in the test suite already: run these tests, count them, and see that their control fails."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from proof.place import ROOT, Place

_LONGEST = 1200.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What came of some tests."""

    passed: int
    failed: int
    skipped: int
    noted: Mapping[str, str] = field(default_factory=dict)  # what the tests recorded of themselves

    @property
    def is_well(self) -> bool:
        return self.passed > 0 and not self.failed and not self.skipped

    def __str__(self) -> str:
        told = [f"{self.passed} passed"]
        told += [f"{count} {what}" for what, count in (("failed", self.failed), ("skipped", self.skipped)) if count]
        return ", ".join(told)


def run(place: Place, *what: str) -> Run:
    """Run these tests (files, or what else pytest takes) in a process of their own."""
    report = place.new_folder() / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", f"--junit-xml={report}", *what]
    subprocess.run(command, cwd=ROOT, check=False, capture_output=True, timeout=_LONGEST)
    return read(report)


def read(report: Path) -> Run:
    """Read what pytest wrote about its run."""
    if not report.exists():
        return Run(passed=0, failed=1, skipped=0)
    suite = ET.parse(report).getroot().find("testsuite")  # noqa: S314 - our own report
    assert suite is not None
    counts = {name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")}
    failed = counts["failures"] + counts["errors"]
    noted = {str(each.get("name")): str(each.get("value")) for each in suite.iterfind("properties/property")}
    passed = counts["tests"] - failed - counts["skipped"]
    return Run(passed=passed, failed=failed, skipped=counts["skipped"], noted=noted)
