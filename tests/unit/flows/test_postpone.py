"""A text that is to go out later waits for its time; what may come in between, and who is asked then."""

from datetime import datetime, timedelta

import pytest

from bridge.domain.aside import Aside
from bridge.domain.dialplan import LongText
from bridge.domain.event import SmsComposed
from bridge.domain.ids import ChannelRef, EventKey, MessageId
from bridge.domain.message import Media
from bridge.domain.notice import Case
from bridge.domain.outbox import EntryState
from bridge.domain.phone import PhoneNumber
from bridge.domain.phrase import Action
from bridge.domain.toll import Limits
from bridge.flows import initiate, postpone
from bridge.ports import Ledger
from tests.unit.flows.books import BEN, BOB, MINUTE, Books, did, file, plan

HOUR = timedelta(hours=1)
PLANNED = MessageId("form/1")


async def plans(books: Books, text: str = "It is ready", wait: timedelta = HOUR, **more: object) -> Aside | None:
    """Let Ben plan a text in Ann's conversation."""
    talk = await books.conversation()

    def compose(ledger: Ledger, now: datetime) -> Aside | None:
        event = SmsComposed(
            key=EventKey("form/1/sent"),
            form=EventKey(PLANNED),
            conversation=talk.id,
            text=text,
            send_at=now + wait,
            person=BEN,
            channels=frozenset({ChannelRef("C1")}),
            **more,  # type: ignore[arg-type]
        )
        return initiate.sms(ledger, books.plan, event, now)

    return await books.do(compose)


async def opened(books: Books) -> None:
    await books.texts()
    await books.goes_out()


async def comes_due(books: Books, after: timedelta = HOUR) -> None:
    books.forward(after)
    await books.do(lambda ledger, now: postpone.due(ledger, books.plan, now))


async def states(books: Books) -> list[tuple[EntryState, str]]:
    return [(one.state, one.detail) for one in await books.sendings(PLANNED)]


async def test_before_its_time_it_waits_and_then_it_goes_once(books: Books) -> None:
    await opened(books)
    assert await plans(books) is None
    await books.goes_out()
    assert (books.notices(), books.sms()) == ([Case.PLANNED], [])

    await comes_due(books, HOUR - MINUTE)
    await books.goes_out()
    assert books.sms() == []
    for _ in range(2):
        await comes_due(books, MINUTE)
        await books.goes_out()

    assert books.sms() == ["It is ready"]


async def test_all_parts_of_a_long_one_go_together(books: Books) -> None:
    books.plan = plan(did(long_text=LongText.SPLIT))
    await opened(books)
    await plans(books, "word " * 70)

    await comes_due(books)
    await books.goes_out()

    assert len(books.sms()) == 3
    assert await states(books) == [(EntryState.SENT, "")] * 3


async def test_a_long_one_is_not_asked_about_since_whoever_planned_it_has_seen_what_it_costs(books: Books) -> None:
    await opened(books)

    await plans(books, "word " * 200)
    await comes_due(books)
    await books.goes_out()

    assert len(books.sms()) == 1


async def test_whoever_texts_before_makes_it_a_question(books: Books) -> None:
    await opened(books)
    await plans(books)
    await books.goes_out()

    await books.texts("Never mind")
    await comes_due(books)
    await books.goes_out()

    assert (books.sms(), books.notices()[-1]) == ([], Case.OVERTAKEN)
    assert await states(books) == [(EntryState.HELD, "")]
    (entry,) = await books.sendings(PLANNED)
    await books.presses(Action.SEND_NOW, entry.token)
    await books.goes_out()
    assert books.sms() == ["It is ready"]


async def test_a_text_in_another_conversation_changes_nothing(books: Books) -> None:
    await opened(books)
    await plans(books)

    await books.texts("Hello", BOB)
    await comes_due(books)
    await books.goes_out()

    assert books.sms() == ["It is ready"]


async def test_a_quarter_of_an_hour_too_late_it_is_asked_about(books: Books) -> None:
    await opened(books)
    await plans(books)

    await comes_due(books, HOUR + 16 * MINUTE)
    await comes_due(books, MINUTE)
    await books.goes_out()

    assert (books.sms(), books.notices().count(Case.ASK_LATE)) == ([], 1)


async def test_a_limit_holds_it_at_its_time(books: Books) -> None:
    books.plan = plan(did(), limits=Limits(per_person=1))
    await opened(books)
    await books.replies("One")
    await plans(books, wait=MINUTE)

    await comes_due(books, MINUTE)
    await books.goes_out()

    assert books.sms() == ["One"]
    assert Case.OVER_LIMIT in books.notices()


async def test_into_a_blocked_conversation_it_is_not_sent(books: Books) -> None:
    await opened(books)
    await plans(books)
    await books.presses(Action.BLOCK, (await books.conversation()).id)

    await comes_due(books)
    await books.goes_out()

    assert books.sms() == []
    assert Case.BLOCKED in books.notices()
    assert await states(books) == [(EntryState.CANCELLED, "")]


async def test_whoever_says_stop_meanwhile_does_not_get_it_even_if_somebody_decides_so(books: Books) -> None:
    await opened(books)
    await plans(books)
    await books.texts("STOP")
    await books.goes_out()

    (entry,) = await books.sendings(PLANNED)
    await books.presses(Action.SEND_NOW, entry.token)
    await books.goes_out()

    assert books.sms() == []


async def test_a_number_that_has_left_the_configuration_sends_nothing(books: Books) -> None:
    await opened(books)
    await plans(books)
    books.plan = plan(did(number=PhoneNumber("+14155550199")))

    await comes_due(books)
    await books.goes_out()

    assert books.sms() == []


async def test_its_picture_goes_with_it(books: Books) -> None:
    await opened(books)
    await plans(books, files=(file(),))
    await books.goes_out()

    await comes_due(books)
    await books.goes_out()

    kept = await books.look(lambda ledger: ledger.messages.attachments(PLANNED))
    assert [one.state.value for one in kept] == ["kept"]
    assert books.sms() == ["It is ready"]
    assert isinstance(await books.look(lambda ledger: ledger.media.get(kept[0].digest)), Media)


@pytest.mark.parametrize("wait", [timedelta(), -MINUTE, timedelta(days=121)])
async def test_a_moment_out_of_reach_is_refused(books: Books, wait: timedelta) -> None:
    await opened(books)

    refused = await plans(books, wait=wait)

    assert refused is not None
    assert list(refused.wrong) == ["at"]
