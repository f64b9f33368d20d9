"""Whom a reply in a group's thread reaches, what the thread says of that, and what a STOP of one of them does."""

from dataclasses import replace

from bridge.domain.command import Card, PostToThread, SendSms
from bridge.domain.notice import Case, Notice
from bridge.errors import Reason
from bridge.wording import thread as words
from tests.unit.flows.books import ABILITIES, ANN, BOB, MINUTE, Books, plan
from tests.unit.wording.test_thread import said


async def test_a_reply_to_a_group_reaches_whoever_wrote_last_and_that_is_said_once(books: Books) -> None:
    await books.texts("Hi", sender=ANN, others=(BOB,))
    await books.texts("Hi too", sender=BOB, others=(ANN,))
    await books.goes_out()
    books.forward(MINUTE)

    await books.replies("One", to=(ANN, BOB))
    await books.replies("Two", to=(ANN, BOB))

    sent = [one for one in await books.goes_out() if isinstance(one, SendSms)]
    assert [(one.to, one.text) for one in sent] == [((BOB,), "One"), ((BOB,), "Two")]
    assert books.notices() == [Case.GROUP_ANSWERS_ONE]


async def test_a_queued_reply_to_a_group_does_not_turn_to_somebody_who_wrote_after_it(books: Books) -> None:
    await books.texts("Hi", sender=ANN, others=(BOB,))
    await books.goes_out()
    books.forward(MINUTE)

    await books.replies("Ann, your code is 1234", to=(ANN, BOB))
    await books.texts("Hi too", sender=BOB, others=(ANN,))

    (sent,) = [one for one in await books.goes_out() if isinstance(one, SendSms)]
    assert sent.to == (ANN,)


async def test_a_reply_to_a_group_reaches_all_where_the_carrier_can(books: Books) -> None:
    books.plan = plan(abilities={"main": replace(ABILITIES, groups=True)}, contacts={ANN: "Ada Moss"})
    await books.texts("Hi", sender=ANN, others=(BOB,))
    await books.goes_out()

    await books.replies("Hello both", to=(ANN, BOB))

    (sent,) = [one for one in await books.goes_out() if isinstance(one, SendSms)]
    assert sent.to == (ANN, BOB)
    assert books.notices() == [Case.GROUP_ANSWERS_ALL]
    assert "all 2 of them: <Ada Moss · (212) 555-0142, (212) 555-0143>" in said_in(books)[-1]
    await books.replies("Again", to=(ANN, BOB))
    await books.goes_out()
    assert len(books.notices()) == 1


async def test_a_reply_to_a_group_one_of_whom_has_opted_out_reaches_nobody_and_says_what_can_be_done(
    books: Books,
) -> None:
    books.plan = plan(abilities={"main": replace(ABILITIES, groups=True)}, contacts={ANN: "Ada Moss"})
    await books.texts("Hi", sender=ANN, others=(BOB,))
    await books.texts("STOP", sender=BOB, others=(ANN,))
    await books.goes_out()

    written = await books.replies("Hello both", to=(ANN, BOB))

    await books.goes_out()
    assert books.sms() == []
    assert (await books.message(written)).refusal is Reason.REJECTED
    assert "(212) 555-0143 has texted STOP" in said_in(books)[-1]
    assert "one by one: <Ada Moss · (212) 555-0142>" in said_in(books)[-1]


async def test_a_reply_to_a_group_whose_last_writer_has_opted_out_goes_to_nobody_else(books: Books) -> None:
    await books.texts("Hi", sender=ANN, others=(BOB,))
    await books.texts("STOP", sender=BOB, others=(ANN,))
    await books.goes_out()

    await books.replies("Hello", to=(ANN, BOB))

    await books.goes_out()
    assert books.sms() == []
    assert "(212) 555-0143 has texted STOP" in said_in(books)[-1]
    assert "one by one: <(212) 555-0142>" in said_in(books)[-1]


async def test_a_stop_that_comes_while_a_reply_to_a_group_waits_stops_it_for_all(books: Books) -> None:
    books.plan = plan(abilities={"main": replace(ABILITIES, groups=True)}, hold=MINUTE)
    await books.texts("Hi", sender=ANN, others=(BOB,))
    await books.goes_out()
    await books.replies("Hello both", to=(ANN, BOB))

    await books.texts("STOP", sender=BOB, others=(ANN,))

    books.forward(2 * MINUTE)
    await books.goes_out()
    assert books.sms() == []
    assert "nobody got it" in said_in(books)[-1]


async def test_of_a_group_that_has_opted_out_altogether_nobody_is_left_to_be_written_to(books: Books) -> None:
    for person in (ANN, BOB):
        await books.texts("STOP", sender=person, others=(BOB if person == ANN else ANN,))
    await books.goes_out()

    await books.replies("Hello", to=(ANN, BOB))

    await books.goes_out()
    assert "one by one" not in said_in(books)[-1]


async def test_the_first_post_of_a_group_says_who_wrote_its_text(books: Books) -> None:
    books.plan = plan(contacts={ANN: "Ada Moss"})
    await books.texts("Hi", sender=ANN, others=(BOB,))

    (opening,) = [one for one in await books.goes_out() if isinstance(one, PostToThread)]

    assert isinstance(opening.content, Card)
    assert said(opening.content.footing) == "from Ada Moss · (212) 555-0142 "


def said_in(books: Books) -> list[str]:
    """Return the notes so far, as they were said."""
    return [said(words.note(Notice.unpacked(one))[0]) for one in books.notes()]
