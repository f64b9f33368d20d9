"""Carriers, Slack and mail servers that are slow, refuse, repeat, shuffle, or take a thing and say nothing.

Sixty texts and replies go through the house meanwhile; afterwards everything must have been heard once, in order.
"""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from adapters.sandbox.carrier.receipts import Receipts
from adapters.sandbox.faults import Fault, Faults
from adapters.slack import SlackChat
from config import assemble
from tests.faults import controls
from tests.faults.doom import Doom
from tests.faults.mortal import MortalHouse, mortal_house
from tests.faults.story import CHANNELS
from tests.faults.truth import Said, Verdict, judge, judge_mails, mailed
from tests.stories.language import DID, Thread, shown

PHONES = [f"+121255501{number}" for number in (60, 61, 62, 63)]
ROUNDS, ANSWERED = 10, range(0, 10, 2)  # of the ten rounds, every second is answered, but not the last
SEED = 20
CHANCE = 0.3
HALF_A_SECOND = timedelta(seconds=0.5)
REFUSING = (Fault.REFUSE, Fault.ERROR, Fault.LIMIT)
ACCEPTING = (Fault.CUT, Fault.SILENT, Fault.LATE_ERROR, Fault.GARBAGE)


class FaultsExcept(Faults):
    """Faults that spare the calls whose failure no daemon could tell from success, or only a person can mend."""

    def __init__(self, chance: float, faults: tuple[Fault, ...], spared: tuple[str, ...]) -> None:
        super().__init__(SEED)
        self.sometimes(chance, faults)
        self._spared = spared

    def draw(self, call: str) -> Fault | None:
        return None if call in self._spared else super().draw(call)


def _let_go_wrong(house: MortalHouse, faults: tuple[Fault, ...], mail: tuple[Fault, ...]) -> None:
    """Let three of ten calls go wrong everywhere, but for the look-ups that tell whether a text went out."""
    for world, these, spared in (
        (house.carrier, faults, ("messages.list",)),
        (house.slack, faults, ()),
        (house.mail, mail, ("smtp.dot",) if Fault.REFUSE in mail else ()),
    ):
        rule = FaultsExcept(CHANCE, these, spared)
        world.faults.draw = rule.draw  # type: ignore[method-assign] # the worlds have taken theirs at their start


def well_behaved(house: MortalHouse) -> None:
    pass


def slow(house: MortalHouse) -> None:
    house.carrier.mischief.delay = timedelta(seconds=5)
    house.carrier.delivery.receipts = Receipts.LATE
    house.carrier.delivery.late_by = timedelta(minutes=2)
    house.carrier.delivery.sent_after = timedelta(seconds=7)
    house.slack.event_faults.delay = timedelta(seconds=8)


def refusing(house: MortalHouse) -> None:
    _let_go_wrong(house, REFUSING, REFUSING)


def repeating(house: MortalHouse) -> None:
    house.carrier.mischief.duplicates = 2
    house.carrier.delivery.receipts = Receipts.DUPLICATED
    house.slack.event_faults.duplicate = True


def shuffling(house: MortalHouse) -> None:
    house.carrier.mischief.reorder = len(PHONES)
    house.carrier.delivery.receipts = Receipts.SHUFFLED
    house.slack.event_faults.hold = len(PHONES)


def accepting_in_silence(house: MortalHouse) -> None:
    _let_go_wrong(house, ACCEPTING, (Fault.CUT, Fault.SILENT))


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MortalHouse]:
    """A house that loses patience after half a second, because that is how long a silence takes here."""
    monkeypatch.setattr(assemble, "SlackChat", partial(SlackChat, timeout_seconds=0.5))
    changes = {"mail": {"timeout": HALF_A_SECOND, "accept_timeout": HALF_A_SECOND}}
    async with mortal_house(tmp_path / "house", Doom(), patience=HALF_A_SECOND, changes=changes) as house:
        yield house


async def sixty(house: MortalHouse, said: Said, *, until_doubled: bool = False) -> None:
    """Let four phones send ten texts each, and answer every second round.

    A control need not get to the end: below a first post that stands there twice, replies are lost.
    """

    def is_heard() -> bool:
        found = judge(house, said, CHANNELS)
        return not found.lost or (until_doubled and bool(found.doubled))

    for number in range(ROUNDS):
        for phone in PHONES:
            words = said.text((phone, DID), f"Text {number} of {phone[-2:]}")
            await house.phone(phone).texts(words, wait=False)
        await _heard(house, is_heard)
        if until_doubled and judge(house, said, CHANNELS).doubled:
            return
        for phone in PHONES if number in ANSWERED else ():
            reply = said.reply((phone, DID), f"Answer {number} for {phone[-2:]}")
            await house.agent().replies(_thread(house, phone), reply)
        await _heard(house, is_heard)
    await house.until(lambda: set(_waiting(said)) <= set(mailed(house, "desk")))
    await house.finish()


def _waiting(said: Said) -> list[str]:
    return [texts[-1] for texts in said.texts.values()]


def verdict(house: MortalHouse, said: Said) -> Verdict:
    found = judge(house, said, CHANNELS)
    judge_mails(found, house, "desk", _waiting(said), may_repeat=house.repeated_mails())
    found.strange += [f"still open: {entry}" for entry in house.unfinished()]
    return found


async def _heard(house: MortalHouse, is_there: Callable[[], bool]) -> None:
    """Let everything come that is held back, and time pass until it has been heard."""
    await house.rest()
    house.slack.courier.release()
    await house.until(is_there)


def _thread(house: MortalHouse, phone: str) -> Thread:
    root = next(root for root in house.roots() if phone[-4:] in shown(root))
    return Thread(house, root.channel, root.ts)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "misbehave",
    [well_behaved, slow, refusing, repeating, shuffling, accepting_in_silence],
    ids=lambda each: each.__name__,
)
async def test_sixty_messages_are_heard_once_and_in_order(
    misbehave: Callable[[MortalHouse], None], house: MortalHouse
) -> None:
    misbehave(house)
    said = Said()

    await sixty(house, said)

    assert verdict(house, said) == Verdict()


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("misbehave", "remove"),
    [(repeating, controls.without_recognising), (accepting_in_silence, controls.without_asking)],
    ids=["repeating", "accepting_in_silence"],
)
async def test_without_the_safeguard_the_same_sixty_are_doubled(
    misbehave: Callable[[MortalHouse], None],
    remove: Callable[[controls.Patch], None],
    house: MortalHouse,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    remove(monkeypatch.setattr)
    misbehave(house)
    said = Said()

    await sixty(house, said, until_doubled=True)

    assert judge(house, said, CHANNELS).doubled


async def _reply_whose_answer_is_lost(house: MortalHouse) -> None:
    """Let a reply reach the phone, while neither the carrier's answer nor a receipt reaches us."""
    await house.phone().texts("Are you open?")
    await house.until(lambda: house.roots())
    house.carrier.delivery.receipts = Receipts.NEVER
    house.carrier.faults.next("messages.create", Fault.CUT)
    await house.agent().replies(await house.thread(), "Yes")
    await house.rest()


async def test_an_unclear_reply_that_the_list_shows_is_asked_of_nobody(house: MortalHouse) -> None:
    await _reply_whose_answer_is_lost(house)

    await house.finish()

    assert house.phone().got == ["Yes"]
    assert len((await house.thread()).messages) == 2


async def test_an_unclear_reply_is_asked_about_where_the_list_cannot_tell(house: MortalHouse) -> None:
    await _reply_whose_answer_is_lost(house)
    house.carrier.faults.always("messages.list", Fault.ERROR)

    await house.until(lambda: house.unfinished() == ["send-sms asked"])

    thread = await house.thread()
    await thread.shows("the carrier did not say whether this reply went out")
    assert house.phone().got == ["Yes"]


async def test_a_list_that_fails_once_is_asked_again(house: MortalHouse) -> None:
    await _reply_whose_answer_is_lost(house)
    house.carrier.faults.next("messages.list", Fault.ERROR)

    await house.until(lambda: not house.unfinished() or "send-sms asked" in house.unfinished())

    assert house.unfinished() == []


async def test_a_reaction_covers_a_post_whose_answer_was_lost_but_which_everybody_saw(house: MortalHouse) -> None:
    await house.phone().texts("Hello?")
    await house.until(lambda: house.roots())
    house.slack.faults.next("chat.postMessage", Fault.CUT)
    await house.phone().texts("Anybody there?")
    thread = await house.thread()
    await thread.shows("Anybody there?")
    await house.rest()

    await house.agent().reacts(thread)
    await house.finish()

    assert "Acknowledged by" in shown(thread.card)
