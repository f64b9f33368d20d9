"""Pictures in both directions: fetched at once, kept, put into the thread; made fit and sent as MMS, or refused."""

import base64
from pathlib import Path
from typing import Any

import pytest

from adapters.sandbox.faults import Fault
from bridge.domain.message import encoded_size, media_type
from bridge.wording.thread import UNSUPPORTED_BY_CARRIER
from tests.stories.language import ADA, House, did, opened_house
from tests.unit.adapters.pictures.prints import HEIC, bomb, halves, located, moving, noise, opened, written

JPEG = written(halves(), "JPEG")
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
OFF = {"bridge": {"convert_pictures": False}}
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'
# What phones send besides pictures: the type that the carrier tells, the first octets, the name in the thread.
FROM_PHONES = [
    ("audio/amr", b"#!AMR\n" + bytes(40), "file-1.amr"),
    ("audio/mpeg", b"ID3\x04" + bytes(40), "file-1.mp3"),
    ("audio/mpeg", b"\xff\xfb\x90\x64" + bytes(40), "file-1.mp3"),
    ("audio/ogg", b"OggS" + bytes(40), "file-1.ogg"),
    ("audio/mp4", b"\0\0\0\x1cftypM4A " + bytes(40), "file-1.m4a"),
    ("video/mp4", b"\0\0\0\x18ftypisom" + bytes(40), "file-1.mp4"),
    ("video/3gpp", b"\0\0\0\x18ftyp3gp4" + bytes(40), "file-1.3gp"),
    ("application/pdf", b"%PDF-1.7" + bytes(40), "file-1.pdf"),
    ("text/vcard", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Cy\r\nEND:VCARD\r\n", "file-1.vcf"),
    ("text/x-vcard", b"BEGIN:VCARD\r\nVERSION:2.1\r\nN:Cy\r\nEND:VCARD\r\n", "file-1.vcf"),
    ("image/png", written(halves(), "PNG"), "picture-1.png"),
    ("image/webp", written(halves(), "WEBP"), "picture-1.webp"),
    ("image/heic", HEIC, "picture-1.heic"),
    ("application/smil", b"<smil/>" + bytes(40), "file-1.smil"),
]


async def test_a_picture_from_a_phone_is_put_into_the_thread(house: House) -> None:
    await house.phone(ADA).texts("Look at this", media=[("image/jpeg", JPEG)])

    thread = await house.thread(ADA)
    await thread.says("Look at this")
    await house.slack.wait_for(lambda: [one for one in thread.messages if one.files])

    (shared,) = [one for one in thread.messages if one.files]
    assert house.slack.state.files[shared.files[0]].content == JPEG
    assert house.carrier.leaked == []


@pytest.mark.parametrize(("kind", "content", "name"), FROM_PHONES, ids=[kind for kind, _, _ in FROM_PHONES])
async def test_whatever_a_phone_sends_is_put_into_the_thread_as_it_came(
    house: House, kind: str, content: bytes, name: str
) -> None:
    await house.phone(ADA).texts("Listen", media=[(kind, content)])

    thread = await house.thread(ADA)
    await house.slack.wait_for(lambda: [one for one in thread.messages if one.files])

    (shared,) = [one for one in thread.messages if one.files]
    file = house.slack.state.files[shared.files[0]]
    assert (file.title, file.content) == (name, content)


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
    await house.forward(seconds=10)

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
    reply = await ben.replies(thread, "Here you are", files=[("p.svg", "image/svg+xml", SVG)])
    note = await thread.shows(UNSUPPORTED_BY_CARRIER, "p.svg (image/svg+xml)", "png")

    await ben.presses(thread, note.ts, "Cancel")

    await ben.sees_mark(thread, reply, "no_entry_sign")
    await thread.shows("decided not to send")
    assert ada.got == []


async def test_a_large_png_arrives_as_a_jpg_within_the_limit_and_the_thread_says_so(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Can I see it?")
    thread = await house.thread(ADA)
    photo = written(noise(3200, 2400), "PNG", exif=located())
    assert 6_000_000 < len(photo) < 25_000_000

    reply = await ben.replies(thread, "Here it is", files=[("IMG_1.png", "image/png", photo)])

    await ada.gets("Here it is")
    (received,) = house.carrier.phone(ADA).received()
    (media,) = received.media
    assert media_type(media.content) == "image/jpeg"
    assert encoded_size("Here it is", [len(media.content)]) <= 500_000
    assert opened(media.content).format == "JPEG"
    assert b"Acme" not in media.content
    await thread.shows("Made smaller to fit", f"IMG_1.png {len(photo) / 1e6:.1f} MB", "kB")
    await ben.sees_mark(thread, reply, "white_check_mark")


async def test_a_picture_from_an_iphone_arrives_as_a_jpg_without_a_word(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Can I see it?")
    thread = await house.thread(ADA)

    reply = await ben.replies(thread, "", files=[("IMG_1.heic", "image/heic", HEIC)])

    await ada.gets("")
    (received,) = house.carrier.phone(ADA).received()
    assert [media_type(media.content) for media in received.media] == ["image/jpeg"]
    await ben.sees_mark(thread, reply, "white_check_mark")
    assert len(thread.messages) == 2


async def test_several_pictures_of_a_reply_share_the_limit_and_keep_their_order(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Can I see them?")
    thread = await house.thread(ADA)
    wide, tall = noise(2000, 1000), noise(1000, 2000)
    files = [("a.jpg", "image/jpeg", written(wide, "JPEG", quality=95)), ("b.gif", "image/gif", GIF)]
    files.append(("c.png", "image/png", written(tall, "PNG")))

    await ben.replies(thread, "Here", files=files)

    await ada.gets("Here")
    (received,) = house.carrier.phone(ADA).received()
    contents = [media.content for media in received.media]
    assert encoded_size("Here", [len(content) for content in contents]) <= 500_000
    first, second, third = map(opened, contents)
    assert first.width > first.height
    assert second.format == "GIF"
    assert third.width < third.height


async def test_where_it_was_taken_does_not_leave_with_a_picture_that_fits(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Can I see it?")
    thread = await house.thread(ADA)
    taken = written(halves(), "JPEG", exif=located())

    await ben.replies(thread, "Here", files=[("p.jpg", "image/jpeg", taken)])

    await ada.gets("Here")
    (received,) = house.carrier.phone(ADA).received()
    (media,) = received.media
    assert dict(opened(media.content).getexif()) == {}
    assert opened(media.content).tobytes() == opened(taken).tobytes()


@pytest.mark.parametrize(
    ("name", "kind", "content", "words"),
    [
        ("bomb.png", "image/png", bomb(), ("bomb.png", "far too large")),
        ("cut.jpg", "image/jpeg", JPEG[:400], ("cut.jpg", "damaged")),
        ("endless.gif", "image/gif", moving(10_000, (8, 8)), ("endless.gif", "cannot be made small enough", "500 kB")),
        ("plan.docx", "application/vnd.ms-word", b"PK\3\4 and so on", (UNSUPPORTED_BY_CARRIER, "plan.docx")),
    ],
)
async def test_a_file_that_cannot_be_made_fit_is_refused_and_the_daemon_goes_on(
    house: House, name: str, kind: str, content: bytes, words: tuple[str, ...]
) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Can I see it?")
    thread = await house.thread(ADA)

    await ben.replies(thread, "Here", files=[(name, kind, content)])

    note = await thread.shows(*words)
    await ben.presses(thread, note.ts, "Send without the file")
    await ada.gets("Here")


async def test_words_behind_a_picture_do_not_overtake_it(house: House) -> None:
    ada, ben = house.phone(ADA), house.agent()
    await ada.texts("Can I see it?")
    thread = await house.thread(ADA)

    await ben.replies(thread, "Here", files=[("p.png", "image/png", written(noise(1600, 1200), "PNG"))])
    await ben.replies(thread, "That was it")

    await ada.gets("Here", "That was it")


@pytest.mark.parametrize("changes", [OFF, {"dids": did(convert_pictures=False)}], ids=["everywhere", "here"])
async def test_where_converting_is_off_other_pictures_are_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    async with opened_house(tmp_path, **changes) as house:
        await house.phone(ADA).texts("Can I see it?")
        thread = await house.thread(ADA)

        await house.agent().replies(thread, "Here", files=[("p.png", "image/png", written(halves(), "PNG"))])

        await thread.shows(UNSUPPORTED_BY_CARRIER, "p.png (image/png)", "jpg, jpeg and gif can")


async def test_where_converting_is_off_a_large_picture_is_refused_with_its_size_and_the_limit(tmp_path: Path) -> None:
    async with opened_house(tmp_path, **OFF) as house:
        await house.phone(ADA).texts("Can I see it?")
        thread = await house.thread(ADA)

        await house.agent().replies(thread, "Here", files=[("big.jpg", "image/jpeg", JPEG + bytes(400_000))])

        await thread.shows("549 kB", "500 kB")
