"""`python -m proof.sbom LOCK FILE`: what is shipped, package by package, as CycloneDX JSON.

It is read off the lock file and nothing else: what stands there is what an installation takes. The same lock gives
the same octets.
"""

import json
import re
import sys
import tomllib
import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proof.place import ROOT

_PIN = re.compile(r"([\w.-]+)(?:\[([\w,-]+)\])?==(\S+)(?: ; ([^\\]+))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA = re.compile(r"^ +#   ([\w.-]+)|# via ([\w.-]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """One package of a lock: what is pinned, where, the digests of its files, and who needs it."""

    name: str
    version: str
    marker: str
    digests: tuple[str, ...]
    needed_by: frozenset[str]

    @property
    def ref(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def packages(lock: str) -> Iterator[Package]:
    """Read the packages of a lock file."""
    for entry in re.split(r"\n(?=\w)", lock):
        if pin := _PIN.match(entry):
            needed_by = frozenset(several or one for several, one in _VIA.findall(entry))
            yield Package(pin[1], pin[3], (pin[4] or "").strip(), tuple(_HASH.findall(entry)), needed_by)


def bill(lock: str, name: str, version: str) -> dict[str, Any]:
    """Write the bill of materials of our release."""
    found = list(packages(lock))
    ours = f"pkg:pypi/{name}@{version}"
    needs: dict[str, list[str]] = defaultdict(list)
    for package in found:
        for who in package.needed_by:
            needs[who].append(package.ref)
    parts = [(ours, needs[name]), *((one.ref, needs[one.name]) for one in found)]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, ours + lock)}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "bom-ref": ours, "name": name, "version": version, "purl": ours}
        },
        "components": [_component(one) for one in found],
        "dependencies": [{"ref": ref, "dependsOn": sorted(needed)} for ref, needed in parts],
    }


def _component(package: Package) -> Mapping[str, Any]:
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": package.ref,
        "name": package.name,
        "version": package.version,
        "purl": package.ref,
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.digests],
    }
    if package.marker:
        component["properties"] = [{"name": "sms-bridge:marker", "value": package.marker}]
    return component


def written(lock: str) -> str:
    """Write the bill of this checkout's version as text."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return json.dumps(bill(lock, project["name"], project["version"]), indent=2) + "\n"


def main() -> int:
    """Do what the command line asks for."""
    lock, target = map(Path, sys.argv[1:])
    target.write_text(written(lock.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
