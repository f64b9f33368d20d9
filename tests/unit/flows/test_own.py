"""Whose a conversation is: whoever answers first or claims it, whom it is given to, and nobody who lets it wait."""

from datetime import datetime

import pytest

from bridge.domain.aside import Aside
from bridge.domain.dialplan import Meaning, Owning
from bridge.domain.event import OwnerChosen
from bridge.domain.ids import EventKey, PersonRef
from bridge.domain.notice import Case
from bridge.domain.phrase import Action
from bridge.domain.standing import Place, Standing
from bridge.flows import own
from bridge.ports import Ledger
from tests.unit.flows.books import BEN, DESK, EVE, MINUTE, SECOND, Books, did, plan

MINE = {"eyes": Meaning.MINE}


async def owner(books: Books) -> PersonRef | None:
    return (await books.conversation()).owner


async def shown(books: Books, owning: Owning = Owning.REPLY) -> str:
    """Let a text be shown, and return its post."""
    books.plan = plan(did(), owning=owning, meanings=MINE, give_back=30 * MINUTE)
    await books.texts()
    await books.goes_out()
    return books.posts[0]


async def chooses(
    books: Books, chosen: PersonRef | None, person: PersonRef = BEN, standing: Standing | None = None
) -> Aside | None:
    conversation = (await books.conversation()).id

    def choose(ledger: Ledger, now: datetime) -> Aside | None:
        more = {"owner_standing": standing} if standing else {}
        key = EventKey(f"chosen/{now.isoformat()}")
        event = OwnerChosen(key=key, conversation=conversation, owner=chosen, person=person, **more)
        return own.by_form(ledger, books.plan, event, now)

    return await books.do(choose)


async def gives_back(books: Books) -> None:
    await books.do(lambda ledger, now: own.give_back(ledger, books.plan, now))


@pytest.mark.parametrize(("owning", "who"), [(Owning.REPLY, BEN), (Owning.CLAIM, None), (Owning.ASSIGNED, None)])
async def test_whoever_answers_first_owns_it_where_the_configuration_says_so(
    books: Books, owning: Owning, who: PersonRef | None
) -> None:
    await shown(books, owning)

    await books.replies("Yes", author=BEN)
    await books.replies("Yes indeed", author=EVE)

    assert await owner(books) == who


async def test_the_button_takes_what_nobody_owns_and_a_note_does_not(books: Books) -> None:
    await shown(books)
    await books.replies("// who takes this?", author=EVE)
    assert await owner(books) is None

    await books.presses(Action.ACKNOWLEDGE, (await books.conversation()).id)

    assert await owner(books) == BEN


async def test_a_claim_takes_it_from_whoever_had_it_and_gives_it_to_the_pool_when_it_is_withdrawn(
    books: Books,
) -> None:
    root = await shown(books)
    await books.replies("Yes", author=BEN)
    await books.reacts(root, EVE)
    assert await owner(books) == EVE
    books.forward(SECOND)

    await books.reacts(root, EVE, is_set=False)

    assert await owner(books) is None


async def test_a_claim_that_is_read_back_counts_and_one_of_which_another_holds_the_conversation_is_no_loss_to_him(
    books: Books,
) -> None:
    root = await shown(books)
    await books.reads_reactions(root, EVE)
    assert await owner(books) == EVE
    await books.reacts(root, BEN)
    books.forward(SECOND)

    await books.reads_reactions(root, BEN)

    assert await owner(books) == BEN


async def test_where_a_number_is_its_assigned_persons_nobody_claims(books: Books) -> None:
    root = await shown(books, Owning.ASSIGNED)

    await books.reacts(root, EVE)

    conversation = await books.conversation()
    assert conversation.owner is None
    assert own.of(books.plan, conversation) == DESK.slack


async def test_whoever_is_given_it_is_told_once_and_whoever_takes_it_himself_is_not(books: Books) -> None:
    await shown(books)

    assert await chooses(books, EVE) is None
    assert await chooses(books, EVE) is None
    books.forward(SECOND)
    assert await chooses(books, BEN) is None
    await books.goes_out()

    assert books.notices() == [Case.ASSIGNED]
    assert await owner(books) == BEN


async def test_it_is_given_to_nobody_who_does_not_answer_here_nor_by_one(books: Books) -> None:
    await shown(books)
    refused = await chooses(books, EVE, standing=Standing(place=Place.GUEST))
    books.plan = plan(did(responders=frozenset({"U0EVE"})))
    stranger = await chooses(books, EVE, person=BEN)

    assert [list(one.wrong) for one in (refused, stranger) if one] == [["owner"], ["owner"]]
    assert await owner(books) is None


async def test_what_waits_for_its_owner_too_long_is_the_pools_again_and_what_does_not_wait_stays_his(
    books: Books,
) -> None:
    await shown(books)
    await books.replies("Yes", author=BEN)
    books.forward(60 * MINUTE)
    await gives_back(books)
    assert await owner(books) == BEN
    await books.texts("And tomorrow?")
    books.forward(29 * MINUTE)
    await gives_back(books)
    assert await owner(books) == BEN

    books.forward(2 * MINUTE)
    await gives_back(books)
    await gives_back(books)
    await books.goes_out()

    assert await owner(books) is None
    assert books.notices() == [Case.GIVEN_BACK]


async def test_nothing_is_given_back_where_that_is_switched_off(books: Books) -> None:
    await shown(books)
    await books.replies("Yes", author=BEN)
    await books.texts("And tomorrow?")
    books.plan = plan(did())
    books.forward(999 * MINUTE)

    await gives_back(books)

    assert await owner(books) == BEN
