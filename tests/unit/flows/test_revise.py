"""A reply that is changed or deleted in its thread: what waits follows, of the rest the thread tells."""

import pytest

from bridge.domain.dialplan import LongText
from bridge.domain.ids import MessageId
from bridge.domain.notice import Case
from bridge.domain.outbox import EntryState, Outcome, Settlement, WishKind
from bridge.domain.phrase import Mark
from bridge.errors import Reason
from bridge.flows import compose
from tests.unit.flows.books import MINUTE, SECOND, Books, did, file, plan

AWAY = Settlement(outcome=Outcome.TRANSIENT, detail="503")
UNCLEAR = Settlement(outcome=Outcome.UNCERTAIN, detail="cut")
REFUSED = Settlement(outcome=Outcome.PERMANENT, detail="21211", reason=Reason.INVALID_NUMBER)


@pytest.fixture(autouse=True)
async def opened(books: Books) -> None:
    """Let Ann's first text be shown in a thread."""
    await books.texts("Are you open?")
    await books.goes_out()
    books.forward(MINUTE)


async def one_text_goes(books: Books) -> None:
    """Let the carrier take what is next, and no more."""
    for taken in await books.takes():
        await books.settles(taken, books.well(taken))


async def mark(books: Books, message: MessageId) -> Mark:
    kept = await books.message(message)
    return await books.look(lambda ledger: compose.mark_of(ledger, kept))


async def test_a_reply_that_is_deleted_while_it_waits_is_not_sent(books: Books) -> None:
    written = await books.replies("Yes")

    await books.deletes(written)

    await books.goes_out()
    assert books.sms() == []
    assert books.notices() == []


async def test_a_reply_that_is_changed_while_it_waits_goes_out_in_its_new_words_once(books: Books) -> None:
    written = await books.replies("Yes, untill six")

    await books.edits(written, "Yes, until six")

    await books.goes_out()
    assert books.sms() == ["Yes, until six"]
    assert books.notices() == []
    assert await mark(books, written) is Mark.SENT
    assert (await books.message(written)).text == "Yes, until six"


async def test_a_reply_that_the_carrier_did_not_take_yet_can_be_changed(books: Books) -> None:
    written = await books.replies("One")
    await books.goes_out(books.at_first(WishKind.SEND_SMS, AWAY))
    await books.edits(written, "Two")

    books.forward(MINUTE)
    await books.goes_out()

    assert books.sms() == ["One", "Two"]
    assert await mark(books, written) is Mark.SENT


async def test_a_changed_reply_keeps_its_place_before_later_ones(books: Books) -> None:
    first = await books.replies("One")
    books.forward(SECOND)
    await books.replies("Two")

    await books.edits(first, "One!")

    await books.goes_out()
    assert books.sms() == ["One!", "Two"]


@pytest.mark.parametrize("answer", [None, UNCLEAR], ids=["sent", "unclear"])
async def test_of_a_reply_that_may_have_gone_out_the_thread_tells_that_the_phone_has_the_old_words(
    books: Books, answer: Settlement | None
) -> None:
    written = await books.replies("Yes")
    await books.goes_out(books.except_for(WishKind.SEND_SMS, answer) if answer else None)

    await books.edits(written, "No")
    await books.deletes(written)

    await books.goes_out()
    assert books.sms() == ["Yes"]
    assert books.notices() == [Case.EDITED_LATE, Case.DELETED_LATE]
    assert (await books.message(written)).text == "Yes"


async def test_of_a_reply_that_failed_nothing_is_said_and_nothing_sent(books: Books) -> None:
    written = await books.replies("Yes")
    await books.goes_out(books.except_for(WishKind.SEND_SMS, REFUSED))
    said = books.notices()

    await books.edits(written, "No")
    await books.deletes(written)

    await books.goes_out()
    assert books.notices() == said == [Case.SEND_FAILED]
    assert books.sms() == ["Yes"]


async def test_a_reply_that_is_made_a_note_while_it_waits_stays_inside(books: Books) -> None:
    written = await books.replies("he is angry")

    await books.edits(written, "// he is angry")

    await books.goes_out()
    assert books.sms() == []
    assert await mark(books, written) is Mark.NOTE


async def test_a_note_is_never_sent_whatever_it_is_changed_to(books: Books) -> None:
    written = await books.replies("// he is angry")

    await books.edits(written, "he is angry")

    await books.goes_out()
    assert books.sms() == []
    assert await mark(books, written) is Mark.NOTE


async def test_a_reply_that_becomes_too_long_while_it_waits_is_refused_in_words(books: Books) -> None:
    books.plan = plan(did(long_text=LongText.REFUSE))
    written = await books.replies("a")

    await books.edits(written, "a" * 500)

    await books.goes_out()
    assert books.sms() == []
    assert books.notices() == [Case.TOO_LONG]
    assert await mark(books, written) is Mark.FAILED


async def test_a_part_that_has_gone_keeps_the_rest_and_a_deletion_stops_it(books: Books) -> None:
    books.plan = plan(did(long_text=LongText.SPLIT))
    changed = await books.replies("a" * 300)
    await one_text_goes(books)
    await books.edits(changed, "short")
    await books.goes_out()
    sent = books.sms()

    deleted = await books.replies("b" * 300)
    await one_text_goes(books)
    await books.deletes(deleted)
    await books.goes_out()

    assert [text[-1] for text in sent] == ["a", "a"]
    assert [text[-1] for text in books.sms()] == ["a", "a", "b"]
    assert books.notices() == [Case.EDITED_LATE, Case.DELETED_LATE]


async def test_a_held_reply_can_be_changed_and_is_asked_about_anew_only_where_it_must_be(books: Books) -> None:
    written = await books.replies("a" * 500)
    await books.goes_out()

    await books.edits(written, "in short: yes")

    await books.goes_out()
    assert books.sms() == ["in short: yes"]
    assert books.notices() == [Case.ASK_LONG]


async def test_a_file_goes_with_the_new_words(books: Books) -> None:
    written = await books.replies("This one", files=(file(),))

    await books.edits(written, "That one")

    await books.goes_out()
    assert books.sms() == ["That one"]


async def test_an_edit_that_changes_no_word_is_none(books: Books) -> None:
    written = await books.replies("Yes")
    await books.goes_out()

    await books.edits(written, "Yes")

    await books.goes_out()
    assert books.notices() == []


async def test_a_reply_that_is_deleted_while_it_is_on_its_way_is_not_tried_again(books: Books) -> None:
    written = await books.replies("Yes")
    taken = await books.takes()
    await books.deletes(written)

    for one in taken:
        await books.settles(one, AWAY if one.entry.kind is WishKind.SEND_SMS else books.well(one))
    books.forward(MINUTE)
    await books.goes_out()

    assert books.sms() == ["Yes"]
    assert [entry.state for entry in await books.sendings(written)] == [EntryState.CANCELLED]
    assert books.notices() == [Case.DELETED_LATE]


async def test_a_reply_waits_for_its_author_to_think_again_and_those_behind_it_wait_too(books: Books) -> None:
    books.plan = plan(hold=5 * SECOND)
    await books.replies("One")
    books.forward(3 * SECOND)
    await books.replies("Two")

    books.forward(1 * SECOND)
    await books.goes_out()
    early = books.sms()
    books.forward(1 * SECOND)
    await books.goes_out()
    first = books.sms()
    books.forward(3 * SECOND)
    await books.goes_out()

    assert (early, first, books.sms()) == ([], ["One"], ["One", "Two"])


async def test_a_change_gives_its_author_the_whole_time_again(books: Books) -> None:
    books.plan = plan(hold=5 * SECOND)
    written = await books.replies("One")
    books.forward(4 * SECOND)
    await books.edits(written, "Two")

    books.forward(4 * SECOND)
    await books.goes_out()
    early = books.sms()
    books.forward(SECOND)
    await books.goes_out()

    assert (early, books.sms()) == ([], ["Two"])


async def test_a_reply_that_is_read_back_waits_from_when_it_was_said(books: Books) -> None:
    books.plan = plan(hold=5 * SECOND)
    said_at = books.clock.now()
    books.forward(MINUTE)

    await books.replies("Yes", said_at=said_at, read_back=True)

    await books.goes_out()
    assert books.sms() == ["Yes"]
