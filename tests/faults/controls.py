"""The daemon without one of its safeguards, so that a test can show that it would notice.

Used inside a test, and by the launcher of a real process; `patch` is `setattr`, or that of a monkeypatch.
"""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from adapters.postgres.ledger.outbox import PostgresOutbox
from adapters.sqlite.ledger.outbox import SqliteOutbox
from adapters.sqlite.ledger.sighting import SqliteSightings
from adapters.twilio.settings import TwilioSettings
from bridge.domain.aside import Aside
from bridge.domain.outbox import OutboxEntry
from bridge.engine import recovery, timekeeper
from bridge.engine.intake import DurableIntake
from bridge.engine.pacer import Manner
from bridge.engine.recovery import Recovery
from bridge.flows import deliver, doubt, gather, receive, reply, request, rescue
from bridge.ports import Answer

Patch = Callable[[object, str, Any], None]
_A_LITTLE_LATER = 0.5  # seconds
_AT_ONCE = timedelta(seconds=0.1)


def without_asking(patch: Patch) -> None:
    """Say again at once whatever may have been said."""

    async def not_there(*_: object) -> None:
        return None

    patch(Recovery, "_find", not_there)
    patch(rescue, "LOOKS_NEEDED", 1)
    patch(Manner, "ask_after", timedelta(seconds=2))


def without_grace(patch: Patch) -> None:
    """Ask at once what became of an attempt, before a slow world can show it."""
    no_time = property(lambda _: timedelta(), lambda *_: None)  # whatever was set
    patch(Manner, "ask_after", no_time)
    patch(Manner, "settling", no_time)
    patch(TwilioSettings, "listing_lag", no_time)
    patch(deliver, "SECOND_LOOK", timedelta())
    for wait in ("ASK_EVERY", "SOON"):
        patch(timekeeper, wait, _AT_ONCE)


def without_lanes(patch: Patch) -> None:
    """Let every wish stand in a lane of its own, so that it waits for no other."""
    for outbox in (SqliteOutbox, PostgresOutbox):
        patch(outbox, "enqueue", _enqueueing_apart(outbox.enqueue))


def _enqueueing_apart(enqueue: Callable[[Any, OutboxEntry], bool]) -> Callable[[Any, OutboxEntry], bool]:
    return lambda outbox, entry: enqueue(outbox, replace(entry, lane=f"{entry.destination}:{entry.id}"))


def without_reading_back(patch: Patch) -> None:
    """Never ask a world what was missed: what it was told that we have must be there."""

    async def nothing_missed(*_: object) -> bool:
        return True

    patch(recovery, "_accept", nothing_missed)


def acknowledging_first(patch: Patch) -> None:
    """Tell the world that we have it, then write it down."""
    writing: set[asyncio.Task[Answer | Aside]] = set()
    accept = DurableIntake.accept

    async def accepted(self: DurableIntake, *fact: Any) -> Answer:
        task = asyncio.create_task(accept(self, *fact))
        writing.add(task)
        task.add_done_callback(writing.discard)
        return Answer.ACCEPTED

    patch(DurableIntake, "accept", accepted)


def acknowledging_early(patch: Patch) -> None:
    """Tell the world that we have it, write it down a little later, and ask nobody what was missed."""
    accept = DurableIntake.accept

    async def accept_later(self: DurableIntake, *fact: Any) -> Answer | Aside:
        await asyncio.sleep(_A_LITTLE_LATER)
        return await accept(self, *fact)

    patch(DurableIntake, "accept", accept_later)
    acknowledging_first(patch)
    without_reading_back(patch)


def without_recognising(patch: Patch) -> None:
    """Take every telling of a fact for a new fact, with names of its own."""
    number = itertools.count()

    def always_new(*_: object) -> bool:
        return True

    def anew(cause: str, *_: object) -> str:
        return f"{cause}#{next(number)}"

    patch(SqliteSightings, "first", always_new)
    for flow in (receive, reply):
        patch(flow, "MessageId", anew)
    patch(request, "step", anew)
    patch(gather, "MOST_TEXTS", 0)  # a text that stands in the post of another is known by the name of its wish


def without_doubt(patch: Patch) -> None:
    """Take a restored backup for the present, and what is read back for news."""
    patch(doubt, "begin", lambda *_: None)
    patch(doubt, "since", lambda *_: None)
