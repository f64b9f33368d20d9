"""The words that stories are told in: a phone texts, a thread shows, an agent replies, an inbox receives.

The house in the middle is the real one: real adapters over real sockets, a real SQLite file. Only the worlds are small.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from adapters.sandbox.carrier import CarrierWorld
from adapters.sandbox.clock import MovableClock
from adapters.sandbox.mailbox import MailWorld
from adapters.sandbox.mailbox.mail import Mail
from adapters.sandbox.workspace import Workspace
from adapters.sandbox.workspace.nouns import Json, Message
from bridge.domain.invariant import Invariant
from bridge.domain.phone import PhoneNumber
from bridge.engine.daemon import Daemon
from bridge.ports import Ledger
from config.assemble import built, manifested
from config.settings import Settings, known_secrets
from tests import audit
from tests.canaries import CAGE
from tests.stories.looks import buttons as buttons
from tests.stories.looks import shown as shown
from tests.stories.outlets import look_through
from tests.stories.visitor import Visitor, install

PUBLIC = "https://sms.example.test"
DID, OTHER_DID = "+14155550100", "+14155550101"
STRAY_DID = "+14155550177"  # the carrier has it, the configuration does not
ADA, BOB, CY = "+12125550142", "+12125550143", "+12125550144"
CHANNEL = "C0TEXTS"
_MOST_STEPS = 60  # of ten seconds, that an audit is granted
PEOPLE = (("Front desk", "desk@example.com", "U0DESK"), ("Ben", "ben@example.com", "U0BEN"))
MAILBOXES = tuple(email for _, email, _ in PEOPLE)
RULES = {"timezone": "America/New_York", "hold": "0s", "meanings": {}}
LIMITS = ("per_person", "per_participant", "new_participants", "per_account")


@dataclass(kw_only=True)
class House:
    """A daemon between three small worlds, with the clock that all of them share."""

    path: Path
    clock: MovableClock
    carrier: CarrierWorld
    slack: Workspace
    mail: MailWorld
    changes: Json = field(default_factory=dict)  # what differs from `settings` below
    violates: set[Invariant] = field(default_factory=set)  # what the story is about, where it is about a violation
    base_url: str = ""
    _daemon: Daemon | None = None
    _running: asyncio.Task[None] | None = None
    _stop: asyncio.Event = field(default_factory=asyncio.Event)

    def settings(self) -> Settings:
        written: Json = {
            "bridge": {"listen": "127.0.0.1:0", "public_url": PUBLIC} | RULES,
            "store": {"path": self.path / "bridge.db"},
            "slack": {
                "bot_token": self.slack.bot_token,
                "app_token": self.slack.app_token,
                "signing_secret": self.slack.signing_secret,
                "api_url": self.slack.api_url,
                "posts_per_minute": 0,
            },
            "mail": {
                "from": "Missed texts <texts@example.com>",
                "host": "127.0.0.1",
                "port": self.mail.port,
                "security": "none",
            },
            "limits": dict.fromkeys(LIMITS, 0),
            "carriers": {
                "main": {
                    "account_sid": self.carrier.account_sid,
                    "auth_token": self.carrier.auth_token,
                    "api_url": self.carrier.api_url,
                    "messages_per_second": 0,
                }
            },
            "people": [{"name": name, "email": email, "slack": slack} for name, email, slack in PEOPLE],
            "contacts": [{"name": "Ada Moss", "number": ADA}],
            "dids": [
                {
                    "number": DID,
                    "label": "Main line",
                    "carrier": "main",
                    "channel": CHANNEL,
                    "assigned": ["Front desk"],
                },
                {
                    "number": OTHER_DID,
                    "label": "Service",
                    "carrier": "main",
                    "channel": "#service",
                    "assigned": ["Front desk", "Ben"],
                },
            ],
        }
        for section, changed in self.changes.items():
            written[section] = {**written.get(section, {}), **changed} if isinstance(changed, dict) else changed
        settings = Settings.model_validate(written)
        CAGE.keep_secret(*known_secrets(settings))
        return settings

    async def open(self) -> None:
        """Start the daemon; return when it takes texts and has begun to speak."""
        self._stop = asyncio.Event()
        ready = asyncio.Event()
        self._running = asyncio.create_task(self._run(ready))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({waiting, self._running}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._running.done():
            await self._running
        if self.slack.is_up and self.settings().slack.mode == "socket":
            await self.slack.wait_for(lambda: self.slack.sockets.ready)

    async def _run(self, ready: asyncio.Event) -> None:
        async with built(self.settings(), self.clock) as (daemon, server):

            def opened() -> None:
                self.base_url = server.base_url
                self.carrier.route(PUBLIC, server.base_url)
                ready.set()

            self._daemon = daemon
            await daemon.run(self._stop, opened)

    async def close(self) -> None:
        """Stop the daemon as SIGTERM does; what it has told its operator and strangers holds no canary."""
        if self._running and not self._running.done():
            mails = [mail for address in MAILBOXES for mail in self.mail.inbox(address)]
            await look_through(self.settings().control_socket, self.base_url, mails)
        self._stop.set()
        if self._running:
            await self._running
        self._running = None

    async def is_audited(self) -> None:
        """Let a quarter of an hour pass, close, and fail if anything is not as it must be.

        Time passes faster here than a call takes, so a few minutes more are granted to what is under way.
        """
        if self._running:
            await self.forward(step_minutes=1, minutes=15)
            for _ in range(_MOST_STEPS):
                look = partial(audit.violations, self.settings(), now=self.clock.now())
                if set(await self.read(look)) == self.violates:
                    break
                await self.forward(seconds=10)
        await self.close()
        found = await audit.violated(self.settings(), self.clock)
        assert set(found) == self.violates, found

    async def restart(self) -> None:
        await self.close()
        await self.open()

    def phone(self, number: str = ADA, did: str = DID) -> "Phone":
        return Phone(self, number, did)

    def agent(self, user: str = "U0BEN") -> "Agent":
        return Agent(self, user)

    async def forward(self, *, step_minutes: float = 1 / 3, **duration: float) -> None:
        """Let time pass, in steps small enough that everything which happens by the clock gets its turn."""
        left = timedelta(**duration)
        while left > timedelta():
            step = min(left, timedelta(minutes=step_minutes))
            self.clock.forward(step)
            left -= step
            for _ in range(3):
                await self.read(lambda ledger: None)

    async def forward_until(self, predicate: Callable[[], object], most: int = 400) -> None:
        """Let time pass, ten seconds after ten seconds, until this holds."""
        for _ in range(most):
            if predicate():
                return
            await self.forward(seconds=10)
        raise AssertionError("it did not come about")

    async def read(self, look: Callable[[Ledger], Any]) -> Any:
        """Look into the ledger."""
        assert self._daemon
        return await self._daemon.store.transact(lambda ledger, now: look(ledger))

    def roots(self, channel: str = CHANNEL) -> list[Message]:
        return self.slack.roots(channel)

    async def thread(self, number: str = ADA, channel: str = CHANNEL) -> "Thread":
        """Wait for the thread of this phone and return it."""
        last = number[-4:]
        await self.slack.wait_for(lambda: any(last in shown(root) for root in self.roots(channel)))
        return Thread(self, channel, next(root.ts for root in self.roots(channel) if last in shown(root)))

    def thread_at(self, root: Message) -> "Thread":
        return Thread(self, root.channel, root.ts)

    async def mails(self, count: int, address: str = "desk@example.com") -> list[Mail]:
        """Wait until this many mails have come, and return them."""
        await self.mail.wait_for(lambda: len(self.mail.inbox(address)) >= count)
        found = self.mail.inbox(address)
        assert len(found) == count
        return found


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone, texting one of our numbers."""

    house: House
    number: str
    did: str

    async def texts(self, body: str = "", **more: Any) -> str:
        CAGE.keep_text(body)
        return await self.house.carrier.text(self.number, self.did, body, **more)

    @property
    def got(self) -> list[str]:
        """What this phone has received from our number."""
        return self.house.carrier.phone(self.number).texts(self.did)

    async def gets(self, *texts: str) -> None:
        """Wait until exactly these texts have arrived, in order."""
        await self.house.carrier.wait_for(lambda: len(self.got) >= len(texts))
        assert self.got == list(texts)


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as the workspace shows it."""

    house: House
    channel: str
    root: str

    @property
    def messages(self) -> list[Message]:
        return self.house.slack.thread(self.channel, self.root)

    @property
    def card(self) -> Message:
        return self.messages[0]

    async def shows(self, *words: str) -> Message:
        """Wait for a message in which all of these stand, and return it."""

        def found() -> list[Message]:
            return [one for one in self.messages if all(word in shown(one) for word in words)]

        try:
            return (await self.house.slack.wait_for(found))[0]
        except TimeoutError:
            raise AssertionError(f"{words} not in {[shown(one) for one in self.messages]}") from None

    async def says(self, *words: str) -> None:
        """Wait until the first post says all of these."""
        try:
            await self.house.slack.wait_for(lambda: all(word in shown(self.card) for word in words))
        except TimeoutError:
            raise AssertionError(f"{words} not in {shown(self.card)}") from None

    @property
    def is_green(self) -> bool:
        return self.card.attachments[0].get("color") == "#2eb67d"


@dataclass(frozen=True, slots=True)
class Agent(Visitor):
    """A colleague in Slack."""

    house: House
    user: str

    async def replies(self, thread: Thread, text: str, **more: Any) -> str:
        CAGE.keep_text(text)
        return await self.house.slack.people.say(self.user, thread.channel, text, thread_ts=thread.root, **more)

    async def edits(self, thread: Thread, ts: str, text: str) -> None:
        CAGE.keep_text(text)
        await self.house.slack.people.edit(self.user, thread.channel, ts, text)

    async def deletes(self, thread: Thread, ts: str) -> None:
        await self.house.slack.people.delete(self.user, thread.channel, ts)

    async def reacts(self, thread: Thread, ts: str = "", emoji: str = "eyes") -> None:
        await self.house.slack.people.react(self.user, thread.channel, ts or thread.root, emoji)

    async def unreacts(self, thread: Thread, ts: str = "", emoji: str = "eyes") -> None:
        await self.house.slack.people.unreact(self.user, thread.channel, ts or thread.root, emoji)

    async def presses(self, thread: Thread, ts: str, button: str) -> None:
        """Press the button whose label this is."""
        action = next(one["action_id"] for one in buttons(self.house.slack.message(thread.channel, ts), button))
        await self.house.slack.interactions.press(self.user, thread.channel, ts, action)

    async def sees_mark(self, thread: Thread, ts: str, mark: str) -> None:
        """Wait until this reply carries this mark of ours, and no other."""
        bot = self.house.slack.bot_user_id

        def marks() -> list[str]:
            reactions = self.house.slack.message(thread.channel, ts).reactions
            return [name for name, users in reactions.items() if bot in users]

        try:
            await self.house.slack.wait_for(lambda: marks() == [mark])
        except TimeoutError:
            raise AssertionError(f"marked {marks()}, not {mark}") from None


@asynccontextmanager
async def opened_house(path: Path, **changes: Any) -> AsyncIterator[House]:
    """Open three small worlds with a daemon between them, and close everything afterwards."""
    clock = MovableClock()
    carrier = CarrierWorld(clock, dids=(DID, OTHER_DID, STRAY_DID))
    slack = Workspace(clock, paced=False)
    mail = MailWorld(clock, mailboxes=MAILBOXES)
    slack.add_user("desk", id="U0DESK", real_name="Front desk", email="desk@example.com")
    slack.add_user("ben", id="U0BEN", real_name="Ben", email="ben@example.com")
    slack.add_channel("texts", id=CHANNEL)
    slack.add_channel("service", id="C0SERVICE")
    house = House(path=path, clock=clock, carrier=carrier, slack=slack, mail=mail, changes=changes)
    async with AsyncExitStack() as closing:
        for world in (carrier, slack, mail):
            await world.start()
            closing.push_async_callback(world.aclose)
        carrier.webhook_url = f"{PUBLIC}/carriers/main/message#rc=3&rp=all"
        install(slack, manifested(house.settings()))
        await house.open()
        closing.push_async_callback(house.close)
        yield house
        await house.is_audited()


def did(**more: Any) -> list[Json]:
    """Configure one number of ours alone, with these settings."""
    line = {"number": DID, "label": "Main line", "carrier": "main", "channel": CHANNEL, "assigned": ["Front desk"]}
    return [{**line, **more}]


def number(written: str) -> PhoneNumber:
    return PhoneNumber(written)
