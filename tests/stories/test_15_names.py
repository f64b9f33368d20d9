"""Names: an address book is brought in while the daemon runs, and the threads say who people are."""

import asyncio
from pathlib import Path

from config.assemble import import_contacts
from config.contacts import Brought
from tests.stories.language import BOB, CY, House


async def brings(house: House, *people: tuple[str, str]) -> Brought:
    """Let the operator import an address book, as the command line does."""
    file = house.path / "book.csv"
    await asyncio.to_thread(_write, file, people)
    return await import_contacts(house.settings(), file)


def _write(file: Path, people: tuple[tuple[str, str], ...]) -> None:
    file.write_text("\n".join(("Name;Phone", *(f"{name};{number}" for name, number in people))))


async def test_an_imported_name_stands_on_the_card_and_a_second_import_changes_it_in_the_open_thread(
    house: House,
) -> None:
    first, _ = await brings(house, ("Robert Roe", BOB))
    await house.phone(BOB).texts("Are you open?")
    thread = await house.thread(BOB)
    await thread.says("Robert Roe", "Are you open?")

    second, refused = await brings(house, ("Bob Roe (ferry)", BOB), ("Cy", CY), ("Nobody", "call me"))
    await thread.says("Bob Roe (ferry)", "Are you open?")

    assert (first.new, second.new, second.changed, second.cards) == (1, 1, 1, 1)
    assert [one.line.name for one in refused] == ["Nobody"]


async def test_a_name_of_the_configuration_is_not_touched_by_a_file(house: House) -> None:
    await house.phone().texts("Hello")
    thread = await house.thread()
    await thread.says("Ada Moss")

    came, _ = await brings(house, ("Somebody else", "+1 (212) 555-0142"))

    assert (came.new, came.cards, [one.shown for one in came.outranked]) == (1, 0, ["Ada Moss"])
