"""A reaction, a reply or the button takes responsibility up to one point, or gives it back."""

from bridge.domain.command import AmendPost, Card
from bridge.domain.event import ButtonPressed, Reaction
from bridge.domain.ids import EventKey, PersonRef, PostRef
from bridge.domain.outbox import Outcome, Settlement, WishKind
from bridge.domain.phrase import Action, Mention
from bridge.flows import acknowledge, decide
from tests.unit.flows.books import BEN, EVE, MINUTE, SECOND, Books


async def three_shown(books: Books) -> list[str]:
    """Let three texts be shown a minute apart, and return the posts that show them."""
    for text in ("One", "Two", "Three"):
        await books.texts(text)
        await books.goes_out()
        books.forward(MINUTE)
    return books.posts


async def waiting(books: Books) -> list[str]:
    return [(await books.message(id)).text for id in await books.unacknowledged()]


async def card(books: Books) -> Card:
    """Return the first post as it was last amended."""
    await books.goes_out()
    amendments = [one.command for one in books.of_kind(WishKind.AMEND_CARD)]
    assert isinstance(amendments[-1], AmendPost)
    assert isinstance(amendments[-1].content, Card)
    return amendments[-1].content


def named(card: Card) -> list[PersonRef]:
    return [word.person for word in card.state if isinstance(word, Mention)]


async def test_a_reaction_covers_every_text_up_to_the_post_it_stands_on(books: Books) -> None:
    _, second, _ = await three_shown(books)

    await books.reacts(second)

    assert await waiting(books) == ["Three"]
    oldest = (await books.message((await books.unacknowledged())[0])).received_at
    assert (await books.conversation()).waiting_since == oldest


async def test_a_reaction_on_the_first_post_covers_all_up_to_its_moment(books: Books) -> None:
    first, *_ = await three_shown(books)

    await books.reacts(first)
    books.forward(SECOND)
    await books.texts("Four")

    assert await waiting(books) == ["Four"]


async def test_taking_the_last_reaction_away_withdraws_what_only_it_covered(books: Books) -> None:
    first, second, third = await three_shown(books)
    await books.reacts(second)
    await books.reacts(third, EVE)

    await books.reacts(third, EVE, is_set=False)

    assert await waiting(books) == ["Three"]
    await books.reacts(second, is_set=False)
    assert await waiting(books) == ["One", "Two", "Three"]
    assert (await books.conversation()).waiting_since
    assert first


async def test_a_second_emoji_of_the_same_person_stands_when_the_first_is_taken_away(books: Books) -> None:
    *_, third = await three_shown(books)
    await books.reacts(third, emoji="eyes")
    await books.reacts(third, emoji="heart")

    await books.reacts(third, emoji="eyes", is_set=False)

    assert await waiting(books) == []


async def test_setting_the_same_reaction_twice_is_setting_it_once(books: Books) -> None:
    *_, third = await three_shown(books)
    await books.reacts(third)
    await books.reacts(third)

    await books.reacts(third, is_set=False)

    assert len(await waiting(books)) == 3


async def test_the_first_post_says_who_took_it_and_turns_back_when_nobody_has(books: Books) -> None:
    *_, third = await three_shown(books)

    await books.reacts(third)
    taken = await card(books)
    await books.reacts(third, is_set=False)
    given_back = await card(books)

    assert (named(taken), taken.is_waiting, [one.action for one in taken.buttons]) == ([BEN], False, [Action.REPLY])
    assert (named(given_back), given_back.is_waiting) == ([], True)


async def test_the_first_post_does_not_go_on_naming_somebody_who_took_his_reaction_back(books: Books) -> None:
    *_, third = await three_shown(books)
    await books.reacts(third, BEN)
    books.forward(SECOND)
    await books.reacts(third, EVE)
    await card(books)

    await books.reacts(third, BEN, is_set=False)

    assert named(await card(books)) == [EVE]


async def test_what_a_reply_covered_stays_covered_when_reactions_go(books: Books) -> None:
    *_, third = await three_shown(books)
    await books.reacts(third)
    await books.replies()

    await books.reacts(third, is_set=False)

    assert await waiting(books) == []


async def test_a_reaction_on_a_post_that_is_not_ours_covers_nothing(books: Books) -> None:
    await three_shown(books)

    await books.reacts("C1/elsewhere")
    await books.reacts("C1/elsewhere", is_set=False)

    assert len(await waiting(books)) == 3


async def test_a_reaction_that_overtakes_the_answer_to_our_post_counts_once_it_is_known(books: Books) -> None:
    await books.texts("One")
    (opening,) = await books.takes()
    books.forward(SECOND)
    await books.reacts("C1/first", emoji="white check")
    shown = Settlement(outcome=Outcome.SENT, ref="C1/first", posted_at=books.clock.now() - SECOND)

    await books.settles(opening, shown)

    assert await waiting(books) == []
    assert named(await card(books)) == [BEN]


async def test_a_reaction_taken_back_before_our_post_is_known_never_counts(books: Books) -> None:
    await books.texts("One")
    (opening,) = await books.takes()
    await books.reacts("C1/first")
    await books.reacts("C1/first", is_set=False)

    await books.settles(opening, Settlement(outcome=Outcome.SENT, ref="C1/first", posted_at=books.clock.now()))

    assert await waiting(books) == ["One"]


async def test_reactions_read_back_are_made_what_they_were_found_to_be(books: Books) -> None:
    *_, third = await three_shown(books)
    await books.reacts(third, BEN)
    books.forward(SECOND)

    await books.reads_reactions(third, EVE)
    assert named(await card(books)) in ([EVE], [BEN])
    books.forward(SECOND)
    await books.reads_reactions(third)

    assert len(await waiting(books)) == 3


async def test_reading_the_same_reactions_again_changes_nothing(books: Books) -> None:
    *_, third = await three_shown(books)
    await books.reacts(third)
    await books.goes_out()

    await books.reads_reactions(third, BEN)

    assert await books.goes_out() == []
    assert await waiting(books) == []


async def test_of_two_events_the_one_that_happened_last_decides_in_whatever_order_they_come(books: Books) -> None:
    *_, third = await three_shown(books)
    removed_at = books.clock.now() + MINUTE
    removed = Reaction(post=PostRef(third), person=BEN, emoji="eyes", is_set=False, at=removed_at)
    await books.do(lambda ledger, now: acknowledge.by_reaction(ledger, books.plan, removed, now))

    await books.reacts(third)

    assert len(await waiting(books)) == 3


async def test_a_reaction_set_after_a_reading_is_not_taken_back_by_it(books: Books) -> None:
    *_, third = await three_shown(books)
    read_at = books.clock.now()
    books.forward(SECOND)
    await books.reacts(third)

    await books.reads_reactions(third, at=read_at)

    assert await waiting(books) == []


async def test_the_button_covers_all_that_was_shown_by_then(books: Books) -> None:
    await three_shown(books)
    await books.texts("Four")
    talk = await books.conversation()

    await books.presses(Action.ACKNOWLEDGE, talk.id, EVE)

    assert await waiting(books) == ["Four"]
    assert (await books.conversation()).covered == (await books.message("main:5")).position


async def test_the_button_of_a_conversation_that_is_not_ours_does_nothing(books: Books) -> None:
    await three_shown(books)

    await books.presses(Action.ACKNOWLEDGE, "nothing of ours")

    assert len(await waiting(books)) == 3


async def test_a_press_that_overtakes_the_answer_to_our_post_is_known_to_be_too_early(books: Books) -> None:
    await books.texts("One")
    (opening,) = await books.takes()
    talk = await books.conversation()
    press = ButtonPressed(
        key=EventKey("press"),
        action=Action.ACKNOWLEDGE,
        value=talk.id,
        person=PersonRef("U1"),
        at=books.clock.now(),
    )
    early = await books.look(lambda ledger: decide.is_too_early(ledger, press))

    await books.settles(opening, Settlement(outcome=Outcome.SENT, ref="C1/first", posted_at=books.clock.now()))

    assert (early, await books.look(lambda ledger: decide.is_too_early(ledger, press))) == (True, False)
