"""Our posts go, people's stay: what the door asks of Slack before it deletes, and what it makes of the answers."""

from collections.abc import AsyncIterator

import pytest

from bridge.domain.command import DeletePost
from bridge.domain.ids import PostRef
from bridge.domain.message import Posted
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient
from tests.unit.adapters.slack.rig import Rig, note, opened


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with opened(timeout_seconds=1) as opened_rig:
        yield opened_rig


async def deleted(rig: Rig, posted: Posted) -> None:
    await rig.chat.delete(DeletePost(post=posted.ref))


async def test_one_of_our_posts_is_deleted_and_deleting_it_twice_is_harmless(rig: Rig) -> None:
    posted = await rig.say(note("hello"))

    await deleted(rig, posted)
    await deleted(rig, posted)

    assert rig.workspace.roots(rig.channel.id) == []


async def test_what_a_person_wrote_is_left_alone(rig: Rig) -> None:
    root = await rig.say(note("hello"))
    ts = await rig.workspace.people.say(rig.ada.id, rig.channel.id, "mine", thread_ts=root.ref.partition("/")[2])

    with pytest.raises(Permanent) as raised:
        await rig.chat.delete(DeletePost(post=PostRef(f"{rig.channel.id}/{ts}")))

    assert raised.value.reason is Reason.FOREIGN
    assert "chat.delete" not in [call.method for call in rig.workspace.heard]


async def test_where_nothing_can_be_read_slack_says_whose_it_is(rig: Rig) -> None:
    posted = await rig.say(note("hello"))
    ts = await rig.workspace.people.say(rig.ada.id, rig.channel.id, "mine")
    rig.workspace.switches.refusals["conversations.replies"] = "missing_scope"

    with pytest.raises(Permanent) as raised:
        await rig.chat.delete(DeletePost(post=PostRef(f"{rig.channel.id}/{ts}")))
    await deleted(rig, posted)

    assert raised.value.reason is Reason.FOREIGN
    assert [one.text for one in rig.workspace.roots(rig.channel.id)] == ["mine"]


@pytest.mark.parametrize(
    ("call", "error", "kind"),
    [
        ("chat.delete", "compliance_exports_prevent_deletion", Permanent),
        ("chat.delete", "is_archived", Blocked),
        ("chat.delete", "internal_error", Transient),
        ("conversations.replies", "internal_error", Transient),
    ],
)
async def test_a_deletion_that_is_refused_says_what_can_be_done(
    rig: Rig, call: str, error: str, kind: type[PortError]
) -> None:
    posted = await rig.say(note("hello"))
    rig.workspace.switches.refusals[call] = error

    with pytest.raises(kind):
        await deleted(rig, posted)
