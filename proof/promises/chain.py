"""P40: what is installed is what was locked, listed and built; and no test reaches beyond this machine."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from proof import pytests, wheel
from proof.finding import Finding, not_proven
from proof.place import ROOT, Place
from proof.sbom import packages, written

_LOCK = "requirements.lock"
_PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet")
_LOCKED = ("--require-hashes", "--requirement", _LOCK)
_ODD = {"PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "LC_ALL": "C"}  # another machine, or so it seems
_QUIET_TESTS = ("tests/unit/config", "tests/unit/adapters/twilio", "tests/unit/adapters/http/test_fetch.py")
_MINUTES = 20


def prove(place: Place) -> Iterator[Finding]:
    """Build twice, install from hashes without a network, list what was installed, test where nothing is outside."""
    yield _built_twice(place)
    yield from _installed(place)
    yield _tested_alone(place)


def _run(program: Path | str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = (str(program), *arguments)
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=_MINUTES * 60)


def _built_twice(place: Place) -> Finding:
    mask = os.umask(0o077)
    try:
        here = wheel.build(place.new_folder())
    finally:
        os.umask(mask)
    there = wheel.build(place.new_folder(), _ODD)
    undated = wheel.build(place.new_folder(), is_dated=False)
    first, second, third = (sha256(one.read_bytes()).hexdigest()[:16] for one in (here, there, undated))
    return Finding(
        promise="P40 wheel",
        method="built twice from the last commit: in other folders, with another umask, zone, language and hash seed",
        figure=f"{here.name}: {first} and {second}",
        control=f"without the commit's moment: {third}",
        is_kept=first == second,
        is_control_caught=first != third,
    )


def _installed(place: Place) -> Iterator[Finding]:
    promise, method = "P40 hashes", "the lock is fetched, then installed without an index by its hashes alone"
    files, fresh = place.new_folder(), place.new_folder() / "venv"
    fetched = _run(sys.executable, *_PIP, "download", *_LOCKED, "--dest", str(files))
    if fetched.returncode:
        yield not_proven(promise, method, f"packages, of which an index must be reached: {fetched.stderr[-200:]}")
        yield not_proven("P40 SBOM", "", "the packages")
        return
    python = fresh / "bin" / "python"
    _run(sys.executable, "-m", "venv", str(fresh))
    offline = ("install", "--no-index", "--find-links", str(files))
    installed = _run(python, *_PIP, *offline, *_LOCKED)
    ours = wheel.build(place.new_folder())
    _run(python, *_PIP, "install", "--no-index", "--no-deps", str(ours))
    starts = _run(fresh / "bin" / "sms-bridge", "openapi", "--config", "bridge.toml.example")
    count = len(list(files.iterdir()))
    yield Finding(
        promise=promise,
        method=method,
        figure=f"{count} files installed, exit code {installed.returncode}; our command ends with {starts.returncode}",
        control=f"one octet of one file is another: exit code {(code := _forged(place, files))}",
        is_kept=not installed.returncode and not starts.returncode,
        is_control_caught=code != 0,
    )
    yield _listed(python, files)


def _forged(place: Place, files: Path) -> int:
    """Change the last octet of a file, and try to install that."""
    forged, fresh = place.new_folder() / "files", place.new_folder() / "venv"
    shutil.copytree(files, forged)
    victim = min(forged.glob("*.whl"), key=lambda path: path.stat().st_size)
    victim.write_bytes(victim.read_bytes()[:-1] + b"\x01")
    _run(sys.executable, "-m", "venv", str(fresh))
    offline = ("install", "--no-index", "--find-links", str(forged))
    return _run(fresh / "bin" / "python", *_PIP, *offline, *_LOCKED).returncode


def _listed(python: Path, files: Path) -> Finding:
    """Compare what was installed, and the octets of every file, with the bill of materials."""
    found = json.loads(_run(python, "-m", "pip", "list", "--format", "json").stdout)
    present = {(one["name"].lower().replace("_", "-"), one["version"]) for one in found}
    present -= {one for one in present if one[0] in ("pip", "setuptools", "sms-bridge")}
    digests = {sha256(path.read_bytes()).hexdigest() for path in files.iterdir()}
    lock = (ROOT / _LOCK).read_text()
    shorter = lock.replace(f"{(left_out := next(packages(lock)).name)}==", "left-out==", 1)
    missing, missing_in_control = (_missing(one, present, digests) for one in (lock, shorter))
    return Finding(
        promise="P40 SBOM",
        method="the CycloneDX bill names every package that was installed, and the digest of every file",
        figure=f"{len(present)} packages and {len(digests)} files, {len(missing)} not in the bill",
        control=f"{left_out} is left out of the bill: {len(missing_in_control)} missing",
        is_kept=bool(present) and not missing,
        is_control_caught=bool(missing_in_control),
    )


def _missing(lock: str, present: set[tuple[str, str]], digests: set[str]) -> set[object]:
    bill = json.loads(written(lock))["components"]
    listed = {(one["name"], one["version"]) for one in bill}
    return {*(present - listed), *(digests - {each["content"] for one in bill for each in one["hashes"]})}


def _tested_alone(place: Place) -> Finding:
    promise, method = "P40 network", "tests run in a network namespace in which there is nothing but this machine"
    if lacking := place.lacks("unshare", "ip") or ("" if place.is_root else "the rights of root"):
        return not_proven(promise, method, lacking)
    tests = ("tests/unit",) if place.is_long else _QUIET_TESTS
    report = place.new_folder() / "report.xml"
    command = f'ip link set lo up && exec "{sys.executable}" -m pytest -q --junit-xml="{report}" {" ".join(tests)}'
    _run("unshare", "--net", "sh", "-c", command)
    alone, watched = pytests.read(report), pytests.run(place, "tests/house/test_outside.py")
    return Finding(
        promise=promise,
        method=f"{method}; in every run each connection and look-up is watched",
        figure=f"alone: {alone}",
        control=f"tests that reach outside, and an import that does, are refused: {watched}",
        is_kept=alone.is_well,
        is_control_caught=watched.is_well,
    )
