"""Starts a daemon that falls asleep right before its first SMS; one that is `careless` asks nobody when it wakes.

It sleeps like a machine that is suspended: its own clocks stand still, so that no time-out ends the call when it wakes.

Started as python -m proof.sleeper careful|careless run --config PATH.
"""

import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

from adapters.postgres.ledger import outbox
from bridge.__main__ import main
from bridge.domain.command import SendSms
from bridge.domain.outbox import Settlement
from bridge.engine.dispatcher import Dispatcher, _Wish
from bridge.engine.pacer import Pacer
from bridge.flows.deliver import Taken
from tests.faults.controls import Patch

_NEVER = timedelta(days=1)


def sleeping(patch: Patch) -> None:
    """Be stopped (SIGSTOP) once, between taking an SMS and the last question before its first byte."""
    still_due, has_slept = _Wish.still_due, [False]

    async def slept(self: _Wish[Any]) -> Any:
        if isinstance(self.command, SendSms) and not has_slept[0]:
            has_slept[0] = True
            os.kill(os.getpid(), signal.SIGSTOP)
        return await still_due(self)

    patch(_Wish, "still_due", slept)
    attempt = Dispatcher._attempt

    async def without_end(self: Dispatcher, taken: Taken) -> Settlement:
        manner = replace(self.pacer.manner(taken.entry.destination), timeout=_NEVER)
        return await attempt(replace(self, pacer=Pacer({"": manner}, self.clock)), taken)

    patch(Dispatcher, "_attempt", without_end)


def careless(patch: Patch) -> None:
    """Send what was taken, however long ago, and write down what came of it, whoever has it by now."""

    async def as_it_was(self: _Wish[Any]) -> Any:
        return self.command

    patch(_Wish, "still_due", as_it_was)
    patch(outbox, "_SETTLE", outbox._CHANGE)


if __name__ == "__main__":
    if sys.argv.pop(1) == "careless":
        careless(setattr)
    sleeping(setattr)
    main()
