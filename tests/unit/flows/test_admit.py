"""Who may answer and take texts on: whoever may not is told so, alone, and nothing that he does counts."""

import pytest

from bridge.domain.command import MarkPost, PostToThread, SendSms
from bridge.domain.dialplan import DialPlan
from bridge.domain.phrase import Action, Mark
from bridge.domain.standing import MEMBER, Place, Standing
from bridge.errors import Reason
from bridge.wording import aside as words
from tests.unit.flows.books import BEN, EVE, MINUTE, Books, did, plan

GUEST, STRANGER, GONE = (Standing(place=place) for place in (Place.GUEST, Place.STRANGER, Place.GONE))
CLERK = Standing(groups=frozenset({"S0CLERKS"}))
ONLY_BEN = plan(responders=frozenset({BEN}))


@pytest.fixture(autouse=True)
async def opened(books: Books) -> None:
    """Let Ann's first text be shown in a thread."""
    await books.texts("Are you open?")
    await books.goes_out()
    books.forward(MINUTE)


CASES = [
    (plan(), MEMBER, True),
    (plan(), GUEST, False),
    (plan(), STRANGER, False),
    (plan(), GONE, False),
    (plan(guests=True), GUEST, True),
    (plan(guests=True), STRANGER, False),
    (plan(strangers=True), STRANGER, True),
    (plan(strangers=True, guests=True), GONE, False),
    (ONLY_BEN, MEMBER, False),
    (plan(responders=frozenset({EVE})), MEMBER, True),
    (plan(responders=frozenset({EVE})), GUEST, False),
    (plan(responders=frozenset({"S0CLERKS"})), CLERK, True),
    (plan(did(responders=frozenset({"S0CLERKS"})), responders=frozenset({EVE})), MEMBER, False),
    (plan(did(responders=frozenset({"S0CLERKS"})), responders=frozenset({BEN})), CLERK, True),
]


@pytest.mark.parametrize(("rules", "standing", "may"), CASES)
async def test_what_somebody_does_counts_as_the_rules_say(
    books: Books, rules: DialPlan, standing: Standing, *, may: bool
) -> None:
    books.plan = rules

    await books.reacts(await books.root(), EVE, standing=standing)

    assert (await books.unacknowledged() == []) is may
    assert len(books.asides) == (0 if may else 1)


async def test_the_reply_of_somebody_who_may_not_answer_stays_inside_and_does_not_acknowledge(books: Books) -> None:
    books.plan = ONLY_BEN

    written = await books.replies("Come at six", author=EVE)

    said = await books.goes_out()
    assert [one for one in said if isinstance(one, SendSms | PostToThread)] == []
    assert [one.mark for one in said if isinstance(one, MarkPost)] == [Mark.NOTE]
    assert (await books.message(written)).refusal is Reason.OUTSIDE
    assert len(await books.unacknowledged()) == 1
    assert [one.phrase for one in books.asides] == [words.not_a_responder()]


async def test_editing_such_a_reply_sends_nothing_either(books: Books) -> None:
    books.plan = ONLY_BEN
    written = await books.replies("Come at six", author=EVE)

    await books.edits(written, "Come at seven")

    await books.goes_out()
    assert books.sms() == []


async def test_a_button_of_somebody_who_may_not_answer_does_nothing(books: Books) -> None:
    conversation = await books.conversation()

    await books.presses(Action.ACKNOWLEDGE, conversation.id, EVE, await books.root(), standing=GUEST)

    assert len(await books.unacknowledged()) == 1
    assert len(books.asides) == 1


async def test_a_reaction_that_counted_once_can_be_taken_away_by_whoever_set_it(books: Books) -> None:
    await books.reacts(await books.root(), EVE)
    books.plan = ONLY_BEN

    await books.reacts(await books.root(), EVE, is_set=False)

    assert len(await books.unacknowledged()) == 1


async def test_reactions_that_are_read_back_count_as_live_ones_do(books: Books) -> None:
    await books.reads_reactions(await books.root(), EVE, standings={EVE: GUEST})
    first = await books.unacknowledged()

    await books.reads_reactions(await books.root(), EVE, BEN, standings={EVE: GUEST})

    assert (len(first), await books.unacknowledged()) == (1, [])
    assert books.asides == []


async def test_on_a_post_that_is_not_ours_nobody_is_told_anything(books: Books) -> None:
    await books.reacts("C1/somebody else's", EVE, standing=GUEST)

    assert books.asides == []
