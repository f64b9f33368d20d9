"""The main way: a text opens a thread, a reply goes out, receipts move its mark."""

from tests.stories.language import ADA, House


async def test_the_first_text_opens_a_thread_that_says_who_waits_since_when(house: House) -> None:
    await house.phone(ADA).texts("Are you open on Sunday?")

    thread = await house.thread(ADA)

    await thread.says("Ada Moss", "(212) 555-0142", "Main line", "(415) 555-0100", "Are you open on Sunday?", "Waiting")
    assert thread.is_green


async def test_a_reply_goes_out_as_a_text_and_carries_its_state(house: House) -> None:
    ada = house.phone(ADA)
    await ada.texts("Are you open on Sunday?")
    thread = await house.thread(ADA)

    reply = await house.agent().replies(thread, "Yes, from ten to four & all day")

    await ada.gets("Yes, from ten to four & all day")
    await house.agent().sees_mark(thread, reply, "white_check_mark")
    await thread.says("Acknowledged by", "U0BEN")
    assert not thread.is_green


async def test_two_quick_texts_make_one_thread(house: House) -> None:
    ada = house.phone(ADA)

    await ada.texts("Hello?", wait=False)
    await ada.texts("Anybody there?", wait=False)

    thread = await house.thread(ADA)
    await thread.shows("Anybody there?")
    assert len(house.roots()) == 1
