"""A number gets another channel, or a thread loses its first post: it goes on in a new thread, in order and once."""

from tests.stories.language import ADA, CHANNEL, House, Thread, did, shown

NEW = "C0FRESH"


async def moved(house: House) -> None:
    """Give the number another channel in the configuration, and start anew."""
    house.slack.add_channel("fresh", id=NEW)
    house.changes["dids"] = did(channel="#fresh")
    await house.restart()


async def started(house: House) -> Thread:
    await house.phone(ADA).texts("Are you open?")
    return await house.thread(ADA)


async def test_a_number_that_moves_takes_its_conversations_along_with_their_next_text(house: House) -> None:
    before = await started(house)
    await moved(house)

    await house.phone(ADA).texts("Hello?")
    await house.phone(ADA).texts("Anybody?")
    there = await house.thread(ADA, NEW)
    await there.says("Hello?", "continued from", "an earlier thread")
    await there.shows("Anybody?")

    assert before.root.replace(".", "") in str(there.card.attachments)
    assert len(house.roots(NEW)) == 1
    assert [shown(one) for one in before.messages[1:]] == []
    await before.says("Are you open?", "This conversation goes on in", "another thread")
    assert "Acknowledge" not in shown(before.card)


async def test_whoever_replies_in_the_thread_that_was_left_is_heard_and_told_where_it_goes_on(house: House) -> None:
    before = await started(house)
    await moved(house)
    await house.phone(ADA).texts("Hello?")
    there = await house.thread(ADA, NEW)
    await before.says("goes on in")

    await house.agent().replies(before, "Yes, until six")

    await house.phone(ADA).gets("Yes, until six")
    assert await house.agent().hears("This conversation goes on in")
    await there.says("Waiting since")


async def test_what_was_said_in_the_thread_that_was_left_while_we_were_away_goes_out_too(house: House) -> None:
    before = await started(house)
    await moved(house)
    await house.phone(ADA).texts("Hello?")
    await house.thread(ADA, NEW)
    await house.close()

    await house.agent().replies(before, "Yes, until six")
    await house.open()

    await house.phone(ADA).gets("Yes, until six")


async def test_what_waited_for_the_old_channel_is_said_in_the_new_one_in_one_thread_and_in_order(house: House) -> None:
    before = await started(house)
    await house.slack.down()
    await house.phone(ADA).texts("One")
    await house.phone(ADA).texts("Two")
    house.slack.add_channel("fresh", id=NEW)
    house.changes["dids"] = did(channel=NEW)
    await house.close()
    await house.slack.up()
    await house.open()
    await house.phone(ADA).texts("Three")

    await house.forward_until(lambda: house.roots(NEW))
    there = await house.thread(ADA, NEW)
    await there.shows("Three")
    said = "\n".join(shown(one) for one in there.messages)
    assert said.index("One") < said.index("Two") < said.index("Three")
    assert len(house.roots(NEW)) == 1
    assert len(before.messages) == 1


async def test_the_same_channel_by_its_name_and_by_its_id_is_no_move(house: House) -> None:
    before = await started(house)
    house.changes["dids"] = did(channel="#texts")
    await house.restart()

    await house.phone(ADA).texts("Hello?")

    await before.shows("Hello?")
    assert len(house.roots(CHANNEL)) == 1


async def test_a_channel_that_was_archived_and_left_troubles_nobody(house: House) -> None:
    before = await started(house)
    house.slack.add_channel("fresh", id=NEW)
    await house.slack.people.archive("U0BEN", CHANNEL)
    house.changes["dids"] = did(channel=NEW)
    await house.restart()

    await house.phone(ADA).texts("Hello?")
    there = await house.thread(ADA, NEW)
    await there.says("continued from")
    await house.forward(minutes=20)

    assert await house.read(lambda ledger: [one.key for one in ledger.audit.troubles()]) == []
    assert len(before.messages) == 1


async def test_a_thread_whose_first_post_was_deleted_goes_on_in_a_new_one_that_says_so(house: House) -> None:
    before = await started(house)
    house.slack.people.user("U0BEN").is_admin = True
    await house.slack.people.delete("U0BEN", CHANNEL, before.root)

    await house.phone(ADA).texts("Hello?")

    await house.slack.wait_for(lambda: any("Hello?" in shown(root) for root in house.roots()))
    there = house.thread_at(next(root for root in house.roots() if "Hello?" in shown(root)))
    await there.says("continued from a deleted thread")


async def test_a_thread_with_replies_whose_first_post_was_deleted_is_left_too(house: House) -> None:
    before = await started(house)
    await house.agent().replies(before, "Yes")
    await house.phone(ADA).gets("Yes")
    await before.says("Acknowledged by")
    house.slack.people.user("U0BEN").is_admin = True
    await house.slack.people.delete("U0BEN", CHANNEL, before.root)

    await house.phone(ADA).texts("Hello?")
    await house.forward(minutes=1)
    await house.phone(ADA).texts("Anybody?")

    await house.slack.wait_for(lambda: any("Anybody?" in shown(root) for root in house.roots()))
    there = house.thread_at(next(root for root in house.roots() if "Anybody?" in shown(root)))
    await there.says("continued from a deleted thread", "Waiting since")


async def test_whoever_replies_in_the_thread_that_was_left_takes_on_only_what_was_shown_there(house: House) -> None:
    before = await started(house)
    await moved(house)
    await house.phone(ADA).texts("Hello?")
    there = await house.thread(ADA, NEW)
    await before.says("goes on in")

    await house.agent().replies(before, "// I had seen that")

    await house.agent().sees_mark(before, before.messages[-1].ts, "lock")
    await there.says("Waiting since")
