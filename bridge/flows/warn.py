"""Warn: what we say in a thread, or to the admins, when something failed, is unclear, or was refused."""

from datetime import datetime, timedelta

from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import DialPlan, Did
from bridge.domain.notice import Notice
from bridge.domain.phone import masked
from bridge.flows import request
from bridge.ports import Ledger

# With the minute for which a listener may be down, an admin hears of every trouble within ten minutes.
QUIET = timedelta(minutes=8)


def thread(
    ledger: Ledger,
    did: Did | None,
    conversation: Conversation,
    notice: Notice,
    cause: str,
    now: datetime,
    since: datetime | None = None,
) -> None:
    """Say it in the thread, once for this cause; `since` is the moment of what it answers, where that is old."""
    request.said(ledger, did, conversation, notice, cause, now, since)


def admin(ledger: Ledger, key: str, what: str, now: datetime) -> None:
    """Put it where the admin looks; `admins` mails what is new there. No number of anybody stands in it."""
    ledger.audit.note(key, masked(what), now)


def admins(ledger: Ledger, plan: DialPlan, now: datetime) -> None:
    """Mail the troubles that nobody was told of yet, unless there was such a mail just now."""
    last = ledger.audit.last_mailed()
    if not plan.admins or (last and now < last + QUIET) or not ledger.audit.unmailed():
        return
    for person in plan.admins:
        request.warned(ledger, person.email, f"troubles at {now.isoformat()}", now)
    ledger.audit.mailed(now)
