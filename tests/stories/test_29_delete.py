"""All that is kept of a number is deleted at an admin's word, who is asked twice; what stays, stays on purpose."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.sandbox.faults import Fault
from bridge.domain.conversation import ConsentState
from bridge.domain.erasure import Erasure, Stage
from bridge.domain.phone import PhoneNumber
from tests.stories.forms import Form
from tests.stories.language import ADA, BOB, CHANNEL, DID, OTHER_DID, House, Thread, opened_house, shown
from tests.unit.adapters.pictures.prints import halves, written

ERASING = "sms:erase"
JPEG = written(halves(), "JPEG")
ADA_IS_NAMED_BY_BEN = "Ada Lovelace"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house with an admin, in whose configuration nobody has a name."""
    async with opened_house(tmp_path, bridge={"admins": ["Ben"]}, contacts=[]) as house:
        yield house


async def menu(house: House, thread: Thread, person: str = "U0BEN") -> Form:
    """Open the form about a conversation."""
    await house.agent(person).picks(thread.channel, thread.root, "More…")
    return await house.agent(person).form()


def offered(form: Form) -> list[str]:
    return [one["value"] for one in form.blocks["choice"]["options"]]


async def second_form(house: House, thread: Thread, person: str = "U0BEN") -> Form:
    """Choose to delete, and wait for the form that asks once more."""
    form = await menu(house, thread, person)
    await house.slack.interactions.submit_form(person, form.view, {"choice": {"choice": "delete"}})
    await house.slack.wait_for(lambda: house.slack.state.views[form.view].body["callback_id"] == ERASING)
    return form


async def confirms(form: Form, typed: str, number: str = ADA) -> dict[str, str]:
    return await form.sends_off({"who": {"who": number}, "typed": {"typed": typed}})


def ours(house: House, channel: str = CHANNEL) -> list[str]:
    """What stands in a channel by the app, threads included."""
    messages = house.slack.state.messages[channel].values()
    return [shown(one) for one in messages if one.bot_id == house.slack.state.bot_id]


async def reaches(house: House, stage: Stage) -> Erasure | None:
    """Let time pass until the erasure has come so far; nothing is left of one that is done."""
    for _ in range(400):
        erasure: Erasure | None = await house.read(lambda ledger: ledger.erasures.under_way())
        if (erasure.stage if erasure else Stage.DONE) is stage:
            return erasure
        await house.forward(seconds=3)
    raise AssertionError(f"it does not come to {stage}")


async def is_done(house: House) -> None:
    await reaches(house, Stage.DONE)


async def a_talk(house: House) -> Thread:
    """Ada texts, with a picture; Ben answers, and gives her a name."""
    await house.phone(ADA).texts("My secret recipe", media=[("image/jpeg", JPEG)])
    thread = await house.thread(ADA)
    await house.slack.wait_for(lambda: [one for one in thread.messages if one.files])
    await house.agent().picks(thread.channel, thread.root, "Name this number…")
    form = await house.agent().form()
    await form.sends_off({"who": {"who": ADA}, "name": {"name": ADA_IS_NAMED_BY_BEN}})
    await thread.says(ADA_IS_NAMED_BY_BEN)
    await house.agent().replies(thread, "Thanks for the recipe")
    await house.phone(ADA).gets("Thanks for the recipe")
    return thread


async def test_after_two_questions_nothing_is_left_but_what_colleagues_wrote(house: House) -> None:
    thread = await a_talk(house)
    file = next(iter(house.slack.state.files.values()))
    form = await second_form(house, thread)
    asked = str(house.slack.state.views[form.view].body["blocks"])

    assert await confirms(form, "0142") == {}
    await is_done(house)

    told = next(one for one in ours(house) if "has been deleted" in one)
    assert "ending in 0142 has been deleted: 2 texts, 1 file, 2 posts. Asked for by" in told
    assert [one for one in ours(house) if "has been deleted" not in one] == []
    assert "U0BEN" in told
    assert (file.deleted, file.content) == (True, None)
    assert [shown(one) for one in thread.messages[1:]] == ["Thanks for the recipe\nThanks for the recipe"]
    assert "1 conversation" in asked
    assert "colleagues wrote in Slack stays" in asked


async def test_text_name_and_number_are_gone_from_the_database(house: House) -> None:
    thread = await a_talk(house)
    await house.forward(seconds=20)  # so that its words are in the index
    assert await confirms(await second_form(house, thread), "0142") == {}
    await is_done(house)

    await house.close()

    left = b"".join(file.read_bytes() for file in house.path.glob("bridge.db*"))
    written_down = ("My secret recipe", "recipe", "Thanks for the", "Lovelace", "2125550142", "2410555212", "555-0142")
    assert [word for word in written_down if word.encode() in left] == []
    assert JPEG not in left
    await house.open()


async def test_the_next_text_opens_a_new_thread_that_shows_nothing_old(house: House) -> None:
    thread = await a_talk(house)
    assert await confirms(await second_form(house, thread), "0142") == {}
    await is_done(house)

    await house.phone(ADA).texts("It is me again")

    await house.slack.wait_for(lambda: any("It is me again" in one for one in ours(house)))
    (root,) = [one for one in house.roots() if "It is me again" in shown(one)]
    new = house.thread_at(root)
    assert ADA_IS_NAMED_BY_BEN not in shown(new.card)
    assert len(new.messages) == 1
    await house.agent().replies(new, "Welcome back")
    await house.phone(ADA).gets("Thanks for the recipe", "Welcome back")


async def test_only_an_admin_is_offered_it(house: House) -> None:
    await house.phone(ADA).texts("Are you open?")
    thread = await house.thread(ADA)

    assert "delete" in offered(await menu(house, thread))
    assert "delete" not in offered(await menu(house, thread, "U0DESK"))


async def test_whoever_is_no_admin_is_refused_even_with_a_form_that_he_should_not_have(house: House) -> None:
    await house.phone(ADA).texts("Are you open?")
    thread = await house.thread(ADA)
    mine = await second_form(house, thread)
    house.slack.state.views[mine.view].user = "U0DESK"
    theirs = Form(house.slack, "U0DESK", mine.view)

    wrong = await confirms(theirs, "0142")

    assert "Only admins" in wrong["typed"]
    await house.forward(minutes=1)
    assert "Are you open?" in shown(thread.card)


async def test_a_guest_is_no_admin_whatever_the_file_says(tmp_path: Path) -> None:
    async with opened_house(tmp_path, bridge={"admins": ["Ben"]}) as house:
        house.slack.state.users["U0BEN"].is_restricted = True
        await house.phone(ADA).texts("Are you open?")
        thread = await house.thread(ADA)
        form = await menu(house, thread)

        wrong = await form.sends_off({"choice": {"choice": "delete"}})

        assert "Only admins" in wrong["choice"]


@pytest.mark.parametrize("typed", ["0143", " ", "01 42", "142"])
async def test_wrong_digits_are_said_at_their_field_and_delete_nothing(house: House, typed: str) -> None:
    await house.phone(ADA).texts("Are you open?")
    thread = await house.thread(ADA)
    form = await second_form(house, thread)

    for _ in range(2):  # the same mistake twice is no deletion either
        wrong = await confirms(form, typed)
        assert "how this number ends" in wrong["typed"]

    assert form.is_open
    await house.forward(minutes=1)
    assert "Are you open?" in shown(thread.card)
    assert await confirms(form, "0142") == {}


async def test_a_stop_outlives_it(house: House) -> None:
    await house.phone(ADA).texts("STOP")
    thread = await house.thread(ADA)
    await thread.shows("STOP")
    form = await second_form(house, thread)
    assert "A STOP of this number stays" in str(house.slack.state.views[form.view].body["blocks"])

    assert await confirms(form, "0142") == {}
    await is_done(house)

    consent = await house.read(lambda ledger: ledger.consents.get(PhoneNumber(DID), PhoneNumber(ADA)))
    assert consent.state is ConsentState.WITHDRAWN


async def test_a_reply_that_waits_is_not_sent_and_marked_so(tmp_path: Path) -> None:
    async with opened_house(tmp_path, bridge={"admins": ["Ben"], "hold": "1m"}) as house:
        await house.phone(ADA).texts("Are you open?")
        thread = await house.thread(ADA)
        written = await house.agent().replies(thread, "Until six")
        await thread.says("Acknowledged by")

        assert await confirms(await second_form(house, thread), "0142") == {}
        await is_done(house)
        await house.forward(minutes=2)

        assert house.phone(ADA).got == []
        await house.agent().sees_mark(thread, written, "no_entry_sign")


async def test_all_numbers_of_ours_and_groups_are_part_of_it_and_others_are_not(house: House) -> None:
    await house.phone(ADA).texts("To the main line")
    await house.phone(ADA, OTHER_DID).texts("To the service")
    await house.phone(BOB).texts("Something of Bob's own")
    await house.phone(ADA).texts("To both of you", others=[BOB])
    await house.slack.wait_for(lambda: len(house.roots()) == 3 and len(house.roots("C0SERVICE")) == 1)
    thread, bobs = (
        next(house.thread_at(root) for root in house.roots() if words in shown(root))
        for words in ("To the main line", "Something of Bob's own")
    )
    form = await second_form(house, thread)
    asked = str(house.slack.state.views[form.view].body["blocks"])
    assert "3 conversations (one of them is a group: it goes whole" in asked

    assert await confirms(form, "0142") == {}
    await is_done(house)

    assert ours(house, "C0SERVICE") == []
    assert "Something of Bob's own" in shown(bobs.card)
    assert [one for one in ours(house) if "To the main line" in one or "To both of you" in one] == []


async def test_while_slack_is_down_it_is_gone_here_and_goes_there_when_slack_is_back(house: House) -> None:
    thread = await a_talk(house)
    form = await second_form(house, thread)
    assert await confirms(form, "0142") == {}
    await house.slack.down()

    erasure = await reaches(house, Stage.POSTS)

    assert erasure
    assert erasure.address is None
    assert await house.read(lambda ledger: ledger.search.conversations("0142", 9)) == []
    await house.slack.up()
    await house.forward_until(lambda: any("has been deleted" in one for one in ours(house)))

    assert [one for one in ours(house) if "has been deleted" not in one] == []


async def test_it_goes_on_after_a_restart_in_the_middle(house: House) -> None:
    thread = await a_talk(house)
    house.slack.faults.always("chat.delete", Fault.ERROR)
    assert await confirms(await second_form(house, thread), "0142") == {}
    await reaches(house, Stage.POSTS)
    assert shown(thread.card)

    await house.close()
    house.slack.faults.always("chat.delete", None)
    await house.open()
    await is_done(house)

    await house.slack.wait_for(lambda: any("has been deleted: 2 texts" in one for one in ours(house)))
    assert [one for one in ours(house) if "has been deleted" not in one] == []


async def test_what_slack_does_not_let_us_delete_is_counted_and_the_admin_told(house: House) -> None:
    await house.phone(ADA).texts("Are you open?")
    thread = await house.thread(ADA)
    house.slack.switches.refusals["chat.delete"] = "compliance_exports_prevent_deletion"

    assert await confirms(await second_form(house, thread), "0142") == {}
    await is_done(house)

    await house.slack.wait_for(lambda: any("1 post could not be deleted here" in one for one in ours(house)))
    troubles = await house.read(lambda ledger: ledger.audit.troubles())
    assert any("compliance_exports" in trouble.what for trouble in troubles)


async def test_what_is_said_in_the_thread_meanwhile_goes_nowhere_and_is_not_kept(house: House) -> None:
    thread = await a_talk(house)
    assert await confirms(await second_form(house, thread), "0142") == {}
    await is_done(house)

    await house.agent().replies(thread, "Did that work at all?")
    await house.forward(minutes=1)

    assert house.phone(ADA).got == ["Thanks for the recipe"]
    await house.close()
    left = b"".join(file.read_bytes() for file in house.path.glob("bridge.db*"))
    assert b"Did that work" not in left
    await house.open()
