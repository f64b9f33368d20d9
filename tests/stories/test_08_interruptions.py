"""Restarts, outages and silences: nothing is lost or said twice, and people are asked where nobody can know."""

from datetime import timedelta

from adapters.sandbox.carrier.receipts import Receipts
from adapters.sandbox.faults import Fault
from tests.stories.language import ADA, BOB, House, Thread


async def test_what_came_while_we_were_down_is_read_back_from_both_sides(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Before")
    thread = await house.thread(ADA)
    await house.forward(minutes=1)
    await house.close()

    house.carrier.mischief.drop = True
    await ada.texts("While you were away")
    await ben.replies(thread, "Answered meanwhile")
    house.carrier.mischief.drop = False
    house.clock.forward(timedelta(minutes=3))
    await house.open()

    await thread.shows("While you were away")
    await ada.gets("Answered meanwhile")


async def test_a_reply_found_late_is_asked_about(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Are you there?")
    thread = await house.thread(ADA)
    await house.close()
    house.slack.event_faults.drop = 1
    reply = await ben.replies(thread, "Ok, five minutes")
    house.clock.forward(timedelta(minutes=20))
    await house.open()

    note = await thread.shows("found only now")
    await ben.sees_mark(thread, reply, "double_vertical_bar")
    assert ada.got == []
    await ben.presses(thread, note.ts, "Send now")

    await ada.gets("Ok, five minutes")


async def test_an_acknowledgement_missed_while_down_is_found_in_the_set_of_reactions(house: House) -> None:
    await house.phone(ADA).texts("Hello")
    thread = await house.thread(ADA)
    await house.close()
    house.slack.event_faults.drop = 1
    await house.agent().reacts(thread)
    house.clock.forward(timedelta(minutes=2))
    await house.open()

    await thread.says("Acknowledged by", "U0BEN")


async def test_slack_away_for_an_hour_loses_nothing_and_digests_go_on(house: House) -> None:
    await house.phone(ADA).texts("Before the outage")
    thread = await house.thread(ADA)
    await house.slack.down()
    for n in range(10):
        await house.phone(ADA).texts(f"During the outage {n}")
        await house.phone(BOB).texts(f"Also waiting {n}")
        await house.forward(minutes=6)
    mails = house.mail.inbox("desk@example.com")
    assert mails
    assert "During the outage 3" in "".join(mail.text or "" for mail in mails)

    await house.slack.up()
    await house.forward_until(lambda: len(thread.messages) > 1 and len(house.roots()) > 1)

    await thread.shows("During the outage 9")
    bob = await house.thread(BOB)
    await bob.shows("Also waiting 9")
    assert lines(thread, "During the outage") == [f"During the outage {n}" for n in range(10)]
    assert lines(bob, "Also waiting") == [f"Also waiting {n}" for n in range(10)]
    assert len(thread.messages) < 10  # what waits is shown together


def lines(thread: Thread, beginning: str) -> list[str]:
    """Return the texts in a thread that begin so, in their order; a post may show several."""
    written = (line for one in thread.messages for line in one.text.split("\n"))
    return [line for line in written if line.startswith(beginning)]


async def test_a_send_that_the_carrier_took_in_silence_is_found_and_not_repeated(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    house.carrier.delivery.receipts = Receipts.NEVER
    house.carrier.faults.next("messages.create", Fault.CUT)

    reply = await ben.replies(thread, "Only once")
    await ada.gets("Only once")
    await house.forward_until(lambda: "arrow_right" in house.slack.message(thread.channel, reply).reactions)

    await ben.sees_mark(thread, reply, "arrow_right")
    assert ada.got == ["Only once"]


async def test_a_send_of_which_nobody_can_tell_is_asked_about_and_blocks_the_next(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    house.carrier.delivery.receipts = Receipts.NEVER
    house.carrier.faults.next("messages.create", Fault.CUT)
    house.carrier.faults.always("messages.list", Fault.ERROR)
    reply = await ben.replies(thread, "Did you get this?")
    await ada.gets("Did you get this?")
    await ben.replies(thread, "And this?")
    await house.forward_until(lambda: "question" in house.slack.message(thread.channel, reply).reactions)

    note = await thread.shows("did not say whether")
    await ben.sees_mark(thread, reply, "question")
    assert ada.got == ["Did you get this?"]
    house.carrier.faults.clear()
    await ben.presses(thread, note.ts, "It arrived")

    await ada.gets("Did you get this?", "And this?")
    await ben.sees_mark(thread, reply, "arrow_right")


async def test_a_post_that_slack_took_in_silence_is_found_and_not_repeated(house: House) -> None:
    house.slack.faults.next("chat.postMessage", Fault.CUT)

    await house.phone(ADA).texts("Only once")
    thread = await house.thread(ADA)
    await house.phone(ADA).texts("Next")
    await house.forward_until(lambda: len(thread.messages) > 1)

    await thread.shows("Next")
    assert len(house.roots()) == 1
    assert len(thread.messages) == 2


async def test_a_restart_in_the_middle_of_everything_says_everything_once(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("One")
    thread = await house.thread(ADA)
    await house.carrier.down()
    await ben.replies(thread, "An answer")
    await ada.texts("Two")
    await house.restart()
    await house.carrier.up()
    await house.forward_until(lambda: ada.got)

    await thread.shows("Two")
    await ada.gets("An answer")
    assert len(thread.messages) == 3


async def test_a_failed_reply_says_why_and_can_be_tried_again(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    house.carrier.fate(ADA, "undelivered", 30003)
    reply = await ben.replies(thread, "Hello back")
    note = await thread.shows("not delivered", "30003")
    await ben.sees_mark(thread, reply, "x")

    house.carrier.fate(ADA, None)
    await ben.presses(thread, note.ts, "Retry")

    await ben.sees_mark(thread, reply, "white_check_mark")
    await ada.gets("Hello back")


async def test_an_answer_in_a_thread_that_we_do_not_know_yet_as_ours_is_not_lost(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    house.slack.faults.next("chat.postMessage", Fault.CUT)
    await ada.texts("Quick question")
    thread = await house.thread(ADA)

    await ben.replies(thread, "Quick answer")
    await house.forward_until(lambda: ada.got)

    await ada.gets("Quick answer")
    assert len(house.roots()) == 1


async def test_what_is_said_in_other_threads_is_neither_sent_nor_kept(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    lunch = await house.slack.people.say("U0DESK", thread.channel, "Lunch?")

    await house.slack.people.say("U0BEN", thread.channel, "Noodles: plugh", thread_ts=lunch)
    await house.slack.settled()
    await ben.replies(thread, "Hello back")
    await ada.gets("Hello back")
    await house.carrier.settled()
    await house.close()

    kept = b"".join(file.read_bytes() for file in house.path.glob("bridge.db*") if file.is_file())
    assert b"plugh" not in kept
    assert b"Hello back" in kept


async def test_an_equal_text_of_a_moment_before_is_not_taken_for_the_one_that_was_cut(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    house.carrier.delivery.receipts = Receipts.NEVER
    await ben.replies(thread, "ok")
    await ada.gets("ok")
    await house.forward(seconds=20)
    house.carrier.faults.next("messages.create", Fault.REFUSE)

    await ben.replies(thread, "ok")
    await house.forward_until(lambda: len(ada.got) > 1)

    await ada.gets("ok", "ok")


async def test_a_reply_is_read_back_when_slack_had_long_not_said_who_its_author_is(house: House) -> None:
    ada = house.phone(ADA)
    await ada.texts("Are you open?")
    thread = await house.thread(ADA)
    house.slack.faults.always("users.info", Fault.ERROR)
    await house.agent("U0BEN").replies(thread, "Yes")
    await house.forward(minutes=9)  # by then Slack has come again for the last time
    unsaid = list(ada.got)

    house.slack.faults.clear()
    await house.forward_until(lambda: ada.got)

    assert unsaid == []
    await ada.gets("Yes")
