"""STOP and its kin: recorded, shown, obeyed, and lifted by START from that phone alone."""

from tests.stories.language import ADA, House


async def test_stop_blocks_replies_and_the_thread_says_why_until_start(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    before = len(ada.got)

    await ada.texts("STOP")
    await thread.shows("texted STOP")
    reply = await ben.replies(thread, "But we have an offer")
    await thread.shows("not sent", "START")
    await ben.sees_mark(thread, reply, "x")
    await ada.texts("start")
    await thread.shows("texted START")
    again = await ben.replies(thread, "Welcome back")

    await ben.sees_mark(thread, again, "white_check_mark")
    ours = [text for text in ada.got[before:] if "offer" in text or "Welcome back" in text]
    assert ours == ["Welcome back"]


async def test_words_that_merely_contain_stop_block_nothing(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("please don't stop")
    thread = await house.thread(ADA)

    await ben.replies(thread, "We won't")

    await ada.gets("We won't")


async def test_a_stop_that_overtakes_a_queued_reply_withdraws_it(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    await house.carrier.down()
    reply = await ben.replies(thread, "queued while the carrier is away")
    await ben.sees_mark(thread, reply, "hourglass_flowing_sand")

    await ada.texts("STOP")
    await thread.shows("texted STOP")
    await house.carrier.up()
    await house.forward_until(lambda: "x" in house.slack.message(thread.channel, reply).reactions)

    await ben.sees_mark(thread, reply, "x")
    await thread.shows("not sent", "START")
    assert "queued while the carrier is away" not in ada.got


async def test_a_block_that_only_the_carrier_knows_is_learnt_from_its_refusal(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    house.carrier.refuse(ADA, 21610)

    first = await ben.replies(thread, "one")
    await ben.sees_mark(thread, first, "x")
    house.carrier.refuse(ADA, None)
    second = await ben.replies(thread, "two")

    await ben.sees_mark(thread, second, "x")
    assert ada.got == []
