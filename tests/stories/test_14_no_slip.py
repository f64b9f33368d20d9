"""Nothing reaches a customer by accident: notes, and the rules of a number, keep words inside."""

from pathlib import Path

import pytest

from tests.stories.language import ADA, CHANNEL, House, did, opened_house, shown

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


async def test_a_reply_can_be_changed_and_deleted_for_a_while_and_bears_no_mark_before_it_left(tmp_path: Path) -> None:
    async with opened_house(tmp_path, bridge={"hold": "1m"}) as house:
        ada, ben = house.phone(ADA), house.agent()
        await ada.texts("Are you open?")
        thread = await house.thread(ADA)
        changed = await ben.replies(thread, "Yes, untill six")
        dropped = await ben.replies(thread, "Until six, I think")
        last = await ben.replies(thread, "Bye")
        await thread.says("Acknowledged by", "U0BEN")

        await ben.edits(thread, changed, "Yes, until six")
        await ben.deletes(thread, dropped)
        await house.slack.settled()
        await house.forward(seconds=50)
        unmarked = dict(house.slack.message(thread.channel, last).reactions)
        early = list(ada.got)
        await house.forward_until(lambda: len(ada.got) > 1)
        await house.forward(minutes=2)

        assert (early, unmarked) == ([], {})
        assert ada.got == ["Yes, until six", "Bye"]
        await ben.sees_mark(thread, changed, DELIVERED)
        await ben.sees_mark(thread, last, DELIVERED)
        assert len(thread.messages) == 3


async def test_undo_takes_a_reply_back_that_waits_and_says_so_where_it_was_offered(tmp_path: Path) -> None:
    async with opened_house(tmp_path, bridge={"hold": "1m"}) as house:
        ada, ben = house.phone(ADA), house.agent()
        await ada.texts("Are you open?")
        thread = await house.thread(ADA)
        reply = await ben.replies(thread, "Yes")
        await ben.hears("goes out in 60 seconds")

        await ben.presses_aside("Undo")

        await ben.hears("Taken back")
        await ben.sees_mark(thread, reply, "no_entry_sign")
        await house.forward(minutes=3)
        assert ada.got == []
        assert "goes out" not in "".join(shown(one) for one in house.slack.state.ephemerals)


async def test_a_reply_that_waits_becomes_a_note_and_a_note_goes_out_after_all(tmp_path: Path) -> None:
    async with opened_house(tmp_path, bridge={"hold": "1m"}) as house:
        ada, ben = house.phone(ADA), house.agent()
        await ada.texts("Are you open?")
        thread = await house.thread(ADA)
        reply, note = await ben.replies(thread, "She always asks"), await ben.replies(thread, "// Until six")

        await ben.uses_on(thread.channel, reply, "sms:note")
        await ben.sees_mark(thread, reply, LOCK)
        await ben.uses_on(thread.channel, note, "sms:send")
        await house.slack.settled()
        await house.forward_until(lambda: ada.got)

        await ben.sees_mark(thread, note, DELIVERED)
        assert ada.got == ["Until six"]


async def test_what_waits_at_a_restart_waits_on_and_goes_out_once(tmp_path: Path) -> None:
    async with opened_house(tmp_path, bridge={"hold": "1m"}) as house:
        ada, ben = house.phone(ADA), house.agent()
        await ada.texts("Are you open?")
        thread = await house.thread(ADA)
        await ben.replies(thread, "Yes")
        await thread.says("Acknowledged by", "U0BEN")

        await house.close()
        await house.open()
        await house.forward(seconds=50)
        early = list(ada.got)
        await house.forward_until(lambda: ada.got)

        assert early == []
        await ada.gets("Yes")


async def test_of_a_reply_that_has_gone_the_thread_says_that_the_phone_has_it(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Are you open?")
    thread = await house.thread(ADA)
    changed, dropped = await ben.replies(thread, "Yes"), await ben.replies(thread, "Until six")
    await ada.gets("Yes", "Until six")
    await ben.sees_mark(thread, dropped, DELIVERED)

    await ben.edits(thread, changed, "No")
    await ben.deletes(thread, dropped)

    await thread.shows("U0BEN", "the phone has the old words")
    await thread.shows("U0BEN", "deleted here that had gone out")
    assert ada.got == ["Yes", "Until six"]


async def test_what_was_changed_while_we_were_away_is_told_after_the_start(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Are you open?")
    thread = await house.thread(ADA)
    reply = await ben.replies(thread, "Yes")
    await ada.gets("Yes")
    await ben.sees_mark(thread, reply, DELIVERED)

    await house.close()
    await ben.edits(thread, reply, "No")
    await house.open()

    await thread.shows("the phone has the old words")


async def test_what_people_change_elsewhere_is_none_of_our_business(house: House) -> None:
    people = house.slack.people
    root = await people.say("U0BEN", CHANNEL, "Lunch?")
    reply = await people.say("U0DESK", CHANNEL, "Yes", thread_ts=root)
    await people.edit("U0DESK", CHANNEL, reply, "No")
    await people.delete("U0DESK", CHANNEL, reply)

    await house.slack.settled()

    assert len(house.slack.thread(CHANNEL, root)) == 1
