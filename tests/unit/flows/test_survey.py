"""What is shown to one person: the numbers he may text from, whom he may mean, and what waits."""

from typing import Any

import pytest

from bridge.domain.contact import Contact, Source
from bridge.domain.dialplan import Person
from bridge.domain.ids import ChannelRef, PersonRef
from bridge.domain.length import Length
from bridge.domain.phone import PhoneNumber
from bridge.domain.query import AskFind, AskHome, AskLength, AskLines, AskPeers, FindView, HomeView, LinesView
from bridge.domain.standing import Place, Standing
from bridge.flows import survey
from tests.unit.flows.books import ANN, BEN, BOB, DESK, DID, MINUTE, OTHER_DID, Books, did, plan

CAT, STRANGER = map(PhoneNumber, ("+12125550144", "+12125550199"))
SEEN = frozenset({ChannelRef("C1")})
BENS = did(number=OTHER_DID, label="Service", assigned=(Person(name="Ben", email="ben@example.com", slack=BEN),))
BOTH = plan(did(), BENS, contacts={ANN: "Ann Moss", BOB: "Bob Anders"})


async def lines(books: Books, **asked: Any) -> LinesView:
    query = AskLines(**({"person": BEN, "channels": SEEN} | asked))
    return await books.look(lambda ledger: survey.lines(ledger, BOTH, query))


async def test_a_persons_own_numbers_come_first_and_the_others_after_them(books: Books) -> None:
    view = await lines(books)

    assert [(line.label, line.is_his) for line in view.lines] == [("Service", True), ("Main line", False)]


async def test_whoever_may_not_answer_has_no_numbers(books: Books) -> None:
    view = await lines(books, standing=Standing(place=Place.GUEST))

    assert view.lines == ()


@pytest.mark.parametrize(
    ("typed", "number", "text"),
    [
        ("", "", ""),
        ("+12125550142", "+12125550142", ""),
        ("(212) 555-0142 Hello there", "+12125550142", "Hello there"),
        ("+1 212 555 0142 5 pm?", "+12125550142", "5 pm?"),
        ("212-555-0142\nHello", "+12125550142", "Hello"),
        ("Hello there", "", "Hello there"),
        ("911 is no joke", "", "911 is no joke"),
    ],
)
async def test_a_number_is_parted_from_the_words_after_it(books: Books, typed: str, number: str, text: str) -> None:
    view = await lines(books, words=typed)

    assert (view.to.number if view.to else "", view.text) == (number, text)


def test_what_a_text_comes_to_is_known_of_our_own_numbers_only() -> None:
    ours, strange = (survey.length(BOTH, AskLength(did=number, text="Hello")) for number in (DID, STRANGER))

    assert ours.length == Length.of("Hello", did(), BOTH, has_files=False)
    assert strange.length is None


async def test_a_number_that_is_typed_bears_the_name_that_counts_wherever_it_comes_from(books: Books) -> None:
    at = books.clock.now()
    given = Contact(address=BOB, source=Source.PERSON, name="Bob from the ferry", by=BEN, at=at)
    await books.look(lambda ledger: ledger.contacts.put(given))
    imported = Contact(address=CAT, source=Source.IMPORT, name="Cat Imported", at=at)
    await books.look(lambda ledger: ledger.contacts.put(imported))

    views = [await lines(books, words=one.value) for one in (ANN, BOB, CAT, STRANGER)]

    names = [view.to.name for view in views if view.to]
    assert names == ["Ann Moss", "Bob Anders", "Cat Imported", ""]  # what bridge.toml says outranks Ben


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ann", [ANN]),
        ("moss ann", [ANN]),
        ("an", [ANN, BOB]),
        ("0143", [BOB]),
        ("(212) 555-0142", [ANN]),
        ("nobody", []),
        ("", []),
        ("12", [ANN, BOB]),
        ("99", []),
    ],
)
async def test_people_are_found_by_the_beginnings_of_their_names_and_by_digits(
    books: Books, typed: str, found: list[PhoneNumber]
) -> None:
    view = await books.look(lambda ledger: survey.peers(ledger, BOTH, AskPeers(words=typed, channels=SEEN)))

    assert [peer.number for peer in view.peers] == [number.value for number in found]


async def test_a_number_that_nobody_has_can_be_chosen_as_it_was_typed(books: Books) -> None:
    view = await books.look(lambda ledger: survey.peers(ledger, BOTH, AskPeers(words="415 555 0123", channels=SEEN)))

    assert [(peer.number, peer.name) for peer in view.peers] == [("+14155550123", "")]


async def home(books: Books, person: PersonRef, channels: frozenset[ChannelRef] = SEEN) -> HomeView:
    return await books.do(
        lambda ledger, now: survey.home(ledger, books.plan, AskHome(person=person, channels=channels), now)
    )


async def test_home_shows_what_waits_for_a_person_apart_from_what_waits_for_others(books: Books) -> None:
    books.plan = BOTH
    await books.texts("Are you open?")
    await books.goes_out()
    books.forward(MINUTE)
    await books.texts("For Ben\nand his colleagues", BOB, did=OTHER_DID)

    view = await home(books, BEN)

    assert [(one.who, one.excerpt, one.label) for one in view.mine] == [
        ("Bob Anders · (212) 555-0143", "For Ben and his colleagues", "Service")
    ]
    assert [(one.who, one.link != "") for one in view.team] == [("Ann Moss · (212) 555-0142", True)]
    assert [line.label for line in view.lines] == ["Service"]
    assert (view.received_today, view.sent_today) == (2, 0)


async def test_what_is_acknowledged_is_not_there_any_more(books: Books) -> None:
    books.plan = BOTH
    await books.texts("Are you open?")
    await books.goes_out()
    assert DESK.slack
    before = await home(books, DESK.slack)

    await books.reacts(await books.root())

    after = await home(books, DESK.slack)
    assert (len(before.mine), len(after.mine)) == (1, 0)


async def test_what_stands_in_a_channel_that_a_person_cannot_see_is_not_shown_to_him(books: Books) -> None:
    await books.texts("Are you open?")

    seen, unseen = await home(books, BEN), await home(books, BEN, frozenset())

    assert (len(seen.team), len(unseen.team)) == (1, 0)
    assert (await lines(books, channels=frozenset())).lines == ()


async def found(books: Books, words: str, channels: frozenset[ChannelRef] = SEEN) -> FindView:
    query = AskFind(words=words, channels=channels)
    return await books.look(lambda ledger: survey.found(ledger, books.plan, query))


async def test_texts_are_found_with_whose_they_are_and_where_and_replies_with_who_wrote_them(books: Books) -> None:
    books.plan = BOTH
    await books.texts("The red bicycle")
    await books.goes_out()
    await books.replies("Which bicycle?")

    view = await found(books, "bicycle")

    assert [(one.who, one.excerpt, one.by) for one in view.found] == [
        ("Ann Moss · (212) 555-0142", "Which bicycle?", BEN),
        ("Ann Moss · (212) 555-0142", "The red bicycle", None),
    ]
    assert all(one.link for one in view.found)
    assert view.is_all


async def test_a_conversation_is_found_by_the_end_of_its_number(books: Books) -> None:
    await books.texts("The red bicycle")

    view = await found(books, "555-0142")

    assert [(one.who, one.excerpt) for one in view.found] == [("(212) 555-0142", "")]


async def test_nothing_is_found_in_channels_that_a_person_cannot_see(books: Books) -> None:
    await books.texts("The red bicycle")

    assert (await found(books, "bicycle", frozenset())).found == ()
    assert (await found(books, "0142", frozenset())).found == ()


async def test_of_many_the_newest_are_shown(books: Books) -> None:
    for number in range(12):
        await books.texts(f"bicycle {number}")

    view = await found(books, "bicycle")

    assert [one.excerpt for one in view.found] == [f"bicycle {number}" for number in range(11, 1, -1)]
    assert not view.is_all


async def test_whoever_has_texted_is_found_by_his_number_where_one_can_see_it(books: Books) -> None:
    await books.texts("Hello", PhoneNumber("+12125550177"))

    for channels, found in ((SEEN, 1), (frozenset[ChannelRef](), 0)):
        query = AskPeers(words="0177", channels=channels)
        view = await books.look(lambda ledger, asked=query: survey.peers(ledger, BOTH, asked))  # type: ignore[misc]
        assert len(view.peers) == found
