"""The moving parts for a test: a real store, a clock that is moved, and doors that write down what they hear."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from bridge.engine.dispatcher import Dispatcher
from bridge.engine.intake import DurableIntake
from bridge.engine.pacer import Manner, Pacer
from bridge.engine.recovery import Recovery
from bridge.ports import Worlds
from tests.fakes import RecordingCarrier, RecordingChat, RecordingDarkroom, RecordingMail
from tests.unit.flows.books import Books


@dataclass(kw_only=True)
class Works:
    """The engine's workers around one ledger."""

    books: Books
    store: SqliteStore
    clock: MovableClock
    carrier: RecordingCarrier
    chat: RecordingChat
    mail: RecordingMail
    darkroom: RecordingDarkroom
    worlds: Worlds
    pacer: Pacer
    missed: list[str]

    def dispatcher(self) -> Dispatcher:
        return Dispatcher(self.store, self.books.plan, self.worlds, self.pacer, self.clock, "me")

    def intake(self) -> DurableIntake:
        return DurableIntake(self.store, self.books.plan, self.missed.append)

    def recovery(self, owner: str = "me") -> Recovery:
        return Recovery(self.store, self.books.plan, self.worlds, self.clock, owner)


@pytest.fixture
async def works(tmp_path: Path) -> AsyncIterator[Works]:
    clock = MovableClock()
    store = SqliteStore(tmp_path / "bridge.db", clock)
    await store.open()
    carrier, chat, mail = RecordingCarrier(), RecordingChat(), RecordingMail()
    darkroom = RecordingDarkroom()
    pacer = Pacer({"": Manner(), "main": Manner(settling=timedelta(seconds=65))}, clock)
    yield Works(
        books=Books(store=store, clock=clock),
        store=store,
        clock=clock,
        carrier=carrier,
        chat=chat,
        mail=mail,
        darkroom=darkroom,
        worlds=Worlds(chat=chat, mail=mail, carriers={"main": carrier}, darkroom=darkroom),
        pacer=pacer,
        missed=[],
    )
    await store.aclose()
