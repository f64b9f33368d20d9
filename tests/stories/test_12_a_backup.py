"""A backup is put back: nothing is said again, what came since appears again once, and people are asked in doubt."""

from datetime import timedelta
from pathlib import Path

from adapters.sandbox.carrier.receipts import Receipts
from adapters.sandbox.faults import Fault
from adapters.sqlite.restore import put_back
from tests.stories.language import ADA, BOB, CY, House, Thread, shown


async def _back_up(house: House) -> Path:
    file = house.path / "nightly.db"
    assert house._daemon
    await house._daemon.store.back_up(file, force=True)  # type: ignore[attr-defined] # a file's store can
    return file


async def _restored(house: House, backup: Path, *, after_minutes: float = 5) -> None:
    """Put the backup back, some time later, and start."""
    await house.close()
    put_back(house.path / "bridge.db", backup, house.clock.now())
    house.clock.forward(timedelta(minutes=after_minutes))
    await house.open()


async def _settled(house: House) -> None:
    """Let time pass until everything is read back and nothing is looked up any more."""
    await house.forward(minutes=4)
    for _ in range(40):
        await house.forward(seconds=10)
        if not await house.read(lambda ledger: ledger.audit.status(house.clock.now()).counts["waiting"]):
            break
    await house.slack.settled()
    await house.carrier.settled()


def _words(thread: Thread) -> list[str]:
    return [shown(one) for one in thread.messages]


def _count(thread: Thread, words: str) -> int:
    return sum(words in one for one in _words(thread))


async def test_what_was_said_since_the_backup_is_said_once_and_known_again(house: House) -> None:
    ada, bob, ben = house.phone(ADA), house.phone(BOB), house.agent()
    await ada.texts("Before the backup")
    thread = await house.thread(ADA)
    backup = await _back_up(house)
    await ada.texts("After the backup")
    await thread.shows("After the backup")
    await bob.texts("A new conversation")
    to_bob = await house.thread(BOB)
    await bob.texts("And more of it")
    await to_bob.shows("And more of it")
    reply = await ben.replies(thread, "An answer")
    await ada.gets("An answer")
    await ben.sees_mark(thread, reply, "white_check_mark")
    other = await ben.replies(to_bob, "Another answer")
    await bob.gets("Another answer")
    await ben.sees_mark(to_bob, other, "white_check_mark")

    await _restored(house, backup)
    await _settled(house)

    assert ada.got == ["An answer"]
    assert bob.got == ["Another answer"]
    assert len(house.roots()) == 2
    assert [_count(thread, words) for words in ("Before the backup", "After the backup", "An answer")] == [1, 1, 1]
    assert [_count(to_bob, words) for words in ("A new conversation", "And more of it", "Another answer")] == [1, 1, 1]
    assert (len(thread.messages), len(to_bob.messages)) == (3, 3)
    await ben.sees_mark(thread, reply, "white_check_mark")
    await ben.sees_mark(to_bob, other, "white_check_mark")
    counts = await house.read(lambda ledger: dict(ledger.audit.status(house.clock.now()).counts))
    assert (counts["conversations"], counts["messages"], counts["waiting"], counts["asked"]) == (2, 6, 0, 0)


async def test_after_a_restore_the_conversation_goes_on(house: House) -> None:
    ada, cy, ben = house.phone(ADA), house.phone(CY), house.agent()
    await ada.texts("Before")
    await house.thread(ADA)
    backup = await _back_up(house)
    await cy.texts("Opened since")
    thread = await house.thread(CY)

    await _restored(house, backup)
    await _settled(house)
    await cy.texts("Later")
    await thread.shows("Later")
    await ben.replies(thread, "Hello")

    await cy.gets("Hello")
    assert len(house.roots()) == 2


async def test_what_came_while_nothing_ran_appears_and_is_answered_after_a_word(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Before")
    thread = await house.thread(ADA)
    backup = await _back_up(house)
    await house.close()
    house.carrier.mischief.drop = True
    house.slack.event_faults.drop = 1
    await ada.texts("While nobody was there")
    reply = await ben.replies(thread, "Written meanwhile")
    house.carrier.mischief.drop = False

    await _restored(house, backup, after_minutes=3)
    await _settled(house)

    assert _count(thread, "While nobody was there") == 1
    assert ada.got == []
    note = await thread.shows("restored from a backup", "Is it still to be sent?")
    await ben.sees_mark(thread, reply, "double_vertical_bar")
    await ben.presses(thread, note.ts, "Send now")
    await ada.gets("Written meanwhile")


async def test_a_reply_that_waited_in_the_backup_and_went_out_since_is_found(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    await house.carrier.down()
    reply = await ben.replies(thread, "Waits for the carrier")
    await house.forward(seconds=20)
    backup = await _back_up(house)
    await house.carrier.up()
    await house.forward_until(lambda: ada.got)
    await ben.sees_mark(thread, reply, "white_check_mark")

    await _restored(house, backup)
    await _settled(house)

    assert ada.got == ["Waits for the carrier"]
    await ben.sees_mark(thread, reply, "white_check_mark")


async def test_where_the_list_cannot_tell_equal_answers_apart_the_mark_on_the_reply_does(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    backup = await _back_up(house)
    for count in (1, 2):
        reply = await ben.replies(thread, "ok")
        await ada.gets(*["ok"] * count)
        await ben.sees_mark(thread, reply, "white_check_mark")

    await _restored(house, backup)
    await _settled(house)

    assert ada.got == ["ok", "ok"]
    assert len(thread.messages) == 3


async def test_where_nobody_can_tell_a_person_is_asked(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    backup = await _back_up(house)
    house.slack.faults.always("reactions.add", Fault.ERROR)
    house.carrier.delivery.receipts = Receipts.NEVER
    await ben.replies(thread, "Did this go out?")
    await ada.gets("Did this go out?")
    house.carrier.faults.always("messages.list", Fault.ERROR)

    await _restored(house, backup)
    house.carrier.faults.clear()
    house.carrier.faults.always("messages.list", Fault.ERROR)
    await house.forward(minutes=20)

    await thread.shows("did not say whether")
    assert ada.got == ["Did this go out?"]


async def test_a_reply_after_the_restore_is_sent_at_once(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    backup = await _back_up(house)

    await _restored(house, backup)
    await ben.replies(thread, "Here we are again")

    await ada.gets("Here we are again")


async def test_a_decision_not_to_send_is_still_known_by_its_mark(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    backup = await _back_up(house)
    reply = await ben.replies(thread, "A very long answer. " * 40)
    note = await thread.shows("Send it?")
    await ben.presses(thread, note.ts, "Cancel")
    await ben.sees_mark(thread, reply, "no_entry_sign")

    await _restored(house, backup)
    await _settled(house)

    assert ada.got == []
    await ben.sees_mark(thread, reply, "no_entry_sign")
    assert _count(thread, "restored from a backup") == 0


async def test_a_stop_since_the_backup_counts_and_is_not_said_twice(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Hello")
    thread = await house.thread(ADA)
    backup = await _back_up(house)
    reply = await ben.replies(thread, "Sent before the stop")
    await ada.gets("Sent before the stop")
    await ben.sees_mark(thread, reply, "white_check_mark")
    await ada.texts("STOP")
    await thread.shows("texted STOP")

    await _restored(house, backup)
    await _settled(house)
    await ben.replies(thread, "Not any more")
    await thread.shows("not sent", "STOP")

    assert ada.got.count("Sent before the stop") == 1
    assert "Not any more" not in ada.got
    assert _count(thread, "Replies are not sent any more") == 1
    await ben.sees_mark(thread, reply, "white_check_mark")


async def test_digests_after_a_restore_have_names_of_their_own_and_the_frozen_one_keeps_its(house: House) -> None:
    await house.phone(ADA).texts("Nobody answers this")
    await house.thread(ADA)
    await house.mail.down()
    await house.forward(minutes=13)
    backup = await _back_up(house)
    await house.mail.up()
    await house.forward_until(lambda: house.mail.inbox("desk@example.com"))
    await house.phone(BOB).texts("Nor this")
    await house.forward(minutes=25)
    before = house.mail.inbox("desk@example.com")

    await _restored(house, backup)
    await house.forward(minutes=30)

    after = house.mail.inbox("desk@example.com")[len(before) :]
    frozen, later = before[0].message_id, {mail.message_id for mail in before[1:]}
    assert [mail.message_id for mail in after].count(frozen) <= 1
    assert not later & {mail.message_id for mail in after}
    assert any("Nor this" in (mail.text or "") for mail in after)


async def test_the_admin_is_told_of_a_restore_until_the_next_start(house: House) -> None:
    await house.phone(ADA).texts("Hello")
    await house.thread(ADA)
    backup = await _back_up(house)

    await _restored(house, backup)
    troubles = await house.read(lambda ledger: [one.what for one in ledger.audit.troubles()])
    await house.restart()
    later = await house.read(lambda ledger: [one.what for one in ledger.audit.troubles()])

    assert any("restored from a backup" in what for what in troubles)
    assert later == []
