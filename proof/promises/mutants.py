"""P26: the tests of signatures, dedupe and the outbox notice small mistakes in what they test."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from proof.alike import ALIKE
from proof.finding import Finding
from proof.place import ROOT, Place

_WANTED = 0.9
_FLOWS = ("consequences", "deliver", "attach", "acknowledge", "summarize", "rescue", "track")
_SQLITE = ("tests/contracts/test_sqlite.py",)
_Subjects = dict[str, tuple[str, ...]]
"""Modules, each with its tests."""

_SIGNATURES: _Subjects = {
    "adapters.twilio.signature": ("tests/unit/adapters/twilio/test_signature.py",),
    "adapters.slack.signature": ("tests/unit/adapters/slack/test_signature.py",),
}
_DEDUPE: _Subjects = {
    "adapters.sqlite.ledger.sighting": _SQLITE,
    "bridge.engine.intake": ("tests/unit/engine/test_intake.py",),
}
_OUTBOX: _Subjects = {
    "bridge.domain.outbox": ("tests/unit/domain/test_outbox.py", "tests/unit/flows/test_deliver.py"),
    "bridge.flows.deliver": tuple(f"tests/unit/flows/test_{name}.py" for name in _FLOWS),
    "adapters.sqlite.ledger.outbox": _SQLITE,
}
_SAMPLE = 60  # mistakes of each module that has more
_STRANGERS = ("tests/unit/domain/test_duration.py",)


@dataclass(frozen=True, slots=True)
class _Trial:
    """How many mistakes in some modules were made, and which nobody noticed although they matter."""

    made: int
    alike: int
    unnoticed: list[str]

    @property
    def share(self) -> float:
        return 1 - len(self.unnoticed) / (self.made - self.alike)

    def __str__(self) -> str:
        told = f"{self.made - self.alike - len(self.unnoticed)} of {self.made - self.alike} noticed ({self.share:.0%})"
        return f"{told}, {self.alike} more change nothing"


def prove(place: Place) -> Iterator[Finding]:
    """Make small mistakes in signatures, dedupe and outbox, and count how many of them a test notices."""
    control = _tried(place, {"adapters.slack.signature": _STRANGERS})
    for name, subjects in (("signatures", _SIGNATURES), ("dedupe", _DEDUPE), ("outbox", _OUTBOX)):
        trial = _tried(place, subjects)
        yield Finding(
            promise=f"P26 {name}",
            method=f"mistakes in {', '.join(subjects)}, one at a time; {_WANTED:.0%} must make a test fail",
            figure=f"{trial}{'; not ' if trial.unnoticed else ''}{', '.join(trial.unnoticed[:3])}",
            control=f"tests of something else: {control.share:.0%}",
            is_kept=trial.share >= _WANTED,
            is_control_caught=control.share < _WANTED,
        )


def _tried(place: Place, subjects: _Subjects) -> _Trial:
    made, alike, unnoticed = 0, 0, list[str]()
    for module, tests in subjects.items():
        for one in _made(place, module, tests):
            made += 1
            is_alike = f"{one['where']}: {one['what']}" in ALIKE.get(module, {})
            alike += is_alike and not one["is_noticed"]
            if not one["is_noticed"] and not is_alike:
                unnoticed.append(f"{module.rpartition('.')[2]} {one['line']}: {one['what']}")
    return _Trial(made, alike, unnoticed)


def _made(place: Place, module: str, tests: tuple[str, ...]) -> list[dict[str, Any]]:
    folder = place.new_folder()
    report = folder / "report.json"
    command = (
        sys.executable,
        "-m",
        "proof.survival",
        module,
        str(report),
        str(0 if place.is_long else _SAMPLE),
        *tests,
    )
    environment = {**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "examples")}
    ended = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, env=environment)
    told: list[dict[str, Any]] = json.loads(report.read_text())
    if not told or "what" not in told[0]:
        raise RuntimeError(f"no trial of {module}: {ended.stdout[-2000:]}")
    return told
