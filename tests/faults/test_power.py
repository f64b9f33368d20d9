"""The real process, killed again and again in the middle of its work; the worlds go on, and judge it afterwards."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.mailbox import MailWorld
from adapters.sandbox.workspace import Workspace
from adapters.sandbox.workspace.nouns import Message
from config.read import read
from tests import audit
from tests.faults.ambush import NOT_PROCESSED, PROCESSED, Ambush
from tests.faults.mortal import unfinished
from tests.faults.process import THE_DAEMON, Process
from tests.faults.truth import Said, Verdict, judge
from tests.stories.language import CHANNEL, DID, PUBLIC, House, buttons, shown

KILLS, KILLS_OF_THE_CONTROL = 50, 12
SEED = 7
PHONES = [f"+121255501{number:02}" for number in range(60, 100)]
SENDS = ("messages.create", "chat.postMessage")
OTHER_MOMENTS = ("chat.update", "reactions.add", "conversations.replies", "apps.connections.open")
TEXTS, REPLIES = 5, 4  # of each life
_ARRIVED, _AGAIN = "It arrived", "Send again"
_DECISIONS = ("says that this reply arrived", "had this reply sent again")
_AMBUSH_SECONDS = 4
_SETTLING_SECONDS = 150
_LOOK_AGAIN = 1.0  # seconds
_PRESSED_AGAIN = 10.0  # seconds


@dataclass(kw_only=True)
class Street:
    """The worlds around the process, and what people do there."""

    house: House
    process: Process
    carrier_faults: Ambush
    slack_faults: Ambush
    said: Said = field(default_factory=Said)
    lot: random.Random = field(default_factory=lambda: random.Random(SEED))
    kills: int = 0
    kills_in_a_send: int = 0
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    decided: dict[str, float] = field(default_factory=dict)  # the notes, and when they were answered last
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    async def begin(self) -> None:
        await self.process.start()
        self.house.carrier.route(PUBLIC, self.process.address)

    async def life(self, calls: Sequence[str]) -> None:
        """Start the daemon, give it work, and kill it at the moment that the lot has drawn."""
        self.struck.clear()
        call = self.lot.choice(calls)
        faults = self.carrier_faults if call.startswith("messages.") else self.slack_faults
        processed = self.lot.choice((PROCESSED, NOT_PROCESSED))
        faults.lie(call, self.lot.randrange(3), processed, lambda: self._strike(call))
        await self.begin()
        await self.work()
        try:
            async with asyncio.timeout(_AMBUSH_SECONDS):
                await self.struck.wait()
        except TimeoutError:
            faults.lift()
            self._strike("")
        await self.process.gone()

    def _strike(self, call: str) -> None:
        self.process.kill()
        self.kills += 1
        self.kills_in_a_send += call in SENDS
        self.struck.set()

    async def work(self) -> None:
        """Let some phones text and some people reply, all at once."""
        for phone in self.lot.sample(PHONES, TEXTS):
            words = self.said.text((phone, DID), f"Text {next(self.numbers)}")
            await self.house.carrier.text(phone, DID, words, wait=False)
        threads = self.threads()
        for phone in self.lot.sample(sorted(threads), min(REPLIES, len(threads))):
            words = self.said.reply((phone, DID), f"Answer {next(self.numbers)}")
            await self.house.slack.people.say("U0DESK", CHANNEL, words, thread_ts=threads[phone])

    def threads(self) -> dict[str, str]:
        roots = self.house.roots()
        return {phone: root.ts for phone in PHONES for root in roots if phone[-4:] in shown(root)}

    async def settle(self, seconds: float) -> Verdict:
        """Leave the daemon alone until it has nothing left to do, or so long, and judge."""
        await self.begin()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self._is_settled():
                    with suppress(TimeoutError):  # what is seen in the worlds alone writes no line in the log
                        await self.process.wait_for(lambda: self._is_settled() or self.questions(), _LOOK_AGAIN)
                    await self.decide()
        await self.process.stop()
        verdict = judge(self.house, self.said, {DID: CHANNEL})
        verdict.strange = [words for words in verdict.strange if not any(said in words for said in _DECISIONS)]
        verdict.strange += [f"still open: {entry}" for entry in unfinished(self.house.path)]
        settings = read(self.house.path / "bridge.toml", {}, needs_secrets=False)
        verdict.strange += await audit.violated(settings, self.house.clock)
        return verdict

    def questions(self) -> list[tuple[str, Message, Message]]:
        """Return the notes that nobody has answered yet, each with its phone and the reply that it asks about.

        A press that was not taken in, because the store was busy, is told to whoever pressed: he presses again.
        """
        now = asyncio.get_running_loop().time()
        return [
            (phone, note, unclear)
            for phone, root in self.threads().items()
            for note in self.house.slack.thread(CHANNEL, root)
            for unclear in self.house.slack.thread(CHANNEL, root)
            if now - self.decided.get(note.ts, 0) > _PRESSED_AGAIN and buttons(note, _AGAIN)
            if "question" in unclear.reactions
        ]

    async def decide(self) -> None:
        """Look at the phone, as a person would ask its owner, and press the right button; a thread has one question."""
        for phone, note, unclear in self.questions():
            self.decided[note.ts] = asyncio.get_running_loop().time()
            label = _ARRIVED if unclear.text in self.house.carrier.phone(phone).texts(DID) else _AGAIN
            action = buttons(note, label)[0]["action_id"]
            await self.house.slack.interactions.press("U0DESK", CHANNEL, note.ts, action)

    def _is_settled(self) -> bool:
        return not unfinished(self.house.path) and not judge(self.house, self.said, {DID: CHANNEL}).lost

    def table(self, name: str, verdict: Verdict) -> str:
        messages = sum(map(len, [*self.said.texts.values(), *self.said.replies.values()]))
        lost, doubled, misplaced = len(verdict.lost), len(verdict.doubled), len(verdict.misplaced)
        return (
            f"{name:<8}{self.kills:>3} kills, {self.kills_in_a_send:>3} in an open send, {messages:>4} messages, "
            f"{len(self.decided):>2} asked about: {lost:>3} lost, {doubled:>3} doubled, {misplaced:>3} out of order"
        )


@asynccontextmanager
async def street(path: Path, python: Sequence[str] = THE_DAEMON) -> AsyncIterator[Street]:
    """Open worlds that live by this machine's clock, as the process does."""
    clock = MovableClock(datetime.now(UTC), running=True)
    carrier_faults, slack_faults = Ambush(), Ambush()
    carrier = CarrierWorld(clock, carrier_faults, dids=(DID,))
    slack = Workspace(clock, slack_faults, paced=False)
    mail = MailWorld(clock, mailboxes=("desk@example.com",))
    slack.add_user("desk", id="U0DESK", real_name="Front desk", email="desk@example.com")
    slack.add_channel("texts", id=CHANNEL)
    house = House(path=path, clock=clock, carrier=carrier, slack=slack, mail=mail)
    async with AsyncExitStack() as closing:
        for world in (carrier, slack, mail):
            await world.start()
            closing.push_async_callback(world.aclose)
        carrier.webhook_url = f"{PUBLIC}/carriers/main/message#rc=3&rp=all"
        process = Process(house, PUBLIC, DID, CHANNEL, python)
        closing.push_async_callback(process.stop)
        yield Street(house=house, process=process, carrier_faults=carrier_faults, slack_faults=slack_faults)


@pytest.mark.timeout(900)
async def test_fifty_kills_lose_nothing_and_say_nothing_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with street(tmp_path) as real:
        while real.kills < KILLS:
            await real.life(SENDS if real.kills % 4 else OTHER_MOMENTS)
        verdict = await real.settle(_SETTLING_SECONDS)

    with capsys.disabled():
        print(f"\n{real.table('power', verdict)}")
    assert real.kills_in_a_send >= KILLS / 2
    assert verdict == Verdict()


@pytest.mark.timeout(300)
async def test_without_asking_before_repeating_a_dozen_kills_double_something(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with street(tmp_path, ("-m", "tests.faults.launcher")) as wrong:
        while wrong.kills < KILLS_OF_THE_CONTROL:
            await wrong.life(SENDS)
        verdict = await wrong.settle(_SETTLING_SECONDS / 10)

    with capsys.disabled():
        print(f"\n{wrong.table('control', verdict)}")
    assert verdict.doubled
