"""What has been kept long enough is really gone; that it was seen stays known."""

from datetime import timedelta

import pytest

from bridge.domain.dialplan import DialPlan
from bridge.domain.event import RawEvent
from bridge.domain.ids import EventKey
from bridge.domain.message import Media, MediaState
from bridge.flows import forget
from tests.unit.flows.books import JPEG, OTHER_DID, Books, did, file, plan

DAY = timedelta(days=1)


async def forgets(books: Books, how: DialPlan | None = None) -> bool:
    return await books.do(lambda ledger, now: forget.older_than_retention(ledger, how or books.plan, now))


async def sights(books: Books, key: str) -> bool:
    raw = RawEvent(source="twilio/main", keys=(EventKey(key),), body=b"Body=secret")
    return await books.do(lambda ledger, now: ledger.sightings.first(raw, now))


@pytest.mark.parametrize(("age", "text"), [(30 * DAY, "One"), (30 * DAY + timedelta(seconds=1), "")])
async def test_a_text_is_forgotten_when_its_time_has_come(books: Books, age: timedelta, text: str) -> None:
    message = await books.texts("One")
    await books.goes_out()

    books.forward(age)

    assert not await forgets(books)
    assert (await books.message(message.id)).text == text
    assert await books.root()


async def test_each_number_keeps_its_texts_for_its_own_time(books: Books) -> None:
    books.plan = plan(did(retention=7 * DAY), did(number=OTHER_DID, retention=60 * DAY))
    brief = await books.texts("One")
    long = await books.texts("Two", did=OTHER_DID)

    books.forward(31 * DAY)
    await forgets(books)

    assert (await books.message(brief.id)).text == ""
    assert (await books.message(long.id)).text == "Two"


async def test_files_go_with_their_text(books: Books) -> None:
    message = await books.texts("Look", files=(file(),))
    await books.goes_out()
    books.forward(31 * DAY)

    await forgets(books)

    (gone,) = await books.look(lambda ledger: ledger.messages.attachments(message.id))
    assert gone.state is MediaState.FORGOTTEN
    assert await books.look(lambda ledger: ledger.media.get(JPEG.digest)) is None


async def test_a_file_that_a_younger_text_has_too_stays(books: Books) -> None:
    await books.texts("Look", files=(file(),))
    await books.goes_out()
    books.forward(20 * DAY)
    await books.texts("Look again", files=(file(),))
    await books.goes_out()
    books.forward(20 * DAY)

    await forgets(books)

    kept = await books.look(lambda ledger: ledger.media.get(JPEG.digest))
    assert isinstance(kept, Media)


async def test_a_repeat_of_something_forgotten_is_still_a_repeat(books: Books) -> None:
    assert await sights(books, "main:SM1")
    books.forward(31 * DAY)

    await forgets(books)

    assert not await sights(books, "main:SM1")


async def test_it_is_done_in_small_steps(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forget, "AT_ONCE", 2)
    for _ in range(3):
        await books.texts("One")
    books.forward(31 * DAY)

    assert [await forgets(books), await forgets(books)] == [True, False]


async def test_without_any_number_requests_are_forgotten_all_the_same(books: Books) -> None:
    assert not await forgets(books, DialPlan(dids=()))


async def test_texts_of_a_number_that_left_the_configuration_are_forgotten_too(books: Books) -> None:
    message = await books.texts("One")
    books.forward(31 * DAY)

    await forgets(books, plan(did(number=OTHER_DID)))

    assert (await books.message(message.id)).text == ""


async def test_no_request_outlives_the_texts_of_the_number_with_the_shortest_time(books: Books) -> None:
    books.plan = plan(did(retention=7 * DAY))
    await sights(books, "main:SM1")
    await books.texts("One")
    books.forward(8 * DAY)

    await forgets(books)

    forgotten = await books.do(lambda ledger, now: ledger.sightings.forget(now, 10))
    assert forgotten == 0


async def test_the_words_of_what_was_forgotten_are_overwritten_before_forgetting_ends(books: Books) -> None:
    for text in ("One", "Two"):
        await books.texts(text)
        await books.look(lambda ledger: ledger.search.index(9))
    await books.goes_out()
    books.forward(31 * DAY)

    rounds = 1
    while await forgets(books):
        rounds += 1

    assert rounds > 1
    assert not await books.look(lambda ledger: ledger.search.overwrite())
