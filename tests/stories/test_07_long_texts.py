"""Long texts: counted as carriers count, asked about where they cost, cut where they must be."""

from pathlib import Path

from tests.stories.language import ADA, House, did, opened_house


async def test_a_reply_of_three_segments_goes_out_unasked_and_one_of_four_is_asked_about(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Tell me everything")
    thread = await house.thread(ADA)
    three, four = "a" * 459, "b" * 460

    await ben.replies(thread, three)
    await ada.gets(three)
    reply = await ben.replies(thread, four)
    note = await thread.shows("4 segments")
    await ben.sees_mark(thread, reply, "double_vertical_bar")
    assert ada.got == [three]
    await ben.presses(thread, note.ts, "Send")

    await ada.gets(three, four)
    await ben.sees_mark(thread, reply, "white_check_mark")


async def test_an_asked_reply_does_not_hold_up_the_next(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Tell me everything")
    thread = await house.thread(ADA)

    await ben.replies(thread, "b" * 460)
    await thread.shows("4 segments")
    await ben.replies(thread, "in short: yes")

    await ada.gets("in short: yes")


async def test_split_sends_numbered_texts_in_order(tmp_path: Path) -> None:
    async with opened_house(tmp_path, dids=did(long_text="split")) as house:
        ada, ben = house.phone(ADA), house.agent()
        await ada.texts("Tell me everything")
        thread = await house.thread(ADA)
        words = " ".join(f"word{n}" for n in range(50))

        reply = await ben.replies(thread, words)
        await ben.sees_mark(thread, reply, "white_check_mark")

        assert [text[:6] for text in ada.got] == ["(1/3) ", "(2/3) ", "(3/3) "]
        assert " ".join(text[6:] for text in ada.got) == words
        assert max(map(len, ada.got)) <= 160


async def test_refuse_says_so_and_sends_nothing(tmp_path: Path) -> None:
    async with opened_house(tmp_path, dids=did(long_text="refuse")) as house:
        ada, ben = house.phone(ADA), house.agent()
        await ada.texts("Tell me everything")
        thread = await house.thread(ADA)

        reply = await ben.replies(thread, "a" * 161)

        await thread.shows("not sent", "2 segments")
        await ben.sees_mark(thread, reply, "x")
        assert ada.got == []


async def test_a_very_long_text_from_a_phone_is_shown_whole_in_several_posts(house: House) -> None:
    words = " ".join(f"w{n:04d}" for n in range(1500))

    await house.phone(ADA).texts(words[:1600] + words[1600:])

    thread = await house.thread(ADA)
    await thread.shows("w1499")
    bodies = [one.text for one in thread.messages]
    for n in range(1500):
        assert sum(f"w{n:04d}" in body for body in bodies) == 1
