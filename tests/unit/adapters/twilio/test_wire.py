"""Forms and list entries become nouns, under the same names whichever way they came."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from adapters.twilio import listing, wire
from adapters.twilio.form import Form
from bridge.domain.command import SendSms
from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus
from bridge.domain.event import File, InboundSms
from bridge.domain.ids import CarrierRef, EntryToken, EventKey, MediaRef
from bridge.domain.phone import PhoneNumber, SenderName, ShortCode
from bridge.errors import Transient, WireError
from tests.unit.adapters.twilio.rig import ACCOUNT, PAYLOADS, payload

OURS, THEIRS = PhoneNumber("+14155550100"), PhoneNumber("+12125550101")
MEDIA = f"https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Messages/MM00000000000000000000000000000002/Media"


def form(body: bytes) -> Form:
    parsed = Form.parse(body)
    assert parsed is not None
    return parsed


def inbound(change: tuple[bytes, bytes] = (b"", b""), name: str = "inbound") -> InboundSms:
    return wire.inbound("main", form(payload(name).replace(*change)))


def listed() -> list[listing.Resource]:
    messages, onward = listing.page(json.loads((PAYLOADS / "list.json").read_text()))
    assert onward == ""
    return messages


def test_a_text_is_read_from_its_webhook() -> None:
    assert inbound() == InboundSms(
        key=EventKey("twilio:main:SM00000000000000000000000000000001"),
        did=OURS,
        sender=THEIRS,
        text="Hi & bye = ok é\n😀",
    )


def test_a_picture_message_names_its_files_and_where_they_are() -> None:
    read = inbound(name="inbound-mms")

    assert read.text == ""
    assert read.files == (
        File(ref=MediaRef(f"{MEDIA}/ME00000000000000000000000000000001"), name="picture-1.jpg", type="image/jpeg"),
        File(ref=MediaRef(f"{MEDIA}/ME00000000000000000000000000000002"), name="file-2.vcf", type="text/x-vcard"),
    )


def test_of_sixty_files_the_first_ten_are_taken() -> None:
    body = payload("inbound") + "".join(f"&MediaUrl{at}=https%3A%2F%2Fa.test%2F{at}" for at in range(60)).encode()

    files = wire.inbound("main", form(body)).files

    assert [file.ref for file in files] == [f"https://a.test/{at}" for at in range(10)]


@pytest.mark.parametrize(
    "kind", [b"", b"text/html;x", b"../../etc/passwd", b"image/%3Cscript%3E", b"a" * 100, b"IMAGE%2Fjpeg%0A"]
)
def test_an_odd_file_type_is_no_type_and_makes_no_odd_name(kind: bytes) -> None:
    read = inbound((b"image%2Fjpeg", kind), "inbound-mms")

    assert (read.files[0].type, read.files[0].name) == ("application/octet-stream", "file-1.bin")


def test_the_others_of_a_group_are_named_without_us() -> None:
    read = inbound(name="inbound-group")

    assert (read.sender, read.others) == (THEIRS, (PhoneNumber("+12125550102"), PhoneNumber("+12125550103")))


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        (b"72345", ShortCode("72345")),
        (b"ACMEBANK", SenderName("ACMEBANK")),
        (b"unknown", SenderName("unknown")),
        (b"anonymous", SenderName("anonymous")),
        (b"%2B", SenderName("+")),
        (b"", SenderName("")),
        (b"whatsapp%3A%2B12125550101", SenderName("whatsapp:+12125550101")),
        (b"%2B14155550100", OURS),
    ],
)
def test_a_sender_is_a_number_a_short_code_or_a_name(written: bytes, sender: object) -> None:
    assert inbound((b"&From=%2B12125550101", b"&From=" + written)).sender == sender


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (b"", ""),
        (b"+++", "   "),
        (b"%E2%80%8B%E2%80%8B", "\u200b\u200b"),
        (b"hi+%ED%A0%BD", "hi \ufffd\ufffd\ufffd"),
        (b"%FF", "\ufffd"),
        (b"x" * 40_000, "x" * 40_000),
        (b"%3C%21channel%3E+%26lt%3B", "<!channel> &lt;"),
    ],
)
def test_a_text_is_kept_as_it_was_typed(written: bytes, text: str) -> None:
    assert inbound((b"Hi+%26+bye+%3D+ok+%C3%A9%0A%F0%9F%98%80", written)).text == text


@pytest.mark.parametrize(
    "change",
    [
        (b"&To=%2B14155550100", b"&To=72345"),
        (b"&To=%2B14155550100", b"&To=+14155550100"),
        (b"&To=%2B14155550100", b""),
        (b"&MessageSid=SM00000000000000000000000000000001", b""),
        (b"&MessageSid=SM00000000000000000000000000000001", b"&MessageSid=SM0000000000000000000000000000000%D9%A1"),
    ],
)
def test_a_text_without_our_number_or_its_own_name_cannot_be_read(change: tuple[bytes, bytes]) -> None:
    with pytest.raises(WireError):
        inbound(change)


def test_a_receipt_echoes_the_entry_that_it_belongs_to() -> None:
    assert wire.receipt("main", form(payload("status-delivered")), "entry=Abc-123_x") == DeliveryReceipt(
        key=EventKey("twilio:main:SM00000000000000000000000000000005/delivered"),
        token=EntryToken("Abc-123_x"),
        ref=CarrierRef("SM00000000000000000000000000000005"),
        status=DeliveryStatus.DELIVERED,
        detail="",
        at=None,
    )


def test_a_failure_is_told_with_its_code_and_in_words() -> None:
    told = wire.receipt("main", form(payload("status-undelivered")), "")

    assert (told.status, told.detail) == (
        DeliveryStatus.FAILED,
        "30006: this is a landline, or its carrier cannot be reached",
    )


@pytest.mark.parametrize(
    ("code", "words", "detail"),
    [
        (b"30006", b"Landline", "30006: this is a landline, or its carrier cannot be reached"),
        (b"63999", b"Something+new", "63999: Something new"),
        (b"63999", b"", "63999"),
        (b"", b"Something+new", "Something new"),
        (b"%D9%A1", b"", "١"),
        (b"9" * 5000, b"", "9" * 5000),
        (b"-1", b"x", "-1: x"),
    ],
)
def test_a_code_that_we_do_not_know_is_told_in_the_carriers_words(code: bytes, words: bytes, detail: str) -> None:
    body = payload("status-undelivered").replace(b"ErrorCode=30006", b"ErrorCode=" + code + b"&ErrorMessage=" + words)

    assert wire.receipt("main", form(body), "").detail == detail


@pytest.mark.parametrize(
    "query", ["", "entry=", "entry=a&entry=b", "entry=a%20b", "entry=" + "x" * 201, "&" * 50, "entry", "e=x"]
)
def test_without_exactly_one_proper_token_a_receipt_stands_by_its_reference(query: str) -> None:
    assert wire.receipt("main", form(payload("status-delivered")), query).token is None


@pytest.mark.parametrize(
    ("word", "status"),
    [
        *((word, DeliveryStatus.QUEUED) for word in ("accepted", "scheduled", "queued", "sending")),
        *((word, DeliveryStatus.SENT) for word in ("sent", "partially_delivered")),
        *((word, DeliveryStatus.DELIVERED) for word in ("delivered", "read")),
        *((word, DeliveryStatus.FAILED) for word in ("undelivered", "failed")),
        ("canceled", DeliveryStatus.FAILED),
    ],
)
def test_each_status_of_the_carrier_is_one_of_ours(word: str, status: DeliveryStatus) -> None:
    body = payload("status-delivered").replace(b"delivered", word.encode())

    read = wire.receipt("main", form(body), "")

    assert (read.status, read.key) == (status, f"twilio:main:SM00000000000000000000000000000005/{word}")


@pytest.mark.parametrize("word", [b"", b"received", b"receiving", b"DELIVERED", b"teleported"])
def test_any_other_status_cannot_be_read(word: bytes) -> None:
    with pytest.raises(WireError):
        wire.receipt("main", form(payload("status-delivered").replace(b"delivered", word)), "")


def test_what_is_read_back_bears_the_same_names_as_what_came_live() -> None:
    came, went = listed()

    read, told = listing.inbound("main", came, ()), listing.receipt("main", went)

    assert (read.key, read.did, read.sender) == (inbound().key, OURS, THEIRS)
    assert (read.text, read.said_at) == ("Hi & bye = ok é", datetime(2026, 3, 2, 14, 59, 59, tzinfo=UTC))
    live = wire.receipt("main", form(payload("status-undelivered")), "")
    assert (told.key, told.ref, told.status, told.detail) == (live.key, live.ref, live.status, live.detail)
    assert told.at == datetime(2026, 3, 2, 14, 58, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, {"messages": None}, {"messages": [1]}, {"messages": {}}, "text", 5],
)
def test_an_answer_that_is_no_page_of_the_list_is_for_later(answer: object) -> None:
    with pytest.raises(Transient):
        listing.page(answer)


def test_half_a_character_in_the_list_is_shown_as_such_and_a_pair_stays_whole() -> None:
    assert listing.text({"body": "hi \ud83d"}, "body") == "hi \ufffd"
    assert listing.text({"body": "hi \ud83d\ude00"}, "body") == "hi 😀"


NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WISH = SendSms(did=OURS, to=(THEIRS,), text="Don't  wait - we're \"late\"... ")
LISTED = {
    "direction": "outbound-api",
    "from": OURS.value,
    "to": THEIRS.value,
    "body": WISH.text,
    "date_created": "Mon, 02 Mar 2026 12:00:00 +0000",
}


@pytest.mark.parametrize(
    "body",
    [
        WISH.text,
        "Don’t wait – we’re “late”…",
        "Don't\u00a0wait\n- we're \"late\"...",
        "Sent from your Twilio trial account - Don't wait - we're \"late\"...",
    ],
)
def test_a_listed_text_is_recognised_though_the_carrier_changed_its_signs(body: str) -> None:
    assert listing.is_match({**LISTED, "body": body}, WISH, NOON)


@pytest.mark.parametrize(
    "change",
    [
        {"body": "Don't wait"},
        {"from": "+14155550109"},
        {"to": "+12125550109"},
        {"direction": "inbound"},
        {"direction": "outbound-reply"},
        {"date_created": "Mon, 02 Mar 2026 11:50:00 +0000"},
    ],
)
def test_a_text_with_other_numbers_words_or_time_is_another(change: dict[str, str]) -> None:
    assert not listing.is_match(LISTED | change, WISH, NOON)


def test_clocks_may_differ_a_little() -> None:
    assert listing.is_match(LISTED, WISH, NOON + timedelta(minutes=1))
    assert not listing.is_match(LISTED, WISH, NOON + timedelta(minutes=5))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "Mon, 99 Mar 2026 12:00:00 +0000",
        "2026-03-02",
        "a" * 10_000,
        "Mon, 02 Mar 99999 12:00:00 +0000",
    ],
)
def test_what_is_no_date_is_none(written: str) -> None:
    assert wire.http_date(written) is None
