"""Whoever is off gets neither mails nor mentions while somebody else is there; no text falls between chairs."""

from datetime import timedelta

from tests.stories.language import ADA, OTHER_DID, House, did

DESK, BEN = "desk@example.com", "ben@example.com"


async def mutes(house: House, user: str = "U0BEN", *, hours: float = 0, when: str = "") -> dict[str, str]:
    """Mute oneself in the Home tab, for some hours or as it is offered there."""
    agent = house.agent(user)
    await agent.opens_home()
    await agent.sees_home("Waiting for me")
    await agent.presses_at_home("sms:mute-me")
    form = await agent.form()
    at = int((house.clock.now() + timedelta(hours=hours)).timestamp()) if hours else None
    return await form.sends_off({"at": {"at": at}} | ({"when": {"when": when}} if when else {}))


async def test_whoever_is_off_gets_no_mail_and_whoever_is_there_does(house: House) -> None:
    assert await mutes(house, hours=3) == {}
    await house.forward(seconds=5)
    await house.agent().sees_home("You are muted until")

    await house.phone(ADA, OTHER_DID).texts("Anybody?")
    await house.forward(minutes=13)

    await house.mails(1, DESK)
    assert house.mail.inbox(BEN) == []


async def test_what_is_still_open_when_he_is_back_comes_in_one_mail(house: House) -> None:
    await mutes(house, hours=2)
    await house.phone(ADA, OTHER_DID).texts("Anybody?")
    await house.forward(hours=1, step_minutes=5)
    await house.restart()
    assert house.mail.inbox(BEN) == []

    await house.forward(hours=1.1, step_minutes=1)

    (mail,) = await house.mails(1, BEN)
    assert "Anybody?" in str(mail.text)


async def test_whoever_says_that_he_is_back_is_told_at_once(house: House) -> None:
    await mutes(house, hours=20)
    await house.phone(ADA, OTHER_DID).texts("Anybody?")
    await house.forward(minutes=30, step_minutes=1)

    assert await mutes(house, when="never") == {}
    await house.forward(minutes=3)

    await house.mails(1, BEN)


async def test_where_everybody_is_off_everybody_is_told(house: House) -> None:
    await mutes(house, hours=3)
    await mutes(house, "U0DESK", hours=3)

    await house.phone(ADA, OTHER_DID).texts("Anybody?")
    await house.forward(minutes=13)

    for address in (DESK, BEN):
        (mail,) = await house.mails(1, address)
        assert "has muted this at present" in str(mail.text)


async def test_whoever_is_off_is_not_mentioned(house: House) -> None:
    house.changes["dids"] = did(assigned=["Ben"])
    await house.restart()
    await house.phone(ADA).texts("Hello")
    thread = await house.thread(ADA)
    await house.agent().reacts(thread)
    await mutes(house, hours=9)
    await house.forward(hours=4, step_minutes=5)

    await house.phone(ADA).texts("Still there?")

    first = await thread.shows("Still there?")
    assert first.is_broadcast
    assert "U0BEN" not in str(first.blocks)


async def test_the_past_and_people_to_whom_nothing_is_sent_are_refused(house: House) -> None:
    assert "from now on" in (await mutes(house, hours=-1))["when"]
    house.slack.add_user("eve", id="U0EVE", real_name="Eve")

    await house.agent("U0EVE").opens_home()
    home = await house.agent("U0EVE").sees_home("Waiting for me")

    assert "Mute me" not in str(home)
