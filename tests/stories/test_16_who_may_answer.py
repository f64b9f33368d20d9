"""Only those who answer for a number speak for it; everybody else is told so, and nobody else hears of that."""

from pathlib import Path

import pytest

from tests.stories.language import ADA, House, did, opened_house

LOCK, DELIVERED = "lock", "white_check_mark"
OUTSIDERS = [
    ({"is_restricted": True}, "Guests of this workspace"),
    ({"team_id": "T0ELSEWHERE"}, "People of other companies"),
    ({"deleted": True}, "not active"),
]


@pytest.mark.parametrize(("who", "told"), OUTSIDERS)
async def test_an_outsider_neither_answers_nor_acknowledges_and_is_told_so_alone(
    house: House, who: dict[str, object], told: str
) -> None:
    house.slack.add_user("eve", id="U0EVE", **who)  # type: ignore[arg-type]
    ada, eve = house.phone(ADA), house.agent("U0EVE")
    await ada.texts("Are you open?")
    thread = await house.thread(ADA)

    inside = await eve.replies(thread, "Come at six")
    await eve.reacts(thread)

    await eve.sees_mark(thread, inside, LOCK)
    assert told in await eve.hears("Nothing was sent")
    assert thread.is_green
    assert (ada.got, len(thread.messages)) == ([], 2)


async def test_only_the_responders_of_a_number_count(tmp_path: Path) -> None:
    async with opened_house(tmp_path, dids=did(responders=["Ben"])) as house:
        ada, desk, ben = house.phone(ADA), house.agent("U0DESK"), house.agent("U0BEN")
        await ada.texts("Are you open?")
        thread = await house.thread(ADA)
        await desk.reacts(thread)
        await desk.hears("not among those who answer")

        await ben.replies(thread, "Yes")

        await ada.gets("Yes")
        await thread.says("Acknowledged by", "U0BEN")


async def test_what_a_reaction_says_stands_on_the_first_post(tmp_path: Path) -> None:
    async with opened_house(tmp_path, bridge={"meanings": {"eyes": "mine", "white_check_mark": "done"}}) as house:
        ada, ben = house.phone(ADA), house.agent("U0BEN")
        await ada.texts("Are you open?")
        thread = await house.thread(ADA)

        await ben.reacts(thread, emoji="eyes")
        await thread.says("Taken by", "U0BEN")
        await ben.reacts(thread, emoji="white_check_mark")

        await thread.says("Done, says", "U0BEN")
