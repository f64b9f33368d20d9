"""A text from a phone becomes a message in a conversation, and a wish to show it."""

from datetime import timedelta

import pytest

from bridge.domain.command import AmendPost, Card, PostToThread, Said
from bridge.domain.conversation import ConsentState
from bridge.domain.event import RawEvent
from bridge.domain.ids import EventKey
from bridge.domain.message import Direction, MediaState
from bridge.domain.notice import Case
from bridge.domain.outbox import WishKind
from bridge.domain.phone import SenderName, ShortCode
from tests.unit.flows.books import ANN, BOB, DID, MINUTE, SECOND, STRANGE_DID, Books, file, kinds


async def test_a_text_is_kept_verbatim_and_waits(books: Books) -> None:
    message = await books.texts("Open \x93Sunday\x94?\u202e ")

    assert message.text == "Open \x93Sunday\x94?\u202e "
    assert (message.direction, message.author, message.received_at) == (Direction.INBOUND, ANN, books.clock.now())
    assert (await books.conversation()).waiting_since == books.clock.now()
    assert await books.unacknowledged() == [message.id]


async def test_the_first_text_opens_a_thread_and_the_next_goes_into_it(books: Books) -> None:
    await books.texts("One")
    await books.texts("Two")

    first, second = await books.goes_out()

    assert isinstance(first, PostToThread)
    assert isinstance(second, PostToThread)
    assert (first.thread, type(first.content)) == (None, Card)
    assert second.thread == await books.root()
    assert second.content == Said(text="Two")


async def test_each_set_of_people_is_a_conversation_of_its_own_whoever_writes(books: Books) -> None:
    alone = await books.texts(sender=ANN)
    together = await books.texts(sender=ANN, others=(BOB,))
    answered = await books.texts(sender=BOB, others=(ANN,))

    assert together.conversation == answered.conversation != alone.conversation


async def test_a_text_for_a_number_that_is_not_ours_is_kept_and_told_to_the_admin(books: Books) -> None:
    raw = RawEvent(source="twilio/main", keys=(EventKey("main:9"),), body=b"raw")
    await books.do(lambda ledger, now: ledger.sightings.first(raw, now))

    with pytest.raises(AssertionError):
        await books.texts(did=STRANGE_DID, key=EventKey("main:9"))

    assert await books.goes_out() == []
    (trouble,) = await books.look(lambda ledger: ledger.audit.troubles())
    assert "(415)…99" in trouble.what
    status = await books.do(lambda ledger, now: ledger.audit.status(now))
    assert status.counts["poison"] == 1


async def test_a_text_from_a_short_code_or_a_name_is_a_conversation_too(books: Books) -> None:
    for sender in (ShortCode("72345"), SenderName("ACMEBANK"), SenderName("")):
        await books.texts("STOP", sender=sender)

    assert len(await books.goes_out()) == 3
    assert books.notices() == []


async def test_a_text_that_came_late_says_when_it_was_written(books: Books) -> None:
    await books.texts("First")
    await books.goes_out()
    await books.texts("Late", said_at=books.clock.now() - 30 * MINUTE)
    await books.texts("Nearly in time", said_at=books.clock.now() - MINUTE)

    late, punctual = await books.goes_out()

    assert isinstance(late, PostToThread)
    assert isinstance(late.content, Said)
    assert "reached us late" in str(late.content.footing)
    assert isinstance(punctual, PostToThread)
    assert punctual.content == Said(text="Nearly in time")


async def test_a_first_text_that_came_late_says_when_it_was_written(books: Books) -> None:
    await books.texts("Late", said_at=books.clock.now() - 30 * MINUTE)

    (card,) = await books.goes_out()

    assert "reached us late" in str(card)


async def test_a_text_longer_than_a_post_is_shown_in_several_in_order(books: Books) -> None:
    await books.texts("a" * 3000 + "b" * 3000 + "c")

    said = [one.content.text for one in await books.goes_out() if isinstance(one, PostToThread)]  # type: ignore[union-attr] # a note has no text

    assert said == ["a" * 3000, "b" * 3000, "c"]


async def test_a_text_after_an_acknowledgement_waits_again_and_turns_the_card(books: Books) -> None:
    await books.texts("One")
    await books.goes_out()
    books.forward(MINUTE)
    await books.reacts(await books.root())
    await books.goes_out()
    books.forward(MINUTE)

    second = await books.texts("Two")

    amendment = next(one for one in await books.goes_out() if isinstance(one, AmendPost))
    assert isinstance(amendment.content, Card)
    assert amendment.content.is_waiting
    assert (await books.conversation()).waiting_since == second.received_at


async def test_the_files_of_a_text_are_wanted_and_fetched_beside_the_posts(books: Books) -> None:
    message = await books.texts("", files=(file(1), file(2, type="")))

    taken = await books.takes()

    assert sorted(kinds(taken)) == [WishKind.FETCH_MEDIA, WishKind.FETCH_MEDIA, WishKind.SHOW_MESSAGE]
    attachments = await books.look(lambda ledger: ledger.messages.attachments(message.id))
    assert [one.state for one in attachments] == [MediaState.WANTED] * 2
    assert [one.type for one in attachments] == ["image/jpeg", "application/octet-stream"]


async def test_stop_withdraws_consent_and_start_gives_it_back_and_both_are_said(books: Books) -> None:
    await books.texts("Stop.")
    withdrawn = await books.look(lambda ledger: ledger.consents.get(DID, ANN))
    await books.texts("Start")
    granted = await books.look(lambda ledger: ledger.consents.get(DID, ANN))

    await books.goes_out()

    assert withdrawn
    assert withdrawn.state is ConsentState.WITHDRAWN
    assert granted
    assert granted.state is ConsentState.GRANTED
    assert books.notices() == [Case.STOPPED, Case.STARTED]


async def test_stop_said_in_a_group_counts_for_who_said_it_alone(books: Books) -> None:
    await books.texts("STOP", sender=BOB, others=(ANN,))

    assert await books.look(lambda ledger: ledger.consents.get(DID, BOB))
    assert await books.look(lambda ledger: ledger.consents.get(DID, ANN)) is None


@pytest.mark.parametrize("word", ["yes", "START", "unstop"])
async def test_an_ordinary_yes_changes_and_says_nothing(books: Books, word: str) -> None:
    await books.texts(word)

    await books.goes_out()

    assert books.notices() == []
    assert await books.look(lambda ledger: ledger.consents.get(DID, ANN)) is None


async def test_help_is_shown_and_changes_no_consent(books: Books) -> None:
    await books.texts("help!")

    await books.goes_out()

    assert books.notices() == [Case.HELP_ASKED]
    assert await books.look(lambda ledger: ledger.consents.get(DID, ANN)) is None


async def test_a_start_read_back_late_does_not_undo_a_stop_that_was_said_after_it(books: Books) -> None:
    await books.texts("STOP", said_at=books.clock.now() - timedelta(days=2))
    await books.texts("STOP", said_at=books.clock.now() - 10 * SECOND)

    await books.texts("START", said_at=books.clock.now() - timedelta(hours=1))

    consent = await books.look(lambda ledger: ledger.consents.get(DID, ANN))
    assert consent
    assert consent.state is ConsentState.WITHDRAWN


@pytest.mark.parametrize(
    ("follows", "order"),
    [
        ("main:before", ["Before", "Missed", "After"]),
        ("main:shown", ["Missed", "Before", "After"]),
        (None, ["Before", "After", "Missed"]),
        ("main:elsewhere", ["Before", "After", "Missed"]),
    ],
)
async def test_a_text_that_is_read_back_stands_behind_the_one_that_the_list_has_before_it(
    books: Books, follows: str | None, order: list[str]
) -> None:
    await books.texts("Shown", key=EventKey("main:shown"))
    await books.texts("Elsewhere", key=EventKey("main:elsewhere"), sender=BOB)
    await books.goes_out()
    this_second = books.clock.now()
    books.forward(SECOND / 4)
    await books.texts("Before", key=EventKey("main:before"), said_at=this_second)
    await books.texts("After", said_at=this_second)

    await books.texts("Missed", said_at=this_second, follows=follows)

    said = [one.content for one in await books.goes_out() if isinstance(one, PostToThread)]
    assert [one.text for one in said if isinstance(one, Said)] == order


async def test_a_text_that_is_read_back_is_shown_before_one_that_came_after_it(books: Books) -> None:
    await books.texts("Hello")
    await books.goes_out()
    earlier = books.clock.now()
    books.forward(MINUTE)
    await books.texts("Second")

    await books.texts("First", said_at=earlier)

    said = [one.content for one in await books.goes_out() if isinstance(one, PostToThread)]
    assert [one.text for one in said if isinstance(one, Said)] == ["First", "Second"]
