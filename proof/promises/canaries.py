"""Nothing that the daemon says to its operator or to strangers holds a secret, a number, or a text."""

import json
import os
from collections.abc import Iterator
from unittest.mock import patch

from proof import pytests
from proof.finding import Finding
from proof.place import Place
from tests.canaries import REPORT

_SOME = tuple(
    f"tests/stories/test_{number:02}_{name}.py"
    for number, name in (
        (1, "a_text_and_its_answer"),
        (3, "acknowledging"),
        (4, "said_twice"),
        (5, "stop"),
        (6, "pictures"),
        (7, "long_texts"),
        (8, "interruptions"),
        (10, "ways_in"),
        (12, "limits"),
    )
)
_LEAK = """
import logging

def test_leak(canaries):
    canaries.keep_text("The key is under the mat")
    logging.getLogger("bridge.engine.dispatcher").warning("sent: The key is under the mat")
"""


def prove(place: Place) -> Iterator[Finding]:
    """Run stories, or with LONG all tests, with canaries in them, and listen to all that is said."""
    report = place.new_folder() / "report.json"
    with patch.dict(os.environ, {REPORT: str(report)}):
        run = pytests.run(place, *(("tests",) if place.is_long else _SOME))
    seen = json.loads(report.read_text()) if report.exists() else {}
    leak = place.new_folder() / "test_leak.py"
    leak.write_text(_LEAK)
    control = pytests.run(place, "-p", "tests.canaries", str(leak))
    told = ", ".join(f"{count:,} x {what}" for what, count in sorted(seen.items()))
    yield Finding(
        promise="P37",
        method="secrets, numbers and texts of stories, looked for in all that operator and strangers are told",
        figure=f"{run}; looked at {told}: 0 found" if run.is_well else str(run),
        control=f"one line with a text in it: {control.failed} found",
        is_kept=run.is_well and sum(seen.values()) > 500,
        is_control_caught=control.failed > 0,
    )
