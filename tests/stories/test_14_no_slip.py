"""Nothing reaches a customer by accident: notes, and the rules of a number, keep words inside."""

from pathlib import Path

import pytest

from tests.stories.language import ADA, House, did, opened_house

LOCK, DELIVERED = "lock", "white_check_mark"


@pytest.mark.parametrize("note", ["// she always says so", ":lock: careful", "Note: careful"])
async def test_a_note_is_marked_and_acknowledges_and_no_phone_gets_it(house: House, note: str) -> None:
    ada = house.phone(ADA)
    await ada.texts("Are you open?")
    thread = await house.thread(ADA)

    inside = await house.agent().replies(thread, note)
    await house.agent().sees_mark(thread, inside, LOCK)
    await thread.says("Acknowledged by", "U0BEN")
    await house.agent().replies(thread, "Yes")

    await ada.gets("Yes")


async def test_where_the_app_must_be_mentioned_nothing_else_goes_out(tmp_path: Path) -> None:
    async with opened_house(tmp_path, dids=did(replies="mention")) as house:
        ada = house.phone(ADA)
        await ada.texts("Are you open?")
        thread = await house.thread(ADA)

        inside = await house.agent().replies(thread, "Does anybody know?")
        await house.agent().sees_mark(thread, inside, LOCK)
        outside = await house.agent().replies(thread, "@sms-bridge Yes, until six")

        await house.agent().sees_mark(thread, outside, DELIVERED)
        await ada.gets("Yes, until six")


async def test_a_one_way_number_sends_nothing(tmp_path: Path) -> None:
    async with opened_house(tmp_path, dids=did(replies="off")) as house:
        ada = house.phone(ADA)
        await ada.texts("Your code is 1234")
        thread = await house.thread(ADA)

        inside = await house.agent().replies(thread, "Got it")

        await house.agent().sees_mark(thread, inside, LOCK)
        assert ada.got == []
