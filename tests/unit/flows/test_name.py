"""What people outside are called: which name counts, who may give one, and that open threads follow."""

from datetime import timedelta
from typing import Any

import pytest

from bridge.domain.command import AmendPost, Card, PostToThread, Said, SendMail
from bridge.domain.contact import Contact, Imported, Named, Source
from bridge.domain.event import NameGiven
from bridge.domain.ids import EventKey
from bridge.domain.phone import Address, PhoneNumber, SenderName, ShortCode
from bridge.domain.standing import Place, Standing
from bridge.flows import name
from bridge.wording import naming as words
from tests.unit.flows.books import ANN, BEN, BOB, EVE, MINUTE, Books, did, plan

LONG_AGO = timedelta(days=40)


async def gives(books: Books, called: str, address: Address = ANN, **more: Any) -> None:
    """Let Ben say what somebody is called."""
    books.count += 1
    facts: dict[str, Any] = {"key": EventKey(f"name:{books.count}"), "person": BEN} | more
    event = NameGiven(address=address, name=called, **facts)
    await books.acts(lambda ledger, now: name.by_person(ledger, books.plan, event, now))


async def imports(books: Books, *people: tuple[PhoneNumber, str], cards: int = 50) -> Imported:
    rows = [Named(line=number, address=address, name=called) for number, (address, called) in enumerate(people, 2)]
    books.forward(MINUTE)
    return await books.do(lambda ledger, now: name.imported(ledger, books.plan, rows, cards, now))


async def called(books: Books, address: Address = ANN) -> str | None:
    return await books.look(lambda ledger: name.of(ledger, books.plan, address))


async def titles(books: Books) -> list[str]:
    """Return what the first posts that are amended now have as their titles."""
    said = await books.goes_out()
    return [one.content.title for one in said if isinstance(one, AmendPost) and isinstance(one.content, Card)]


async def test_the_configuration_counts_more_than_a_person_a_person_more_than_a_file_a_file_more_than_the_carrier(
    books: Books,
) -> None:
    seen = [await called(books)]
    carriers = Contact(address=ANN, source=Source.CARRIER, name="MOSS ANN", at=books.clock.now())
    await books.do(lambda ledger, now: ledger.contacts.put(carriers))
    seen.append(await called(books))
    await imports(books, (ANN, "Ann Moss"))
    seen.append(await called(books))
    await gives(books, "Ann from the ferry")
    seen.append(await called(books))
    books.plan = plan(contacts={ANN: "Ann (configured)"})

    assert [*seen, await called(books)] == [None, "MOSS ANN", "Ann Moss", "Ann from the ferry", "Ann (configured)"]


async def test_an_imported_name_stands_on_the_card_above_texts_of_groups_and_in_mails(books: Books) -> None:
    await imports(books, (ANN, "Ann Moss"))
    await books.texts()
    await books.texts("To all", others=(BOB,))
    await books.texts("To all again", others=(BOB,))
    said = await books.goes_out()

    contents = [one.content for one in said if isinstance(one, PostToThread)]
    assert ["Ann Moss" in one.title for one in contents if isinstance(one, Card)] == [True, True]
    assert ["Ann Moss" in one.heading for one in contents if isinstance(one, Said)] == [True]
    books.forward(11 * MINUTE)
    await books.summarizes()
    (mail,) = [one for one in await books.goes_out() if isinstance(one, SendMail)]
    assert {talk.names for talk in mail.conversations} == {("Ann Moss",), ("Ann Moss", "")}


async def test_a_name_that_a_person_gives_shows_in_the_open_threads_of_that_person_and_he_is_told(
    books: Books,
) -> None:
    await books.texts()
    await books.texts("Me too", sender=BOB)
    await books.texts("We all", others=(BOB,))
    await books.goes_out()

    await gives(books, "  Ann\n Moss ")

    assert [title.count("Ann Moss") for title in await titles(books)] == [1, 1]
    assert "Ann Moss" in str(books.asides[-1].phrase)
    assert not books.asides[-1].wrong


async def test_an_empty_name_takes_back_what_people_said_and_nothing_else(books: Books) -> None:
    await imports(books, (ANN, "Ann Moss"))
    await gives(books, "Ann from the ferry")
    await books.texts()
    await books.goes_out()

    await gives(books, " \u200b ")

    assert await called(books) == "Ann Moss"
    assert ["Ann Moss" in title for title in await titles(books)] == [True]
    assert "Ann Moss" in str(books.asides[-1].phrase)
    await gives(books, "", BOB)
    assert "number alone" in str(books.asides[-1].phrase)


async def test_the_same_name_again_amends_nothing(books: Books) -> None:
    await books.texts()
    await gives(books, "Ann Moss")
    await books.goes_out()

    await gives(books, "Ann Moss")
    again = await imports(books, (ANN, "Ann Moss"))

    assert await titles(books) == []
    assert (again.new, again.cards) == (1, 0)


async def test_threads_in_which_nothing_waits_and_nothing_was_said_lately_are_let_alone(books: Books) -> None:
    await books.texts("Long ago")
    await books.goes_out()
    await books.reacts(await books.root())
    await books.goes_out()
    books.forward(LONG_AGO)

    await gives(books, "Ann Moss")

    assert await titles(books) == []


async def test_no_more_cards_are_amended_than_allowed(books: Books) -> None:
    people = [PhoneNumber(f"+121255501{number}") for number in range(20, 25)]
    for person in people:
        await books.texts(sender=person)
    await books.goes_out()

    came = await imports(books, *((person, "Somebody") for person in people), cards=3)

    assert (came.new, came.cards, len(await titles(books))) == (5, 3, 3)
    more = await imports(books, *((person, "Somebody else") for person in people), cards=0)
    assert (more.changed, more.cards) == (5, 0)


async def test_of_several_names_at_once_each_open_thread_is_amended_and_once(books: Books) -> None:
    await books.texts()
    await books.texts("Me too", sender=BOB)
    await books.goes_out()

    came = await imports(books, (ANN, "Ann Moss"), (BOB, "Bob Roe"))

    assert (came.new, came.cards) == (2, 2)
    assert sorted(title.split(" ")[0] for title in await titles(books)) == ["Ann", "Bob"]


@pytest.mark.parametrize("standing", [Standing(place=Place.GUEST), Standing(place=Place.GONE)])
async def test_whoever_may_not_answer_may_not_name(standing: Standing, books: Books) -> None:
    await gives(books, "Ann Moss", standing=standing)

    assert books.asides[-1].wrong == {words.NAME: words.not_yours()}
    assert await called(books) is None


async def test_whoever_answers_for_one_of_our_numbers_may_name(books: Books) -> None:
    books.plan = plan(did(responders=frozenset({EVE})), responders=frozenset({"U0DESK"}))

    await gives(books, "Ann Moss", person=BEN)
    refused = await called(books)
    await gives(books, "Ann Moss", person=EVE)

    assert (refused, await called(books)) == (None, "Ann Moss")


async def test_a_name_that_is_too_long_is_refused_and_one_that_just_fits_is_not(books: Books) -> None:
    await gives(books, "x" * 81)
    assert words.NAME in books.asides[-1].wrong

    await gives(books, "x" * 80)
    assert await called(books) == "x" * 80


async def test_nothing_in_a_name_is_hidden(books: Books) -> None:
    await gives(books, "Ann\u202e\x07 Moss")

    assert await called(books) == "Ann[U+202E] Moss"


async def test_a_sender_without_a_number_can_be_named(books: Books) -> None:
    await gives(books, "The bank", SenderName("ACMEBANK"))

    assert await called(books, SenderName("ACMEBANK")) == "The bank"


async def test_a_name_that_the_configuration_outranks_is_kept_and_he_is_told_so(books: Books) -> None:
    books.plan = plan(contacts={ANN: "Ann (configured)"})

    await gives(books, "Ann Moss")

    assert "bridge.toml" in str(books.asides[-1].phrase)
    books.plan = plan()
    assert await called(books) == "Ann Moss"


async def test_an_import_tells_what_it_did_and_which_names_do_not_count(books: Books) -> None:
    books.plan = plan(contacts={BOB: "Bob (configured)"})
    await gives(books, "Ann from the ferry")
    others = [PhoneNumber(f"+1212555019{number}") for number in range(3)]
    await imports(books, (others[0], "Same"), (others[1], "Old"))

    came = await imports(
        books, (ANN, "Ann Moss"), (BOB, "Bob Roe"), (others[0], "Same"), (others[1], "New"), (others[2], "Third")
    )

    assert (came.new, came.changed, came.unchanged) == (3, 1, 1)
    assert [(one.line, one.name, one.shown, one.is_ours) for one in came.outranked] == [
        (2, "Ann Moss", "Ann from the ferry", False),
        (3, "Bob Roe", "Bob (configured)", True),
    ]


async def test_people_are_found_by_what_is_typed_whoever_has_named_them(books: Books) -> None:
    books.plan = plan(contacts={BOB: "Moss & Sons"})
    await imports(books, (ANN, "Ann Moss"), (BOB, "Bob Mossley"))

    found = await books.look(lambda ledger: name.like(ledger, books.plan, "moss", 9))
    one = await books.look(lambda ledger: name.like(ledger, books.plan, "moss", 1))
    by_digits = await books.look(lambda ledger: name.like(ledger, books.plan, ANN.value[-4:], 9))

    assert found == [(BOB, "Moss & Sons"), (ANN, "Ann Moss")]
    assert one == [(BOB, "Moss & Sons")]
    assert by_digits == [(ANN, "Ann Moss")]
    assert await books.look(lambda ledger: name.like(ledger, books.plan, " ", 9)) == []


@pytest.mark.parametrize("sender", [SenderName("ACMEBANK"), ShortCode("72345")])
async def test_the_open_thread_of_a_sender_without_a_number_follows_too(books: Books, sender: Address) -> None:
    await books.texts(sender=sender)
    await books.goes_out()
    await gives(books, "The bank", sender)
    young = await titles(books)
    await books.reacts(await books.root(sender))
    await books.goes_out()
    books.forward(LONG_AGO)
    await gives(books, "The old bank", sender)

    assert (young, await titles(books)) == ([f"The bank · {sender.value}"], [])
