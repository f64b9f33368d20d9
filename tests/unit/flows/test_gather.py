"""Texts that wait behind one another go into one post: once, in order, and none without its place."""

import pytest

from bridge.domain.command import Card, PostToThread, Said
from bridge.domain.outbox import EntryState, Outcome, Settlement, WishKind
from bridge.domain.phone import PhoneNumber
from bridge.errors import Reason
from bridge.flows import rescue
from tests.unit.flows.books import ANN, BOB, SECOND, Books

UNCLEAR = Settlement(outcome=Outcome.UNCERTAIN, detail="cut")
AWAY = Settlement(outcome=Outcome.TRANSIENT, detail="429")
REFUSED = Settlement(outcome=Outcome.PERMANENT, detail="invalid_blocks", reason=Reason.REJECTED)


@pytest.fixture(autouse=True)
async def opened(books: Books) -> None:
    """Let Ann's first text be shown in a thread."""
    await books.texts("one")
    await books.goes_out()


def said(books: Books) -> list[list[str]]:
    """Return the texts of each post in a thread, as they were to be said."""
    posts = [one.command.content for one in books.outgoing if isinstance(one.command, PostToThread)]
    return [[one.text, *(more.text for more in one.more)] for one in posts if isinstance(one, Said)]


async def texts(books: Books, *words: str, sender: PhoneNumber = ANN, wait: int = 2) -> None:
    for word in words:
        await books.texts(word, sender)
    books.forward(wait * SECOND)


async def test_what_has_waited_goes_into_one_post_and_is_acknowledged_with_it(books: Books) -> None:
    await texts(books, "two", "three", "four")

    await books.goes_out()

    assert said(books) == [["two", "three", "four"]]
    await books.reacts(books.posts[-1])
    assert await books.unacknowledged() == []
    assert await books.do(lambda ledger, now: ledger.invariants.unshown_text(now)) == ""


async def test_what_has_not_waited_goes_out_each_in_a_post_of_its_own(books: Books) -> None:
    await texts(books, "two", "three", wait=0)

    await books.goes_out()

    assert said(books) == [["two"], ["three"]]


async def test_while_it_is_unclear_whether_a_post_stands_nothing_that_it_says_is_said_again(books: Books) -> None:
    await texts(books, "two", "three")
    await books.goes_out(books.except_for(WishKind.SHOW_MESSAGE, None))
    books.forward(60 * SECOND)

    await books.goes_out()

    assert said(books) == [["two", "three"]]


async def test_a_post_that_turns_out_to_stand_has_said_all_of_it(books: Books) -> None:
    await texts(books, "two", "three")
    await books.goes_out(books.except_for(WishKind.SHOW_MESSAGE, UNCLEAR))
    entry = books.of_kind(WishKind.SHOW_MESSAGE)[-1].entry

    def stands(ledger, now):  # type: ignore[no-untyped-def]
        kept = ledger.outbox.get(entry.id)
        posted = Settlement(outcome=Outcome.SENT, ref="C1/found", link="", posted_at=now)
        rescue.happened(ledger, books.plan, kept, posted, now)

    await books.do(stands)
    await books.goes_out()

    assert said(books) == [["two", "three"]]
    await books.reacts("C1/found")
    assert await books.unacknowledged() == []


async def test_one_that_certainly_does_not_stand_is_said_anew_with_what_waits_by_then(books: Books) -> None:
    await texts(books, "two", "three")
    await books.goes_out(books.at_first(WishKind.SHOW_MESSAGE, AWAY))
    await texts(books, "four", wait=10)

    await books.goes_out()

    assert said(books) == [["two", "three"], ["two", "three", "four"]]


async def test_of_a_post_that_is_refused_the_others_go_out_by_themselves(books: Books) -> None:
    await texts(books, "two", "three")

    await books.goes_out(books.at_first(WishKind.SHOW_MESSAGE, REFUSED))

    assert said(books) == [["two", "three"], ["three"]]


async def test_each_conversation_has_posts_of_its_own(books: Books) -> None:
    await texts(books, "bob's first", sender=BOB, wait=0)
    await books.goes_out()
    await texts(books, "two", wait=0)
    await texts(books, "bob's", sender=BOB, wait=0)
    await texts(books, "three")

    await books.goes_out()

    assert sorted(said(books)) == [["bob's"], ["two", "three"]]


async def test_a_post_holds_no_more_than_slack_shows(books: Books) -> None:
    await texts(books, *("a" * 1_000 for _ in range(5)))

    await books.goes_out()

    assert [len(one) for one in said(books)] == [2, 2, 1]


async def test_a_note_between_two_texts_parts_them(books: Books) -> None:
    await books.texts("two")
    await books.texts("STOP")
    await books.texts("three")
    books.forward(2 * SECOND)

    await books.goes_out()

    assert said(books) == [["two", "STOP"], ["three"]]


async def test_everything_that_was_said_is_settled(books: Books) -> None:
    await texts(books, "two", "three", "four")

    await books.goes_out()

    lane = books.of_kind(WishKind.SHOW_MESSAGE)[-1].entry.lane
    assert await books.look(lambda ledger: ledger.outbox.untried(lane)) == []
    entries = [await books.entry(f"main:{number}/show/0") for number in (3, 4, 5)]
    assert {one.state for one in entries} == {EntryState.SENT}
    assert len({one.ref for one in entries}) == 1


async def test_where_the_thread_is_gone_the_new_first_post_says_one_text_and_the_others_follow_it(books: Books) -> None:
    gone = Settlement(outcome=Outcome.PERMANENT, detail="thread_not_found", reason=Reason.GONE)
    await texts(books, "two", "three", "four")

    await books.goes_out(books.at_first(WishKind.SHOW_MESSAGE, gone))
    await books.goes_out()

    posts = [one.command.content for one in books.outgoing if isinstance(one.command, PostToThread)]
    assert [one.text for one in posts if isinstance(one, Card)] == ["one", "two"]
    assert said(books)[1:] == [["three", "four"]]
