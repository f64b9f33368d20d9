"""Wishes for mail as the flows make them, with as little said as a test needs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from zoneinfo import ZoneInfo

from adapters.mail.wire import Composer
from bridge.domain.command import SendMail
from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import Did
from bridge.domain.digest import OpenConversation, OpenText
from bridge.domain.ids import ChannelRef, ConversationId, EntryToken, MediaRef, MessageId
from bridge.domain.message import Attachment, Direction, Media, MediaState, Message
from bridge.domain.phone import PhoneNumber, address

NOW = datetime(2026, 3, 2, 20, 12, tzinfo=UTC)  # 3:12 PM in New York
KEY = EntryToken("kf83hs0a1")
LINK = "https://example.slack.com/archives/C0TEXTS/p1772481234000100"
MAIN_LINE = Did(
    number=PhoneNumber("+14155550100"),
    label="Main line",
    carrier="main",
    channel=ChannelRef("C0TEXTS"),
    assigned=(),
    acknowledge_within=timedelta(minutes=10),
    retention=timedelta(days=30),
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c63f8cfc0f01f00050001ff89993d1d0000000049454e44ae426082"
)


def picture(content: bytes = PIXEL, kind: str = "image/png") -> Media:
    return Media(digest=sha256(content).hexdigest(), type=kind, content=content)


def attachment(media: Media | None = None, **changes: object) -> Attachment:
    kept = Attachment(
        message=MessageId("twilio:main:SM1"),
        number=1,
        ref=MediaRef("ME1"),
        name="",
        type=media.type if media else "image/jpeg",
        size=len(media.content) if media else 0,
        state=MediaState.KEPT if media else MediaState.WANTED,
        digest=media.digest if media else "",
    )
    return replace(kept, **changes)  # type: ignore[arg-type]  # a test names the field that it means


def waiting(text: str, *, minutes: int = 12, is_new: bool = True, files: Sequence[Attachment] = ()) -> OpenText:
    """A text that has waited for some minutes; its conversation is filled in by `conversation`."""
    at = NOW - timedelta(minutes=minutes)
    return OpenText(
        message=Message(
            id=MessageId(""),
            conversation=ConversationId(""),
            direction=Direction.INBOUND,
            author=address("+14155550123"),
            text=text,
            media=len(files),
            said_at=at,
            received_at=at,
        ),
        conversation=Conversation(id=ConversationId(""), did=MAIN_LINE.number, participants=(), opened_at=at),
        attachments=tuple(files),
        is_new=is_new,
    )


def conversation(
    *texts: OpenText,
    numbers: Sequence[str] = ("+14155550123",),
    names: tuple[str, ...] = ("Ada Moss",),
    did: Did | None = MAIN_LINE,
    link: str = LINK,
) -> OpenConversation:
    whole = Conversation(
        id=ConversationId(" ".join(numbers)),
        did=MAIN_LINE.number,
        participants=tuple(address(number) for number in numbers),
        opened_at=NOW,
        link=link,
    )
    named = (replace(each.message, id=MessageId(f"{whole.id}/{n}")) for n, each in enumerate(texts))
    bound = tuple(
        replace(each, message=message, conversation=whole) for each, message in zip(texts, named, strict=True)
    )
    return OpenConversation(conversation=whole, did=did, names=names, texts=bound)


def digest(*conversations: OpenConversation, pictures: Sequence[Media] = (), notices: tuple[str, ...] = ()) -> SendMail:
    return SendMail(
        to="desk@example.com",
        name="Front desk",
        conversations=conversations,
        pictures=tuple((media.digest, media) for media in pictures),
        frozen_at=NOW,
        notices=notices,
    )


def hello() -> SendMail:
    return digest(conversation(waiting("Hello?")))


def composed(mail: SendMail, zone: str = "America/New_York") -> EmailMessage:
    """The mail as its reader's program understands it."""
    raw = Composer("Missed texts <texts@example.com>", ZoneInfo(zone)).compose(mail, KEY)
    return message_from_bytes(raw, policy=policy.default)


def body(message: EmailMessage, form: str) -> str:
    part = message.get_body((form,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")
