"""What a proof yields: a promise, how it was tested, the figure, the control's figure, the verdict."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

KEPT, BROKEN, NOT_PROVEN = "kept", "BROKEN", "NOT PROVEN"
_STYLES = {KEPT: "green", BROKEN: "bold red", NOT_PROVEN: "bold yellow"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the table.

    `is_kept` tells whether the promise held; `is_control_caught` whether the same test failed once its safeguard was
    taken out. `missing` names what this machine lacks; then nothing was tested.
    """

    promise: str
    method: str
    figure: str = ""
    control: str = ""
    is_kept: bool = False
    is_control_caught: bool = False
    missing: str = ""

    @property
    def verdict(self) -> str:
        if self.missing:
            return NOT_PROVEN
        return KEPT if self.is_kept and self.is_control_caught else BROKEN


def not_proven(promise: str, method: str, missing: str) -> Finding:
    """Say that this machine cannot prove it, and what it lacks."""
    return Finding(promise=promise, method=method, missing=missing)


def show(findings: Iterable[Finding], console: Console) -> None:
    """Print the findings as one table."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("promise", no_wrap=True)
    for heading in ("method", "figure", "control"):
        table.add_column(heading, ratio=1)
    table.add_column("verdict", no_wrap=True)
    for one in findings:
        figure = one.missing or one.figure
        table.add_row(one.promise, one.method, figure, one.control, Text(one.verdict, style=_STYLES[one.verdict]))
    console.print(table, markup=False)


def keep(findings: Iterable[Finding], path: Path, about: dict[str, Any]) -> None:
    """Write the findings as JSON."""
    path.parent.mkdir(exist_ok=True)
    told = [asdict(one) | {"verdict": one.verdict} for one in findings]
    path.write_text(json.dumps({**about, "findings": told}, indent=2) + "\n")
