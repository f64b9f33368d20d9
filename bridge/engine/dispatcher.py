"""The one way out: take wishes from the outbox, put them to their door, write down what became of them."""

import asyncio
import logging
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, TypeVar, assert_never, cast

from bridge.domain.command import (
    AmendPost,
    Command,
    DeletePost,
    FetchMedia,
    FitPictures,
    MarkPost,
    PostToThread,
    SendMail,
    SendSms,
    UploadFile,
)
from bridge.domain.dialplan import DialPlan
from bridge.domain.message import Posted
from bridge.domain.outbox import OutboxEntry, Outcome, Settlement, WishKind
from bridge.engine.fitter import fitted
from bridge.engine.pacer import Pacer
from bridge.errors import Blocked, Permanent, PortError, StoreBusy, Transient, Uncertain
from bridge.flows import deliver
from bridge.flows.deliver import Taken, Takings
from bridge.ports import Carrier, Clock, Ledger, Parked, Store, Worlds
from bridge.wording import admin as admin_words

log = logging.getLogger(__name__)

C = TypeVar("C", bound=Command)
JUST_NOW = timedelta(seconds=1)
SOON = timedelta(seconds=0.25)  # the next look after one that took something: only one in vain tells what is due when
LONGEST_REST = timedelta(seconds=30)
AFTER_TROUBLE = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(hours=1)


@dataclass(slots=True)
class _Wish(Generic[C]):
    """What is being asked of a door, and the last word on what it is."""

    store: Store
    plan: DialPlan
    entry: OutboxEntry
    command: C
    clock: Clock

    @property
    def taken_at(self) -> datetime:
        return self.entry.started_at or self.entry.due_at

    async def still_due(self) -> C | None:
        """Answer the door's last question; the answer is remembered as what was sent.

        A post among colleagues that was composed this very second is not read once more: nobody can have decided
        otherwise meanwhile, and it is the most frequent question of all.
        """
        if isinstance(self.command, PostToThread) and self.clock.now() - self.taken_at < JUST_NOW:
            return self.command
        present = await self.store.transact(partial(_still_due, self.plan, self.entry))
        if present is not None:
            self.command = cast("C", present)
        return cast("C | None", present)


def _still_due(plan: DialPlan, entry: OutboxEntry, ledger: Ledger, now: datetime) -> Command | None:
    return deliver.still_due(ledger, plan, entry, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What a look into the outbox brought: what was taken, and when the next entry becomes due, if nothing was."""

    takings: Takings
    due: datetime | None = None


def _look(plan: DialPlan, owner: str, pacer: Pacer, ledger: Ledger, now: datetime) -> _Look:
    takings = deliver.take(ledger, plan, owner, pacer.room, pacer.ask_after, now)
    return _Look(takings=takings, due=None if takings.taken else ledger.outbox.next_due(now))


def _settle(plan: DialPlan, entry: OutboxEntry, settlement: Settlement, ledger: Ledger, now: datetime) -> bool:
    return deliver.settle(ledger, plan, entry, settlement, now)


@dataclass(slots=True)
class Dispatcher:
    """Speak for the house, several lanes at once, each destination at its own pace.

    There is always one look parked in the store: whatever makes an entry ready brings it about, where the store can in
    the same commit.
    """

    store: Store
    plan: DialPlan
    worlds: Worlds
    pacer: Pacer
    clock: Clock
    owner: str
    _parked: Parked[_Look] | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _full: frozenset[str] = frozenset()  # destinations in which more may wait than there was room for

    def stop(self) -> None:
        """Take nothing more; what is under way is finished."""
        self.pacer.is_closed = True
        self._stopping.set()
        self._look_now()

    async def run(self) -> None:
        """Dispatch until stopped, then return when everything under way is settled."""
        rest = timedelta()
        async with asyncio.TaskGroup() as calls:
            while not self._stopping.is_set():
                look = await self._looked(rest)
                for one in look.takings.taken:
                    self.pacer.begin(one.entry.destination)
                    calls.create_task(self._fulfil(one))
                self._full = look.takings.full
                rest = self._rest(look)

    async def _looked(self, within: timedelta) -> _Look:
        """Return what a look brings, which is taken when there may be something new, but at last after this time."""
        self._parked = self.store.park(partial(_look, self.plan, self.owner, self.pacer))
        alarm = asyncio.ensure_future(self._look_after(within))
        try:
            return await self._parked.outcome
        except StoreBusy as busy:
            log.warning("the outbox cannot be looked into", extra={"detail": str(busy)})
            await self._wait_out(AFTER_TROUBLE)
            return _Look(takings=Takings(taken=(), full=frozenset()), due=self.clock.now())
        finally:
            self._parked.withdraw()
            alarm.cancel()

    async def _wait_out(self, trouble: timedelta) -> None:
        """Wait, but no longer than until the stop."""
        over = {asyncio.ensure_future(self.clock.sleep(trouble)), asyncio.ensure_future(self._stopping.wait())}
        try:
            await asyncio.wait(over, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in over:
                one.cancel()

    def _rest(self, look: _Look) -> timedelta:
        """Return for how long nothing comes about by time alone."""
        now = self.clock.now()
        due = now + SOON if look.takings.taken else look.due
        moments = [moment for moment in (due, self.pacer.next_room(self._full)) if moment]
        return max(min(moments, default=now + LONGEST_REST) - now, timedelta())

    async def _look_after(self, duration: timedelta) -> None:
        await self.clock.sleep(min(duration, LONGEST_REST))
        self._look_now()

    def _look_now(self) -> None:
        if self._parked:
            self._parked.hurry()

    async def _fulfil(self, taken: Taken) -> None:
        entry = taken.entry
        try:
            settlement = await self._attempt(taken)
            self._heed(entry, settlement)
        finally:
            self._ended(entry.destination)
        try:
            settled = await self.store.transact(partial(_settle, self.plan, entry, settlement))
        except StoreBusy as busy:  # its attempt stays open, and is asked about later
            log.warning("an outcome could not be written down", extra={"entry": entry.token, "detail": str(busy)})
            return
        log.log(
            _level(entry, settlement),
            "%s %s",
            entry.kind,
            settlement.outcome if settled else "superseded",
            extra={"entry": entry.token, "tries": entry.tries, "detail": settlement.detail},
        )

    def _ended(self, destination: str) -> None:
        self.pacer.end(destination)
        if destination in self._full:
            self._look_now()

    def _heed(self, entry: OutboxEntry, settlement: Settlement) -> None:
        if entry.kind is WishKind.FETCH_FILE:
            return  # it stands in a carrier's lane, and what was said of it comes from the chat
        if settlement.retry_after and settlement.outcome is Outcome.TRANSIENT:
            self.pacer.pause(entry.destination, _jittered(settlement.retry_after))
        elif settlement.outcome is Outcome.BLOCKED and "/" in entry.destination:  # side lanes serve all channels
            self.pacer.pause(entry.destination, deliver.BLOCKED_PAUSE)

    async def _attempt(self, taken: Taken) -> Settlement:
        manner = self.pacer.manner(taken.entry.destination)
        try:
            async with asyncio.timeout(manner.timeout.total_seconds()):
                return await self._speak(taken)
        except TimeoutError:
            return Settlement(outcome=Outcome.UNCERTAIN, detail="no answer in time", retry_after=manner.settling)
        except Uncertain as unclear:
            return Settlement(outcome=Outcome.UNCERTAIN, detail=str(unclear), retry_after=manner.settling)
        except PortError as error:
            return _refusal(error)

    async def _speak(self, taken: Taken) -> Settlement:
        """Put one command to its door."""
        entry, command, key = taken.entry, taken.command, taken.entry.token
        chat, mail = self.worlds.chat, self.worlds.mail
        match command:
            case PostToThread():
                post = _Wish(self.store, self.plan, entry, command, self.clock)
                return _posted(await chat.post(command, key, post.still_due))
            case UploadFile():
                file = _Wish(self.store, self.plan, entry, command, self.clock)
                return _posted(await chat.upload(command, key, file.still_due))
            case AmendPost() | DeletePost() | MarkPost():
                return await self._changed(command)
            case SendSms():
                sms = _Wish(self.store, self.plan, entry, command, self.clock)
                return _sent(await self._carrier(entry).send(command, key, sms.still_due))
            case SendMail():
                letter = _Wish(self.store, self.plan, entry, command, self.clock)
                sent = _sent(await mail.send(command, key, letter.still_due))
                return _with_contents(sent, letter.command)
            case FetchMedia() | FitPictures():
                return await self._brought(entry, command)
            case _:
                assert_never(command)

    async def _changed(self, command: AmendPost | DeletePost | MarkPost) -> Settlement:
        match command:
            case AmendPost():
                await self.worlds.chat.amend(command)
            case DeletePost():
                await self.worlds.chat.delete(command)
            case MarkPost():
                await self.worlds.chat.mark(command)
        return Settlement(outcome=Outcome.SENT)

    async def _brought(self, entry: OutboxEntry, command: FetchMedia | FitPictures) -> Settlement:
        if isinstance(command, FitPictures):
            return await fitted(self.worlds.darkroom, command)
        source = self.worlds.chat if entry.kind is WishKind.FETCH_FILE else self._carrier(entry)
        return Settlement(outcome=Outcome.SENT, media=await source.fetch(command))

    def _carrier(self, entry: OutboxEntry) -> Carrier:
        name = entry.destination.partition("/")[0].removesuffix(".media")
        carrier = self.worlds.carriers.get(name)
        if carrier is None:
            raise Blocked(*admin_words.no_carrier(name))
        return carrier


def _jittered(pause: timedelta) -> timedelta:
    """Return up to a tenth more, so that not all who were told to wait come back at once."""
    return min(pause * (1 + random.random() / 10), LONGEST_PAUSE)  # noqa: S311 - spreads load, guards nothing


def _level(entry: OutboxEntry, settlement: Settlement) -> int:
    """Log what went wrong as a warning, and of what went well only what left the office."""
    if settlement.outcome is not Outcome.SENT:
        return logging.WARNING
    return logging.INFO if entry.kind in (WishKind.SEND_SMS, WishKind.SEND_DIGEST) else logging.DEBUG


def _refusal(error: PortError) -> Settlement:
    match error:
        case Transient():
            pause = min(error.retry_after, LONGEST_PAUSE) if error.retry_after else None
            return Settlement(outcome=Outcome.TRANSIENT, detail=str(error), retry_after=pause)
        case Blocked():
            return Settlement(outcome=Outcome.BLOCKED, detail=str(error), remedy=error.remedy)
        case Permanent():
            return Settlement(outcome=Outcome.PERMANENT, detail=str(error), reason=error.reason)
        case _:
            return Settlement(outcome=Outcome.UNCERTAIN, detail=str(error))


def _posted(posted: Posted | None) -> Settlement:
    if posted is None:
        return Settlement(outcome=Outcome.WITHDRAWN)
    return Settlement(outcome=Outcome.SENT, ref=posted.ref, link=posted.link, posted_at=posted.posted_at)


def _sent(ref: str | None) -> Settlement:
    return Settlement(outcome=Outcome.WITHDRAWN) if ref is None else Settlement(outcome=Outcome.SENT, ref=ref)


def _with_contents(settlement: Settlement, mail: SendMail) -> Settlement:
    """Write down which texts a mail contained when it went."""
    texts = (text.message.id for conversation in mail.conversations for text in conversation.texts)
    return Settlement(outcome=settlement.outcome, ref=settlement.ref, shown=frozenset(texts))
