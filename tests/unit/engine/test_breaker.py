"""An account that does not answer is left alone, and asked a harmless question before the next text is risked."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from adapters.sandbox.clock import MovableClock
from bridge.domain.command import FetchMedia, SendSms
from bridge.domain.ids import CarrierRef, EntryToken, MediaRef
from bridge.domain.phone import PhoneNumber
from bridge.engine.breaker import MOST_FAILURES, TRIAL_EVERY, Breaker
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient, Uncertain
from tests.fakes import RecordingCarrier

ANN, DID = PhoneNumber("+12125550142"), PhoneNumber("+14155550100")
SMS = SendSms(did=DID, to=(ANN,), text="Yes")
KEY = EntryToken("token")
CUT, AWAY, LOCKED = Uncertain("500"), Transient("refused"), Blocked("401", "Pay.")
SECOND = timedelta(seconds=1)


async def due() -> SendSms:
    return SMS


@dataclass
class Account:
    """A carrier behind a breaker; `sends` and `looks` are what it answers, one after the other, and then the last."""

    clock: MovableClock = field(default_factory=MovableClock)
    carrier: RecordingCarrier = field(default_factory=RecordingCarrier)
    posts: int = 0

    def __post_init__(self) -> None:
        self.breaker = Breaker("main", self.carrier, self.clock)

    def answers(self, error: BaseException | None) -> None:
        """Let every send end so."""

        async def before(wish: object) -> None:
            self.posts += 1
            if error:
                raise error

        self.carrier.before = before

    def lists(self, answer: BaseException | None) -> None:
        """Let every question be answered so."""
        self.carrier.finds = lambda wish: answer

    async def sends(self) -> CarrierRef | PortError | None:
        try:
            return await self.breaker.send(SMS, KEY, due)
        except PortError as error:
            return error


@pytest.fixture
def account() -> Account:
    return Account()


async def resting(account: Account, error: PortError = CUT) -> None:
    """Let the account be silent for so long that it rests."""
    account.answers(error)
    account.lists(Transient("503"))
    for _ in range(MOST_FAILURES):
        await account.sends()


async def test_while_all_is_well_nobody_is_asked_anything(account: Account) -> None:
    account.answers(None)

    sent = [await account.sends() for _ in range(3)]

    assert sent == ["SM1", "SM2", "SM3"]
    assert account.carrier.looked == []


@pytest.mark.parametrize("error", [CUT, AWAY])
async def test_three_sends_in_a_row_without_an_answer_make_the_account_rest(account: Account, error: PortError) -> None:
    await resting(account, error)

    told = await account.sends()

    assert isinstance(told, Transient)
    assert told.retry_after == TRIAL_EVERY
    assert account.posts == MOST_FAILURES
    assert account.carrier.looked == []


@pytest.mark.parametrize(
    "answer", [None, Permanent("21211", Reason.INVALID_NUMBER), Transient("429", timedelta(seconds=7))]
)
async def test_an_answer_between_them_begins_the_count_anew(account: Account, answer: PortError | None) -> None:
    for error in (CUT, CUT, answer, CUT, CUT):
        account.answers(error)
        await account.sends()

    account.answers(None)

    assert not isinstance(await account.sends(), PortError)


async def test_while_it_is_silent_one_question_each_half_minute_and_no_text_is_risked(account: Account) -> None:
    await resting(account)

    for _ in range(30 * 60):
        account.clock.forward(SECOND)
        told = await account.sends()
        assert isinstance(told, Transient)

    assert account.posts == MOST_FAILURES
    assert len(account.carrier.looked) == 60


async def test_after_an_answer_the_text_is_sent_and_all_is_well(account: Account) -> None:
    await resting(account)
    account.clock.forward(TRIAL_EVERY)
    account.answers(None)
    account.lists(None)

    first, second = await account.sends(), await account.sends()

    assert [first, second] == ["SM1", "SM2"]
    assert len(account.carrier.looked) == 1


@pytest.mark.parametrize("answer", [Uncertain("two of them"), Permanent("400", Reason.REJECTED)])
async def test_an_answer_is_an_answer_whatever_it_says(account: Account, answer: PortError) -> None:
    await resting(account)
    account.clock.forward(TRIAL_EVERY)
    account.answers(None)
    account.lists(answer)

    assert await account.sends() == "SM1"


async def test_an_account_that_lists_but_does_not_send_gets_one_text_each_half_minute(account: Account) -> None:
    await resting(account)
    account.lists(None)

    for _ in range(300):
        account.clock.forward(SECOND)
        await account.sends()

    assert account.posts == MOST_FAILURES + 10


async def test_one_refused_login_and_no_other_text_is_tried_before_it_is_let_in(account: Account) -> None:
    account.answers(LOCKED)
    account.lists(LOCKED)

    told = [await account.sends() for _ in range(5)]

    assert account.posts == 1
    assert [type(one) for one in told] == [Blocked, Blocked, Transient, Transient, Transient]
    account.answers(None)
    account.lists(None)
    account.clock.forward(TRIAL_EVERY)
    assert await account.sends() == "SM1"


async def test_a_number_that_is_blocked_holds_up_no_other_number_of_its_account(account: Account) -> None:
    account.lists(None)
    for _ in range(2):
        account.answers(LOCKED)
        await account.sends()

    account.answers(None)

    assert await account.sends() == "SM1"


async def test_a_silence_in_the_middle_of_a_send_counts_as_one(account: Account) -> None:
    account.answers(asyncio.CancelledError())
    account.lists(Transient("503"))
    for _ in range(MOST_FAILURES):
        with pytest.raises(asyncio.CancelledError):
            await account.breaker.send(SMS, KEY, due)

    assert isinstance(await account.sends(), Transient)


async def test_a_text_that_is_not_wanted_any_more_proves_nothing(account: Account) -> None:
    await resting(account)
    account.answers(None)
    account.lists(None)
    account.clock.forward(TRIAL_EVERY)

    async def withdrawn() -> None:
        return None

    assert await account.breaker.send(SMS, KEY, withdrawn) is None
    assert isinstance(await account.sends(), Transient)


async def test_while_a_trial_is_under_way_the_others_wait_for_a_moment(account: Account) -> None:
    await resting(account)
    account.clock.forward(TRIAL_EVERY)
    account.lists(None)
    others: list[Any] = []

    async def before(wish: object) -> None:
        others.append(await account.sends())

    account.carrier.before = before
    first = await account.sends()

    (other,) = others
    assert first == "SM1"
    assert isinstance(other, Transient)
    assert other.retry_after == SECOND


async def test_questions_and_reading_back_rest_with_the_account(account: Account) -> None:
    await resting(account)

    with pytest.raises(Transient):
        await account.breaker.find(SMS, KEY, account.clock.now(), frozenset())
    with pytest.raises(Transient):
        [each async for each in account.breaker.history(DID, account.clock.now())]

    assert account.carrier.looked == []


async def test_a_question_that_is_answered_lets_a_text_be_tried_at_once(account: Account) -> None:
    await resting(account)
    account.clock.forward(TRIAL_EVERY)
    account.lists(None)
    account.answers(None)

    assert await account.breaker.find(SMS, KEY, account.clock.now(), frozenset()) is None

    assert await account.sends() == "SM1"


async def test_reading_back_does_not_take_the_trials_away_from_the_texts(account: Account) -> None:
    await resting(account)
    account.clock.forward(TRIAL_EVERY)
    account.lists(None)
    account.answers(None)

    assert [each async for each in account.breaker.history(DID, account.clock.now())] == []

    assert await account.sends() == "SM1"


async def test_a_question_that_fails_leaves_the_account_alone_for_another_half_minute(account: Account) -> None:
    await resting(account)
    account.clock.forward(TRIAL_EVERY)
    account.carrier.trouble = Transient("503")
    account.answers(None)
    with pytest.raises(Transient):
        [each async for each in account.breaker.history(DID, account.clock.now())]

    assert isinstance(await account.sends(), Transient)


async def test_a_question_that_fails_while_all_is_well_is_no_reason_to_rest(account: Account) -> None:
    account.lists(Transient("the list may not show it yet"))
    for _ in range(MOST_FAILURES + 1):
        with pytest.raises(Transient):
            await account.breaker.find(SMS, KEY, account.clock.now(), frozenset())
    account.answers(None)

    assert await account.sends() == "SM1"


async def test_everything_else_is_the_carriers(account: Account) -> None:
    await resting(account)
    account.answers(None)

    media = await account.breaker.fetch(FetchMedia(ref=MediaRef("m"), limit=9))
    listening = asyncio.create_task(account.breaker.listen(None))  # type: ignore[arg-type] # nothing comes
    await asyncio.sleep(0)
    listening.cancel()

    assert media.digest == "digest of m"
    assert account.breaker.abilities is account.carrier.abilities
