"""After a restart or a gap: ask what became of every open attempt, and read back what was missed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from bridge.domain.command import PostToThread, SendMail, SendSms, UploadFile
from bridge.domain.dialplan import DialPlan, Did
from bridge.domain.event import Event, RawEvent
from bridge.domain.ids import CarrierRef, ThreadRef
from bridge.domain.message import Posted
from bridge.domain.outbox import ASKABLE, OutboxEntry, Outcome, Settlement, WishKind
from bridge.engine.turn import Turn, Turns
from bridge.errors import Blocked, Permanent, PortError, StoreBusy, Transient, Uncertain, WireError
from bridge.flows import compose, doubt, readdress, rescue, warn
from bridge.ports import Answer, Clock, Intake, Ledger, Store, Worlds
from bridge.wording import admin as admin_words

log = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=10)
AT_ONCE = 20
ASK_AGAIN = timedelta(seconds=30)  # when the world could not be asked
READ_AGAIN = timedelta(seconds=1)  # while nothing may be said before everything was read back
GIVE_UP_ASKING = timedelta(minutes=15)
CHAT = "slack"

Wish = PostToThread | UploadFile | SendSms | SendMail
Inquiry = tuple[OutboxEntry, Wish | None, frozenset[CarrierRef]]


@dataclass(slots=True)
class Recovery:
    """Reconcile and catch up; both may be repeated at any time."""

    store: Store
    plan: DialPlan
    worlds: Worlds
    clock: Clock
    owner: str
    wanted: set[str] = field(default_factory=set)
    stir: asyncio.Event = field(default_factory=asyncio.Event)
    _failures: dict[str, Exception] = field(default_factory=dict)  # why the last reading of a source ended early
    _rested: dict[str, datetime] = field(default_factory=dict)  # from when a source may be read again
    _elsewhere: set[str] = field(default_factory=set)  # the sources that another daemon was reading when we came

    def want(self, source: str) -> None:
        """Ask for a catch-up of this source: a carrier's name, or the chat."""
        self.wanted.add(source.rpartition("/")[2])
        self.stir.set()

    async def begin(self) -> None:
        """Remember, durably, from when on something can be missed, where that is not known yet.

        After a restore, doubt what waits before any of it is tried.
        """
        names = (CHAT, *(f"{did.carrier}/{did.number.value}" for did in self.plan.dids))
        await self.store.transact(partial(_begin, names))
        await self.store.transact(partial(_readdress, self.plan))

    # --- reconcile ----------------------------------------------------------------------------------------------------

    async def reconcile(self) -> int:
        """Ask about every attempt whose time has come; return how many there were."""
        inquiries = await self.store.transact(partial(_unresolved, self.plan))
        await asyncio.gather(*(self._inquire(inquiry) for inquiry in inquiries))
        if inquiries:
            await self.store.transact(partial(_readdress, self.plan))  # what did not happen is ready again
        return len(inquiries)

    async def _inquire(self, inquiry: Inquiry) -> None:
        entry, wish, taken = inquiry
        if wish is None:
            await self.store.transact(partial(_again, self.plan, entry))
            return
        try:
            found = await self._find(entry, wish, taken)
        except Uncertain as unclear:
            await self.store.transact(partial(_cannot_tell, self.plan, entry, str(unclear)))
        except PortError as error:
            await self._ask_later(entry, error)
        else:
            await self.store.transact(partial(_found, self.plan, entry, wish, found))
            if isinstance(found, Posted):
                self.want(CHAT)  # somebody may have answered there before we knew it as ours

    async def _find(
        self,
        entry: OutboxEntry,
        wish: Wish,
        taken: frozenset[CarrierRef],
    ) -> Posted | str | None:
        since = entry.unsure_since or entry.started_at or entry.due_at
        match wish:
            case SendSms():
                carrier = self.worlds.carriers.get(entry.destination.partition("/")[0])
                if carrier is None:
                    raise Uncertain("its carrier is not configured any more")
                return await carrier.find(wish, entry.token, since, taken)
            case SendMail():
                return await self.worlds.mail.find(wish, entry.token, since)
            case _:
                return await self.worlds.chat.find(wish, entry.token, since)

    async def _ask_later(self, entry: OutboxEntry, error: PortError) -> None:
        """The world cannot be asked now. About an SMS a person is asked after a quarter of an hour."""
        now = self.clock.now()
        is_lost = entry.kind is WishKind.SEND_SMS or not isinstance(error, Transient)
        if is_lost and entry.started_at and now - entry.started_at > GIVE_UP_ASKING:
            await self.store.transact(partial(_cannot_tell, self.plan, entry, str(error)))
        else:
            await self.store.transact(partial(_later, entry, str(error)))

    # --- catch up -----------------------------------------------------------------------------------------------------

    async def catch_up(self, source: str, intake: Intake) -> bool:
        """Read back what this source has that we may have missed.

        False if it could not be read to the end, or is being read by another daemon, which may have begun too early.
        """
        turns = Turns(self.store, self.clock, self.owner)
        self._failures.pop(source, None)
        try:
            async with turns.at(f"catch-up/{source}") as turn:
                if turn is None:
                    self._elsewhere.add(source)
                    return False
                self._elsewhere.discard(source)
                return await self._read(source, turn, intake)
        except (PortError, StoreBusy) as error:
            log.warning("catch-up failed", extra={"source": source, "detail": str(error)})
            self._failures[source] = error
            return False

    async def catch_up_all(self, intake: Intake, within: timedelta) -> None:
        """Read back every source once, side by side, trying again for this long; what was not read then is wanted."""
        end = self.clock.now() + within
        await asyncio.gather(*(self._insist(source, intake, end) for source in (*self.worlds.carriers, CHAT)))

    async def _insist(self, source: str, intake: Intake, end: datetime) -> None:
        while not await self.catch_up(source, intake):
            is_hopeless = isinstance(self._failures.get(source), Blocked | Permanent)
            if is_hopeless or self.clock.now() + READ_AGAIN >= end:
                self.wanted.add(source)
                return
            await self.clock.sleep(READ_AGAIN)

    async def catch_up_wanted(self, intake: Intake) -> None:
        """Read back what was asked for meanwhile; what could not be read rests for a while."""
        self.stir.clear()
        now = self.clock.now()
        for source in sorted(source for source in self.wanted if self._rested.get(source, now) <= now):
            self.wanted.discard(source)
            was_read = False
            try:
                was_read = await self.catch_up(source, intake)
                if source not in self._elsewhere:
                    await self.store.transact(partial(_tell, source, None if was_read else self._failures.get(source)))
            finally:
                if not was_read:
                    self.wanted.add(source)
                    self._rested[source] = now + ASK_AGAIN

    async def _read(self, source: str, turn: Turn, intake: Intake) -> bool:
        if source == CHAT:
            return await self._chat(turn, intake)
        dids = [did for did in self.plan.dids if did.carrier == source]
        return all([await self._line(did, turn, intake) for did in dids])

    async def _line(self, did: Did, turn: Turn, intake: Intake) -> bool:
        name = f"{did.carrier}/{did.number.value}"
        since = await self._since(name)
        started = self.clock.now()
        if since is not None:
            history = self.worlds.carriers[did.carrier].history(did.number, since)
            if not await _accept(intake, turn, history):
                return False
        return await self.store.transact(partial(_move, turn, name, since, started))

    async def _chat(self, turn: Turn, intake: Intake) -> bool:
        since = await self._since(CHAT)
        started = self.clock.now()
        if since is not None:
            threads = await self.store.transact(partial(_threads, started - self.plan.retention))
            if threads and not await _accept(intake, turn, self.worlds.chat.history(threads, since)):
                return False
        return await self.store.transact(partial(_move, turn, CHAT, since, started))

    async def _since(self, name: str) -> datetime | None:
        """Return from when to read; None at the very first start, when nothing can have been missed."""
        cursor = await self.store.transact(partial(_cursor, name))
        return cursor - OVERLAP if cursor else None


async def _accept(intake: Intake, turn: Turn, history: AsyncIterator[tuple[RawEvent, Event | WireError]]) -> bool:
    async for raw, read in history:
        if turn.is_lost or await intake.accept(raw, read) is Answer.BUSY:
            return False
    return True


def _readdress(plan: DialPlan, ledger: Ledger, now: datetime) -> None:
    readdress.strays(ledger, plan)


def _unresolved(plan: DialPlan, ledger: Ledger, now: datetime) -> list[Inquiry]:
    inquiries: list[Inquiry] = []
    for entry in ledger.outbox.unresolved(now, AT_ONCE):
        wish = compose.command(ledger, plan, entry, now)
        if isinstance(wish, Wish):
            inquiries.append((entry, wish, rescue.taken(ledger, entry)))
        elif entry.kind in ASKABLE:
            rescue.cannot_tell(ledger, plan, entry, "what it was about is no longer there", now)
        else:
            inquiries.append((entry, None, frozenset()))
    return inquiries


def _again(plan: DialPlan, entry: OutboxEntry, ledger: Ledger, now: datetime) -> None:
    rescue.again(ledger, plan, entry, now)


def _later(entry: OutboxEntry, detail: str, ledger: Ledger, now: datetime) -> None:
    is_long = entry.started_at is not None and now - entry.started_at > GIVE_UP_ASKING
    rescue.ask_later(ledger, entry, detail if is_long else "", now + ASK_AGAIN, now)


def _cannot_tell(plan: DialPlan, entry: OutboxEntry, detail: str, ledger: Ledger, now: datetime) -> None:
    rescue.cannot_tell(ledger, plan, entry, detail, now)


def _found(
    plan: DialPlan, entry: OutboxEntry, wish: Wish, found: Posted | str | None, ledger: Ledger, now: datetime
) -> None:
    if found is None:
        rescue.did_not_happen(ledger, plan, entry, now)
    elif isinstance(found, Posted):
        posted = Settlement(outcome=Outcome.SENT, ref=found.ref, link=found.link, posted_at=found.posted_at)
        rescue.happened(ledger, plan, entry, posted, now)
        if entry.unsure_since and isinstance(wish, PostToThread) and wish.thread is None:
            _read_back_from(CHAT, entry.unsure_since, ledger)
    else:
        rescue.happened(ledger, plan, entry, Settlement(outcome=Outcome.SENT, ref=found), now)


def _cursor(name: str, ledger: Ledger, now: datetime) -> datetime | None:
    return ledger.cursors.get(name)


def _tell(source: str, failure: Exception | None, ledger: Ledger, now: datetime) -> None:
    """Let the admin know of a source that cannot be read back, until it can; the chat then takes what waits for it."""
    if failure is None:
        ledger.audit.clear(f"catch-up/{source}")
        if source == CHAT:
            ledger.outbox.hasten(CHAT, now)
    else:
        warn.admin(ledger, f"catch-up/{source}", admin_words.not_read_back(source, str(failure)), now)


def _begin(names: tuple[str, ...], ledger: Ledger, now: datetime) -> None:
    doubt.begin(ledger, now)
    for name in names:
        if ledger.cursors.get(name) is None:
            ledger.cursors.put(name, now)


def _move(turn: Turn, name: str, since: datetime | None, at: datetime, ledger: Ledger, now: datetime) -> bool:
    """Write down how far it was read, unless another has taken over meanwhile, or somebody has moved the cursor."""
    if not ledger.leases.is_held(turn.name, turn.fence):
        return False
    cursor = ledger.cursors.get(name)
    if since is None or cursor is None or cursor == since + OVERLAP:
        ledger.cursors.put(name, at)
    return True


def _read_back_from(name: str, moment: datetime, ledger: Ledger) -> None:
    """Move a cursor back: a thread that a restore had made unknown was not read with the others."""
    cursor = ledger.cursors.get(name)
    if cursor and cursor > moment:
        ledger.cursors.put(name, moment)


def _threads(since: datetime, ledger: Ledger, now: datetime) -> list[ThreadRef]:
    return ledger.conversations.active_threads(since)
