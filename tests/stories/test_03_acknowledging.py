"""A human reaction, reply or button takes responsibility; taking the last reaction away gives it back."""

from tests.stories.language import ADA, House


async def test_a_reaction_acknowledges_and_taking_it_away_reopens(house: House) -> None:
    await house.phone(ADA).texts("Hello")
    thread = await house.thread(ADA)
    ben, desk = house.agent("U0BEN"), house.agent("U0DESK")

    await ben.reacts(thread)
    await thread.says("Acknowledged by", "U0BEN")
    await desk.reacts(thread, emoji="+1")
    await ben.unreacts(thread)
    await thread.says("Acknowledged by", "U0DESK")
    await desk.unreacts(thread, emoji="+1")

    await thread.says("Waiting since")
    assert thread.is_green


async def test_the_button_acknowledges(house: House) -> None:
    await house.phone(ADA).texts("Hello")
    thread = await house.thread(ADA)

    await house.agent().presses(thread, thread.root, "Acknowledge")

    await thread.says("Acknowledged by", "U0BEN")


async def test_a_reaction_on_a_text_covers_up_to_it_and_no_further(house: House) -> None:
    ada = house.phone(ADA)
    await ada.texts("First")
    thread = await house.thread(ADA)
    await ada.texts("Second")
    second = await thread.shows("Second")
    await ada.texts("Third")
    await thread.shows("Third")

    await house.agent().reacts(thread, second.ts)
    await house.slack.settled()
    await house.forward(minutes=12)

    (mail,) = await house.mails(1)
    assert "Third" in (mail.text or "")
    assert "Second" not in (mail.text or "")
    assert thread.is_green


async def test_a_new_text_after_an_acknowledgement_waits_again(house: House) -> None:
    ada = house.phone(ADA)
    await ada.texts("First")
    thread = await house.thread(ADA)
    await house.agent().reacts(thread)
    await thread.says("Acknowledged by")

    await ada.texts("One more thing")

    await thread.says("Waiting since")
    assert thread.is_green


async def test_other_bots_and_our_own_marks_never_count(house: House) -> None:
    await house.phone(ADA).texts("Hello")
    thread = await house.thread(ADA)
    robot = house.slack.add_user("robot", is_bot=True)

    await house.slack.people.react(robot.id, thread.channel, thread.root, "eyes")
    await house.slack.settled()
    await house.forward(minutes=12)

    await house.mails(1)
    assert thread.is_green


async def test_a_deleted_emoji_event_that_comes_before_its_addition_still_converges(house: House) -> None:
    await house.phone(ADA).texts("Hello")
    thread = await house.thread(ADA)
    ben = house.agent()
    await house.slack.settled()
    house.slack.event_faults.hold = 100

    await ben.reacts(thread)
    await ben.unreacts(thread)
    await ben.reacts(thread)
    house.slack.event_faults.clear()
    house.slack.courier.release()
    await house.slack.settled()

    await thread.says("Acknowledged by", "U0BEN")
