"""The one way in: a fact becomes a decision in one transaction, and only then is its sender told that we have it."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

from bridge.domain.aside import Aside
from bridge.domain.delivery import DeliveryReceipt
from bridge.domain.dialplan import DialPlan
from bridge.domain.event import (
    Act,
    ButtonPressed,
    ErasureOrdered,
    Event,
    Form,
    InboundSms,
    MuteWished,
    NameGiven,
    OwnerChosen,
    RawEvent,
    Reaction,
    ReactionSet,
    ReminderWished,
    ReplyDeleted,
    ReplyEdited,
    ReplyTurned,
    SmsComposed,
    ThreadReply,
)
from bridge.errors import StoreBusy, WireError
from bridge.flows import (
    acknowledge,
    decide,
    erase,
    initiate,
    mute,
    name,
    own,
    receive,
    remind,
    reply,
    revise,
    track,
    warn,
)
from bridge.ports import Answer, Ledger, Store
from bridge.wording import admin as admin_words

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=1.5)


class DurableIntake:
    """Accept facts from every listener, live or read back."""

    def __init__(
        self,
        store: Store,
        plan: DialPlan,
        missed: Callable[[str], None],
        refused: Callable[[str], None] = lambda why: None,
    ) -> None:
        self._store = store
        self._plan = plan
        self._missed = missed  # told the source of every fact that was not taken in time
        self._refused = refused  # told why, whenever that was because of the store

    async def accept(self, raw: RawEvent, read: Event | WireError) -> Answer | Aside:
        """Return once everything is durable, or `BUSY` when the store does not take it in time.

        What was handed to the store before the time ran out may still be kept; its repetition then falls through.
        """
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                return await self._store.transact(partial(_take_in, self._plan, raw, read))
        except _NotOurs as stray:
            if not stray.may_become_ours:
                return Answer.ACCEPTED
            self._missed(raw.source)
            return Answer.BUSY
        except (TimeoutError, StoreBusy) as why:
            log.warning("intake busy", extra={"source": raw.source, "detail": str(why)})
            self._missed(raw.source)
            self._refused(str(why))
            return Answer.BUSY
        except Exception as error:
            log.exception("poison", extra={"source": raw.source})
            return await self._store.transact(partial(_keep_poison, raw, error))


class _NotOurs(Exception):
    """A reply in somebody else's thread: nothing of it is kept. It undoes the transaction that has kept it already.

    While a first post of ours is under way, the thread may turn out to be its: then the chat is to come again.
    """

    def __init__(self, *, may_become_ours: bool) -> None:
        super().__init__()
        self.may_become_ours = may_become_ours


def _take_in(plan: DialPlan, raw: RawEvent, read: Event | WireError, ledger: Ledger, now: datetime) -> Answer | Aside:
    if not ledger.sightings.first(raw, now):
        return Answer.REPEATED
    if isinstance(read, WireError):
        _poison(ledger, raw, read, now)
        return Answer.ACCEPTED
    if isinstance(read, ThreadReply):
        _turn_away(ledger, read)
    if isinstance(read, ReplyEdited | ReplyDeleted) and not revise.is_known(ledger, read):
        raise _NotOurs(may_become_ours=revise.is_ours(ledger, read))
    if isinstance(read, ButtonPressed) and decide.is_too_early(ledger, read):
        raise _NotOurs(may_become_ours=True)  # whoever pressed sees that it did not work, and presses again
    return decide_on(ledger, plan, read, now) or Answer.ACCEPTED


def _turn_away(ledger: Ledger, event: ThreadReply) -> None:
    """Raise `_NotOurs` for a reply in somebody else's thread.

    Between two questions another daemon may commit that a first post stands: then the thread is ours by the second.
    """
    if reply.is_ours(ledger, event):
        return
    is_opening = ledger.conversations.is_opening()
    if is_opening or not reply.is_ours(ledger, event):
        raise _NotOurs(may_become_ours=is_opening)


def _keep_poison(raw: RawEvent, why: Exception, ledger: Ledger, now: datetime) -> Answer:
    """Keep what a decision of ours failed on, raw; the decision itself was undone."""
    if not ledger.sightings.first(raw, now):
        return Answer.REPEATED
    _poison(ledger, raw, why, now)
    return Answer.ACCEPTED


def decide_on(ledger: Ledger, plan: DialPlan, event: Event, now: datetime) -> Aside | None:
    """Send each kind of fact to its decision; return what whoever brought it about is told at once, alone."""
    match event:
        case InboundSms():
            receive.sms(ledger, plan, event, now)
        case DeliveryReceipt():
            track.receipt(ledger, plan, event, now)
        case ReactionSet():
            acknowledge.by_reactions(ledger, plan, event, now)
        case _:
            return _act_on(ledger, plan, event, now)
    return None


def _act_on(ledger: Ledger, plan: DialPlan, act: Act, now: datetime) -> Aside | None:
    match act:
        case ThreadReply():
            return reply.by_sms(ledger, plan, act, now)
        case ReplyEdited() | ReplyDeleted():
            return revise.by_author(ledger, plan, act, now)
        case ReplyTurned():
            return revise.by_shortcut(ledger, plan, act, now)
        case Reaction():
            return acknowledge.by_reaction(ledger, plan, act, now)
        case ButtonPressed():
            return decide.by_button(ledger, plan, act, now)
        case _:
            return _fill_in(ledger, plan, act, now)


def _fill_in(ledger: Ledger, plan: DialPlan, form: Form, now: datetime) -> Aside | None:
    match form:
        case SmsComposed():
            return initiate.sms(ledger, plan, form, now)
        case NameGiven():
            return name.by_person(ledger, plan, form, now)
        case OwnerChosen():
            return own.by_form(ledger, plan, form, now)
        case MuteWished():
            return mute.by_form(ledger, plan, form, now)
        case ReminderWished():
            return remind.by_form(ledger, plan, form, now)
        case ErasureOrdered():
            return erase.ordered(ledger, plan, form, now)
        case _:
            assert_never(form)


def _poison(ledger: Ledger, raw: RawEvent, why: Exception, now: datetime) -> None:
    known = f": {why}" if isinstance(why, WireError) else ""  # what our own bugs say may quote a text
    ledger.sightings.poison(raw.keys[0], f"{type(why).__name__}{known}")
    warn.admin(ledger, f"poison/{raw.source}", admin_words.poison(raw.source), now)
