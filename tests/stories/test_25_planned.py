"""Answers out of a form: with a snippet, at a time of one's own, or never where somebody texts before; reminders."""

from datetime import timedelta

from adapters.sandbox.workspace.elements import Filled
from tests.stories.language import ADA, House, Thread, did, shown
from tests.stories.visitor import Visitor

HELLO = {"name": "Ready", "text": "Hi {first_name}, it is ready. {my_name}"}


async def opened(house: House) -> Thread:
    await house.phone(ADA).texts("Is it ready?")
    return await house.thread(ADA)


async def answers(house: House, thread: Thread, text: str, hours: float = 0, user: str = "U0BEN") -> dict[str, str]:
    """Answer with the form, at once or hours later."""
    agent: Visitor = house.agent(user)
    await house.agent(user).presses(thread, thread.root, "Reply…")
    form = await agent.form()
    at = int((house.clock.now() + timedelta(hours=hours)).timestamp()) if hours else None
    return await form.sends_off({"text": {"text": text}, "at": {"at": at}})


async def test_an_answer_out_of_the_form_goes_out_and_takes_the_conversation_on(house: House) -> None:
    thread = await opened(house)

    assert await answers(house, thread, "Yes, until six") == {}

    await house.phone(ADA).gets("Yes, until six")
    await thread.shows("Yes, until six", "U0BEN")
    await thread.says("Acknowledged by", "U0BEN")


async def test_a_snippet_is_put_behind_what_is_written_with_the_name_in_it(house: House) -> None:
    house.changes["snippets"] = [HELLO]
    await house.restart()
    thread = await opened(house)
    ben = house.agent()
    await ben.presses(thread, thread.root, "Reply…")
    form = await ben.form()

    filled: Filled = {"text": {"text": "Good morning!"}}
    await house.slack.interactions.press_in_view("U0BEN", form.view, "sms:snippet", picked="0", filled=filled)
    await house.slack.wait_for(lambda: "text#1" in form.blocks)
    assert form.blocks["text#1"]["initial_value"] == "Good morning!\nHi Ada, it is ready. Ben"
    assert await form.sends_off({}) == {}

    await house.phone(ADA).gets("Good morning!\nHi Ada, it is ready. Ben")


async def test_what_is_planned_goes_out_at_its_time_and_not_before(house: House) -> None:
    thread = await opened(house)
    assert await answers(house, thread, "It is ready now", hours=3) == {}
    note = await thread.shows("this goes out", "unless somebody texts here before")

    await house.forward(hours=2, step_minutes=5)
    assert house.phone(ADA).got == []
    await house.forward(hours=1.1, step_minutes=1)

    await house.phone(ADA).gets("It is ready now")
    await thread.shows("this went out as planned")
    assert "Send now" not in shown(house.slack.message(thread.channel, note.ts))


async def test_whoever_texts_before_makes_it_a_draft_again_which_is_asked_about(house: House) -> None:
    thread = await opened(house)
    await answers(house, thread, "It is ready now", hours=3)
    await thread.shows("this goes out")

    await house.phone(ADA).texts("Never mind, I was there")
    asked = await thread.shows("has not gone out, because somebody has texted here meanwhile")
    await house.forward(hours=4, step_minutes=5)
    assert house.phone(ADA).got == []

    await house.agent().presses(thread, asked.ts, "Send now")
    await house.phone(ADA).gets("It is ready now")


async def test_a_planned_text_can_be_sent_at_once_or_not_at_all(house: House) -> None:
    thread = await opened(house)
    await answers(house, thread, "One", hours=3)
    note = await thread.shows("this goes out")
    await house.agent().presses(thread, note.ts, "Send now")
    await house.phone(ADA).gets("One")

    await answers(house, thread, "Two", hours=3)
    second = (await _notes(house, thread, 1))[-1]
    await house.agent().presses(thread, second, "Don't send")
    await house.forward(hours=4, step_minutes=5)

    assert house.phone(ADA).got == ["One"]


async def _notes(house: House, thread: Thread, count: int) -> list[str]:
    def found() -> list[str]:
        return [one.ts for one in thread.messages if "this goes out" in shown(one)]

    await house.slack.wait_for(lambda: len(found()) >= count)
    return found()


async def test_what_is_found_late_after_an_interruption_is_asked_about(house: House) -> None:
    thread = await opened(house)
    await answers(house, thread, "It is ready now", hours=1)
    await thread.shows("this goes out")
    await house.close()
    house.clock.forward(timedelta(hours=2))
    await house.open()

    await thread.shows("found only now, after an interruption")

    assert house.phone(ADA).got == []


async def test_a_restart_before_its_time_changes_nothing(house: House) -> None:
    thread = await opened(house)
    await answers(house, thread, "It is ready now", hours=1)
    await thread.shows("this goes out")
    await house.restart()

    await house.forward(hours=1.1, step_minutes=1)

    await house.phone(ADA).gets("It is ready now")


async def test_what_cannot_be_is_said_at_its_field(house: House) -> None:
    thread = await opened(house)

    assert "from now on" in (await answers(house, thread, "Too late", hours=-1))["at"]
    assert "Write something" in (await answers(house, thread, ""))["text"]
    await house.phone(ADA).texts("STOP")
    await thread.shows("STOP")
    await house.forward(minutes=1)
    assert "has texted STOP" in (await answers(house, thread, "Still?"))["text"]


async def test_where_nothing_goes_out_no_form_is_offered(house: House) -> None:
    house.changes["dids"] = did(replies="off")
    await house.restart()

    thread = await opened(house)

    assert "Reply…" not in shown(thread.card)


async def reminds(house: House, thread: Thread, when: str = "", *, hours: float = 0, note: str = "") -> dict[str, str]:
    ben = house.agent()
    await ben.picks(thread.channel, thread.root, "Remind me…")
    form = await ben.form()
    at = int((house.clock.now() + timedelta(hours=hours)).timestamp()) if hours else None
    filled = {"at": {"at": at}, "note": {"note": note}}
    return await form.sends_off(filled | ({"when": {"when": when}} if when else {}))


async def test_a_reminder_calls_its_person_at_its_time_and_the_conversation_waits_again(house: House) -> None:
    thread = await opened(house)
    await house.agent().replies(thread, "Tomorrow")
    await house.phone(ADA).gets("Tomorrow")
    await thread.says("Acknowledged by")

    assert await reminds(house, thread, hours=2, note="call the workshop") == {}
    await house.forward(hours=1.9, step_minutes=5)
    assert "reminded" not in "".join(map(shown, thread.messages))
    await house.forward(minutes=10)

    called = await thread.shows("you wanted to be reminded of this", "call the workshop", "U0BEN")
    assert called.is_broadcast
    await thread.says("Waiting since")


async def test_another_reminder_replaces_the_first_and_never_takes_it_back(house: House) -> None:
    thread = await opened(house)
    await reminds(house, thread, hours=2, note="first")
    await reminds(house, thread, hours=1, note="second")
    await house.forward(hours=1.1, step_minutes=1)
    await thread.shows("reminded", "second")
    await reminds(house, thread, hours=1, note="third")

    assert await reminds(house, thread, "never") == {}
    await house.forward(hours=3, step_minutes=5)

    said = "".join(map(shown, thread.messages))
    assert "first" not in said
    assert "third" not in said


async def test_a_reminder_of_the_past_is_refused(house: House) -> None:
    thread = await opened(house)

    assert "from now on" in (await reminds(house, thread, hours=-1))["when"]
