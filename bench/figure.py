"""What a measure yields: figures, each of some repetitions, with the bounds that the project has set itself."""

import json
import statistics
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_STYLES = {"below floor": "bold red", "floor": "yellow", "aim": "green"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure; `floor` is what must be reached, `aim` what is wished for, either as least or as most."""

    name: str
    values: tuple[float, ...]
    unit: str = "x"
    floor: float | None = None
    aim: float | None = None
    is_most: bool = False  # the bounds are upper ones
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def reaches(self, bound: float) -> bool:
        return self.median <= bound if self.is_most else self.median >= bound

    def bounded(self, bound: float | None) -> str:
        return "" if bound is None else f"{'≤' if self.is_most else '≥'} {_written(bound)}"

    @property
    def verdict(self) -> str:
        if self.floor is None and self.aim is None:
            return ""
        if self.floor is not None and not self.reaches(self.floor):
            return "below floor"
        return "aim" if self.aim is None or self.reaches(self.aim) else "floor"


def ratio(name: str, ours: Iterable[float], theirs: Iterable[float], **more: Any) -> Figure:
    """Divide repetition by repetition, so that what slowed the machine down slowed both."""
    return Figure(name=name, values=tuple(our / their for our, their in zip(ours, theirs, strict=True)), **more)


def show(figures: list[Figure], console: Console) -> None:
    """Print the figures as one table, a line each; notes stand below it."""
    table = Table(box=None, pad_edge=False)
    table.add_column("what", no_wrap=True)
    for heading in ("median", "least – most"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("unit", "floor", "aim", "reached"):
        table.add_column(heading, no_wrap=True)
    for one in figures:
        table.add_row(
            *(one.name, _written(one.median), f"{_written(min(one.values))} – {_written(max(one.values))}", one.unit),
            *(one.bounded(one.floor), one.bounded(one.aim), Text(one.verdict, style=_STYLES.get(one.verdict, ""))),
        )
    console.print(table)
    for one in figures:
        if one.note:
            console.print(f"{one.name}: {one.note}", style="dim")


def keep(figures: list[Figure], path: Path, about: dict[str, Any]) -> None:
    """Write the figures as JSON."""
    path.parent.mkdir(exist_ok=True)
    told = [asdict(one) | {"median": one.median, "reached": one.verdict} for one in figures]
    path.write_text(json.dumps({**about, "figures": told}, indent=2) + "\n")


def _written(value: float) -> str:
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
