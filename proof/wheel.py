"""`python -m proof.wheel FOLDER`: build the wheel of the last commit, octet by octet as everybody else does.

It is built from what is committed, with the permissions and the moment of the commit instead of this machine's.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

from proof.place import ROOT

_BUILD = ("-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--no-index", "--wheel-dir")


def build(target: Path, environment: Mapping[str, str] | None = None, *, is_dated: bool = True) -> Path:
    """Build the wheel into a folder and return it."""
    moment = _git("log", "-1", "--format=%ct").decode().strip()
    with tempfile.TemporaryDirectory() as folder:
        _unpack(_git("archive", "--format=tar", "HEAD"), Path(folder))
        subprocess.run(
            (sys.executable, *_BUILD, str(target.resolve()), "."),
            cwd=folder,
            check=True,
            capture_output=True,
            umask=0o022,
            env={**os.environ, **({"SOURCE_DATE_EPOCH": moment} if is_dated else {}), **(environment or {})},
        )
    return max(target.glob("*.whl"), key=lambda path: path.stat().st_mtime)


def _git(*arguments: str) -> bytes:
    return subprocess.run(
        ("git", "-c", "safe.directory=*", *arguments), cwd=ROOT, check=True, capture_output=True
    ).stdout


def _unpack(archive: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=BytesIO(archive)) as files:
        files.extractall(folder, filter="data")
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def main() -> int:
    """Do what the command line asks for."""
    print(build(Path(sys.argv[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
