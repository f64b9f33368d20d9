"""Second thoughts: as long as a reply waits, its author can take it back, or let it stay inside; and a note go out."""

from dataclasses import replace

import pytest

from bridge.domain.dialplan import Replies
from bridge.domain.ids import EventKey, MessageId
from bridge.domain.outbox import Outcome, Settlement, WishKind
from bridge.domain.phrase import Action, Mark
from bridge.flows import compose
from bridge.wording import aside as words
from tests.unit.flows.books import EVE, MINUTE, SECOND, Books, did, plan

HOLDING = plan(hold=5 * SECOND, offers_undo=True)
UNCLEAR = Settlement(outcome=Outcome.UNCERTAIN, detail="cut")


@pytest.fixture(autouse=True)
async def opened(books: Books) -> None:
    """Let Ann's first text be shown in a thread, of a number whose replies wait."""
    books.plan = HOLDING
    await books.texts("Are you open?")
    await books.goes_out()
    books.forward(MINUTE)


async def mark(books: Books, message: MessageId) -> Mark:
    kept = await books.message(message)
    return await books.look(lambda ledger: compose.mark_of(ledger, kept))


async def goes_out_after_a_while(books: Books) -> None:
    books.forward(10 * SECOND)
    await books.goes_out()


def undo(books: Books) -> str:
    """Return the value of the button that was offered last."""
    (button,) = books.asides[-1].buttons
    assert button.action is Action.UNDO
    return button.value


async def test_a_reply_that_waits_is_offered_to_be_taken_back_and_then_it_never_goes_out(books: Books) -> None:
    written = await books.replies("Yes")
    assert books.asides[-1].phrase == words.leaves_in(5)

    await books.presses(Action.UNDO, undo(books), post="C1/ephemeral")

    await goes_out_after_a_while(books)
    assert books.sms() == []
    assert books.asides[-1].phrase == words.taken_back()
    assert await mark(books, written) is Mark.CANCELLED


async def test_it_is_not_offered_where_nothing_waits_or_nobody_wants_it(books: Books) -> None:
    await books.replies("// a note")
    books.plan = plan(hold=5 * SECOND)
    await books.replies("Yes")
    books.plan = plan(offers_undo=True)
    await books.replies("No")

    assert books.asides == []


async def test_taking_back_comes_too_late_for_what_may_have_gone_out(books: Books) -> None:
    await books.replies("Yes")
    books.forward(10 * SECOND)
    await books.goes_out(books.except_for(WishKind.SEND_SMS, UNCLEAR))

    await books.presses(Action.UNDO, undo(books))

    assert books.asides[-1].phrase == words.too_late()


async def test_nobody_takes_back_what_another_has_written(books: Books) -> None:
    await books.replies("Yes")

    await books.presses(Action.UNDO, undo(books), EVE)

    await goes_out_after_a_while(books)
    assert books.asides[-1].phrase == words.only_its_author()
    assert books.sms() == ["Yes"]


async def test_after_a_change_the_first_offer_takes_the_new_words_back(books: Books) -> None:
    written = await books.replies("Yes")
    first = undo(books)
    await books.edits(written, "No")

    await books.presses(Action.UNDO, first)

    await goes_out_after_a_while(books)
    assert books.sms() == []


async def test_a_reply_that_waits_becomes_a_note(books: Books) -> None:
    written = await books.replies("She always says so")

    await books.turns(written, is_note=True)

    await goes_out_after_a_while(books)
    assert books.sms() == []
    assert books.asides[-1].phrase == words.now_a_note()
    assert await mark(books, written) is Mark.NOTE


async def test_a_note_goes_out_without_its_sign_and_after_the_same_while(books: Books) -> None:
    written = await books.replies("// Until six")

    await books.turns(written, is_note=False)
    await books.goes_out()
    early = books.sms()

    await goes_out_after_a_while(books)
    assert (early, books.sms()) == ([], ["Until six"])
    assert await mark(books, written) is Mark.SENT


async def test_a_reply_that_was_taken_back_can_go_out_after_all(books: Books) -> None:
    written = await books.replies("Yes")
    await books.presses(Action.UNDO, undo(books))

    await books.turns(written, is_note=False)

    await goes_out_after_a_while(books)
    assert books.sms() == ["Yes"]


async def test_what_goes_out_anyway_goes_out_once(books: Books) -> None:
    written = await books.replies("Yes")

    await books.turns(written, is_note=False)

    await goes_out_after_a_while(books)
    assert books.asides[-1].phrase == words.goes_out_now()
    assert books.sms() == ["Yes"]


@pytest.mark.parametrize("is_note", [True, False])
async def test_what_has_gone_out_stays_what_it_is(books: Books, *, is_note: bool) -> None:
    written = await books.replies("Yes")
    await goes_out_after_a_while(books)

    await books.turns(written, is_note=is_note)

    await goes_out_after_a_while(books)
    assert books.asides[-1].phrase == words.too_late()
    assert books.sms() == ["Yes"]
    assert await mark(books, written) is Mark.SENT


async def test_only_its_author_changes_what_becomes_of_a_reply(books: Books) -> None:
    written = await books.replies("// Until six")

    await books.turns(written, is_note=False, person=EVE)

    await goes_out_after_a_while(books)
    assert books.asides[-1].phrase == words.only_its_author()
    assert books.sms() == []


async def test_from_a_one_way_number_nothing_goes_out_whatever_is_wanted(books: Books) -> None:
    books.plan = plan(did(replies=Replies.OFF))
    written = await books.replies("Yes")

    await books.turns(written, is_note=False)

    await goes_out_after_a_while(books)
    assert books.asides[-1].phrase == words.is_one_way()
    assert books.sms() == []


async def test_a_message_that_is_no_reply_of_ours_is_none(books: Books) -> None:
    written = await books.replies("Yes")
    stray = replace(books.said[written], key=EventKey("slack:other"))
    books.said[stray.key] = stray

    await books.turns(MessageId(stray.key), is_note=True)

    assert books.asides[-1].phrase == words.is_none_of_ours()
