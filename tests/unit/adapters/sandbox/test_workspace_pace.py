"""The simulated workspace limits how often one may call, by its clock."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.unit.adapters.sandbox.workspace_rig import Rig, started

TIERS = [
    ("chat.update", 50),
    ("conversations.history", 50),
    ("conversations.replies", 50),
    ("reactions.add", 50),
    ("reactions.remove", 50),
    ("chat.delete", 50),
    ("conversations.info", 50),
    ("files.getUploadURLExternal", 100),
    ("files.completeUploadExternal", 100),
    ("files.info", 100),
    ("users.info", 100),
    ("views.open", 100),
    ("views.publish", 100),
]


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started(paced=True) as rig:
        yield rig


@pytest.mark.parametrize(("method", "tier"), TIERS)
async def test_a_method_has_its_tier_and_recovers_with_the_minute(rig: Rig, method: str, tier: int) -> None:
    before = [(await rig.call(method)).get("error") for _ in range(tier)]
    over = await rig.call(method)
    retry_after = int(rig.headers["Retry-After"])
    other = await rig.call("auth.test")
    rig.clock.forward(timedelta(seconds=retry_after))
    after = await rig.call(method)

    assert "ratelimited" not in before
    assert (over["status"], over["ok"], over["error"]) == (429, False, "ratelimited")
    assert 1 <= retry_after <= 60
    assert other["ok"]
    assert after.get("error") != "ratelimited"


async def test_a_channel_takes_one_post_a_second_after_a_short_burst(rig: Rig) -> None:
    other = rig.workspace.add_channel("other")
    posts = [await rig.call("chat.postMessage", channel=rig.channel.id, text="x") for _ in range(4)]
    retry_after = rig.headers["Retry-After"]
    elsewhere = await rig.call("chat.postMessage", channel=other.id, text="x")
    rig.clock.forward(timedelta(seconds=1))
    later = [await rig.call("chat.postMessage", channel=rig.channel.id, text="x") for _ in range(2)]

    assert [post["ok"] for post in posts] == [True, True, True, False]
    assert retry_after == "1"
    assert elsewhere["ok"]
    assert [post["ok"] for post in later] == [True, False]
    assert len(rig.workspace.roots(rig.channel.id)) == 4


async def test_the_pace_can_be_switched_off(rig: Rig) -> None:
    rig.workspace.pace.enabled = False

    answers = [await rig.call("chat.postMessage", channel=rig.channel.id, text="x") for _ in range(20)]

    assert all(answer["ok"] for answer in answers)
