"""A thread that was quiet is noticed when a new text comes, and the channel stays free of everything else."""

from tests.stories.language import ADA, House


async def test_a_text_after_hours_of_quiet_is_shown_in_the_channel_too_and_the_next_is_not(house: House) -> None:
    ada = house.phone(ADA)
    await ada.texts("Are you open?")
    thread = await house.thread(ADA)
    await house.agent().replies(thread, "Yes")
    await ada.gets("Yes")
    await house.forward(hours=4, step_minutes=5)

    await ada.texts("And tomorrow?")
    first = await thread.shows("And tomorrow?")
    await ada.texts("From nine?")
    second = await thread.shows("From nine?")

    assert (first.is_broadcast, second.is_broadcast) == (True, False)
    await house.agent().reacts(thread, first.ts)
    await thread.says("Waiting since")
    await house.agent().reacts(thread, second.ts)
    await thread.says("Acknowledged by")
