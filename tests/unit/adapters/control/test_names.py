"""Names over a real socket: what is brought in comes through unchanged, and what cannot be read changes nothing."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from adapters.control import ControlClient, ControlServer, wire
from bridge.domain.contact import Entry, Imported, Named, Outranked, Page, Source
from bridge.domain.phone import Address, PhoneNumber, SenderName
from bridge.domain.query import Query, View
from bridge.errors import StoreBusy, WireError

ANN, BOB = map(PhoneNumber, ("+12125550142", "+12125550143"))
ROWS = (Named(line=2, address=ANN, name="Ann Moss"), Named(line=3, address=BOB, name="Bøb"))
CAME = Imported(
    new=1,
    changed=2,
    unchanged=3,
    cards=4,
    outranked=(Outranked(line=2, address=ANN, name="Ann Moss", shown="Ann", is_ours=True),),
)
PAGE = Page(
    entries=(
        Entry(address=ANN, name="Ann", source=None, is_shown=True),
        Entry(address=SenderName("ACME"), name="Bank", source=Source.PERSON, is_shown=False),
    ),
    last=BOB,
)


class Reception:
    async def ask(self, query: Query) -> View:
        raise AssertionError(query)


@dataclass
class Ledgerless:
    """A book that keeps nothing, and remembers what was asked of it."""

    error: Exception | None = None
    taken: list[tuple[Sequence[Named], int]] = field(default_factory=list)
    asked: list[Address | None] = field(default_factory=list)

    async def take(self, people: Sequence[Named], cards: int) -> Imported:
        self.taken.append((people, cards))
        if self.error:
            raise self.error
        return CAME

    async def page(self, after: Address | None) -> Page:
        self.asked.append(after)
        return PAGE


@asynccontextmanager
async def running(path: Path, book: Ledgerless | None) -> AsyncIterator[ControlClient]:
    server = ControlServer(path, None, book)
    await server.start(Reception())
    try:
        yield ControlClient(path)
    finally:
        await server.aclose()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control"


async def test_names_and_what_came_of_them_come_through_unchanged(path: Path) -> None:
    book = Ledgerless()
    async with running(path, book) as client:
        assert await client.take(ROWS, 7) == CAME

    assert book.taken == [(ROWS, 7)]


async def test_the_list_comes_through_unchanged(path: Path) -> None:
    book = Ledgerless()
    async with running(path, book) as client:
        assert [await client.page(None), await client.page(ANN)] == [PAGE, PAGE]

    assert book.asked == [None, ANN]


async def test_a_name_is_made_fit_to_be_shown_whoever_sends_it(path: Path) -> None:
    book = Ledgerless()
    rows = (Named(line=2, address=ANN, name="Ann\x1b\u202e"), Named(line=3, address=BOB, name="\u200b"))
    async with running(path, book) as client:
        await client.take(rows, 0)

    assert [one.name for one in book.taken[0][0]] == ["Ann[U+202E]"]


async def test_a_daemon_that_is_busy_or_knows_no_names_is_as_good_as_none(path: Path) -> None:
    async with running(path, Ledgerless(StoreBusy("locked"))) as client:
        with pytest.raises(ConnectionError, match="the store is busy: locked"):
            await client.take(ROWS, 7)
    async with running(path, None) as client:
        with pytest.raises(ConnectionError, match="cannot answer"):
            await client.page(None)


@pytest.mark.parametrize(
    "row",
    [
        '{"line": 1, "number": "2125550142", "name": "Ann"}',
        '{"line": 1, "number": "+12125550142", "name": ""}',
        '{"line": 1, "number": "+12125550142\\n", "name": "Ann"}',
        '{"line": 1, "number": "+12125550142", "name": "Ann", "more": 1}',
        '{"line": "1", "number": "+12125550142", "name": "Ann"}',
        f'{{"line": 1, "number": "+12125550142", "name": "{"x" * 81}"}}',
    ],
)
async def test_what_cannot_be_read_is_not_guessed_at(row: str, path: Path) -> None:
    book = Ledgerless()
    transport = httpx.AsyncHTTPTransport(uds=str(path))
    async with running(path, book), httpx.AsyncClient(transport=transport, trust_env=False) as client:
        answer = await client.post("http://daemon/contacts", content=f'{{"rows": [{row}], "cards": 1}}')

    assert (answer.status_code, book.taken) == (400, [])


@pytest.mark.parametrize("number", ["2125550142", "+0"])
def test_an_answer_about_a_number_that_is_none_is_not_guessed_at(number: str) -> None:
    written = wire.written_imported(CAME).replace(ANN.value.encode(), number.encode())

    with pytest.raises(WireError):
        wire.read_imported(written)
