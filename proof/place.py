"""Where proofs happen: a folder on the real disk, how long they may take, and whether they may do what root may."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from proof.finding import Finding

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One run of the proofs. `is_long` asks for ten times as much of everything that is drawn by chance."""

    folder: Path
    is_long: bool

    @property
    def is_root(self) -> bool:
        return os.geteuid() == 0

    def new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self.folder))

    def lacks(self, *programs: str) -> str:
        """Name the programs that are not installed, or nothing."""
        return ", ".join(one for one in programs if shutil.which(one) is None)


Proof = Callable[[Place], Iterator[Finding]]
"""Tests one or more promises and yields a finding for each; what it starts it ends, by its own process id."""


@contextlib.contextmanager
def opened_place(*, is_long: bool) -> Iterator[Place]:
    """Open a place below a folder for temporary files that lies on a real disk."""
    folder = Path(tempfile.mkdtemp(prefix="sms-bridge-proof-", dir=os.environ.get("TMPDIR", "/var/tmp")))  # noqa: S108 - on disk, where /tmp may be memory
    try:
        yield Place(folder=folder, is_long=is_long)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
