"""Contact cards that come with texts: shown by name and number below the file, and saved with one press."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.stories.language import ADA, BOB, DID, House, Thread, opened_house
from tests.stories.looks import buttons, shown

CAT = "+12125550144"
SAVE = "Save contact"


def card(name: str, *phones: str) -> str:
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", *(f"TEL;TYPE=CELL:{phone}" for phone in phones), "END:VCARD"]
    return "\r\n".join([*lines, ""])


async def sends(house: House, *cards: str, kind: str = "text/vcard") -> Thread:
    """Let Ada's phone send cards as one file; return her thread once that file stands in it."""
    await house.phone(ADA).texts("Call them", media=[(kind, "".join(cards).encode())])
    thread = await house.thread(ADA)
    await house.slack.wait_for(lambda: [one for one in thread.messages if one.files])
    return thread


async def test_a_card_is_shown_below_its_file_and_saved_with_one_press(house: House) -> None:
    ben, bob = house.agent("U0BEN"), house.phone(BOB)
    thread = await sends(house, card("Bob Anders", "(212) 555-0143"))

    note = await thread.shows("In this contact card:", "Bob Anders · (212) 555-0143")
    (file,) = [one for one in thread.messages if one.files]
    assert file.ts < note.ts
    await ben.presses(thread, note.ts, SAVE)

    await ben.hears("Noted: Bob Anders")
    await thread.shows("saved:", "Bob Anders · (212) 555-0143")
    assert list(buttons(house.slack.message(thread.channel, note.ts), SAVE)) == []
    await bob.texts("Are you open?")
    await (await house.thread(BOB)).says("Bob Anders · (212) 555-0143")


async def test_several_cards_in_one_file_are_saved_together_and_open_threads_follow(house: House) -> None:
    ben, bob = house.agent("U0BEN"), house.phone(BOB)
    await bob.texts("Are you open?")
    bobs = await house.thread(BOB)
    thread = await sends(house, card("Bob Anders", BOB), card("Cat Ames", CAT), kind="text/x-vcard")

    note = await thread.shows("Bob Anders · (212) 555-0143", "Cat Ames · (212) 555-0144")
    await ben.presses(thread, note.ts, SAVE)

    await ben.hears("Noted: 2 names")
    await bobs.says("Bob Anders · (212) 555-0143")


async def test_a_name_of_bridge_toml_outranks_what_a_card_says(house: House) -> None:
    ben = house.agent("U0BEN")
    thread = await sends(house, card("Adelaide", ADA))
    note = await thread.shows("Adelaide · (212) 555-0142")

    await ben.presses(thread, note.ts, SAVE)

    await ben.hears("bridge.toml calls this number Ada Moss")
    await thread.says("Ada Moss · (212) 555-0142")


async def test_whoever_may_not_answer_saves_nothing_and_is_told_so(house: House) -> None:
    house.slack.add_user("eve", id="U0EVE", is_restricted=True)
    house.slack.state.channels["C0TEXTS"].members.add("U0EVE")
    eve = house.agent("U0EVE")
    thread = await sends(house, card("Bob Anders", BOB))
    note = await thread.shows("Bob Anders")

    await eve.presses(thread, note.ts, SAVE)

    await eve.hears("Guests of this workspace")
    assert list(buttons(house.slack.message(thread.channel, note.ts), SAVE))


HOSTILE = {
    "without a name": [card("", BOB)],
    "without a number": [card("Bob Anders")],
    "with a number of our own": [card("The Boss", DID)],
    "with an emergency number": [card("Police", "911")],
    "of rubbish": ["BEGIN:VCARD\r\n\x00\xff;;;:::\r\n=\r\n"],
    "that is cut off": ["BEGIN:VCA"],
    "that is a page": ["<html>BEGIN:VCARD"],
}


@pytest.mark.parametrize("cards", HOSTILE.values(), ids=HOSTILE)
async def test_a_card_that_names_nobody_to_text_is_shown_as_a_file_only(house: House, cards: Iterable[str]) -> None:
    thread = await sends(house, *cards)

    await house.forward(minutes=1)

    assert not any("contact card" in shown(one) for one in thread.messages)


async def test_a_name_that_is_markup_a_formula_or_hidden_is_shown_as_plain_words(house: House) -> None:
    odd = ["<!channel> *bold* <https://example.com|x>", '=HYPERLINK("https://example.com")', "Bob\u202e sredn\x07A"]
    cards = [card(name, f"+121255501{number}") for number, name in enumerate(odd, 50)]

    note = await (await sends(house, *cards)).shows("In this contact card:")

    said = shown(note)
    assert "<!channel> *bold* <https://example.com|x> · (212) 555-0150" in said
    assert 'HYPERLINK("https://example.com") · (212) 555-0151' in said
    assert "=HYPERLINK" not in said
    assert not {"\u202e", "\x07"} & set(said)


async def test_of_thousands_of_numbers_and_ten_megabytes_the_first_ten_are_offered(tmp_path: Path) -> None:
    async with opened_house(tmp_path) as house:
        ben = house.agent("U0BEN")
        many = (card(f"Number {number}", f"+1212555{number:04}") for number in range(100, 200))
        thread = await sends(house, *many, f"PHOTO:{'A' * 4_000_000}\r\n" + card("Last", CAT))

        note = await thread.shows("Number 100 · (212) 555-0100", "Number 109 · (212) 555-0109", "There are more")
        await ben.presses(thread, note.ts, SAVE)

        await ben.hears("Noted: 10 names")
        assert "Number 110" not in shown(note)
