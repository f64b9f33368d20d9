"""Starts the daemon with its waits made short, so that an hour of doubts fits into minutes; on request with a control.

What follows from what stays: a call is given up before it may be asked about, and the answer counts only once the
carrier's list must show it. `python -m proof.haste NAME… -- run …`: the names are functions of `tests.faults.controls`.
"""

import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial

from adapters.slack import SlackChat, history, listener, sockets
from bridge.__main__ import main
from bridge.domain.outbox import backoff
from bridge.engine import breaker, recovery, timekeeper, turn
from bridge.engine.pacer import Manner
from bridge.flows import deliver
from config import assemble
from config.settings import Settings
from tests.faults import controls

CALL_SECONDS = 2  # how long the doors wait for an answer
_TIMEOUT, _SETTLING = timedelta(seconds=5), timedelta(seconds=2)
_LONGEST_BACKOFF = timedelta(seconds=4)
_LEASE, _LOOK, _SHORT, _SHORTER = (timedelta(seconds=seconds) for seconds in (4, 2, 1, 0.25))


def hurry(patch: controls.Patch) -> None:
    """Shorten what the settings do not reach."""
    manners = assemble._manners

    def hasty(settings: Settings) -> dict[str, Manner]:
        return {name: _hasty(manner) for name, manner in manners(settings).items()}

    patch(assemble, "_manners", hasty)
    patch(assemble, "SlackChat", partial(SlackChat, timeout_seconds=CALL_SECONDS))
    patch(deliver, "backoff", lambda tries: min(backoff(tries), _LONGEST_BACKOFF))
    for module, wait, duration in (
        (deliver, "SECOND_LOOK", _LOOK),
        (recovery, "ASK_AGAIN", _LOOK),
        (breaker, "TRIAL_EVERY", _LOOK),
        (recovery, "READ_AGAIN", _SHORTER),
        (history, "_AGAIN", _SHORTER),
        (turn, "LEASE", _LEASE),
        (turn, "KEEP_UP", _SHORT),
        (timekeeper, "TICK", _SHORT),
        (timekeeper, "CATCH_UP_FIRST", _SHORT),
        (listener, "_AGAIN", _SHORT),
        (sockets, "_AGAIN", _SHORT),
    ):
        patch(module, wait, duration)


def _hasty(manner: Manner) -> Manner:
    return replace(manner, timeout=min(manner.timeout, _TIMEOUT), settling=min(manner.settling, _SETTLING))


if __name__ == "__main__":
    hurry(setattr)
    end = sys.argv.index("--")
    for name in sys.argv[1:end]:
        getattr(controls, name)(setattr)
    del sys.argv[1 : end + 1]
    main()
