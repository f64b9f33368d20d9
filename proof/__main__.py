"""`python -m proof`: prove the promises, print one table, keep it as JSON.

It ends with an error if a promise is broken, or its control was not caught; where CI is set, also if anything could not
be proven on this machine.
"""

import argparse
import os
import platform
import re
import sys
import time
from datetime import UTC, datetime

from rich.console import Console

from proof.course import proofs, proven
from proof.finding import BROKEN, NOT_PROVEN, Finding, keep, show
from proof.place import ROOT, Proof

_WIDTH = 150  # columns of the table


def main() -> int:
    """Do what the command line asks for."""
    known = proofs()
    parser = argparse.ArgumentParser(prog="python -m proof", description=__doc__)
    parser.add_argument("--long", action="store_true", help="ten times as much of everything drawn by chance")
    parser.add_argument("--only", choices=known, action="append", metavar="NAME", help=", ".join(known))
    asked = parser.parse_args()
    console, findings, began = Console(highlight=False), list[Finding](), time.monotonic()
    console.width = max(console.width, _WIDTH)
    for name, found, seconds in proven(asked.only or list(known), is_long=asked.long):
        console.print(f"==> {name}: {_said(known[name])} ({seconds:.0f} s)", soft_wrap=True)
        for one in found:
            console.print(f"    {one.promise}: {one.verdict}: {one.missing or one.figure}", markup=False)
        findings += found
    findings.sort(key=_number)
    show(findings, console)
    now = datetime.now(UTC)
    path = ROOT / "proof" / "results" / f"{now:%Y-%m-%d-%H%M%S}.json"
    keep(findings, path, {"at": now.isoformat(), "long": asked.long, "python": platform.python_version()})
    console.print(f"{time.monotonic() - began:.0f} s; kept in {path.relative_to(ROOT)}")
    verdicts = {one.verdict for one in findings}
    return int(BROKEN in verdicts or (NOT_PROVEN in verdicts and bool(os.environ.get("CI"))))


def _number(finding: Finding) -> tuple[int, str]:
    return int(re.sub(r"\D.*", "", finding.promise[1:]) or 0), finding.promise


def _said(proof: Proof) -> str:
    return (proof.__doc__ or "").partition("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
