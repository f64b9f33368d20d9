"""A channel that another company can read shows no text before an admin has allowed it, and nothing is lost."""

from pathlib import Path

from tests.stories.language import ADA, CHANNEL, House, opened_house


async def test_in_a_channel_that_becomes_shared_nothing_is_shown_until_that_has_ended(house: House) -> None:
    ada = house.phone(ADA)
    await ada.texts("Are you open?")
    thread = await house.thread(ADA)
    await house.slack.people.share_channel(CHANNEL)
    await house.slack.settled()
    await house.slack.wait_for(lambda: sum(call.method == "conversations.info" for call in house.slack.heard) >= 4)

    await ada.texts("My card number is secret")
    await house.forward(minutes=12)

    (mail,) = await house.mails(1)
    assert "My card number is secret" in (mail.text or "")
    assert "secret" not in str(thread.messages)
    assert "shared with another company" in str(await house.read(lambda ledger: ledger.audit.troubles()))
    await house.slack.people.unshare_channel(CHANNEL)
    await house.forward(minutes=2)
    await thread.shows("My card number is secret")


async def test_an_admin_may_allow_it(tmp_path: Path) -> None:
    async with opened_house(tmp_path, slack={"shared_channels": [CHANNEL]}) as house:
        await house.slack.people.share_channel(CHANNEL)
        await house.slack.settled()

        await house.phone(ADA).texts("Are you open?")

        await (await house.thread(ADA)).shows("Are you open?")
