"""Two daemons that mail digests, as a course of steps over the real decisions and a real ledger in memory.

At any moment either daemon may die and begin anew, somebody may acknowledge one of the two texts, and so much time may
pass that what is under way counts as given up. The mail server takes every mail and cannot be asked about it.
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlite_utils import Database

from adapters.sqlite.ledger import SqliteLedger
from adapters.sqlite.migrations import migrations
from bridge.domain.command import SendMail
from bridge.domain.dialplan import Abilities, DialPlan, Did, Person
from bridge.domain.event import InboundSms, Reaction
from bridge.domain.ids import ChannelRef, EventKey, MessageId, PersonRef, PostRef, ThreadRef
from bridge.domain.message import Post
from bridge.domain.outbox import OutboxEntry, Outcome, Settlement
from bridge.domain.phone import PhoneNumber
from bridge.flows import acknowledge, deliver, receive, request, rescue, summarize

START = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ASK_AFTER = 2 * MINUTE
_DID = PhoneNumber("+14155550100")
_PHONES = (PhoneNumber("+12125550142"), PhoneNumber("+12125550143"))
_DESK = Person(name="Front desk", email="desk@example.com")
_PLAN = DialPlan(
    dids=(
        Did(
            number=_DID,
            label="Main line",
            carrier="main",
            channel=ChannelRef("C1"),
            assigned=(_DESK,),
            acknowledge_within=10 * MINUTE,
            retention=timedelta(days=30),
        ),
    ),
    people=(_DESK,),
    abilities={
        "main": Abilities(groups=False, media=True, receipts=True, lists=True, max_characters=1600, max_files=10)
    },
)
_TABLES = ("entry", "attempt", "digest", "digest_member", "conversation")
_ROUNDS = 8  # in which all must come to an end after the course, each a quarter of an hour later

Texts = frozenset[str]


class Mail(NamedTuple):
    """One mail as the server took it: its name, what it tells for the first time, what it should not have told."""

    name: str
    new: Texts
    acknowledged: Texts  # before the last question was answered


class Ending(NamedTuple):
    """What came of one order of steps."""

    mailed_twice: bool  # told as new under two names
    never_mailed: bool  # though nobody acknowledged it
    although_acknowledged: bool
    repeated: int  # times a mail came again under its own name
    accidents: int


@dataclass(frozen=True, slots=True)
class Desk:
    """Where one daemon stands: how many of its steps it has done, and what it holds in its hands."""

    done: int = 0
    entry: OutboxEntry | None = None
    mail: SendMail | None = None
    told: Texts = frozenset()
    acknowledged: Texts = frozenset()
    unresolved: tuple[OutboxEntry, ...] = ()
    deaths: int = 0

    @property
    def key(self) -> Hashable:
        held = (self.entry.token, self.entry.fence) if self.entry else None
        asked = tuple((entry.token, entry.fence) for entry in self.unresolved)
        return self.done, held, self.mail is not None, self.told, self.acknowledged, asked, self.deaths


class Mailroom:
    """A course: freeze what is due, take, ask once more, hand over, settle, and ask about what was left open."""

    def __init__(self, most_deaths: int) -> None:
        """Let up to so many daemons die, each once."""
        self._connection = sqlite3.connect(":memory:", isolation_level=None)
        migrations.apply(Database(self._connection, execute_plugins=False))
        self.ledger = SqliteLedger(self._connection)
        self.now = START
        self.mails: tuple[Mail, ...] = ()
        self.desks: tuple[Desk, ...] = (Desk(), Desk())
        self._most_deaths = most_deaths
        self.is_acknowledged = self.has_waited = False
        for number, phone in enumerate(_PHONES):
            self._text(f"text {number}", phone)
        self.now += 12 * MINUTE

    def _text(self, key: str, phone: PhoneNumber) -> None:
        """Let a text come in and stand in a thread of its own."""
        receive.sms(self.ledger, _PLAN, InboundSms(key=EventKey(key), did=_DID, sender=phone, text=key), self.now)
        found = self.ledger.messages.in_context(MessageId(key))
        assert found
        message, conversation = found
        self.ledger.conversations.set_thread(conversation.id, ThreadRef(f"C1/{key}"), "")
        post = Post(ref=PostRef(f"C1/{key}"), conversation=conversation.id, up_to=message.position, posted_at=self.now)
        self.ledger.posts.save(post)

    # --- the course ---------------------------------------------------------------------------------------------------

    @property
    def program(self) -> tuple[Callable[[Desk], Desk], ...]:
        """What a daemon does, each step of it whole or not at all."""
        return (self._freeze, self._take, self._question, self._hand_over, self._settle, self._look, self._rescue)

    def steps(self) -> list[str]:
        found = [f"go {at}" for at, desk in enumerate(self.desks) if desk.done < len(self.program)]
        if not found:
            return []
        if sum(desk.deaths for desk in self.desks) < self._most_deaths:
            found += [f"die {at}" for at, desk in enumerate(self.desks) if desk.done and not desk.deaths]
        return found + ["acknowledge"] * (not self.is_acknowledged) + ["wait"] * (not self.has_waited)

    def take(self, step: str) -> None:
        what, _, at = step.partition(" ")
        match what:
            case "go":
                self._go(int(at))
            case "die":
                self._put(int(at), Desk(deaths=self.desks[int(at)].deaths + 1))
            case "acknowledge":
                self._acknowledge()
            case _:
                self.has_waited = True
                self.now += ASK_AFTER + MINUTE

    def save(self) -> Any:
        state = (self.now, self.mails, self.desks, self.is_acknowledged, self.has_waited)
        copy = sqlite3.connect(":memory:")
        self._connection.backup(copy)
        return copy, state

    def restore(self, saved: Any) -> None:
        copy, (self.now, self.mails, self.desks, self.is_acknowledged, self.has_waited) = saved
        copy.backup(self._connection)

    def fingerprint(self) -> Hashable:
        rows = tuple(tuple(self._connection.execute(f"SELECT * FROM {table}")) for table in _TABLES)  # noqa: S608 - ours
        desks = tuple(desk.key for desk in self.desks)
        return rows, desks, self.now, self.mails, self.is_acknowledged, self.has_waited

    def ending(self) -> Ending:
        """Let everything come to rest, and look into the inbox."""
        accidents = sum(desk.deaths for desk in self.desks) + self.has_waited
        for _ in range(_ROUNDS):
            self.now += 15 * MINUTE
            self._put(0, Desk())
            while self.desks[0].done < len(self.program):
                self._go(0)
        names = {mail.name: mail.new for mail in self.mails}
        told = Counter(text for new in names.values() for text in new)
        waiting = {line.message for line in self.ledger.messages.open_before(self.now)}
        return Ending(
            mailed_twice=max(told.values(), default=0) > 1,
            never_mailed=not waiting <= set(told),
            although_acknowledged=any(mail.acknowledged for mail in self.mails),
            repeated=len(self.mails) - len(names),
            accidents=accidents,
        )

    def _go(self, at: int) -> None:
        """Do the next step that there is anything to do in."""
        desk = self.desks[at]
        moved = replace(self.program[desk.done](desk), done=desk.done + 1)
        while moved.done < len(self.program) and self.is_idle(moved):
            moved = replace(moved, done=moved.done + 1)
        self._put(at, moved)

    def is_idle(self, desk: Desk) -> bool:
        """Tell whether the daemon's next step would do nothing."""
        step = self.program[desk.done]
        with_nothing = step in (self._question, self._hand_over, self._settle) and desk.entry is None
        return with_nothing or (step == self._rescue and not desk.unresolved)

    def _put(self, at: int, desk: Desk) -> None:
        self.desks = (*self.desks[:at], desk, *self.desks[at + 1 :])

    def _acknowledge(self) -> None:
        """Let a person react to the first text, which takes responsibility for it and for no other."""
        self.is_acknowledged = True
        post, person = PostRef("C1/text 0"), PersonRef("U0DESK")
        event = Reaction(post=post, person=person, emoji="eyes", is_set=True, at=self.now)
        acknowledge.by_reaction(self.ledger, _PLAN, event, self.now)

    def acknowledged(self) -> Texts:
        return frozenset({"text 0"}) if self.is_acknowledged else frozenset()

    # --- what a daemon does -------------------------------------------------------------------------------------------

    def _freeze(self, desk: Desk) -> Desk:
        summarize.unacknowledged(self.ledger, _PLAN, self.now)
        return desk

    def _take(self, desk: Desk) -> Desk:
        takings = deliver.take(self.ledger, _PLAN, "daemon", _room, lambda _: ASK_AFTER, self.now)
        return replace(desk, entry=takings.taken[0].entry if takings.taken else None)

    def _question(self, desk: Desk) -> Desk:
        """Ask once more, as the door does before DATA."""
        due = deliver.still_due(self.ledger, _PLAN, desk.entry, self.now) if desk.entry else None
        mail = due if isinstance(due, SendMail) else None
        return replace(desk, mail=mail, told=_told(mail), acknowledged=_told(mail) & self.acknowledged())

    def _hand_over(self, desk: Desk) -> Desk:
        if desk.entry and desk.mail:
            new = _told(desk.mail, is_new=True)
            self.mails = (*self.mails, Mail(desk.entry.token, new, desk.acknowledged))
        return desk

    def _settle(self, desk: Desk) -> Desk:
        if desk.entry:
            outcome = Outcome.SENT if desk.mail else Outcome.WITHDRAWN
            shown = frozenset(map(MessageId, desk.told)) if desk.mail else None
            settlement = Settlement(outcome=outcome, ref=desk.entry.token, shown=shown)
            deliver.settle(self.ledger, _PLAN, desk.entry, settlement, self.now)
        return replace(desk, entry=None, mail=None, told=frozenset(), acknowledged=frozenset())

    def _look(self, desk: Desk) -> Desk:
        return replace(desk, unresolved=tuple(self.ledger.outbox.unresolved(self.now, 20)))

    def _rescue(self, desk: Desk) -> Desk:
        for entry in desk.unresolved:
            rescue.cannot_tell(self.ledger, _PLAN, entry, "nobody can be asked", self.now)
        return replace(desk, unresolved=())


def _room(destination: str, now: datetime) -> int:
    return 1 if destination == request.RELAY else 0


def _told(mail: SendMail | None, *, is_new: bool | None = None) -> Texts:
    texts = [text for each in mail.conversations for text in each.texts] if mail else []
    return frozenset(text.message.id for text in texts if is_new in (None, text.is_new))


class SelectSendMark(Mailroom):
    """The control: look what is open, mail it, then write down that it was mailed."""

    is_marked_first = False

    def __init__(self, most_deaths: int) -> None:
        self.marked: Texts = frozenset()
        super().__init__(most_deaths)

    @property
    def program(self) -> tuple[Callable[[Desk], Desk], ...]:
        return (
            (self._select, self._mark, self._send) if self.is_marked_first else (self._select, self._send, self._mark)
        )

    def save(self) -> Any:
        return super().save(), self.marked

    def restore(self, saved: Any) -> None:
        inner, self.marked = saved
        super().restore(inner)

    def fingerprint(self) -> Hashable:
        return super().fingerprint(), self.marked

    def is_idle(self, desk: Desk) -> bool:
        return not desk.told

    def _select(self, desk: Desk) -> Desk:
        due = {str(line.message) for line in summarize.due_lines(self.ledger, _PLAN, self.now)}
        return replace(desk, told=frozenset(due - self.marked))

    def _send(self, desk: Desk) -> Desk:
        if desk.told:
            mail = Mail(f"mail {len(self.mails)}", desk.told, desk.told & self.acknowledged())
            self.mails = (*self.mails, mail)
        return desk

    def _mark(self, desk: Desk) -> Desk:
        self.marked |= desk.told
        return desk


class SelectMarkSend(SelectSendMark):
    """The other control: write down that it was mailed, then mail it."""

    is_marked_first = True
