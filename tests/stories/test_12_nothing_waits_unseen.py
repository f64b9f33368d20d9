"""The audit at the end of every story notices whatever is not as it must be, and whoever watches the house is told."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from bridge.domain.invariant import Invariant
from tests import audit
from tests.stories.language import ADA, House, opened_house

# What breaks each invariant behind the daemon's back, in the store of a house in which one text is shown and open.
PLANTED = {
    Invariant.REQUEST_UNSEEN: ("UPDATE sighting SET poison = 'unreadable'",),
    Invariant.ATTEMPT_UNASKED: (
        "UPDATE entry SET state = 'trying', is_free = 0, ask_at = '2026-03-01T00:00:00.000000Z'",
    ),
    Invariant.ENTRY_UNTAKEN: ("UPDATE entry SET state = 'ready', is_free = 1, due_at = '2026-03-01T00:00:00.000000Z'",),
    Invariant.LANE_STUCK: ("UPDATE entry SET state = 'ready', is_free = 0",),
    Invariant.TEXT_UNSHOWN: ("DELETE FROM post",),
    Invariant.TEXT_UNMAILED: ("DELETE FROM digest_member", "DELETE FROM digest"),
    Invariant.TEXT_MAILED_TWICE: (
        "DROP INDEX digest_member_new",
        "INSERT INTO digest_member SELECT digest, place + 1, recipient, message, is_new FROM digest_member",
    ),
    Invariant.SENT_WITHOUT_REFERENCE: ("UPDATE entry SET ref = '' WHERE kind = 'show-message'",),
    Invariant.REFERENCE_TWICE: ("UPDATE entry SET kind = 'send-sms', ref = 'SM1'",),
    Invariant.NOT_READ_BACK: ("UPDATE cursor SET at = '2026-03-01T00:00:00.000000Z'",),
}


def tamper(house: House, *statements: str) -> None:
    with closing(sqlite3.connect(house.path / "bridge.db", isolation_level=None)) as file:
        for statement in statements:
            file.execute(statement)


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[House]:
    """A house with a text that is shown, that nobody acknowledges, and that was mailed a while ago."""
    async with opened_house(tmp_path, bridge={"admins": ["Ben"]}) as house:
        await house.phone(ADA).texts("Hello?")
        await house.thread(ADA)
        await house.forward_until(lambda: house.mail.inbox("desk@example.com"))
        await house.forward(minutes=3)
        yield house


def test_every_invariant_of_the_ledger_is_broken_once() -> None:
    assert set(PLANTED) == {one for one in Invariant if not one.is_local}


@pytest.mark.parametrize("invariant", PLANTED)
async def test_a_story_fails_at_whose_end_an_invariant_is_broken(told: House, invariant: Invariant) -> None:
    await told.close()
    tamper(told, *PLANTED[invariant])

    with pytest.raises(AssertionError, match=invariant.value):
        await told.is_audited()

    told.violates = set(await audit.violated(told.settings(), told.clock))  # this is what the story is about


async def test_whoever_watches_the_house_and_the_admin_are_told_by_name_until_it_is_well_again(told: House) -> None:
    tamper(told, "CREATE TABLE aside AS SELECT * FROM post", "DELETE FROM post")
    await told.forward_until(lambda: told.mail.inbox("ben@example.com"))
    ill = await health(told)
    (mail,) = await told.mails(1, "ben@example.com")
    tamper(told, "INSERT INTO post SELECT * FROM aside")
    for _ in range(60):
        if (await health(told)).status_code == 200:
            break
        await told.forward(seconds=10)

    assert (ill.status_code, ill.json()["violated"]) == (503, ["text-unshown"])
    assert "A text is in no thread" in (mail.text or "")
    assert (await health(told)).json()["violated"] == []


async def health(house: House) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"{house.base_url}/healthz")
