"""A conversation leaves as a file to read, for whoever may read it anyway, and for him alone."""

from pathlib import Path

import pytest

from adapters.sandbox.faults import Fault
from bridge.flows import transcribe
from tests.stories.language import ADA, CHANNEL, House, Thread, did, opened_house, shown
from tests.unit.adapters.pictures.prints import halves, written

JPEG = written(halves(), "JPEG")


async def exports(house: House, thread: Thread, person: str = "U0BEN") -> None:
    await house.agent(person).picks(thread.channel, thread.root, "More…")
    form = await house.agent(person).form()
    assert await form.sends_off({"choice": {"choice": "export"}}) == {}


async def file_of(house: House, person: str = "U0BEN") -> tuple[str, str]:
    """Wait for the one file that this person gets, and return its name and what stands in it."""
    await house.slack.wait_for(lambda: house.slack.directs(person))
    (message,) = house.slack.directs(person)
    (file,) = (house.slack.state.files[id_] for id_ in message.files)
    assert file.content
    return file.title, file.content.decode()


async def a_talk(house: House) -> Thread:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Is my bike ready?\nIt is red.", media=[("image/jpeg", JPEG)])
    thread = await house.thread(ADA)
    await house.slack.wait_for(lambda: [one for one in thread.messages if one.files])
    sent = await ben.replies(thread, "Yes, until six")
    await ada.gets("Yes, until six")
    await ben.sees_mark(thread, sent, "white_check_mark")
    await ben.sees_mark(thread, await ben.replies(thread, "// She always comes late"), "lock")
    return thread


async def test_a_conversation_comes_as_a_file_that_anybody_can_read(house: House) -> None:
    thread = await a_talk(house)
    day = f"{house.clock.now():%Y-%m-%d}"

    await exports(house, thread)

    name, text = await file_of(house)
    lines = text.splitlines()
    assert name == f"texts-with-2125550142-{day}.txt"
    assert lines[0] == "Texts between Main line · (415) 555-0100 and Ada Moss · (212) 555-0142"
    assert lines[1].startswith(f"Written out on {day}")
    assert lines[1].endswith(("EST", "EDT"))
    assert [line for line in lines if line.startswith("    ")] == [
        "    Is my bike ready?",
        "    It is red.",
        "    [picture-1.jpg, image/jpeg]",
        "    Yes, until six",
        "    // She always comes late",
    ]
    assert [line.partition("  ")[2] for line in lines[2:] if "  " in line and not line.startswith(" ")] == [
        "Ada Moss · (212) 555-0142",
        "ben (delivered)",
        "ben (a note, not sent)",
    ]


async def test_nobody_else_sees_it_and_the_channel_hears_nothing_of_it(house: House) -> None:
    thread = await a_talk(house)
    before = len(house.slack.state.messages[CHANNEL])

    await exports(house, thread)
    await file_of(house)

    await house.agent().hears("on its way to you")
    assert house.slack.directs("U0DESK") == []
    assert len(house.slack.state.messages[CHANNEL]) == before


async def test_a_long_conversation_is_read_part_by_part(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcribe, "AT_ONCE", 2)
    for number in range(5):
        await house.phone(ADA).texts(f"Text number {number}")
    thread = await house.thread(ADA)

    await exports(house, thread)

    _, text = await file_of(house)
    assert [line.strip() for line in text.splitlines() if "Text number" in line] == [
        f"Text number {number}" for number in range(5)
    ]


async def test_what_was_forgotten_is_named_as_that(house: House) -> None:
    thread = await a_talk(house)
    await house.forward(step_minutes=600, days=31)
    await house.forward(minutes=61)

    await exports(house, thread)

    _, text = await file_of(house)
    assert "(no longer kept)" in text
    assert "[a file, no longer kept]" in text
    assert "It is red" not in text


async def test_whoever_does_not_answer_here_does_not_get_it(tmp_path: Path) -> None:
    async with opened_house(tmp_path, dids=did(responders=["Ben"])) as house:
        await house.phone(ADA).texts("Are you open?")
        thread = await house.thread(ADA)

        await exports(house, thread, "U0DESK")

        await house.agent("U0DESK").hears("not among those who answer")
        assert house.slack.directs("U0DESK") == []


async def test_a_guest_does_not_get_it(house: House) -> None:
    house.slack.add_user("eve", id="U0EVE", is_restricted=True)
    await house.phone(ADA).texts("Are you open?")
    thread = await house.thread(ADA)

    await exports(house, thread, "U0EVE")

    await house.slack.wait_for(lambda: [one for one in house.slack.state.ephemerals if one.user == "U0EVE"])
    assert house.slack.directs("U0EVE") == []


async def test_whoever_cannot_see_the_channel_does_not_get_it(house: House) -> None:
    await house.phone(ADA).texts("Are you open?")
    thread = await house.thread(ADA)
    house.slack.state.channels[CHANNEL].is_private = True
    house.slack.state.channels[CHANNEL].members.discard("U0DESK")
    await house.forward(minutes=6)

    await exports(house, thread, "U0DESK")
    await house.slack.settled()

    assert house.slack.directs("U0DESK") == []


@pytest.mark.parametrize("call", ["conversations.open", "files.getUploadURLExternal", "files.upload"])
async def test_where_slack_fails_he_is_told_to_try_again(house: House, call: str) -> None:
    await house.phone(ADA).texts("Are you open?")
    thread = await house.thread(ADA)
    house.slack.faults.next(call, Fault.ERROR)

    await exports(house, thread)

    await house.agent().hears("could not be sent to you", "try again")
    await exports(house, thread)
    await file_of(house)


@pytest.mark.parametrize(
    ("error", "remedy"), [("missing_scope", "Give the app"), ("messages_tab_disabled", "sms-bridge manifest")]
)
async def test_where_the_app_lacks_a_right_he_is_told_which_remedy_there_is(
    house: House, error: str, remedy: str
) -> None:
    await house.phone(ADA).texts("Are you open?")
    thread = await house.thread(ADA)
    house.slack.switches.refusals["files.completeUploadExternal"] = error

    await exports(house, thread)

    await house.agent().hears("could not be sent to you", remedy)


async def test_an_account_that_was_deactivated_meanwhile_gets_nothing(house: House) -> None:
    await house.phone(ADA).texts("Are you open?")
    thread = await house.thread(ADA)
    await house.agent().picks(thread.channel, thread.root, "More…")
    form = await house.agent().form()
    house.slack.state.users["U0BEN"].deleted = True
    await house.forward(minutes=6)

    assert await form.sends_off({"choice": {"choice": "export"}}) == {}

    await house.agent().hears("not active")
    assert "Are you open?" in shown(thread.card)
    assert house.slack.directs("U0BEN") == []
