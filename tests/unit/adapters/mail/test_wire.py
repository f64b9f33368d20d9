"""The message as it travels: its headers, its parts, its pictures."""

from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from adapters.mail import wire
from adapters.mail.wire import Composer
from bridge.domain.ids import EntryToken
from bridge.domain.message import Media
from bridge.errors import Permanent
from tests.unit.adapters.mail.wishes import (
    KEY,
    NOW,
    PIXEL,
    attachment,
    body,
    composed,
    conversation,
    digest,
    hello,
    picture,
    waiting,
)


def test_the_headers_are_those_of_a_mail_that_nobody_and_no_robot_answers() -> None:
    message = composed(hello())

    assert dict(message.items()) == {
        "From": "Missed texts <texts@example.com>",
        "To": "Front desk <desk@example.com>",
        "Subject": "1 unanswered text, oldest 12 min: Ada Moss",
        "Date": "Mon, 02 Mar 2026 20:12:00 +0000",
        "Message-ID": "<kf83hs0a1@example.com>",
        "In-Reply-To": message["References"],
        "References": message["References"],
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": "Unanswered texts <sms-bridge.example.com>",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }


def test_one_persons_mails_of_one_local_day_share_a_root_and_no_others_do() -> None:
    def root(**changes: object) -> str:
        return str(composed(replace(hello(), **changes))["References"])  # type: ignore[arg-type]

    usual = root()

    assert root(frozen_at=NOW + timedelta(hours=8), to="Desk@example.com") == usual  # 11:12 PM in New York
    assert root(frozen_at=NOW + timedelta(hours=9)) != usual  # 12:12 AM
    assert root(to="bo@example.com") != usual
    assert root(conversations=(), notices=("x",)) != usual


def test_a_repeated_mail_bears_the_same_name() -> None:
    assert composed(hello())["Message-ID"] == composed(hello())["Message-ID"]


def test_a_key_of_any_characters_makes_a_message_id() -> None:
    composer = Composer("texts@example.com", ZoneInfo("UTC"))

    assert composer.message_id(EntryToken("a b/<c>\r\n@")) == "<a%20b%2F%3Cc%3E%0D%0A%40@example.com>"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Front desk", "Front desk"),
        ("", ""),
        ("Moss, Ada", "Moss Ada"),
        ("Ünsal, Chloé <x@example.org>, y", "Ünsal Chloé x example.org y"),
        ('a" <x@example.org>, "b', "a x example.org b"),
        ("a\r\nBcc: x@example.org", "a Bcc x example.org"),
        ("=?utf-8?q?a=0Ab?=", "= ?utf-8?q?a=0Ab?="),
        ("\ud800\u202e", "\ufffd U+202E"),
        ("x" * 100, "x" * 80),
    ],
)
def test_a_recipients_name_never_becomes_an_address(name: str, shown: str) -> None:
    message = composed(replace(hello(), name=name))

    assert [each.addr_spec for each in message["To"].addresses] == ["desk@example.com"]
    assert message["Bcc"] is None
    assert message["To"].addresses[0].display_name == shown


@pytest.mark.parametrize(
    "name", ["a\r\nBcc: x@example.org", "x" * 3000, "Ü" * 3000, "=?utf-8?q?a=0ABcc:_x?=", "\udcff\x00"]
)
def test_a_contacts_name_stays_inside_the_subject(name: str) -> None:
    message = composed(digest(conversation(waiting("Hello?"), names=(name,))))

    assert message["Bcc"] is None
    assert len(message["Subject"]) < 200
    assert "\n" not in message["Subject"]


def test_every_line_of_the_mail_is_short_and_plain() -> None:
    message = Composer("texts@example.com", ZoneInfo("UTC")).compose(
        digest(conversation(waiting("ü" * 3000), waiting("y" * 3000), names=("中" * 200,))), KEY
    )

    assert all(len(line) <= 998 for line in message.split(b"\r\n"))
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert message.isascii()


def parts(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


def test_a_mail_without_pictures_is_two_equal_forms_the_plain_one_first() -> None:
    assert parts(composed(hello())) == ["multipart/alternative", "text/plain", "text/html"]


def test_a_picture_travels_with_the_page_that_shows_it() -> None:
    media = picture()
    message = composed(digest(conversation(waiting("look", files=[attachment(media)])), pictures=[media]))

    shown = [part for part in message.walk() if part["Content-ID"]]

    assert parts(message) == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
    assert shown[0].get_content() == PIXEL
    assert shown[0].get_content_disposition() == "inline"
    assert f'src="cid:{shown[0]["Content-ID"].strip("<>")}"' in body(message, "html")


def test_a_picture_sent_twice_travels_once() -> None:
    media = picture()
    files = [attachment(media), attachment(media, number=2)]

    message = composed(digest(conversation(waiting("look", files=files)), pictures=[media, media]))

    assert parts(message).count("image/png") == 1
    assert body(message, "html").count("cid:") == 2


@pytest.mark.parametrize(
    "media",
    [picture(b"RIFF....WEBP", "image/webp"), picture(b"<svg/>", "image/svg+xml"), picture(b"%PDF-", "application/pdf")],
)
def test_what_mail_programs_do_not_show_is_only_described(media: Media) -> None:
    message = composed(digest(conversation(waiting("look", files=[attachment(media)])), pictures=[media]))

    assert "multipart/related" not in parts(message)
    assert "cid:" not in body(message, "html")


def test_a_picture_of_a_text_that_is_no_longer_listed_stays_behind() -> None:
    assert "image/png" not in parts(composed(digest(conversation(waiting("Hello?")), pictures=[picture()])))


def test_pictures_beyond_what_servers_take_are_only_described() -> None:
    large = [picture(PIXEL + bytes([n]) * 2_000_000) for n in range(4)]
    files = [attachment(media, number=n) for n, media in enumerate(large)]

    message = composed(digest(conversation(waiting("look", files=files)), pictures=large))

    assert parts(message).count("image/png") == 2
    assert body(message, "plain").count("[picture, 2.0 MB]") == 4


def test_a_server_with_little_room_gets_the_mail_without_its_pictures() -> None:
    media = picture(PIXEL + b"x" * 50_000)
    wish = digest(conversation(waiting("look", files=[attachment(media)])), pictures=[media])
    composer = Composer("texts@example.com", ZoneInfo("UTC"))

    tight = message_from_bytes(composer.compose(wish, KEY, 20_000), policy=policy.default)
    wide = message_from_bytes(composer.compose(wish, KEY, 200_000), policy=policy.default)

    assert "image/png" not in parts(tight)
    assert "cid:" not in body(tight, "html")
    assert "image/png" in parts(wide)


@pytest.mark.parametrize(
    ("announced", "room"),
    [("20000000", 20_000_000), ("0", None), ("", None), ("many", None), ("-5", None), ("²", None)],
)
def test_the_room_that_a_server_announces_is_read_with_care(announced: str, room: int | None) -> None:
    assert wire.room({"size": announced}) == room
    assert wire.room({}) is None


def test_an_empty_mail_is_refused() -> None:
    with pytest.raises(Permanent):
        Composer("texts@example.com", ZoneInfo("UTC")).compose(digest(), KEY)
