"""P29: whatever reads something from outside survives anything, quickly, in little memory, and never answers 5xx."""

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from adapters.twilio import wire
from adapters.twilio.form import Form
from bridge.domain.event import InboundSms
from fuzz.targets import TARGETS, corpus
from proof.calling import Calls, calls
from proof.finding import Finding, not_proven
from proof.parsing import LARGE, SLOW, Meal
from proof.place import ROOT, Place

EXAMPLES = 2000  # that hypothesis draws for each target
_FED = re.compile(r"([0-9,]+) inputs")
_CONTROL_SECONDS = 30


def prove(place: Place) -> Iterator[Finding]:
    """Feed every parser what was saved, what is drawn and what a fuzzer finds, and the HTTP side what is described."""
    yield _eaten(place)
    yield _fuzzed(place)
    yield _called(place)


def _eaten(place: Place) -> Finding:
    meal = _parsing(EXAMPLES * (10 if place.is_long else 1))
    control = _parsing(1, "proof.uncleaned")
    return Finding(
        promise="P29 parsers",
        method=f"each target eats what was saved and {EXAMPLES} drawn inputs; < {SLOW:.0f} s of CPU each, < {LARGE} MB",
        figure=f"{meal.targets} targets, {meal.saved} saved and {meal.drawn:,} drawn inputs, {len(meal.broken)} broken "
        f"promises; slowest {meal.slowest * 1000:.0f} ms, {meal.megabytes:.0f} MB",
        control=f"texts are not cleaned: {len(control.broken)} targets break a promise",
        is_kept=meal.is_well,
        is_control_caught=bool(control.broken),
    )


def _parsing(examples: int, *instead: str) -> Meal:
    told = _python(*instead, "proof.parsing", str(examples))
    return Meal(**json.loads(told.stdout))


def _python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", *arguments)
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, errors="replace")


def _fuzzed(place: Place) -> Finding:
    promise, method = "P29 fuzzing", "atheris looks for inputs that reach new branches, beginning with those saved"
    if find_spec("atheris") is None:
        return not_proven(promise, method, "atheris, which has no wheel for this Python or this machine")
    seconds = len(TARGETS) * (20 if place.is_long else 2)
    fed = _python("fuzz", "--seconds", str(seconds))
    inputs = sum(int(count.replace(",", "")) for count in _FED.findall(fed.stdout))
    broken, took = fed.stdout.count("kept as"), _until_found(place)
    return Finding(
        promise=promise,
        method=method,
        figure=f"{len(TARGETS)} targets, {inputs:,} inputs in {seconds} s, {broken} broken promises",
        control=f"texts are not cleaned: found after {took:.0f} s" if took else "texts are not cleaned: not found",
        is_kept=not fed.returncode and inputs > len(TARGETS) * 100,
        is_control_caught=took is not None,
    )


def _until_found(place: Place) -> float | None:
    """Let texts be shown as they came, and return how long the fuzzer took to find one that must not be."""
    folder = place.new_folder()
    seeds, found = folder / "seeds", folder / "found"
    seeds.mkdir()
    (seeds / "ordinary").write_bytes((corpus("said")[0].parent / "ordinary").read_bytes())
    began = time.monotonic()
    options = (f"-max_total_time={_CONTROL_SECONDS}", "-max_len=200", str(seeds))
    _python("proof.uncleaned", "fuzz.feed", "said", str(found), *options)
    return time.monotonic() - began if found.exists() else None


def _called(place: Place) -> Finding:
    promise, method = (
        "P29 HTTP",
        "schemathesis calls every described route, unsigned and signed, with good and odd input",
    )
    if find_spec("schemathesis") is None:
        return not_proven(promise, method, "schemathesis")
    examples = 200 if place.is_long else 10
    made, control = _calls(place.new_folder(), examples), _stumbling(place.new_folder(), examples)
    return Finding(
        promise=promise,
        method=method,
        figure="; ".join((str(made), *list(made.broken)[:1])),
        control=f"a reader that trusts a field: {sum(control.broken.values())} answers against the document",
        is_kept=made.is_well,
        is_control_caught=not control.is_well and max(control.statuses) >= 500,
    )


def _calls(folder: Path, examples: int) -> Calls:
    return asyncio.run(calls(folder, examples))


def _stumbling(folder: Path, examples: int) -> Calls:
    """Read texts as if whoever signs a form filled it in as we expect."""
    well = wire.inbound

    def trusting(name: str, form: Form) -> InboundSms:
        int(form.get("NumMedia"))
        return well(name, form)

    wire.inbound = trusting
    try:
        return _calls(folder, examples)
    finally:
        wire.inbound = well
