"""Backups and damaged files: what was restored says nothing again, what is damaged is not opened, old data opens."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from adapters.sandbox.clock import MovableClock
from adapters.sqlite import SqliteStore
from bridge.errors import SchemaMismatch
from proof import damage
from proof.finding import Finding
from proof.place import ROOT, Place
from tests.faults.mortal import unfinished
from tests.faults.process import THE_DAEMON, Process
from tests.faults.test_power import PHONES, Street, street
from tests.faults.truth import Verdict, judge
from tests.fixtures.make_data import facts
from tests.stories.language import CHANNEL, DID, PUBLIC

RELEASES = sorted((ROOT / "tests" / "fixtures").glob("data-*"))
HEEDLESS = ("-m", "tests.faults.heedless")
KNOWN, NEW, MISSED = PHONES[:10], PHONES[10:20], PHONES[20:25]
REPLIES = 50
_SECONDS = 150  # at most, until all is looked up; it takes about forty
_WITHOUT = 15  # for what is said again by a daemon that looks nothing up


def prove(place: Place) -> Iterator[Finding]:
    """Restore a backup after fifty replies, open files in every kind of damage, open the data of every release."""
    kept, heedless = asyncio.run(_both(place))
    yield Finding(
        promise="P7 a restored backup re-sends nothing",
        method=f"real process: back up online, {REPLIES} replies and 20 texts, 5 texts while down, restore, start",
        figure=str(kept),
        control=f"the restore ignored: {heedless.doubled} doubled",
        is_kept=kept.is_well,
        is_control_caught=heedless.doubled > 0,
    )
    refusals = damage.refusals(place)
    accepted = damage.accepted_by_sqlite_alone(place)
    flipped, counted = damage.flipped_bytes(place)
    yield Finding(
        promise="P17 a damaged database is refused, with the remedy",
        method=f"`run` on {len(refusals)} kinds of harm: exit 78, file and remedy; `check --store` on flipped bytes",
        figure=f"{sum(refusals.values())} of {len(refusals)} refused; flipped bytes {'found' if flipped else 'MISSED'}",
        control=f"SQLite alone opens {accepted}; count(*) {'overlooks' if counted else 'notices'} flipped bytes",
        is_kept=all(refusals.values()) and flipped,
        is_control_caught=accepted > 0 and counted,
    )
    equal, told_apart = asyncio.run(_released(place))
    is_refused = damage.is_newer_refused(place)
    yield Finding(
        promise="P23 the data of every release opens, a newer one's is refused",
        method=f"{', '.join(each.name for each in RELEASES)}: counts, threads, digests; then a schema from the future",
        figure=f"{equal} of {len(RELEASES)} equal; the newer {'refused' if is_refused else 'OPENED'}",
        control=f"with one message taken out: {'noticed' if told_apart else 'not noticed'}",
        is_kept=equal == len(RELEASES) and is_refused,
        is_control_caught=told_apart,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What people saw after a restore, and what the database knows of it."""

    lost: int
    doubled: int
    misplaced: int
    unasked_for: int  # questions, notes, entries still open
    known: int  # messages that the restored database has in the end
    said: int  # by phones and by people

    @property
    def is_well(self) -> bool:
        return not (self.lost or self.doubled or self.misplaced or self.unasked_for) and self.known == self.said

    def __str__(self) -> str:
        return (
            f"{self.doubled} doubled, {self.lost} lost, {self.misplaced} out of order, {self.unasked_for} questions; "
            f"{self.known} of {self.said} messages known again"
        )


async def _both(place: Place) -> tuple[Outcome, Outcome]:
    """Tell the story twice at the same time, once to a daemon that ignores the restore."""
    kept, heedless = await asyncio.gather(
        _story(place.new_folder(), THE_DAEMON, _SECONDS), _story(place.new_folder(), HEEDLESS, _WITHOUT)
    )
    return kept, heedless


async def _story(folder: Path, afterwards: tuple[str, ...], seconds: float) -> Outcome:
    async with street(folder) as real:
        await real.begin()
        await _texts(real, KNOWN, "Before")
        await _until(lambda: len(real.threads()) == len(KNOWN))
        await real.process.order("backup", str(folder / "nightly.db"))
        await _since(real)
        await real.process.stop()
        await _meanwhile(real)
        await real.process.order("restore", str(folder / "nightly.db"))
        await _again(real, afterwards)
        with suppress(TimeoutError):
            await _until(lambda: _is_settled(real), seconds)
        await real.process.stop()
        return _outcome(real)


async def _texts(real: Street, phones: list[str], words: str) -> None:
    for phone in phones:
        text = real.said.text((phone, DID), f"{words} {next(real.numbers)}")
        await real.house.carrier.text(phone, DID, text, wait=False)


async def _since(real: Street) -> None:
    """Let everything happen that the backup will know nothing of; some answers have the very same words."""
    await _texts(real, KNOWN, "Since")
    await _texts(real, NEW, "New since")
    await _until(lambda: not _verdict(real).lost and not unfinished(real.house.path))
    threads = sorted(real.threads().items())
    for number in range(REPLIES):
        phone, root = threads[number % len(threads)]
        words = real.said.reply((phone, DID), "ok" if number % 5 == 0 else f"Answer {next(real.numbers)}")
        await real.house.slack.people.say("U0DESK", CHANNEL, words, thread_ts=root)
        if number % len(threads) == len(threads) - 1:  # Slack does not promise the order of two that come at once
            await _until(lambda: not _verdict(real).lost)
    await _until(lambda: not _verdict(real).lost and not unfinished(real.house.path))


async def _meanwhile(real: Street) -> None:
    """Let texts come that nobody takes."""
    real.house.carrier.mischief.drop = True
    await _texts(real, MISSED, "While nothing ran")
    real.house.carrier.mischief.drop = False


async def _again(real: Street, python: tuple[str, ...]) -> None:
    real.process = Process(real.house, PUBLIC, DID, CHANNEL, python)
    await real.begin()


def _verdict(real: Street) -> Verdict:
    return judge(real.house, real.said, {DID: CHANNEL})


def _is_settled(real: Street) -> bool:
    verdict, known = _verdict(real), _known(real)
    return bool(verdict.doubled) or (not verdict.lost and known == _said(real) and not unfinished(real.house.path))


async def _until(is_seen: Callable[[], object], seconds: float = 60) -> None:
    """Look again and again until this is seen; TimeoutError if it is not."""
    async with asyncio.timeout(seconds):
        while not is_seen():  # noqa: ASYNC110 - what is looked at lies in other processes
            await asyncio.sleep(0.2)


def _said(real: Street) -> int:
    return sum(map(len, [*real.said.texts.values(), *real.said.replies.values()]))


def _known(real: Street) -> int:
    connection = sqlite3.connect(f"file:{real.house.path / 'bridge.db'}?mode=ro", uri=True)
    try:
        return int(connection.execute("SELECT count(*) FROM message").fetchone()[0])
    finally:
        connection.close()


def _outcome(real: Street) -> Outcome:
    verdict = _verdict(real)
    return Outcome(
        lost=len(verdict.lost),
        doubled=len(verdict.doubled),
        misplaced=len(verdict.misplaced),
        unasked_for=len(verdict.strange) + len(unfinished(real.house.path)),
        known=_known(real),
        said=_said(real),
    )


async def _released(place: Place) -> tuple[int, bool]:
    """Count the releases whose data holds what it held; tell whether a missing message would be noticed."""
    equal, told_apart = 0, True
    for release in RELEASES:
        promised = json.loads((release / "facts.json").read_text())
        path = place.new_folder() / "bridge.db"
        shutil.copy(release / "bridge.db", path)
        equal += await _facts(path) == promised
        connection = sqlite3.connect(path)
        connection.execute("DELETE FROM message WHERE position = (SELECT max(position) FROM message)")
        connection.commit()
        connection.close()
        told_apart = told_apart and await _facts(path) != promised
    return equal, told_apart


async def _facts(path: Path) -> object:
    store = SqliteStore(path, MovableClock())
    try:
        await store.open()
    except SchemaMismatch as error:
        return str(error)
    found = await store.transact(lambda ledger, now: facts(ledger))
    await store.aclose()
    return found
