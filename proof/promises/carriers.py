"""What carriers do to us, and that it stays with them: pauses, outages, refused logins.

The houses are the stories': real doors and a real store between small worlds, and a clock that is moved.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from unittest.mock import patch

from adapters.sandbox.faults import Fault
from bridge.domain.outbox import Settlement
from bridge.engine import dispatcher
from bridge.errors import PortError
from proof.account import API_KEY, LIST, PHONES, SEND, Account, opened_account, without_breaker
from proof.finding import Finding
from proof.place import Place
from tests.stories.language import shown

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
ADA, BEA, CY, DEE, EVE, FAY = PHONES
MOST_TRIALS = 61  # in half an hour, one each half minute


def prove(place: Place) -> Iterator[Finding]:
    """Let a carrier ask for patience, be away for half an hour, and refuse our login, and see what is said to it."""
    yield asyncio.run(_pauses(place))
    yield asyncio.run(_outage(place))
    yield asyncio.run(_login(place))


# --- P12 --------------------------------------------------------------------------------------------------------------

_DATE, _LATER = "a date", 40 * SECOND
_ASKED = {
    "0": SECOND,
    "7": 7 * SECOND,
    "3600": HOUR,
    "90000": HOUR,
    "-1": 30 * SECOND,
    _DATE: _LATER - 2 * SECOND,  # the server's own date has no fractions
    "soon": 30 * SECOND,
}


async def _pauses(place: Place) -> Finding:
    async with opened_account(place.new_folder()) as account:
        waits = {written: await _wait(account, written, meanwhile=True) for written in _ASKED}
        others = account.got(BEA).count("Meanwhile")
        spread = {await _wait(account, "7") for _ in range(5)}
    async with opened_account(place.new_folder()) as account:
        control = await _impatient(account)
    told = ", ".join(f"{written}: {wait.total_seconds():.1f} s" for written, wait in waits.items())
    return Finding(
        promise="P12",
        method="429 with seven forms of Retry-After, to one of two numbers",
        figure=f"waited {told}; {len(spread)} different waits of 5 for 7 s; the other number waited 0 s, "
        f"{others} of {len(_ASKED)} times",
        control=f"Retry-After ignored: back after {control.total_seconds():.1f} s instead of an hour",
        is_kept=all(_is_obeyed(waits[written], least) for written, least in _ASKED.items())
        and others == len(_ASKED)
        and len(spread) > 1,
        is_control_caught=not _is_obeyed(control, HOUR),
    )


async def _wait(account: Account, written: str, *, meanwhile: bool = False) -> timedelta:
    """Answer a text with a 429 and return how long its number was left alone; let the other number send meanwhile."""
    house, before = account.house, account.got(ADA).count("Later")
    until = format_datetime(datetime.now(UTC) + _LATER, usegmt=True)
    header = until if written == _DATE else written
    house.carrier.faults.retry_after_seconds = header  # type: ignore[assignment] # a header takes any words
    house.carrier.faults.next(SEND, Fault.LIMIT)
    calls, since, least = account.count(SEND), house.clock.now(), _ASKED[written]
    await account.answers(ADA, "Later")
    await account.until(lambda: account.count(SEND) > calls)
    if meanwhile:
        sent = account.got(BEA).count("Meanwhile")
        await account.answers(BEA, "Meanwhile")
        await account.until(lambda: account.got(BEA).count("Meanwhile") > sent)
    await account.passes(
        lambda: account.got(ADA).count("Later") > before, SECOND / 5 if least < MINUTE else 20 * SECOND
    )
    return house.clock.now() - since


def _is_obeyed(wait: timedelta, least: timedelta) -> bool:
    """Tell whether a wait is as long as was asked; what it took besides, the test's own steps included, is not ours."""
    return least <= wait <= least * 1.2 + MINUTE


async def _impatient(account: Account) -> timedelta:
    heeding = dispatcher._refusal

    def careless(error: PortError) -> Settlement:
        error.retry_after = None  # type: ignore[attr-defined] # only Transient has one
        return heeding(error)

    with patch.object(dispatcher, "_refusal", careless):
        return await _wait(account, "3600")


# --- P13 --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outage:
    sends: int
    trials: int
    unclear: int
    waiting: int
    got: list[int]

    @property
    def is_well(self) -> bool:
        """Tell whether nearly nothing was risked, nothing was said twice, and every thread said how it stood."""
        seen = self.unclear + self.waiting
        return self.trials <= MOST_TRIALS and self.sends <= len(PHONES) // 2 and self.got == [1] * 6 and seen == 6


async def _outage(place: Place) -> Finding:
    found = await _half_an_hour(place.new_folder())
    with without_breaker():
        control = await _half_an_hour(place.new_folder())
    return Finding(
        promise="P13",
        method="every request answered 500 for 30 virtual minutes, 6 replies from 2 numbers",
        figure=f"{found.sends} texts risked, then {found.trials} questions in 30 min (1 each 30 s); "
        f"{found.waiting} threads say that the reply waits, {found.unclear} ask a person; sent {found.got} times",
        control=f"no breaker: {control.sends} texts risked, {control.trials} questions, {control.unclear} ask a person",
        is_kept=found.is_well,
        is_control_caught=not control.is_well,
    )


async def _half_an_hour(folder: Path) -> _Outage:
    async with opened_account(folder) as account:
        house = account.house
        house.carrier.faults.always("messages.*", Fault.ERROR)
        since = house.clock.now()
        replies = {}
        for phone in PHONES:
            replies[phone] = await account.answers(phone)
            await house.agent().sees_mark(account.threads[phone], replies[phone], "hourglass_flowing_sand")
            await house.forward(seconds=1)
        await house.forward(minutes=30)
        risked = account.count(SEND, since)
        asked = account.count(LIST, since)
        unclear = [phone for phone in PHONES if _says(account, phone, "did not say whether")]
        waiting = [phone for phone in PHONES if _says(account, phone, "This reply waits")]
        house.carrier.faults.clear()
        for phone in unclear:
            thread = account.threads[phone]
            note = await thread.shows("did not say whether")
            await house.agent().presses(thread, note.ts, "Send again")
        await account.passes(lambda: all(account.got(phone) for phone in PHONES), 5 * SECOND)
        await house.forward(minutes=20)
        for phone in PHONES:
            await house.agent().sees_mark(account.threads[phone], replies[phone], "white_check_mark")
        return _Outage(
            sends=risked,
            trials=asked,
            unclear=len(unclear),
            waiting=len(waiting),
            got=[len(account.got(phone)) for phone in PHONES],
        )


def _says(account: Account, phone: str, words: str) -> bool:
    return any(words in shown(post) for post in account.threads[phone].messages)


# --- P14 --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Locked:
    tried: int
    mails: int
    failed: int
    got: list[int]
    seconds: float

    @property
    def is_well(self) -> bool:
        return self.tried == 1 and 1 <= self.mails <= 2 and not self.failed and self.got == [1] * 6


async def _login(place: Place) -> Finding:
    found = await _locked_out(place.new_folder())
    with without_breaker():
        control = await _locked_out(place.new_folder())
    return Finding(
        promise="P14",
        method="401 to every request for 10 virtual minutes, 6 replies from 2 numbers; then the login is right again",
        figure=f"{found.tried} text tried, {found.failed} failed, {found.mails} mail to the admin; "
        f"sent {found.got} times, the last {found.seconds:.0f} s after the repair",
        control=f"no breaker: {control.tried} texts tried",
        is_kept=found.is_well,
        is_control_caught=not control.is_well,
    )


async def _locked_out(folder: Path) -> _Locked:
    async with opened_account(
        folder, admins=["Front desk"], api_key_sid=API_KEY, api_key_secret="of yesterday"
    ) as account:
        house = account.house
        since = house.clock.now()
        await account.answers(ADA)
        await account.until(lambda: account.count(SEND, since) > 0)
        for phone in PHONES[1:]:
            await house.forward(seconds=1)
            await account.answers(phone)
        await house.forward(minutes=10)
        tried = account.count(SEND, since)
        mails = [mail for mail in house.mail.inbox("desk@example.com") if "auth_token" in (mail.text or "")]
        failed = sum(_says(account, phone, "not delivered") for phone in PHONES)
        house.carrier.api.api_keys[API_KEY] = "of yesterday"
        repaired = house.clock.now()
        await account.passes(lambda: all(account.got(phone) for phone in PHONES), 5 * SECOND)
        seconds = (house.clock.now() - repaired).total_seconds()
        await house.forward(minutes=5)
        return _Locked(
            tried=tried,
            mails=len(mails),
            failed=failed,
            got=[len(account.got(phone)) for phone in PHONES],
            seconds=seconds,
        )
