"""What a reaction says beyond taking texts on: the first post tells it, and forgets it when the reaction goes."""

import pytest

from bridge.domain.command import AmendPost, Card
from bridge.domain.dialplan import MEANINGS
from bridge.domain.phrase import Mention
from tests.unit.flows.books import BEN, EVE, MINUTE, Books, plan


@pytest.fixture(autouse=True)
async def opened(books: Books) -> None:
    """Let Ann's first text be shown in a thread."""
    books.plan = plan(meanings=MEANINGS)
    await books.texts("Are you open?")
    await books.goes_out()
    books.forward(MINUTE)


async def told(books: Books) -> tuple[object, ...]:
    """Return the words of the first post's state, and whose it is."""
    cards = [one.content for one in await books.goes_out() if isinstance(one, AmendPost)]
    assert isinstance(cards[-1], Card)
    words, person, *_ = cards[-1].state
    return words, person


@pytest.mark.parametrize(
    ("emoji", "words"),
    [
        ("eyes", "Taken by "),
        ("white_check_mark", "Done, says "),
        ("no_entry_sign", "No answer needed, says "),
        ("tada", "Acknowledged by "),
        ("eyes::skin-tone-3", "Taken by "),
    ],
)
async def test_the_first_post_says_what_a_reaction_means(books: Books, emoji: str, words: str) -> None:
    await books.reacts(await books.root(), emoji=emoji)

    assert await told(books) == (words, Mention(BEN))


async def test_of_several_meanings_the_newest_is_told_and_the_one_before_it_when_it_goes(books: Books) -> None:
    root = await books.root()
    await books.reacts(root, emoji="eyes")
    first = await told(books)
    await books.reacts(root, EVE, emoji="white_check_mark")
    second = await told(books)
    await books.reacts(root, EVE, emoji="white_check_mark", is_set=False)

    assert [first, second, await told(books)] == [
        ("Taken by ", Mention(BEN)),
        ("Done, says ", Mention(EVE)),
        ("Taken by ", Mention(BEN)),
    ]


async def test_a_meaning_outlasts_a_reaction_without_one(books: Books) -> None:
    root = await books.root()
    await books.reacts(root, emoji="tada")
    await books.reacts(root, emoji="eyes")

    assert await told(books) == ("Taken by ", Mention(BEN))


async def test_a_text_that_comes_later_waits_whatever_was_said_of_those_before_it(books: Books) -> None:
    await books.reacts(await books.root(), emoji="white_check_mark")
    await books.goes_out()

    await books.texts("And tomorrow?")

    assert (await told(books))[0] == "Waiting since "
