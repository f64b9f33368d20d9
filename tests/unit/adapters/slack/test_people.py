"""What Slack says of a person, as what he is here; and what counts where Slack says nothing."""

from datetime import timedelta

import pytest

from adapters.slack.api import SlackApi
from adapters.slack.people import People
from bridge.domain.standing import MEMBER, Place, Standing
from bridge.errors import Transient
from tests.unit.adapters.slack.rig import Rig, opened, settings_of

CLERKS = "S0CLERKS"


def people(rig: Rig, *groups: str) -> People:
    return People(SlackApi(settings_of(rig.workspace), timeout_seconds=5), rig.clock, frozenset(groups))


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({}, Place.MEMBER),
        ({"is_admin": True}, Place.MEMBER),
        ({"is_restricted": True}, Place.GUEST),
        ({"is_restricted": True, "is_ultra_restricted": True}, Place.GUEST),
        ({"is_stranger": True}, Place.STRANGER),
        ({"team_id": "T0ELSEWHERE"}, Place.STRANGER),
        ({"deleted": True}, Place.GONE),
    ],
)
async def test_a_person_is_what_slack_says(more: dict[str, object], place: Place) -> None:
    async with opened() as rig:
        found = people(rig)
        user = rig.workspace.add_user("eve", **more)  # type: ignore[arg-type]

        assert await found.standing(user.id) == Standing(place=place)
        await closed(found)


async def test_whoever_slack_does_not_show_has_no_place_here() -> None:
    async with opened() as rig:
        found = people(rig)

        assert (await found.standing("U0NOBODY")).place is Place.GONE
        await closed(found)


async def test_without_the_scope_to_look_people_up_everybody_is_a_member() -> None:
    async with opened() as rig:
        found = people(rig)
        rig.workspace.switches.granted.discard("users:read")

        assert await found.standing(rig.ada.id) is MEMBER
        await closed(found)


async def test_what_somebody_is_is_asked_again_after_some_minutes_and_what_was_known_serves_while_slack_is_away() -> (
    None
):
    async with opened() as rig:
        found = people(rig)
        before = await found.standing(rig.ada.id)
        rig.ada.is_restricted = True
        at_once = await found.standing(rig.ada.id)
        rig.clock.forward(timedelta(minutes=6))
        later = await found.standing(rig.ada.id)
        rig.clock.forward(timedelta(minutes=6))
        await rig.workspace.down()

        assert (before, at_once, later) == (MEMBER, MEMBER, Standing(place=Place.GUEST))
        assert await found.standing(rig.ada.id) == later
        rig.clock.forward(timedelta(hours=1))
        with pytest.raises(Transient):
            await found.standing(rig.ada.id)
        await closed(found)


async def test_groups_that_cannot_be_read_have_nobody_in_them_and_the_admin_hears_of_it() -> None:
    async with opened() as rig:
        found = people(rig, CLERKS)

        assert await found.standing(rig.ada.id) is MEMBER
        assert found.trouble.startswith("down: usergroups.users.list")
        await closed(found)


async def closed(found: People) -> None:
    await found.aclose()
    await found._api.aclose()
