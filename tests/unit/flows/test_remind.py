"""A person is called back to a conversation at a moment of his choice, once, and it waits again from then on."""

from datetime import datetime, timedelta

import pytest

from bridge.domain.aside import Aside
from bridge.domain.command import PostToThread
from bridge.domain.event import ReminderWished
from bridge.domain.ids import ConversationId, EventKey, PersonRef
from bridge.domain.notice import Case
from bridge.domain.standing import Place, Standing
from bridge.flows import readdress, remind
from bridge.ports import Ledger
from tests.unit.flows.books import BEN, EVE, MINUTE, Books, did, plan

HOUR = timedelta(hours=1)


async def wishes(
    books: Books,
    wait: timedelta | None = HOUR,
    person: PersonRef = BEN,
    note: str = "",
    within: str | None = None,
    **more: Standing,
) -> Aside | None:
    id = ConversationId(within) if within else (await books.conversation()).id

    def wish(ledger: Ledger, now: datetime) -> Aside | None:
        key = EventKey(f"wish/{person}/{now.isoformat()}/{wait}/{note}")
        due_at = now + wait if wait is not None else None
        event = ReminderWished(key=key, conversation=id, due_at=due_at, note=note, person=person, **more)
        return remind.by_form(ledger, books.plan, event, now)

    return await books.do(wish)


async def answered(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    await books.replies("Tomorrow")
    await books.goes_out()


async def reminders(books: Books) -> list[PostToThread]:
    await books.goes_out()
    said = [one.command for one in books.outgoing if isinstance(one.command, PostToThread)]
    return [one for one in said if "reminded" in str(one.content)]


async def test_it_comes_at_its_time_in_the_channel_too_and_the_conversation_waits_again(books: Books) -> None:
    await answered(books)
    await wishes(books, note="call the workshop")
    books.forward(HOUR - MINUTE)
    assert await reminders(books) == []

    books.forward(MINUTE)

    (said,) = await reminders(books)
    assert said.in_channel
    assert "call the workshop" in str(said.content)
    assert (await books.conversation()).waiting_since == books.clock.now()


async def test_nothing_waits_behind_it(books: Books) -> None:
    await answered(books)
    await wishes(books)

    await books.texts("Hello?")
    await books.goes_out()

    assert len(books.posts) == 2


async def test_each_person_has_one_and_another_replaces_it(books: Books) -> None:
    await answered(books)
    await wishes(books, note="first")
    await wishes(books, note="second")
    await wishes(books, person=EVE, note="hers")
    books.forward(2 * HOUR)

    said = str(await reminders(books))

    assert ["first" in said, "second" in said, "hers" in said] == [False, True, True]


async def test_it_can_be_taken_back(books: Books) -> None:
    await answered(books)
    await wishes(books)

    assert await wishes(books, None) is None
    books.forward(2 * HOUR)

    assert await reminders(books) == []


async def test_it_goes_to_the_channel_that_the_number_has_by_then_and_still_at_its_time(books: Books) -> None:
    await answered(books)
    await wishes(books)
    books.plan = plan(did(channel="C2"))
    await books.do(lambda ledger, now: readdress.strays(ledger, books.plan))
    await books.texts("Hello?")
    await books.goes_out()
    assert await reminders(books) == []

    books.forward(HOUR)

    assert [one.channel for one in await reminders(books)] == ["C2"]


@pytest.mark.parametrize("wait", [timedelta(), -MINUTE, timedelta(days=121)])
async def test_a_moment_out_of_reach_is_refused(books: Books, wait: timedelta) -> None:
    await answered(books)

    refused = await wishes(books, wait)

    assert refused is not None
    assert "within 120 days" in refused.wrong["when"]


async def test_whoever_does_not_answer_here_is_reminded_of_nothing_and_nobody_of_what_is_not_there(
    books: Books,
) -> None:
    await answered(books)

    guest = await wishes(books, standing=Standing(place=Place.GUEST))
    nowhere = await wishes(books, within="c0ffee")
    books.plan = plan(did(number=did().number))
    books.forward(2 * HOUR)

    assert [list(one.wrong) for one in (guest, nowhere) if one] == [["when"], ["when"]]
    assert await reminders(books) == []
    assert Case.REMINDER not in books.notices()
