"""A script at a colleague's account stops at the limit; what exceeds it waits for a person, and an admin is told."""

from pathlib import Path

from tests.stories.language import ADA, BOB, House, opened_house

JAMAICA = "+18765550142"


async def test_what_exceeds_the_limit_waits_until_a_person_sends_it(tmp_path: Path) -> None:
    changes = {"limits": {"per_person": 2}, "bridge": {"listen": "127.0.0.1:0", "admins": ["Front desk"]}}
    async with opened_house(tmp_path, **changes) as house:
        ada, ben = house.phone(ADA), house.agent()
        await ada.texts("Hello")
        thread = await house.thread(ADA)

        for text in ("One", "Two"):
            await ben.sees_mark(thread, await ben.replies(thread, text), "white_check_mark")
        held = [await ben.replies(thread, "Three")]
        await ben.sees_mark(thread, held[0], "double_vertical_bar")
        held.append(await ben.replies(thread, "Four"))
        await ben.sees_mark(thread, held[1], "double_vertical_bar")
        note = await thread.shows("held", "2 texts an hour")
        await ben.presses(thread, note.ts, "Send now")
        await house.forward(seconds=10)
        await house.mails(1)
        await house.forward(minutes=61)
        (warning,) = {mail.text for mail in await house.mails(1)}
        assert "per_person" in (warning or "")
        assert ada.got == ["One", "Two"]
        await house.agent("U0DESK").presses(thread, note.ts, "Send now")

        await ada.gets("One", "Two", "Three", "Four")
        await thread.shows("had this reply sent")
        for reply in held:
            await ben.sees_mark(thread, reply, "white_check_mark")


async def test_a_number_in_jamaica_is_refused_although_it_looks_like_one_of_ours(house: House) -> None:
    phone, ben = house.phone(JAMAICA), house.agent()
    await phone.texts("Call me")
    thread = await house.thread(JAMAICA)

    reply = await ben.replies(thread, "Who is there?")

    await thread.shows("not sent", "(876) 555-0142", "does not allow")
    await ben.sees_mark(thread, reply, "x")
    assert phone.got == []


async def test_forty_answers_one_after_the_other_meet_no_limit_as_they_are_set(tmp_path: Path) -> None:
    async with opened_house(tmp_path, limits={"per_person": 60, "per_participant": 30, "per_account": 300}) as house:
        ada, bob, ben = house.phone(ADA), house.phone(BOB), house.agent()
        for phone in (ada, bob):
            await phone.texts("Hello")
        threads = [await house.thread(ADA), await house.thread(BOB)]

        for number in range(20):
            for thread in threads:
                await ben.sees_mark(thread, await ben.replies(thread, str(number)), "white_check_mark")

        for phone in (ada, bob):
            await phone.gets(*map(str, range(20)))
