"""The clock of the daemon's machine jumps, by libfaketime, while the worlds go on: what becomes of its digests."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.sandbox.faults import Fault
from proof.finding import Finding, not_proven
from proof.household import Household, household, seen
from proof.place import Place
from tests.stories.language import ADA, BOB, CHANNEL, DID, shown

_WITHIN, _TICK = 15.0, 6.0  # seconds: how long a text may wait, and what passes until a mail for it arrives
_LATE = 30.0  # seconds more that a busy machine may take
_LEAD = timedelta(seconds=40)  # before a change of the local time: the daemon starts in it
_LIBRARY = "libfaketimeMT.so.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """What is done to the clock: `order` in libfaketime's words, once a text has come; or a change of local time."""

    name: str
    order: str = ""
    zone: str = "UTC"
    change: datetime | None = None  # of the local time, shortly before which it all happens
    without: str = ""


JUMPS = (
    Jump(name="+2 h", order="+7200"),
    Jump(name="-2 h", order="-7200"),
    Jump(name="x3600", order="+0 x3600"),
    Jump(name="New York 2026-11-01", zone="America/New_York", change=datetime(2026, 11, 1, 6, tzinfo=UTC)),
    Jump(name="Berlin 2026-03-29", zone="Europe/Berlin", change=datetime(2026, 3, 29, 1, tzinfo=UTC)),
)
CONTROLS = tuple(
    Jump(name=f"{name}, wall clock", order=order, without="counting")
    for name, order in (("+2 h", "+7200"), ("-2 h", "-7200"))
)


@dataclass(slots=True)
class Outcome:
    """How one jump ended: what is wrong, and when the digest came."""

    jump: Jump
    mailed_after: float | None = None
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        when = f"{self.mailed_after:.0f} s" if self.mailed_after else "never"
        return f"{self.jump.name}: {when}{''.join(f', {each}' for each in self.wrong)}"


def library() -> Path | None:
    """Return where libfaketime lies, if it is installed."""
    return next(iter(sorted(Path("/usr/lib").glob(f"*/faketime/{_LIBRARY}"))), None)


def prove_jumps(place: Place) -> Finding:
    """Let the clock jump in every way, and see the controls fail."""
    promise = "P18 clock jumps"
    method = f"libfaketime; a text that may wait {_WITHIN:.0f} s, a reply whose answer is lost; then the clock is set"
    faketime = library()
    if faketime is None:
        return not_proven(promise, method, "libfaketime (Debian: faketime)")
    outcomes, controls = asyncio.run(_all(place, faketime))
    return Finding(
        promise=promise,
        method=method,
        figure="digest after: " + "; ".join(map(str, outcomes)),
        control="; ".join(map(str, controls)),
        is_kept=not any(one.wrong for one in outcomes),
        is_control_caught=all(one.wrong for one in controls),
    )


async def _all(place: Place, faketime: Path) -> tuple[list[Outcome], list[Outcome]]:
    starting = asyncio.Lock()  # one daemon at a time: each start is a lot of work
    found = await asyncio.gather(*(_jumped(place, faketime, jump, starting) for jump in (*JUMPS, *CONTROLS)))
    return list(found[: len(JUMPS)]), list(found[len(JUMPS) :])


async def _jumped(place: Place, faketime: Path, jump: Jump, starting: asyncio.Lock) -> Outcome:
    orders = place.new_folder() / "clock"
    async with AsyncExitStack() as closing:
        async with starting:
            home = await closing.enter_async_context(_opened(faketime, jump, orders))
        return await _watched(home, jump, orders)


@asynccontextmanager
async def _opened(faketime: Path, jump: Jump, orders: Path) -> AsyncIterator[Household]:
    """Open a household whose machine's clock is what the file of orders says."""
    start = jump.change - _LEAD if jump.change else None
    await asyncio.to_thread(orders.write_text, _offset(start))
    environment = {
        "LD_PRELOAD": str(faketime),
        "FAKETIME_TIMESTAMP_FILE": str(orders),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",
        "PROOF_WITHOUT": jump.without,
    }
    bridge = f'timezone = "{jump.zone}"\nacknowledge_within = "{_WITHIN:.0f}s"\ndigest_window = "1s"'
    bridge += '\ndigest_interval = "5s"'
    async with household(orders.parent, bridge=bridge, environment=environment, at=start) as home:
        yield home


def _offset(start: datetime | None) -> str:
    return f"{(start - datetime.now(UTC)).total_seconds():+.0f}" if start else "+0"


async def _watched(home: Household, jump: Jump, orders: Path) -> Outcome:
    """Let a text come, and a reply go out whose answer is lost; set the clock; see what reaches whom, and when."""
    outcome = Outcome(jump)
    await _answered_in_silence(home)
    if jump.change:
        until = jump.change - timedelta(seconds=4)
        await seen(lambda: home.house.clock.now() >= until, _LEAD.total_seconds())
    began, at = time.monotonic(), home.house.clock.now()
    await home.text(ADA, "Hello?")
    if jump.order:
        await asyncio.to_thread(orders.write_text, jump.order)
    if await seen(home.digests, _WITHIN + _TICK + _LATE):
        outcome.mailed_after = time.monotonic() - began
    _judge_time(outcome)
    if outcome.mailed_after and not jump.without:
        await _judge_rest(home, outcome, at)
    return outcome


async def _answered_in_silence(home: Household) -> None:
    """Let somebody reply to a text; the carrier takes it and says nothing."""
    await home.text(BOB, "Are you open?")
    roots = home.house.slack.roots
    await seen(lambda: any(BOB[-4:] in shown(root) for root in roots(CHANNEL)), 30)
    root = next(root for root in roots(CHANNEL) if BOB[-4:] in shown(root))
    home.house.carrier.faults.next("messages.create", Fault.SILENT)
    await home.house.slack.people.say("U0DESK", CHANNEL, "Yes", thread_ts=root.ts)


def _judge_time(outcome: Outcome) -> None:
    if outcome.mailed_after is None:
        outcome.wrong.append("late")
    elif outcome.mailed_after < _WITHIN:
        outcome.wrong.append("early")


async def _judge_rest(home: Household, outcome: Outcome, at: datetime) -> None:
    """Wait for what might still come, and for what must: nothing twice, times with their zone, the admin told."""
    got = home.house.carrier.phone(BOB).texts
    if outcome.jump.order and not await seen(lambda: home.is_warned_of("Our time is"), 30):
        outcome.wrong.append("admin not told")
    await seen(lambda: len(home.digests()) > 1 or len(got(DID)) > 1, _TICK)
    if len(home.digests()) > 1:
        outcome.wrong.append("digest doubled")
    if got(DID) != ["Yes"]:
        outcome.wrong.append(f"reply arrived {len(got(DID))} times")
    text = home.digests()[0].text or ""
    for moment in (at, outcome.jump.change):
        if moment is not None and outcome.jump.change and _zone(moment, outcome.jump.zone) not in text:
            outcome.wrong.append(f"without {_zone(moment, outcome.jump.zone)}")


def _zone(moment: datetime, zone: str) -> str:
    """Write the minute and the zone of a local time as the mail ought to."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.hour % 12 or 12}:{local:%M} {'PM' if local.hour >= 12 else 'AM'} {local.tzname()}"
