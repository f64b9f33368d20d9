"""`sms-bridge contacts`, on real files and a real store: what it prints at eighty columns, and how it ends."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.control import ControlServer
from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from bridge.__main__ import app
from bridge.domain.contact import Contact, Source
from bridge.domain.ids import PersonRef
from bridge.domain.phone import PhoneNumber
from bridge.domain.query import Query, View
from config.contacts import StoreBook
from config.read import read
from config.settings import dial_plan
from tests.unit.config.settings_file import ENVIRON, RIGHT

ANN = PhoneNumber("+12125550142")
FILE = """\
name,number
Ann Moss,(212) 555-0142
Blue Door,415 555 0123
Anna Moss,212-555-0142
,212 555 0144
A name that goes on and on and on and on and on,extension five hundred and thirteen of the new house
Bob Roe,+1 212 555 0143
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "store").mkdir()
    return tmp_path / "store" / "bridge.db"


@pytest.fixture
def config(tmp_path: Path, path: Path) -> Path:
    file = tmp_path / "bridge.toml"
    file.write_text(RIGHT.replace('path = "bridge.db"', f'path = "{path}"'))
    return file


@pytest.fixture
def book(tmp_path: Path) -> Path:
    file = tmp_path / "book.csv"
    file.write_text(FILE)
    return file


def typed(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["contacts", *map(str, words)])


def write(file: Path, *lines: str) -> None:
    file.write_text("\n".join(("name,number", *lines)))


async def soon(*words: str | Path) -> Result:
    """Type it in a thread, because the command has a loop of its own."""
    return await asyncio.to_thread(typed, *words)


class Reception:
    async def ask(self, query: Query) -> View:
        raise AssertionError(query)


@asynccontextmanager
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path, MovableClock())
    await opened.open()
    try:
        yield opened
    finally:
        await opened.aclose()


@asynccontextmanager
async def daemon(path: Path, config: Path) -> AsyncIterator[SqliteStore]:
    async with store(path) as opened:
        plan = dial_plan(read(config, ENVIRON), {})
        server = ControlServer(path.with_name(f"{path.name}.sock"), None, StoreBook(opened, plan))
        await server.start(Reception())
        try:
            yield opened
        finally:
            await server.aclose()


async def called(opened: SqliteStore) -> list[str]:
    found = await opened.transact(lambda ledger, now: ledger.contacts.all(None, 99))
    return [one.name for one in found]


def test_without_a_daemon_the_command_does_it_and_says_what_it_did_line_by_line(config: Path, book: Path) -> None:
    result = typed("import", book, "--config", config)

    assert result.exit_code == 1
    assert result.stdout == "3 new, 0 changed, 0 unchanged, 3 lines not used.\n"
    assert result.stderr == (
        "line 3: Blue Door is kept; bridge.toml says Blue Door Bakery, which counts\n"
        "line 4: (212) 555-0142 is Ann Moss (line 2), not Anna Moss\n"
        "line 5: no name for 212 555 0144\n"
        "line 6: no phone number: extension five hundred and th… (A name that goes on and\n"
        "  on an…)\n"
    )


def test_a_second_import_tells_what_is_new_and_ends_well(config: Path, book: Path) -> None:
    typed("import", book, "--config", config)
    write(book, "Ann Moss,212 555 0142", "Rob Roe,212 555 0143", "Cy,212 555 0144")

    result = typed("import", book, "--config", config)

    assert (result.exit_code, result.stdout, result.stderr) == (0, "1 new, 1 changed, 1 unchanged.\n", "")


async def test_a_running_daemon_takes_the_names_itself(config: Path, path: Path, book: Path) -> None:
    async with daemon(path, config) as opened:
        result = await soon("import", book, "--config", config)

        assert (result.exit_code, result.stdout) == (1, "3 new, 0 changed, 0 unchanged, 3 lines not used.\n")
        assert sorted(await called(opened)) == ["Ann Moss", "Blue Door", "Bob Roe"]


async def test_more_names_than_one_transaction_takes_are_brought_in_and_listed(
    config: Path, path: Path, book: Path
) -> None:
    rows = [f"Person {number},+1212555{number:04}" for number in range(1000, 1450)]
    write(book, *rows)

    async with daemon(path, config):
        result = await soon("import", book, "--config", config)
        listed = await soon("list", "--config", config)

    assert (result.exit_code, result.stdout) == (0, "450 new, 0 changed, 0 unchanged.\n")
    lines = listed.stdout.splitlines()
    assert len(lines) == 451
    assert lines[-1].split()[-2:] == ["Person", "1449"]


async def test_all_names_are_listed_with_their_origin_at_eighty_columns(config: Path, path: Path, book: Path) -> None:
    write(book, "Ann Moss,212 555 0142", f"{'Long name ' * 7},+44 20 7946 0123", "Blue Door,415 555 0123")
    await soon("import", book, "--config", config)
    async with store(path) as opened:
        given = Contact(address=ANN, source=Source.PERSON, name="Ann", by=PersonRef("U1"), at=MovableClock().now())
        await opened.transact(lambda ledger, now: ledger.contacts.put(given))

    result = await soon("list", "--config", config)

    assert result.stdout == (
        "(415) 555-0123      bridge.toml             Blue Door Bakery\n"
        "(212) 555-0142      import, not shown       Ann Moss\n"
        "(212) 555-0142      person                  Ann\n"
        "(415) 555-0123      import, not shown       Blue Door\n"
        "+44 20 7946 0123    import                  Long name Long name Long name Long\n"
        "                                            name Long name Long name Long name\n"
    )


async def test_a_daemon_that_does_not_answer_is_not_worked_around(config: Path, path: Path, book: Path) -> None:
    async with store(path):
        result = await soon("import", book, "--config", config)

    assert result.exit_code == 75
    assert "is held by another daemon, and no daemon answers at" in result.stderr


def test_a_file_that_is_no_address_book_changes_nothing_and_is_told(config: Path, book: Path) -> None:
    book.write_text("hello")

    result = typed("import", book, "--config", config)

    assert result.exit_code == 78
    assert result.stderr.startswith(f"{book}: has no columns that could be names and numbers (hello).")
    assert typed("import", book.with_name("other.csv"), "--config", config).exit_code == 78
