"""A bill stays small, whoever has got at a colleague's account."""

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from proof.finding import Finding
from proof.place import Place
from tests.stories.language import LIMITS, House, opened_house

_REPLIES, _THREADS = 1000, 10
_CAP = {
    "per_person": 60,
    "per_participant": 30,
    "new_participants": 20,
    "per_account": 300,
}  # as it is without settings


def prove(place: Place) -> Iterator[Finding]:
    """Let a script answer a thousand times, and count what leaves, what is held, and what the admin is told."""
    yield asyncio.run(_tolls(place))


async def _tolls(place: Place) -> Finding:
    sent, held, notes, mails = await _script(place.new_folder(), _REPLIES, _CAP)
    free, _, _, _ = await _script(place.new_folder(), _REPLIES // 5, dict.fromkeys(LIMITS, 0))
    return Finding(
        promise="P36",
        method=f"a script posts {_REPLIES:,} replies to {_THREADS} people, limits as they are set",
        figure=f"{sent} sent, {held} held, {notes} notes in {_THREADS} threads, {mails} mail to the admin",
        control=f"limits off: {free} of {_REPLIES // 5} sent",
        is_kept=0 < sent <= _CAP["per_person"] and sent + held == _REPLIES and notes <= _THREADS and mails == 1,
        is_control_caught=free == _REPLIES // 5,
    )


async def _script(folder: Path, replies: int, limits: dict[str, int]) -> tuple[int, int, int, int]:
    """Let one account answer as fast as it can; return texts sent, replies held, notes, and mails to the admin."""
    phones = [f"+121255501{number:02}" for number in range(_THREADS)]
    async with opened_house(folder, limits=limits, bridge={"admins": ["Front desk"]}) as house:
        for phone in phones:
            await house.phone(phone).texts("Hello")
        threads = [await house.thread(phone) for phone in phones]
        for number in range(replies):
            await house.agent().replies(threads[number % _THREADS], f"Offer {number}")
        await _until(house, lambda: _count(house, "state IN ('sent', 'held')", "send-sms") == replies)
        await house.forward(seconds=10)
        await _until(house, lambda: not _count(house, "state IN ('ready', 'trying')"))
        posts = [post for thread in threads for post in thread.messages]
        mails = [mail for mail in house.mail.inbox("desk@example.com") if "[limits]" in (mail.text or "")]
        return (
            sum(len(house.phone(phone).got) for phone in phones),
            _count(house, "state = 'held'", "send-sms"),
            sum("Send now" in json.dumps(post.blocks) for post in posts),
            len({mail.message_id for mail in mails}),
        )


async def _until(house: House, is_so: Callable[[], bool], seconds: float = 120) -> None:
    """Let time pass until this holds; what the worlds do between two looks costs none."""
    async with asyncio.timeout(seconds):
        while not is_so():
            await house.forward(seconds=0.1)


def _count(house: House, condition: str, kind: str = "%") -> int:
    """Count the entries of the outbox, in the file itself."""
    query = f"SELECT count(*) FROM entry WHERE {condition} AND kind LIKE ?"  # noqa: S608 - conditions of our own
    with closing(sqlite3.connect(f"file:{house.path / 'bridge.db'}?mode=ro", uri=True)) as connection:
        return int(connection.execute(query, (kind,)).fetchone()[0])
