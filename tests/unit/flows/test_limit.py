"""Limits: people who answer never meet them, a script does; what exceeds one is held until a person sends it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bridge.domain.command import MarkPost, Note, PostToThread, SendSms
from bridge.domain.dialplan import LongText
from bridge.domain.ids import PersonRef
from bridge.domain.notice import Case
from bridge.domain.outbox import EntryState, Outcome, Settlement, WishKind
from bridge.domain.phone import Address, PhoneNumber, ShortCode
from bridge.domain.phrase import Action, Mark
from bridge.domain.toll import Limits
from bridge.errors import Reason
from tests.unit.flows.books import ABILITIES, ANN, BEN, BOB, EVE, MINUTE, Books, did, plan

HOUR = timedelta(hours=1)
CY = PhoneNumber("+12125550144")
REFUSED = Settlement(outcome=Outcome.PERMANENT, reason=Reason.UNREACHABLE)


def limits(**most: int) -> Limits:
    return replace(Limits(per_person=0, per_participant=0, new_participants=0, per_account=0), **most)  # type: ignore[arg-type] # only counts are changed


async def opened(books: Books, *people: Address, **most: int) -> None:
    books.plan = plan(limits=limits(**most))
    for one in people or (ANN,):
        await books.texts(sender=one)
    await books.goes_out()
    books.forward(MINUTE)


async def troubles(books: Books) -> list[tuple[str, int]]:
    found = await books.look(lambda ledger: ledger.audit.troubles())
    return [(one.key, one.count) for one in found]


async def test_what_exceeds_a_limit_is_held_and_the_rest_has_gone(books: Books) -> None:
    await opened(books, per_person=2)

    written = [await books.replies(text) for text in ("One", "Two", "Three")]

    said = await books.goes_out()
    assert books.sms() == ["One", "Two"]
    assert (await books.sendings(written[-1]))[0].state is EntryState.HELD
    assert [one.mark for one in said if isinstance(one, MarkPost)].count(Mark.HELD) == 1
    assert books.notices() == [Case.OVER_LIMIT]


async def test_the_note_says_which_limit_and_when_it_opens(books: Books) -> None:
    await opened(books, per_person=1)
    first = books.clock.now()
    await books.replies("One")
    books.forward(10 * MINUTE)

    await books.replies("Two")

    said = await books.goes_out()
    (note,) = [one.content for one in said if isinstance(one, PostToThread) and isinstance(one.content, Note)]
    assert "one person may send 1 texts an hour" in str(note.phrase)
    assert repr(first + HOUR) in str(note.phrase)
    assert [one.action for one in note.buttons] == [Action.SEND_NOW, Action.CANCEL]


async def test_nothing_held_goes_out_by_itself(books: Books) -> None:
    await opened(books, per_person=1)
    await books.replies("One")
    await books.replies("Two")

    await books.goes_out()
    books.forward(2 * HOUR)

    await books.goes_out()
    assert books.sms() == ["One"]


async def test_send_now_is_refused_while_the_limit_holds_and_the_note_says_until_when(books: Books) -> None:
    await opened(books, per_person=1)
    await books.replies("One")
    reply = await books.replies("Two")
    await books.goes_out()
    (held,) = await books.sendings(reply)

    await books.presses(Action.SEND_NOW, held.token, EVE)

    said = await books.goes_out()
    assert books.sms() == ["One"]
    assert [type(one).__name__ for one in said] == ["AmendPost"]
    books.forward(HOUR)
    await books.presses(Action.SEND_NOW, held.token, EVE)
    await books.goes_out()
    assert books.sms() == ["One", "Two"]


async def test_one_note_stands_for_all_that_a_thread_has_held_and_sends_it_in_order(books: Books) -> None:
    await opened(books, per_person=2)
    written = [await books.replies(str(number)) for number in range(5)]
    await books.goes_out()
    assert books.notices() == [Case.OVER_LIMIT]
    (first,) = await books.sendings(written[2])

    books.forward(HOUR)
    await books.presses(Action.SEND_NOW, first.token)
    await books.goes_out()
    assert books.sms() == ["0", "1", "2", "3"]
    (last,) = await books.sendings(written[4])
    books.forward(HOUR)
    await books.presses(Action.SEND_NOW, last.token)

    await books.goes_out()
    assert books.sms() == ["0", "1", "2", "3", "4"]


async def test_dont_send_drops_all_that_the_thread_has_held(books: Books) -> None:
    await opened(books, per_person=1)
    written = [await books.replies(str(number)) for number in range(3)]
    await books.goes_out()
    (first,) = await books.sendings(written[1])

    await books.presses(Action.CANCEL, first.token)

    said = await books.goes_out()
    assert [one.mark for one in said if isinstance(one, MarkPost)] == [Mark.CANCELLED] * 2
    assert books.sms() == ["0"]


async def test_a_second_press_on_a_note_that_was_decided_does_nothing(books: Books) -> None:
    await opened(books, per_person=1)
    await books.replies("One")
    reply = await books.replies("Two")
    await books.goes_out()
    books.forward(HOUR)
    (held,) = await books.sendings(reply)
    await books.presses(Action.SEND_NOW, held.token, BEN)
    later = await books.replies("Three")

    await books.presses(Action.SEND_NOW, held.token, EVE)

    await books.goes_out()
    assert books.sms() == ["One", "Two"]
    assert (await books.sendings(later))[0].state is EntryState.HELD


async def test_a_long_reply_that_was_allowed_by_a_person_is_held_by_the_limit_all_the_same(books: Books) -> None:
    await opened(books, per_person=1)
    reply = await books.replies("a" * 500)
    await books.replies("One")
    await books.goes_out()
    (held,) = await books.sendings(reply)

    await books.presses(Action.SEND_NOW, held.token)

    await books.goes_out()
    assert books.sms() == ["One"]
    books.forward(HOUR)
    await books.presses(Action.SEND_NOW, held.token)
    await books.goes_out()
    assert books.sms() == ["One", "a" * 500]


async def test_the_admin_is_told_once_and_again_after_it_was_well(books: Books) -> None:
    await opened(books, per_person=1)
    for text in ("One", "Two", "Three"):
        await books.replies(text)
    assert await troubles(books) == [("limit/person/U0BEN", 2)]

    books.forward(HOUR + MINUTE)
    await books.replies("Four")

    assert await troubles(books) == []


async def test_each_person_has_a_limit_of_their_own(books: Books) -> None:
    await opened(books, per_person=1)

    await books.replies("One")
    await books.replies("Two", author=EVE)

    await books.goes_out()
    assert books.sms() == ["One", "Two"]


async def test_a_limit_of_a_number_holds_whoever_writes(books: Books) -> None:
    await opened(books, ANN, BOB, per_participant=1)

    await books.replies("One")
    await books.replies("Two", author=EVE)
    await books.replies("Three", to=(BOB,))

    await books.goes_out()
    assert books.sms() == ["One", "Three"]
    assert await troubles(books) == [("limit/participant/+1212…42", 1)]


async def test_a_limit_of_an_account_holds_for_everybody(books: Books) -> None:
    await opened(books, ANN, BOB, per_account=2)

    await books.replies("One")
    await books.replies("Two", to=(BOB,), author=EVE)
    await books.replies("Three", to=(BOB,), author=PersonRef("U0CY"))

    await books.goes_out()
    assert books.sms() == ["One", "Two"]


async def test_an_answer_to_whoever_texted_lately_is_none_to_a_stranger(books: Books) -> None:
    await opened(books, ANN, BOB, CY, new_participants=1)
    books.forward(timedelta(days=31))
    await books.texts("Me again", sender=CY)
    await books.goes_out()

    await books.replies("One", to=(ANN,))
    await books.replies("Two", to=(ANN,))
    await books.replies("Three", to=(BOB,))
    await books.replies("Four", to=(CY,))

    await books.goes_out()
    assert sorted(books.sms()) == ["Four", "One", "Two"]
    assert await troubles(books) == [("limit/strangers/U0BEN", 1)]


async def test_a_text_to_a_group_counts_for_each_of_its_people(books: Books) -> None:
    abilities = {"main": replace(ABILITIES, groups=True)}
    books.plan = plan(limits=limits(per_person=4), abilities=abilities)
    await books.texts(sender=ANN, others=(BOB, CY))
    await books.goes_out()

    await books.replies("One", to=(ANN, BOB, CY))
    await books.replies("Two", to=(ANN, BOB, CY))

    said = await books.goes_out()
    assert [one.text for one in said if isinstance(one, SendSms)] == ["One"]


async def test_every_part_of_a_split_reply_counts_and_it_is_never_cut(books: Books) -> None:
    books.plan = plan(did(long_text=LongText.SPLIT), limits=limits(per_person=3))
    await books.texts()
    await books.goes_out()

    await books.replies("a" * 300)
    reply = await books.replies("b" * 300)

    await books.goes_out()
    assert len(books.sms()) == 2
    assert {one.state for one in await books.sendings(reply)} == {EntryState.HELD}


async def test_one_reply_that_alone_exceeds_a_limit_goes_when_nothing_else_went(books: Books) -> None:
    books.plan = plan(did(long_text=LongText.SPLIT), limits=limits(per_person=1))
    await books.texts()
    await books.goes_out()

    await books.replies("a" * 300)

    await books.goes_out()
    assert len(books.sms()) == 2


@pytest.mark.parametrize("text", ["Again", "One"])
async def test_a_retry_is_not_held_and_counts(books: Books, text: str) -> None:
    await opened(books, per_person=1)
    reply = await books.replies("One")
    await books.goes_out(books.except_for(WishKind.SEND_SMS, REFUSED))

    await books.presses(Action.RETRY, (await books.sendings(reply))[0].token)
    await books.replies(text)

    await books.goes_out()
    assert books.sms() == ["One", "One"]


async def test_without_limits_everything_goes(books: Books) -> None:
    await opened(books)

    for number in range(100):
        await books.replies(str(number))

    await books.goes_out()
    assert len(books.sms()) == 100
    assert await troubles(books) == []


async def test_forty_answers_in_an_hour_meet_no_limit_as_they_are_set(books: Books) -> None:
    """Somebody who answers quickly: forty texts in half an hour, twenty of them to one customer."""
    people = [PhoneNumber(f"+121255501{number:02}") for number in range(20)]
    books.plan = plan(limits=Limits())
    for one in (ANN, *people):
        await books.texts(sender=one)
    await books.goes_out()

    for one in people:
        await books.replies("Yes", to=(one,))
        await books.replies("And yes", to=(ANN,))
        books.forward(timedelta(seconds=45))
        await books.goes_out()

    assert len(books.sms()) == 40


@pytest.mark.parametrize(
    "number", [PhoneNumber("+19005550100"), PhoneNumber("+18765550100"), PhoneNumber("+18095550100"), ShortCode("911")]
)
async def test_a_number_that_bills_is_refused_with_why_and_no_button(books: Books, number: Address) -> None:
    await books.texts(sender=number)
    await books.goes_out()

    reply = await books.replies("Yes", to=(number,))

    said = await books.goes_out()
    assert books.sms() == []
    assert books.notices() == [Case.BARRED]
    assert (await books.message(reply)).refusal is Reason.REJECTED
    (note,) = [one.content for one in said if isinstance(one, PostToThread) and isinstance(one.content, Note)]
    assert note.buttons == ()


async def test_a_region_that_the_configuration_allows_is_texted(books: Books) -> None:
    jamaican = PhoneNumber("+18765550100")
    books.plan = plan(limits=Limits(regions=frozenset({"US", "JM"})))
    await books.texts(sender=jamaican)
    await books.goes_out()

    await books.replies("Yes", to=(jamaican,))

    await books.goes_out()
    assert books.sms() == ["Yes"]


async def test_a_held_reply_of_a_number_that_left_the_configuration_can_be_dropped(books: Books) -> None:
    await opened(books, per_person=1)
    await books.replies("One")
    reply = await books.replies("Two")
    await books.goes_out()
    books.plan = plan(did(number=BOB))
    (held,) = await books.sendings(reply)

    await books.presses(Action.SEND_NOW, held.token)

    await books.goes_out()
    assert books.sms() == ["One"]
    assert (await books.sendings(reply))[0].state is EntryState.CANCELLED
