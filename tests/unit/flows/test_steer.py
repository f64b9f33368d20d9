"""A conversation is closed, reopened, muted and blocked; what each means for the texts that come then."""

from datetime import datetime
from typing import Any

import pytest

from bridge.domain.conversation import Course
from bridge.domain.notice import Case
from bridge.domain.outbox import WishKind
from bridge.domain.phrase import Action
from bridge.domain.standing import Place, Standing
from bridge.flows import converse, steer
from bridge.ports import Ledger
from tests.unit.flows.books import ANN, BEN, MINUTE, SECOND, Books, did, plan


async def steers(books: Books, action: Action, **more: Any) -> None:
    await books.presses(action, (await books.conversation()).id, **more)


async def course(books: Books) -> Course:
    return (await books.conversation()).course


async def shown(books: Books, text: str = "Hello") -> None:
    await books.texts(text)
    await books.goes_out()
    books.forward(MINUTE)


async def test_closing_takes_on_what_was_shown_and_leaves_it_to_the_pool(books: Books) -> None:
    await shown(books)
    await books.replies("Yes", author=BEN)

    await steers(books, Action.CLOSE)

    conversation = await books.conversation()
    assert (conversation.course, conversation.owner, conversation.waiting_since) == (Course.CLOSED, None, None)
    assert conversation.steered_by == BEN


async def test_what_was_not_shown_yet_keeps_a_conversation_open(books: Books) -> None:
    await shown(books)
    await books.texts("One more thing")

    await steers(books, Action.CLOSE)

    assert await course(books) is Course.OPEN
    assert len(await books.unacknowledged()) == 1


async def test_the_next_text_opens_what_was_closed(books: Books) -> None:
    await shown(books)
    await steers(books, Action.CLOSE)

    await books.texts("One more thing")

    conversation = await books.conversation()
    assert conversation.course is Course.OPEN
    assert conversation.waiting_since


async def test_what_is_reopened_waits_from_now_on_with_its_last_text(books: Books) -> None:
    await shown(books)
    await shown(books, "Anybody?")
    await books.reacts(books.posts[-1], BEN)
    await steers(books, Action.CLOSE)
    books.forward(90 * MINUTE)

    await steers(books, Action.REOPEN)

    conversation = await books.conversation()
    assert (conversation.course, conversation.waiting_since) == (Course.OPEN, books.clock.now())
    (waiting,) = await books.unacknowledged()
    assert (await books.message(waiting)).text == "Anybody?"


async def test_a_reaction_that_stands_since_before_does_not_count_again_and_a_new_one_does(books: Books) -> None:
    await shown(books)
    await books.reacts(books.posts[0], BEN)
    books.forward(SECOND)
    await steers(books, Action.REOPEN)

    await books.reads_reactions(books.posts[0], BEN)
    assert len(await books.unacknowledged()) == 1
    books.forward(SECOND)
    await books.reacts(books.posts[0], BEN, emoji="heart")

    assert await books.unacknowledged() == []


async def test_where_nobody_has_texted_nothing_can_wait(books: Books) -> None:
    def reopen_an_empty_one(ledger: Ledger, now: datetime) -> bool:
        return steer.reopened(ledger, converse.between(ledger, did(), (ANN,), now), "cause", now)

    assert await books.do(reopen_an_empty_one) is False


@pytest.mark.parametrize("action", [Action.MUTE, Action.BLOCK])
async def test_in_a_silent_conversation_nothing_waits_neither_before_nor_after(books: Books, action: Action) -> None:
    await shown(books)

    await steers(books, action)
    assert await books.unacknowledged() == []
    await books.texts("Ding")
    await steers(books, Action.CLOSE)

    assert await books.unacknowledged() == []
    assert (await books.conversation()).waiting_since is None
    assert await course(books) in (Course.MUTED, Course.BLOCKED)


async def test_a_muted_text_is_shown_and_not_echoed_and_a_blocked_one_is_kept_only(books: Books) -> None:
    await shown(books)
    await steers(books, Action.MUTE)
    await books.texts("Ding")
    await books.goes_out()
    posts = len(books.of_kind(WishKind.SHOW_MESSAGE))

    await steers(books, Action.BLOCK)
    kept = await books.texts("Dong")
    await books.goes_out()

    assert len(books.of_kind(WishKind.SHOW_MESSAGE)) == posts == 2
    assert (await books.message(kept.id)).text == "Dong"


async def test_the_word_stop_counts_in_a_blocked_conversation_too(books: Books) -> None:
    await shown(books)
    await steers(books, Action.BLOCK)

    await books.texts("STOP")
    await books.goes_out()

    consent = await books.look(lambda ledger: ledger.consents.get(did().number, ANN))
    assert consent is not None
    assert Case.STOPPED in books.notices()


async def test_nothing_goes_out_into_a_blocked_conversation_until_it_is_unblocked(books: Books) -> None:
    await shown(books)
    await steers(books, Action.BLOCK)
    await books.replies("Stop it")
    await books.goes_out()
    assert (books.sms(), books.notices()) == ([], [Case.BLOCKED])

    await steers(books, Action.UNBLOCK)
    await books.replies("Hello again")
    await books.goes_out()

    assert books.sms() == ["Hello again"]


async def test_whoever_does_not_answer_here_decides_nothing(books: Books) -> None:
    books.plan = plan(did())
    await shown(books)

    await steers(books, Action.CLOSE, standing=Standing(place=Place.STRANGER))

    assert await course(books) is Course.OPEN
    assert len(await books.unacknowledged()) == 1
