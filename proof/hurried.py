"""Starts the daemon with an auditor in a hurry, and without the safeguard that PROOF_WITHOUT names, if any."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.sqlite.store import SqliteStore
from bridge.__main__ import main
from bridge.engine import auditor, intake
from bridge.engine.clock import SystemClock
from bridge.ports import Answer


def _without_counting() -> None:
    """Follow the wall clock, however it is set."""
    setattr(SystemClock, "now", lambda self: datetime.now(UTC))  # noqa: B010 - a safeguard is taken out


def _without_limit() -> None:
    """Let whoever brings a text wait for as long as the store takes."""
    intake.PATIENCE = timedelta(hours=1)


def _without_commit_errors() -> None:
    """Take what could not be committed for kept."""

    def swallow(store: SqliteStore, group: Any, error: Exception) -> None:
        store._undo()
        for job in group.works:
            job.error, job.result = None, Answer.ACCEPTED

    setattr(SqliteStore, "_give_up", swallow)  # noqa: B010 - a safeguard is taken out


WITHOUT: dict[str, Callable[[], None]] = {
    "counting": _without_counting,
    "limit": _without_limit,
    "commit errors": _without_commit_errors,
}

if __name__ == "__main__":
    auditor.EVERY, auditor.SOON = timedelta(seconds=2), timedelta(seconds=1)
    auditor.LEAST_FREE_OCTETS, auditor.LEAST_FREE_PERCENT = 100_000, 1.0  # of disks as small as a proof's
    WITHOUT.get(os.environ.get("PROOF_WITHOUT", ""), lambda: None)()
    main()
