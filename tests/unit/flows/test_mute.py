"""Whoever is off is not told as long as somebody else is there; where nobody is, everybody is told."""

from datetime import datetime, timedelta

import pytest

from bridge.domain.aside import Aside
from bridge.domain.command import SendMail
from bridge.domain.dialplan import Person
from bridge.domain.event import MuteWished
from bridge.domain.ids import EventKey, PersonRef
from bridge.domain.standing import Place, Standing
from bridge.flows import audit, mute, summarize
from bridge.ports import Ledger
from tests.unit.flows.books import BEN, DESK, EVE, MINUTE, Books, did, plan

HOUR = timedelta(hours=1)
BENS = Person(name="Ben", email="ben@example.com", slack=BEN)
FAX = Person(name="Fax", email="fax@example.com")


async def mutes(
    books: Books, person: PersonRef | None, wait: timedelta | None = HOUR, **more: Standing
) -> Aside | None:
    def wish(ledger: Ledger, now: datetime) -> Aside | None:
        until = now + wait if wait is not None else None
        event = MuteWished(key=EventKey(f"mute/{now.isoformat()}"), until=until, person=person or EVE, **more)
        return mute.by_form(ledger, books.plan, event, now)

    return await books.do(wish)


async def told(books: Books, after: timedelta = 12 * MINUTE) -> list[str]:
    """Return to whom a digest goes when this much time has passed."""
    books.forward(after)
    await books.do(lambda ledger, now: summarize.unacknowledged(ledger, books.plan, now))
    return sorted(one.to for one in await books.goes_out() if isinstance(one, SendMail))


@pytest.fixture
def two(books: Books) -> Books:
    """A number with two people assigned, both in the chat."""
    books.plan = plan(did(assigned=(DESK, BENS)), people=(DESK, BENS))
    return books


async def test_the_other_is_told_and_he_when_he_is_back(two: Books) -> None:
    await mutes(two, BEN)
    await two.texts()

    assert await told(two) == [DESK.email]
    assert await told(two, HOUR) == [BENS.email]


async def test_whoever_says_that_he_is_back_is_told_at_once(two: Books) -> None:
    await mutes(two, BEN)
    await two.texts()
    await told(two)

    await mutes(two, BEN, None)

    assert await told(two, MINUTE) == [BENS.email]


async def test_where_all_are_off_all_are_told_and_the_mail_says_so(two: Books) -> None:
    await mutes(two, BEN)
    await mutes(two, DESK.slack)
    await two.texts()

    assert await told(two) == [BENS.email, DESK.email]
    mails = [one.command for one in two.outgoing if isinstance(one.command, SendMail)]
    assert [one.is_everybody_off for one in mails] == [True, True]


async def test_whoever_is_not_in_the_chat_is_never_off(books: Books) -> None:
    books.plan = plan(did(assigned=(BENS, FAX)), people=(BENS, FAX))
    await mutes(books, BEN)
    await books.texts()

    assert await told(books) == [FAX.email]


async def test_the_auditor_misses_no_mail_to_whoever_is_off(two: Books) -> None:
    await mutes(two, BEN)
    await two.texts()
    await told(two)
    two.forward(20 * MINUTE)

    found = await two.do(lambda ledger, now: audit.violations(ledger, two.plan, HOUR * 24, now))

    assert [one.invariant for one in found if "mail" in one.invariant] == []


@pytest.mark.parametrize("wait", [timedelta(), -MINUTE, timedelta(days=61)])
async def test_a_moment_out_of_reach_is_refused(two: Books, wait: timedelta) -> None:
    refused = await mutes(two, BEN, wait)

    assert refused is not None
    assert list(refused.wrong) == ["when"]


async def test_to_whom_nothing_is_sent_has_nothing_to_mute_nor_has_a_guest(two: Books) -> None:
    nobody = await mutes(two, EVE)
    guest = await mutes(two, BEN, standing=Standing(place=Place.GUEST))

    assert [list(one.wrong) for one in (nobody, guest) if one] == [["when"], ["when"]]
    assert await two.look(lambda ledger: mute.until(ledger, BEN, two.clock.now())) is None
