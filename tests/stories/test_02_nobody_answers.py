"""What nobody acknowledges in time reaches the assigned people as one mail each, once."""

from tests.stories.language import ADA, BOB, OTHER_DID, House


async def test_an_unanswered_text_reaches_the_assigned_inbox_once(house: House) -> None:
    await house.phone(ADA).texts("Is anybody there?")
    await house.thread(ADA)

    await house.forward(minutes=11, seconds=10)

    (mail,) = await house.mails(1)
    assert "1 unanswered text" in mail.subject
    for part in (mail.text, mail.html):
        assert part is not None
        assert "Is anybody there?" in part
        assert "Ada Moss" in part
    await house.forward(minutes=30)
    await house.mails(1)


async def test_a_text_acknowledged_a_second_before_is_not_in_the_mail(house: House) -> None:
    await house.phone(ADA).texts("Answered in time")
    await house.phone(BOB).texts("Never answered")
    thread = await house.thread(ADA)
    await house.thread(BOB)
    await house.forward(minutes=10, seconds=58)

    await house.agent().reacts(thread)
    await thread.says("Acknowledged by")
    await house.forward(seconds=20)

    (mail,) = await house.mails(1)
    assert "Never answered" in (mail.text or "")
    assert "Answered in time" not in (mail.text or "")


async def test_several_texts_of_several_numbers_are_one_mail_for_each_assigned_person(house: House) -> None:
    await house.phone(ADA).texts("To the main line")
    await house.phone(BOB, OTHER_DID).texts("To the service number")
    await house.thread(ADA)

    await house.forward(minutes=12)

    (desk,) = await house.mails(1, "desk@example.com")
    assert "To the main line" in (desk.text or "")
    assert "To the service number" in (desk.text or "")
    (ben,) = await house.mails(1, "ben@example.com")
    assert "To the main line" not in (ben.text or "")
    assert "To the service number" in (ben.text or "")


async def test_the_next_mail_comes_for_news_only_and_lists_what_is_still_open(house: House) -> None:
    await house.phone(ADA).texts("First question")
    await house.thread(ADA)
    await house.forward(minutes=12)
    await house.mails(1)

    await house.phone(BOB).texts("Second question")
    await house.thread(BOB)
    await house.forward(minutes=22)

    second = (await house.mails(2))[1]
    text = second.text or ""
    assert text.index("Second question") < text.index("First question")


async def test_the_mail_tells_that_it_cannot_be_answered_and_links_to_the_thread(house: House) -> None:
    await house.phone(ADA).texts("Hello")
    thread = await house.thread(ADA)
    await house.forward(minutes=12)

    (mail,) = await house.mails(1)

    link = f"https://workspace.slack.test/archives/{thread.channel}/p{thread.root.replace('.', '')}"
    assert link in (mail.text or "")
    assert link in (mail.html or "")
    assert mail.header("Auto-Submitted") == "auto-generated"
    assert mail.header("Reply-To") is None


async def test_a_relay_that_refuses_for_a_while_gets_the_mail_later_once(house: House) -> None:
    await house.phone(ADA).texts("Hello")
    await house.thread(ADA)
    await house.mail.down()
    await house.forward(minutes=12)

    await house.mail.up()
    await house.forward_until(lambda: house.mail.inbox("desk@example.com"))

    await house.mails(1)
