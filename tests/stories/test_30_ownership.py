"""Whose a conversation is, what is decided on it in its menu, and that neither ever traps a text."""

from tests.stories.language import ADA, House, Thread


async def shown(house: House, text: str = "Are you open?") -> Thread:
    await house.phone(ADA).texts(text)
    return await house.thread(ADA)


async def answered(house: House) -> Thread:
    """Let Ben answer a text, which makes the conversation his."""
    thread = await shown(house)
    await house.agent().replies(thread, "Yes")
    await house.phone(ADA).gets("Yes")
    await thread.says("Acknowledged by", "U0BEN")
    return thread


async def test_whoever_answers_first_has_it_and_everybody_may_still_answer(house: House) -> None:
    thread = await answered(house)

    await house.phone(ADA).texts("And tomorrow?")
    await thread.says("Waiting since", "with", "U0BEN")
    await house.agent("U0DESK").replies(thread, "Tomorrow too")

    await house.phone(ADA).gets("Yes", "Tomorrow too")
    await thread.says("Acknowledged by", "U0DESK", "with", "U0BEN")


async def test_what_waits_for_its_owner_too_long_is_everybodys_again_and_the_channel_is_told(house: House) -> None:
    thread = await answered(house)
    await house.phone(ADA).texts("Hello?")
    await thread.shows("Hello?")

    await house.forward(minutes=31)

    told = await thread.shows("has not answered: it is anybody's again", "U0BEN")
    assert told.is_broadcast
    await house.slack.wait_for(lambda: "· with" not in str(thread.card.attachments))


async def test_a_conversation_is_assigned_to_a_colleague_who_is_told_in_the_thread(house: House) -> None:
    thread = await shown(house)
    ben = house.agent()

    await ben.picks(thread.channel, thread.root, "Assign…")
    form = await ben.form()
    assert await form.sends_off({"owner": {"owner": "U0DESK"}}) == {}

    await thread.says("Waiting since", "with", "U0DESK")
    await thread.shows("this is with you now", "U0DESK", "U0BEN")
    await house.agent("U0DESK").opens_home()
    await house.agent("U0DESK").sees_home("Waiting for me (1)")


async def test_who_does_not_answer_here_is_not_given_a_conversation(house: House) -> None:
    thread = await shown(house)
    house.slack.add_user("gus", id="U0GUEST", real_name="Gus Guest", is_restricted=True)
    ben = house.agent()

    await ben.picks(thread.channel, thread.root, "Assign…")
    form = await ben.form()

    assert "does not answer" in (await form.sends_off({"owner": {"owner": "U0GUEST"}}))["owner"]


async def test_a_closed_conversation_waits_for_nobody_and_the_next_text_opens_it(house: House) -> None:
    thread = await answered(house)
    await house.phone(ADA).texts("Thanks!")
    await thread.shows("Thanks!")
    await thread.says("Waiting since")

    await house.agent().picks(thread.channel, thread.root, "Close")
    await thread.says("Closed by", "U0BEN")
    await house.phone(ADA).texts("One more thing")

    await thread.shows("One more thing")
    await thread.says("Waiting since")


async def test_what_was_reopened_waits_from_then_on_and_goes_into_a_mail(house: House) -> None:
    thread = await answered(house)
    await house.forward(hours=2, step_minutes=5)
    await house.agent().picks(thread.channel, thread.root, "Close")
    await thread.says("Closed by")

    await house.agent().picks(thread.channel, thread.root, "Reopen")
    await thread.says("Waiting since")
    await house.forward(minutes=5)
    assert house.mail.inbox("desk@example.com") == []

    await house.forward(minutes=7)
    (mail,) = await house.mails(1)
    assert "Are you open?" in str(mail.text)


async def test_a_text_that_was_mailed_once_is_mailed_again_after_it_was_reopened(house: House) -> None:
    thread = await shown(house)
    await house.forward(minutes=12)
    await house.mails(1)
    await house.agent().picks(thread.channel, thread.root, "Close")
    await thread.says("Closed by")

    await house.agent().picks(thread.channel, thread.root, "Reopen")
    await thread.says("Waiting since")
    await house.forward(minutes=12)

    await house.mails(2)


async def more(house: House, thread: Thread, choice: str) -> dict[str, str]:
    """Choose something behind "More…"."""
    ben = house.agent()
    await ben.picks(thread.channel, thread.root, "More…")
    form = await ben.form()
    return await form.sends_off({"choice": {"choice": choice}})


async def test_a_muted_conversation_is_shown_and_neither_waits_nor_is_mailed(house: House) -> None:
    thread = await shown(house)

    assert await more(house, thread, "mute") == {}
    await thread.says("Muted by", "U0BEN")
    await house.phone(ADA).texts("Ding")
    await thread.shows("Ding")
    await house.forward(minutes=15)

    assert house.mail.inbox("desk@example.com") == []
    await thread.says("Muted by")
    assert await more(house, thread, "unmute") == {}
    await house.phone(ADA).texts("Dong")
    await thread.shows("Dong")
    await thread.says("Waiting since")


async def test_a_blocked_conversation_is_kept_unseen_and_nothing_goes_out(house: House) -> None:
    thread = await shown(house)

    assert await more(house, thread, "block") == {}
    await thread.says("Blocked by", "U0BEN")
    await house.phone(ADA).texts("Buy now")
    await house.agent().replies(thread, "Stop it")

    await thread.shows("was not sent, because this conversation is blocked")
    assert house.phone(ADA).got == []
    assert not any("Buy now" in str(one.blocks) for one in thread.messages)
    assert await more(house, thread, "unblock") == {}
    await house.phone(ADA).texts("Sorry")
    await thread.shows("Sorry")


async def test_a_guest_decides_nothing(house: House) -> None:
    thread = await shown(house)
    house.slack.add_user("gus", id="U0GUEST", real_name="Gus Guest", is_restricted=True)

    await house.agent("U0GUEST").picks(thread.channel, thread.root, "Close")

    await house.agent("U0GUEST").hears("not among those who answer")
    await thread.says("Waiting since")
