"""P6: every digest is mailed once, none tells what was acknowledged before, and nobody is forgotten."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.sandbox.faults import Fault
from bridge.flows import rescue
from proof.finding import Finding
from proof.interleaving import Walk
from proof.mailroom import Ending, Mailroom, SelectMarkSend, SelectSendMark
from proof.place import Place
from tests.faults.doom import Doom
from tests.faults.mortal import mortal_house
from tests.stories.language import ADA

_MANY = 5


def prove(place: Place) -> Iterator[Finding]:
    """Walk every order of two daemons' steps, deaths and acknowledgements; let a mail server cut after the dot."""
    yield _every_order(place)
    yield asyncio.run(_cut_after_the_dot(place))


def _every_order(place: Place) -> Finding:
    deaths = 2 if place.is_long else 1
    walk, marked_last, marked_first = (Walk(each(deaths)) for each in (Mailroom, SelectSendMark, SelectMarkSend))
    found, last, first = walk.endings(), marked_last.endings(), marked_first.endings()
    repeats = max(ending.repeated - ending.accidents for ending in found)
    harm = (_twice(found), _never(found), _although(found))
    return Finding(
        promise="P6 each digest once",
        method=f"every order of two daemons' steps over the real decisions: {deaths} die at any step, an "
        "acknowledgement and a lapse of time at any moment",
        figure=f"{found.total():,} orders, {walk.states:,} states: mailed twice {harm[0]}, never mailed {harm[1]}, "
        f"mailed although acknowledged {harm[2]}; orders in which a mail came again under its own Message-ID: "
        f"{_repeated(found):,}, never more often than a daemon died or was given up",
        control=f"select, send, mark: of {last.total():,} orders {_twice(last):,} mailed twice, {_although(last):,} "
        f"although acknowledged; select, mark, send: of {first.total():,} {_never(first):,} never mailed",
        is_kept=harm == (0, 0, 0) and repeats <= 0,
        is_control_caught=bool(_twice(last) and _although(last) and _never(first)),
    )


def _twice(endings: Counter[Ending]) -> int:
    return sum(count for ending, count in endings.items() if ending.mailed_twice)


def _never(endings: Counter[Ending]) -> int:
    return sum(count for ending, count in endings.items() if ending.never_mailed)


def _although(endings: Counter[Ending]) -> int:
    return sum(count for ending, count in endings.items() if ending.although_acknowledged)


def _repeated(endings: Counter[Ending]) -> int:
    return sum(count for ending, count in endings.items() if ending.repeated)


async def _cut_after_the_dot(place: Place) -> Finding:
    copies, names = await _mailed(place.new_folder())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rescue, "MOST_SILENCES", _MANY)
        many, _ = await _mailed(place.new_folder())
    return Finding(
        promise="P6 a lost final reply",
        method="a mail server that takes every mail and cuts before its reply; no copy mailbox",
        figure=f"{copies} copies of one digest, {names} Message-ID",
        control=f"repeated until the {_MANY}th silence: {many} copies",
        is_kept=(copies, names) == (2, 1),
        is_control_caught=many == _MANY,
    )


async def _mailed(folder: Path) -> tuple[int, int]:
    """Let one text wait until nothing is open any more; return how many mails came of it, and under how many names."""
    async with mortal_house(folder, Doom()) as house:
        house.mail.faults.always("smtp.dot", Fault.CUT)
        await house.phone(ADA).texts("Hello?")
        await house.until(lambda: house.mail.inbox("desk@example.com"))
        await house.finish()
        mails = house.mail.inbox("desk@example.com")
    return len(mails), len({mail.message_id for mail in mails})
