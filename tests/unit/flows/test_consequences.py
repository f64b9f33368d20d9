"""What follows from an outcome, down to the places where a careless change would be noticed by nobody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bridge.domain.command import MarkPost, SendMail
from bridge.domain.dialplan import DialPlan
from bridge.domain.ids import EntryId, EntryToken
from bridge.domain.notice import Case, Notice
from bridge.domain.outbox import EntryState, OutboxEntry, Outcome, Settlement, WishKind
from bridge.domain.phrase import Mark
from bridge.errors import Reason
from bridge.flows import compose, deliver, request, warn
from bridge.flows.deliver import Taken
from bridge.ports import Ledger
from tests.unit.flows.books import ANN, BEN, BOB, DID, MINUTE, OWNER, SECOND, Books, file, kinds, plan

IN_VAIN = Settlement(outcome=Outcome.TRANSIENT, detail="no answer")
IN_DOUBT = [Outcome.UNCERTAIN, Outcome.INTERRUPTED]
SHOWING = [WishKind.SHOW_MESSAGE, WishKind.SAY_NOTE, WishKind.UPLOAD_FILE]


async def sending(books: Books) -> Taken:
    """Let a reply be claimed for the carrier, and all else go out."""
    await books.texts()
    await books.goes_out()
    await books.replies()
    await books.goes_out(books.except_for(WishKind.SEND_SMS, None))
    return books.of_kind(WishKind.SEND_SMS)[-1]


async def troubles(books: Books) -> dict[str, str]:
    return {one.key: one.what for one in await books.look(lambda ledger: ledger.audit.troubles())}


def entry(kind: WishKind, destination: str = "main/+14155550100") -> OutboxEntry:
    return OutboxEntry(
        id=EntryId("main:1/send/0"),
        token=EntryToken("0123456789abcdef"),
        lane=f"{destination}:ann",
        destination=destination,
        kind=kind,
        subject="main:1",
        due_at=datetime.now(UTC),
    )


# --- taking -----------------------------------------------------------------------------------------------------------


async def test_what_is_taken_may_be_asked_about_after_the_settling_time_of_its_world(books: Books) -> None:
    taken = await sending(books)

    assert taken.entry.ask_at == books.clock.now() + MINUTE


async def test_a_destination_that_had_room_for_more_is_not_full(books: Books) -> None:
    await books.texts()

    takings = await books.do(
        lambda ledger, now: deliver.take(ledger, books.plan, "me", lambda to, now: 2, lambda to: MINUTE, now)
    )

    assert (len(takings.taken), takings.full) == (1, frozenset())


async def test_a_wish_that_cannot_be_composed_is_set_aside_and_shown_and_mutes_no_other(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _ = await books.texts("One"), await books.texts("Two", sender=BOB)
    well = compose.command

    def command(ledger: Ledger, plan: DialPlan, wish: OutboxEntry, now: datetime) -> object:
        if wish.subject == one.id:
            raise LookupError("secret words")
        return well(ledger, plan, wish, now)

    monkeypatch.setattr(compose, "command", command)

    (other,) = await books.takes()

    broken = await books.entry(f"{one.id}/show/0")
    assert other.entry.subject != one.id
    assert broken.state is EntryState.FAILED
    assert list(await troubles(books)) == [f"broken/{broken.token}"]


# --- the last question ------------------------------------------------------------------------------------------------


async def test_what_was_settled_is_not_due_although_nobody_has_taken_it_since(books: Books) -> None:
    taken = await sending(books)
    await books.settles(taken, IN_VAIN)

    assert await books.do(lambda ledger, now: deliver.still_due(ledger, books.plan, taken.entry, now)) is None


# --- settling ---------------------------------------------------------------------------------------------------------


async def test_whoever_settles_is_told_whether_the_claim_was_his(books: Books) -> None:
    taken = await sending(books)

    assert await books.settles(taken, Settlement(outcome=Outcome.SENT, ref="SM1")) is True
    assert await books.settles(taken, Settlement(outcome=Outcome.SENT, ref="SM1")) is False


@pytest.mark.parametrize("outcome", IN_DOUBT)
async def test_of_an_sms_in_doubt_the_world_is_asked_after_half_a_minute(books: Books, outcome: Outcome) -> None:
    taken = await sending(books)

    await books.settles(taken, Settlement(outcome=outcome))

    found = await books.entry(taken.entry.id)
    assert (found.state, found.ask_at) == (EntryState.TRYING, books.clock.now() + timedelta(seconds=30))


@pytest.mark.parametrize("outcome", IN_DOUBT)
async def test_a_mark_in_doubt_is_left_again_after_its_pause(books: Books, outcome: Outcome) -> None:
    await books.texts()
    await books.goes_out()
    await books.replies()
    await books.goes_out(books.at_first(WishKind.MARK_REPLY, Settlement(outcome=outcome)))
    mark = books.of_kind(WishKind.MARK_REPLY)[0].entry

    found = await books.entry(mark.id)
    books.forward(2 * SECOND)

    assert (found.state, found.due_at) == (EntryState.READY, books.clock.now())
    assert WishKind.MARK_REPLY in kinds(await books.takes())


async def test_an_entry_about_nothing_that_is_known_is_settled_all_the_same(books: Books) -> None:
    await books.texts()
    (opening,) = await books.takes()
    stray = replace(opening, entry=replace(opening.entry, subject="nothing of ours"))

    assert await books.settles(stray, books.well(opening))
    assert (await books.conversation()).thread is None


async def test_a_post_counts_from_the_moment_that_the_chat_says(books: Books) -> None:
    await books.texts()
    (opening,) = await books.takes()
    shown = replace(books.well(opening), posted_at=books.clock.now())
    books.forward(MINUTE)

    await books.settles(opening, shown)

    talk = await books.conversation()
    assert await books.look(lambda ledger: ledger.posts.shown_at(talk.id, shown.posted_at or opening.entry.due_at)) > 0


@pytest.mark.parametrize(("late", "is_covered"), [(SECOND, False), (timedelta(seconds=1.001), True)])
async def test_who_acknowledged_a_post_before_its_late_answer_has_acknowledged_its_text(
    books: Books, late: timedelta, is_covered: bool
) -> None:
    await books.texts("One")
    await books.goes_out()
    await books.texts("Two")
    (second,) = await books.takes()
    shown = books.well(second)
    books.forward(SECOND / 2)
    await books.replies("Yes")  # acknowledges what its author could see

    books.forward(late - SECOND / 2)
    await books.settles(second, shown)

    assert (await books.unacknowledged() == []) is is_covered


# --- what holds up whom -----------------------------------------------------------------------------------------------


def test_a_trouble_with_a_colleagues_file_is_the_chats_and_not_the_carriers() -> None:
    assert deliver.scope("blocked", entry(WishKind.FETCH_FILE)) == f"blocked/{request.FILES}"
    assert deliver.scope("blocked", entry(WishKind.FETCH_MEDIA)) == "blocked/main/+14155550100"
    assert deliver.door(entry(WishKind.FETCH_FILE)) == "slack"


@pytest.mark.parametrize(
    ("destination", "door"), [("main/+14155550100", "main"), ("slack.cards", "slack"), ("slack/C1", "slack")]
)
def test_a_door_is_named_without_numbers(destination: str, door: str) -> None:
    assert deliver.door(entry(WishKind.SEND_SMS, destination)) == door


async def test_what_waits_long_is_told_to_the_admin_until_it_works(books: Books) -> None:
    await books.texts()
    told = []
    for _ in range(5):
        await books.goes_out(books.except_for(WishKind.SHOW_MESSAGE, IN_VAIN))
        told.append(list(await troubles(books)))
        books.forward(6 * MINUTE)

    await books.goes_out()

    assert told == [[], [], [], [], ["waiting/slack/C1"]]
    assert await troubles(books) == {}
    assert books.notices() == []


async def test_of_a_reply_that_waits_long_nothing_is_said_about_files(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    await books.replies()
    for _ in range(6):
        await books.goes_out(books.except_for(WishKind.SEND_SMS, IN_VAIN))
        books.forward(6 * MINUTE)

    assert books.notices() == [Case.SEND_WAITS]
    assert list(await troubles(books)) == [f"waiting/main/{DID.value}"]


# --- refusals ---------------------------------------------------------------------------------------------------------


async def showing(books: Books, answer: Callable[[Taken], Settlement | None]) -> None:
    """Have a text, a picture and a note shown, with this answer."""
    await books.texts("Look", files=(file(),))
    for _ in range(2):
        await books.goes_out(answer)
        books.forward(10 * SECOND)
    await books.replies(" ")
    await books.goes_out(answer)


@pytest.mark.parametrize("kind", SHOWING)
async def test_whatever_the_chat_refuses_to_show_is_told_to_the_admin(books: Books, kind: WishKind) -> None:
    refused = Settlement(outcome=Outcome.PERMANENT, reason=Reason.REJECTED, detail="invalid_blocks")

    await showing(books, books.at_first(kind, refused))

    (key,) = await troubles(books)
    assert key == f"not-shown/{books.of_kind(kind)[0].entry.token}"


@pytest.mark.parametrize("kind", SHOWING)
async def test_what_was_to_be_shown_in_a_deleted_thread_waits_for_a_new_one(books: Books, kind: WishKind) -> None:
    gone = Settlement(outcome=Outcome.PERMANENT, reason=Reason.GONE)

    await showing(books, books.at_first(kind, gone))

    assert await troubles(books) == {}
    found = await books.entry(books.of_kind(kind)[0].entry.id)
    assert found.state is (EntryState.READY if kind is WishKind.UPLOAD_FILE else EntryState.SENT)


async def test_until_a_new_thread_is_there_a_deleted_one_is_forgotten(books: Books) -> None:
    await books.texts("One")
    await books.goes_out()
    await books.texts("Two")
    (second,) = await books.takes()

    await books.settles(second, Settlement(outcome=Outcome.PERMANENT, reason=Reason.GONE))

    talk = await books.conversation()
    assert (talk.thread, talk.link) == (None, "")


async def test_a_refusal_of_an_sms_without_a_reason_is_said_without_one(books: Books) -> None:
    taken = await sending(books)

    await books.settles(taken, Settlement(outcome=Outcome.PERMANENT, detail="21999"))
    await books.goes_out()

    assert Notice.unpacked(books.notes()[-1]).reason == ""


async def test_a_refused_warning_is_shown_to_whoever_looks(books: Books) -> None:
    books.plan = plan(admins=(OWNER,))
    await books.do(lambda ledger, now: warn.admin(ledger, "a", "a is broken.", now))
    await books.do(lambda ledger, now: warn.admins(ledger, books.plan, now))
    refused = Settlement(outcome=Outcome.PERMANENT, detail="550 no such user")

    await books.goes_out(books.except_for(WishKind.SEND_WARNING, refused))

    assert "550 no such user" in (await troubles(books))[f"warning-refused/{OWNER.email}"]


# --- withdrawals ------------------------------------------------------------------------------------------------------


async def test_a_reply_withdrawn_before_the_first_byte_is_cancelled_marked_and_explained(books: Books) -> None:
    taken = await sending(books)
    await books.withdraws(ANN)

    await books.settles(taken, Settlement(outcome=Outcome.WITHDRAWN))

    assert (await books.entry(taken.entry.id)).state is EntryState.CANCELLED
    said = await books.goes_out()
    assert [one.mark for one in said if isinstance(one, MarkPost)] == [Mark.FAILED]
    assert books.notices() == [Case.OPTED_OUT]
    assert BEN in books.notes()[0]


async def test_a_picture_that_waits_for_its_thread_is_looked_at_again_after_a_pause(books: Books) -> None:
    message = await books.texts("Look", files=(file(),))
    await books.goes_out(books.except_for(WishKind.SHOW_MESSAGE, None))
    upload = await books.entry(f"{message.id}/upload/1")

    assert (upload.state, upload.due_at) == (EntryState.READY, books.clock.now() + 2 * SECOND)


async def test_what_a_digest_did_not_contain_in_the_end_is_new_in_a_later_one(books: Books) -> None:
    await books.texts("One")
    await books.texts("Two", sender=BOB)
    await books.goes_out()
    books.forward(11 * MINUTE)
    await books.summarizes()
    await books.reacts(await books.root(BOB))
    await books.goes_out()
    await books.reacts(await books.root(BOB), is_set=False)

    books.forward(11 * MINUTE)
    await books.summarizes()

    (mail,) = [one for one in await books.goes_out() if isinstance(one, SendMail)]
    assert [text.message.text for talk in mail.conversations for text in talk.texts if text.is_new] == ["Two"]


@pytest.mark.parametrize("outcome", [Outcome.TRANSIENT, Outcome.BLOCKED])
async def test_a_reply_that_waits_for_long_is_said_to_wait_once(books: Books, outcome: Outcome) -> None:
    await books.texts()
    await books.goes_out()
    reply = await books.replies()
    away = Settlement(outcome=outcome, remedy="Pay.", retry_after=30 * SECOND)
    for _ in range(deliver.TELL_OF_WAITING + 2):
        await books.goes_out(books.except_for(WishKind.SEND_SMS, away))
        books.forward(30 * SECOND)

    await books.goes_out()

    assert books.notices() == [Case.SEND_WAITS]
    assert (await books.sendings(reply))[0].state is EntryState.SENT
