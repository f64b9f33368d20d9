"""An attempt of which nobody knows how it ended, after the world was asked."""

from datetime import timedelta

import pytest

from bridge.domain.command import MarkPost, PostToThread, SendMail, SendSms
from bridge.domain.delivery import DeliveryStatus
from bridge.domain.notice import Case
from bridge.domain.outbox import EntryChange, EntryState, Outcome, Settlement, WishKind
from bridge.domain.phrase import Mark
from bridge.flows import deliver, rescue
from bridge.flows.deliver import Taken
from tests.unit.flows.books import MINUTE, SECOND, Books, file

SHOW, SMS, DIGEST = WishKind.SHOW_MESSAGE, WishKind.SEND_SMS, WishKind.SEND_DIGEST


async def in_doubt(books: Books, kind: WishKind) -> Taken:
    """Leave one wish of this kind open, and all else well."""
    await books.texts()
    if kind is not SHOW:
        await books.goes_out()
        books.forward(11 * MINUTE)
    if kind is SMS:
        await books.replies()
    if kind is DIGEST:
        await books.summarizes()
    await books.goes_out(books.except_for(kind, None))
    return books.of_kind(kind)[-1]


async def absent(books: Books, taken: Taken) -> None:
    entry = await books.entry(taken.entry.id)
    await books.do(lambda ledger, now: rescue.did_not_happen(ledger, books.plan, entry, now))


async def unclear(books: Books, taken: Taken) -> None:
    entry = await books.entry(taken.entry.id)
    await books.do(lambda ledger, now: rescue.cannot_tell(ledger, books.plan, entry, "cut", now))


async def found(books: Books, taken: Taken, settlement: Settlement) -> None:
    await books.do(lambda ledger, now: rescue.happened(ledger, books.plan, taken.entry, settlement, now))


async def test_a_post_that_was_found_is_taken_for_the_answer(books: Books) -> None:
    taken = await in_doubt(books, SHOW)

    await found(books, taken, books.well(taken))

    assert await books.root() == books.posts[-1]
    assert await books.goes_out() == []


async def test_an_sms_that_was_found_is_marked_as_sent(books: Books) -> None:
    taken = await in_doubt(books, SMS)

    await found(books, taken, Settlement(outcome=Outcome.SENT, ref="SM7"))

    assert [one.mark for one in await books.goes_out() if isinstance(one, MarkPost)] == [Mark.SENT]
    assert (await books.entry(taken.entry.id)).ref == "SM7"


async def test_a_mail_that_was_found_is_not_followed_by_a_second_one_with_the_same_texts(books: Books) -> None:
    taken = await in_doubt(books, DIGEST)
    await found(books, taken, Settlement(outcome=Outcome.SENT, ref="<1>"))
    books.forward(timedelta(hours=1))

    await books.summarizes()

    assert [one for one in await books.goes_out() if isinstance(one, SendMail)] == []


async def test_it_counts_as_absent_when_it_was_missing_twice_some_time_apart(books: Books) -> None:
    taken = await in_doubt(books, SMS)

    await absent(books, taken)
    after_one = await books.entry(taken.entry.id)
    books.forward(deliver.SECOND_LOOK)
    await absent(books, taken)
    after_two = await books.entry(taken.entry.id)

    assert (after_one.state, after_one.looks) == (EntryState.TRYING, 1)
    assert after_one.ask_at == books.clock.now()
    assert (after_two.state, after_two.looks, after_two.is_repeat) == (EntryState.READY, 0, False)
    assert SendSms in map(type, await books.goes_out())


async def test_an_unclear_sms_is_asked_about_and_never_repeated_by_itself(books: Books) -> None:
    taken = await in_doubt(books, SMS)
    await books.replies("Later")

    await unclear(books, taken)

    books.forward(timedelta(days=3))
    said = await books.goes_out()
    assert Mark.UNCLEAR in [one.mark for one in said if isinstance(one, MarkPost)]
    assert books.notices() == [Case.SEND_UNCLEAR]
    assert books.sms() == ["Yes"]
    assert (await books.entry(taken.entry.id)).status is DeliveryStatus.UNCLEAR


async def test_who_lost_the_claim_asks_nobody(books: Books) -> None:
    taken = await in_doubt(books, SMS)
    await books.settles(taken, Settlement(outcome=Outcome.SENT, ref="SM1"))

    await books.do(lambda ledger, now: rescue.cannot_tell(ledger, books.plan, taken.entry, "cut", now))

    await books.goes_out()
    assert books.notices() == []


async def test_of_a_number_that_left_the_configuration_nobody_can_be_asked(books: Books) -> None:
    taken = await in_doubt(books, SMS)
    books.plan = type(books.plan)(dids=(), abilities=books.plan.abilities)

    await unclear(books, taken)

    await books.goes_out()
    assert books.notices() == []
    assert (await books.entry(taken.entry.id)).state is EntryState.ASKED


async def test_an_unclear_post_is_said_once_more_marked_as_perhaps_a_repetition(books: Books) -> None:
    taken = await in_doubt(books, SHOW)

    await unclear(books, taken)

    (again,) = await books.goes_out()
    assert isinstance(again, PostToThread)
    assert again.may_repeat
    assert await books.root() == books.posts[-1]


async def test_a_mail_on_which_the_server_falls_silent_is_sent_at_most_twice(books: Books) -> None:
    silence = books.except_for(DIGEST, Settlement(outcome=Outcome.UNCERTAIN))
    taken = await in_doubt(books, DIGEST)
    await books.settles(taken, Settlement(outcome=Outcome.UNCERTAIN))
    await unclear(books, taken)
    await books.goes_out(silence)
    (_, again) = books.of_kind(DIGEST)

    await unclear(books, again)

    assert again.entry.token == taken.entry.token
    books.forward(timedelta(hours=1))
    await books.summarizes()
    assert [one for one in await books.goes_out() if isinstance(one, SendMail)] == []
    (trouble,) = await books.look(lambda ledger: ledger.audit.troubles())
    assert "fell silent twice" in trouble.what


async def test_a_mail_on_which_workers_died_is_sent_until_somebody_hears_what_came_of_it(books: Books) -> None:
    taken = await in_doubt(books, DIGEST)
    for _ in range(2):
        await unclear(books, taken)
        await books.goes_out(books.except_for(DIGEST, None))

    await unclear(books, taken)

    assert [type(one) for one in await books.goes_out()] == [SendMail]
    assert {one.entry.token for one in books.of_kind(DIGEST)} == {taken.entry.token}


async def test_a_post_is_not_given_up_though_nobody_could_tell_twice(books: Books) -> None:
    taken = await in_doubt(books, SHOW)
    await unclear(books, taken)
    await books.goes_out(books.except_for(SHOW, None))

    await unclear(books, taken)

    books.forward(MINUTE)
    assert [type(one) for one in await books.goes_out()] == [PostToThread]


# --- wishes that kill their worker ------------------------------------------------------------------------------------


async def restarted(books: Books, taken: Taken) -> None:
    """Make a wish ready again whose worker died on it, so that its attempt has no end."""
    ready = EntryChange(state=EntryState.READY, due_at=books.clock.now())
    await books.look(lambda ledger: ledger.outbox.alter(taken.entry.id, ready))


async def dies(books: Books, kind: WishKind, times: int) -> bool:
    """Let a wish of this kind be open at so many deaths of its worker; tell whether it was set aside."""
    taken = await in_doubt(books, kind)
    for death in range(times):
        if death:
            await restarted(books, taken)
            await books.goes_out(books.except_for(kind, None))
    entry = await books.entry(taken.entry.id)
    return await books.do(lambda ledger, now: rescue.set_aside(ledger, books.plan, entry, now))


@pytest.mark.parametrize(
    ("kind", "deaths", "is_aside"),
    [(SMS, 1, False), (SMS, 2, False), (SMS, 3, True), (SHOW, 9, False), (SHOW, 10, True)],
)
async def test_a_wish_that_was_open_at_too_many_deaths_is_set_aside_and_shown(
    books: Books, kind: WishKind, deaths: int, is_aside: bool
) -> None:
    assert await dies(books, kind, deaths) is is_aside

    entry = await books.entry(books.of_kind(kind)[0].entry.id)
    aside = EntryState.ASKED if kind is SMS else EntryState.FAILED
    assert entry.state is (aside if is_aside else EntryState.TRYING)
    assert len(await books.look(lambda ledger: ledger.audit.troubles())) == is_aside


async def test_attempts_that_ended_are_no_deaths(books: Books) -> None:
    taken = await in_doubt(books, SMS)
    for _ in range(4):
        await books.settles(books.of_kind(SMS)[-1], Settlement(outcome=Outcome.TRANSIENT))
        books.forward(6 * MINUTE)
        await books.goes_out(books.except_for(SMS, None))
    entry = await books.entry(taken.entry.id)

    is_aside = await books.do(lambda ledger, now: rescue.set_aside(ledger, books.plan, entry, now))

    assert entry.tries == 5
    assert not is_aside


async def test_a_reply_whose_file_was_set_aside_does_not_go_out_without_it(books: Books) -> None:
    await books.texts()
    await books.goes_out()
    await books.replies("Look at this", files=(file(name="cat.jpg"),))
    fetch = WishKind.FETCH_FILE
    await books.goes_out(books.except_for(fetch, None))
    taken = books.of_kind(fetch)[0]
    for _ in range(rescue.MOST_KILLS_OF_OTHERS - 1):
        await restarted(books, taken)
        await books.goes_out(books.except_for(fetch, None))
    entry = await books.entry(taken.entry.id)

    assert await books.do(lambda ledger, now: rescue.set_aside(ledger, books.plan, entry, now))

    await books.goes_out()
    assert books.sms() == []
    assert books.notices() == [Case.FILE_UNREACHABLE]


async def test_references_of_other_sms_in_the_lane_are_not_to_be_matched(books: Books) -> None:
    taken = await in_doubt(books, SMS)
    none_yet = await books.look(lambda ledger: rescue.taken(ledger, taken.entry))
    await books.settles(taken, Settlement(outcome=Outcome.SENT, ref="SM1"))
    books.forward(SECOND)
    await books.replies("Next")
    await books.goes_out(books.except_for(SMS, None))
    second = books.of_kind(SMS)[-1]

    of_second = await books.look(lambda ledger: rescue.taken(ledger, second.entry))
    of_first = await books.look(lambda ledger: rescue.taken(ledger, taken.entry))

    assert (none_yet, of_first, of_second) == (frozenset(), frozenset({"SM1"}), frozenset({"SM1"}))
