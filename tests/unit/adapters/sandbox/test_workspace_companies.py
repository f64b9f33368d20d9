"""Guests, groups, other companies and shared channels of the simulated workspace, as an app is told of them."""

from collections.abc import AsyncIterator

import pytest

from adapters.sandbox.workspace.people import ELSEWHERE
from tests.unit.adapters.sandbox.workspace_rig import Rig, button, started


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with started() as rig:
        yield rig


async def test_user_groups_are_listed_with_what_was_asked_for(rig: Rig) -> None:
    group = rig.workspace.add_user_group("desk", ["ada"], name="Front desk")

    bare = (await rig.call("usergroups.list"))["usergroups"][0]
    whole = (await rig.call("usergroups.list", include_users=True, include_count=True))["usergroups"][0]
    users = await rig.call("usergroups.users.list", usergroup=group.id)

    assert (bare["id"], bare["handle"], bare["name"]) == (group.id, "desk", "Front desk")
    assert not {"users", "user_count"} & bare.keys()
    assert (whole["users"], whole["user_count"], users["users"]) == ([rig.ada.id], 1, [rig.ada.id])


async def test_a_group_that_is_switched_off_is_shown_only_on_request(rig: Rig) -> None:
    group = rig.workspace.add_user_group("desk", ["ada"])
    group.disabled = True

    assert (await rig.call("usergroups.list"))["usergroups"] == []
    assert len((await rig.call("usergroups.list", include_disabled=True))["usergroups"]) == 1
    assert (await rig.call("usergroups.users.list", usergroup=group.id))["error"] == "no_such_subteam"


async def test_groups_need_their_scope_and_exist(rig: Rig) -> None:
    unknown = await rig.call("usergroups.users.list", usergroup="S0NOBODY")
    rig.workspace.switches.granted.discard("usergroups:read")
    refused = await rig.call("usergroups.list")

    assert unknown["error"] == "no_such_subteam"
    assert (refused["error"], refused["needed"]) == ("missing_scope", "usergroups:read")


async def test_users_info_tells_guests_admins_strangers_and_who_has_left(rig: Rig) -> None:
    add = rig.workspace.add_user
    people = [
        add("gus", is_restricted=True),
        add("sol", is_ultra_restricted=True),
        add("mei", is_admin=True),
        add("xena", team_id=ELSEWHERE, is_stranger=True),
        add("dana", deleted=True),
    ]
    flags = ("is_restricted", "is_ultra_restricted", "is_admin", "is_stranger", "deleted")

    told = [(await rig.call("users.info", user=user.id))["user"] for user in people]

    assert [{flag for flag in flags if user.get(flag)} for user in told] == [
        {"is_restricted"},
        {"is_restricted", "is_ultra_restricted"},
        {"is_admin"},
        {"is_stranger"},
        {"deleted"},
    ]
    assert told[3]["team_id"] == ELSEWHERE


async def test_a_channel_that_is_shared_says_so_and_lets_the_others_in(rig: Rig) -> None:
    xena = rig.workspace.add_user("xena", team_id=ELSEWHERE, is_stranger=True)
    rig.channel.members.discard(xena.id)

    await rig.workspace.people.share_channel("texts")
    await rig.workspace.people.say("xena", "texts", "hello")

    shared, said = (delivery.payload for delivery in rig.workspace.deliveries)
    info = (await rig.call("conversations.info", channel=rig.channel.id))["channel"]
    user = (await rig.call("users.info", user=xena.id))["user"]
    assert (shared["event"]["type"], shared["event"]["connected_team_id"]) == ("channel_shared", ELSEWHERE)
    assert (said["is_ext_shared_channel"], said["event"]["team"]) == (True, ELSEWHERE)
    assert (info["is_ext_shared"], info["is_shared"], info["connected_team_ids"]) == (True, True, [ELSEWHERE])
    assert (user.get("is_stranger"), xena.id in rig.channel.members) == (None, True)


async def test_a_channel_that_is_shared_no_more_lets_them_out(rig: Rig) -> None:
    xena = rig.workspace.add_user("xena", team_id=ELSEWHERE, is_stranger=True)
    await rig.workspace.people.share_channel("texts")

    await rig.workspace.people.unshare_channel("texts")
    await rig.workspace.people.say("ada", "texts", "among us")

    unshared, said = (delivery.payload for delivery in rig.workspace.deliveries[1:])
    assert (unshared["event"]["type"], unshared["event"]["previously_connected_team_id"]) == (
        "channel_unshared",
        ELSEWHERE,
    )
    assert said["is_ext_shared_channel"] is False
    assert xena.is_stranger
    assert xena.id not in rig.channel.members


async def test_a_press_by_another_company_names_its_team(rig: Rig) -> None:
    rig.workspace.add_user("xena", team_id=ELSEWHERE)
    await rig.workspace.people.share_channel("texts")
    ts = await rig.post(blocks=[{"type": "actions", "elements": [button()]}])

    delivery = await rig.workspace.interactions.press("xena", "texts", ts, "go")

    assert delivery.payload["user"]["team_id"] == ELSEWHERE
    assert delivery.payload["team"]["id"] == rig.workspace.state.team_id
