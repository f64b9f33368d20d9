"""The house opens in order and closes in reverse."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest

from bridge.domain.query import AskStatus, StatusView
from bridge.engine import daemon as daemon_module
from bridge.engine.daemon import Daemon
from bridge.engine.pacer import Manner
from bridge.errors import CannotListen, StoreBusy
from bridge.ports import Desk
from tests.unit.engine.conftest import Works

WAIT = 10
MANNERS: Mapping[str, Manner] = {"": Manner()}


class Gate:
    def __init__(self, name: str, works: Works, told: list[str], error: Exception | None = None) -> None:
        self.name, self.works, self.told, self.error = name, works, told, error
        self.desk: Desk | None = None

    async def start(self, desk: Desk) -> None:
        self.desk = desk
        has_listeners = bool(self.works.carrier.intake and self.works.chat.intake)
        self.told.append(f"{self.name} opens{'' if has_listeners else ' too early'}")
        if self.error:
            raise self.error

    async def aclose(self) -> None:
        self.told.append(f"{self.name} closes")


def house(works: Works, *gates: Gate) -> Daemon:
    return Daemon(
        store=works.store,
        plan=works.books.plan,
        worlds=works.worlds,
        manners=MANNERS,
        gates=gates,
        clock=works.clock,
        owner="me",
    )


async def test_the_listeners_are_there_before_the_gates_which_close_in_reverse_before_the_store(works: Works) -> None:
    told: list[str] = []
    stop, opened = asyncio.Event(), asyncio.Event()

    def ready() -> None:
        told.append("ready")
        opened.set()

    gates = Gate("control", works, told), Gate("port", works, told)
    running = asyncio.create_task(house(works, *gates).run(stop, ready))
    async with asyncio.timeout(WAIT):
        await opened.wait()
        await works.books.look(lambda ledger: None)
        stop.set()
        await running

    assert told == ["control opens", "port opens", "ready", "port closes", "control closes"]
    with pytest.raises(StoreBusy):
        await works.books.look(lambda ledger: None)


async def test_stopped_at_the_very_moment_of_opening_it_closes_like_at_any_other(works: Works) -> None:
    stop = asyncio.Event()

    async with asyncio.timeout(1):
        await house(works, Gate("port", works, [])).run(stop, stop.set)


async def test_what_was_opened_is_closed_if_a_gate_cannot_be_had(works: Works) -> None:
    told: list[str] = []
    gates = Gate("control", works, told), Gate("port", works, told, CannotListen("8080"))

    with pytest.raises(CannotListen):
        await house(works, *gates).run(asyncio.Event(), lambda: told.append("ready"))

    assert told == ["control opens", "port opens", "control closes"]


async def test_it_speaks_and_shows_how_it_is_until_it_is_stopped(works: Works) -> None:
    gate, stop, ready = Gate("port", works, []), asyncio.Event(), asyncio.Event()
    await works.books.texts()
    running = asyncio.create_task(house(works, gate).run(stop, ready.set))
    async with asyncio.timeout(WAIT):
        await ready.wait()
        await works.chat.has_heard(1)
        assert gate.desk
        view = await gate.desk.ask(AskStatus())
        stop.set()
        await running

    assert isinstance(view, StatusView)
    assert {"carrier main", "slack", "outbox", "digests", "questions", "catching up", "forgetting", "indexing"} <= set(
        view.listeners
    )
    assert view.listeners["slack"] == "up"


async def test_a_source_that_cannot_be_read_back_holds_nothing_up_for_long(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "FIRST_PASS", timedelta(milliseconds=1))
    await works.recovery().catch_up_all(works.intake(), daemon_module.FIRST_PASS)
    reading = asyncio.Event()

    async def hangs() -> AsyncIterator[object]:
        reading.set()
        await asyncio.Event().wait()
        yield None

    monkeypatch.setattr(works.carrier, "_read", hangs)
    stop, ready = asyncio.Event(), asyncio.Event()
    await works.books.texts()
    running = asyncio.create_task(house(works, Gate("port", works, [])).run(stop, ready.set))
    async with asyncio.timeout(WAIT):
        await reading.wait()
        await works.chat.has_heard(1)
        stop.set()
        await running


async def test_stopped_while_it_still_reads_back_it_says_nothing(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    await works.recovery().catch_up_all(works.intake(), daemon_module.FIRST_PASS)
    reading = asyncio.Event()

    async def hangs() -> AsyncIterator[object]:
        reading.set()
        await asyncio.Event().wait()
        yield None

    monkeypatch.setattr(works.carrier, "_read", hangs)
    stop, ready = asyncio.Event(), asyncio.Event()
    await works.books.texts()
    running = asyncio.create_task(house(works, Gate("port", works, [])).run(stop, ready.set))
    async with asyncio.timeout(WAIT):
        await reading.wait()
        stop.set()
        await running

    assert works.chat.heard == []
