"""The worker: a process for one picture, with little memory, little time, no files and no secrets.

Nothing but this process ever decodes what a stranger made.
"""

import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

from adapters.pictures import develop, wire
from adapters.pictures.unfit import Unfit
from adapters.pictures.wire import Trouble

MEMORY = 1_400_000_000  # octets of address space; a picture of 50 million pixels takes a good half of it
SECONDS = 25  # of the processor
_FILES = 16  # open at a time: the three that we were given, and what the interpreter reads of itself


def confine() -> None:
    """Give up what no picture needs; the kernel ends us where one takes more, and us first where memory runs out."""
    os.nice(10)
    with suppress(OSError):  # of Linux only
        Path("/proc/self/oom_score_adj").write_text("1000")
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, _FILES),
    ):
        resource.setrlimit(what, (most, most))


def answer(written: bytes) -> bytes:
    """Say what becomes of one picture; decoders fail in more ways than anybody has counted."""
    kind, most, content = wire.read_order(written)
    try:
        return wire.answered(develop.fitted(kind, content, most))
    except Unfit as unfit:
        return wire.refused(unfit.trouble)
    except Exception:  # noqa: BLE001 - whatever a decoder raises means that the picture cannot be read
        return wire.refused(Trouble.UNREADABLE)


def main() -> None:
    """Read one picture, write one answer."""
    confine()
    sys.stdout.buffer.write(answer(sys.stdin.buffer.read()))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
