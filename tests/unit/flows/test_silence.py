"""A text that breaks a long silence is shown in the channel too, once; nothing else ever is."""

from datetime import timedelta

import pytest

from bridge.domain.command import PostToThread, Said
from bridge.domain.dialplan import Meaning
from bridge.domain.phrase import Mention
from tests.unit.flows.books import BEN, DESK, MINUTE, SECOND, Books, did, plan

HOURS = timedelta(hours=1)


@pytest.fixture(autouse=True)
async def opened(books: Books) -> None:
    """Let Ann's first text be shown in a thread."""
    books.plan = plan(did(echo_after=3 * HOURS))
    await books.texts("one")
    await books.goes_out()


async def in_channel(books: Books) -> list[bool]:
    return [one.in_channel for one in await books.goes_out() if isinstance(one, PostToThread)]


@pytest.mark.parametrize(("quiet", "is_echoed"), [(3 * HOURS, True), (3 * HOURS - SECOND, False), (MINUTE, False)])
async def test_a_text_after_a_quiet_is_shown_in_the_channel(books: Books, quiet: timedelta, *, is_echoed: bool) -> None:
    books.forward(quiet)
    await books.texts("two")

    assert await in_channel(books) == [is_echoed]


async def test_the_next_text_is_not(books: Books) -> None:
    books.forward(4 * HOURS)
    await books.texts("two")
    await books.texts("three")

    assert await in_channel(books) == [True, False]


async def test_a_reply_ends_the_silence_without_being_shown_there(books: Books) -> None:
    books.forward(4 * HOURS)
    await books.replies("Still there?")
    books.forward(2 * HOURS)
    await books.texts("two")

    assert await in_channel(books) == [False]


async def test_what_we_say_ourselves_is_never_shown_there(books: Books) -> None:
    books.forward(4 * HOURS)
    await books.texts("STOP")

    assert await in_channel(books) == [True, False]


async def mentioned(books: Books) -> list[object]:
    """Return who is mentioned beside the texts that go out."""
    posts = [one.content for one in await books.goes_out() if isinstance(one, PostToThread)]
    return [
        part.person for post in posts if isinstance(post, Said) for part in post.footing if isinstance(part, Mention)
    ]


@pytest.mark.parametrize(("is_taken", "who"), [(True, BEN), (False, DESK.slack)])
async def test_whoever_owns_it_is_mentioned_then_and_not_with_the_next_text(
    books: Books, who: str, *, is_taken: bool
) -> None:
    books.plan = plan(did(echo_after=3 * HOURS), mentions=True, meanings={"eyes": Meaning.MINE})
    if is_taken:
        await books.reacts(await books.root(), BEN)
    books.forward(4 * HOURS)
    await books.texts("two")
    await books.texts("three")

    assert await mentioned(books) == [who]


async def test_nobody_is_mentioned_where_that_is_switched_off(books: Books) -> None:
    books.forward(4 * HOURS)
    await books.texts("two")

    assert await mentioned(books) == []


async def test_it_can_be_switched_off(books: Books) -> None:
    books.plan = plan(did(echo_after=timedelta()))
    books.forward(4 * HOURS)
    await books.texts("two")

    assert await in_channel(books) == [False]


async def test_a_text_that_waited_for_slack_is_judged_by_when_it_came(books: Books) -> None:
    await books.texts("two")
    books.forward(4 * HOURS)

    assert await in_channel(books) == [False]
