"""Pictures in both directions: fetched at once, kept, put into the thread; sent on as MMS, or refused in words."""

import base64

import pytest

from adapters.sandbox.faults import Fault
from bridge.wording.thread import UNSUPPORTED_BY_CARRIER
from tests.stories.language import ADA, House

JPEG = base64.b64decode("/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQH/2Q==")
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


async def test_a_picture_from_a_phone_is_put_into_the_thread(house: House) -> None:
    await house.phone(ADA).texts("Look at this", media=[("image/jpeg", JPEG)])

    thread = await house.thread(ADA)
    await thread.says("Look at this")
    await house.slack.wait_for(lambda: [one for one in thread.messages if one.files])

    (shared,) = [one for one in thread.messages if one.files]
    assert house.slack.state.files[shared.files[0]].content == JPEG
    assert house.carrier.leaked == []


async def test_the_text_is_shown_even_if_the_picture_fails_and_the_picture_follows(house: House) -> None:
    house.carrier.faults.next("media.fetch", *[Fault.ERROR] * 3)

    await house.phone(ADA).texts("Look at this", media=[("image/gif", GIF)])
    thread = await house.thread(ADA)
    await thread.says("Look at this")
    assert not any(one.files for one in thread.messages)

    await house.forward_until(lambda: [one for one in thread.messages if one.files])


async def test_an_unanswered_picture_is_in_the_mail(house: House) -> None:
    await house.phone(ADA).texts("Look at this", media=[("image/jpeg", JPEG)])
    thread = await house.thread(ADA)
    await house.slack.wait_for(lambda: [one for one in thread.messages if one.files])

    await house.forward(minutes=12)

    (mail,) = await house.mails(1)
    assert [picture.content for picture in mail.pictures] == [JPEG]


@pytest.mark.parametrize(("name", "kind", "content"), [("p.jpg", "image/jpeg", JPEG), ("p.gif", "image/gif", GIF)])
async def test_a_picture_in_a_reply_goes_out_as_it_is(house: House, name: str, kind: str, content: bytes) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Can I see it?")
    thread = await house.thread(ADA)

    reply = await ben.replies(thread, "Here it is", files=[(name, kind, content)])

    await ada.gets("Here it is")
    (received,) = house.carrier.phone(ADA).received()
    assert [media.content for media in received.media] == [content]
    await ben.sees_mark(thread, reply, "white_check_mark")


async def test_a_picture_without_words_goes_out_and_later_words_do_not_overtake_it(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Can I see it?")
    thread = await house.thread(ADA)
    house.slack.faults.next("files.info", Fault.ERROR)

    await ben.replies(thread, "", files=[("p.jpg", "image/jpeg", JPEG)])
    await ben.replies(thread, "That was it")
    await house.slack.settled()
    await house.forward_until(lambda: len(ada.got) > 1)

    await ada.gets("", "That was it")


async def test_an_unsupported_file_is_refused_with_the_exact_sentence_and_the_words_can_go_alone(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Send me the form")
    thread = await house.thread(ADA)

    reply = await ben.replies(thread, "Here you are", files=[("form.pdf", "application/pdf", b"%PDF-1.7 form")])
    note = await thread.shows(UNSUPPORTED_BY_CARRIER, "form.pdf", "application/pdf")
    assert ada.got == []
    await ben.presses(thread, note.ts, "Send without the file")

    await ada.gets("Here you are")
    await ben.sees_mark(thread, reply, "white_check_mark")


async def test_a_refused_file_can_be_cancelled(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Send me the form")
    thread = await house.thread(ADA)
    reply = await ben.replies(thread, "Here you are", files=[("p.png", "image/png", PNG)])
    note = await thread.shows(UNSUPPORTED_BY_CARRIER, "p.png")

    await ben.presses(thread, note.ts, "Cancel")

    await ben.sees_mark(thread, reply, "no_entry_sign")
    await thread.shows("decided not to send")
    assert ada.got == []


async def test_a_picture_that_is_too_large_is_refused_with_its_size_and_the_limit(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Can I see it?")
    thread = await house.thread(ADA)

    await ben.replies(thread, "Here", files=[("big.jpg", "image/jpeg", JPEG + bytes(400_000))])

    await thread.shows("548 kB", "500 kB")
    assert ada.got == []
