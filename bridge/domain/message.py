"""One utterance in a conversation, the pictures that belong to it, and the posts that show it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.domain.ids import ConversationId, MediaRef, MessageId, PersonRef, PostRef
from bridge.domain.phone import Address
from bridge.errors import Reason


class Direction(StrEnum):
    INBOUND = "in"
    OUTBOUND = "out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Our record of what was said. `text` is verbatim; what is shown of it goes through `visible`."""

    id: MessageId
    conversation: ConversationId
    direction: Direction
    author: Address | PersonRef  # the participant, or the person in Slack
    text: str
    media: int = 0  # how many files belong to it
    said_at: datetime
    received_at: datetime
    position: int = 0  # its place in the order of all messages; given by the store
    post: PostRef | None = None  # the agent's own post, for a reply
    refusal: Reason | None = None  # set where we decided not to send it
    is_kept: bool = True  # until retention


class MediaState(StrEnum):
    WANTED = "wanted"
    KEPT = "kept"
    REFUSED = "refused"
    FORGOTTEN = "forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file of a message: where it is to be fetched, and what became of it."""

    message: MessageId
    number: int  # 1 for the first
    ref: MediaRef  # where the world that sent it keeps it
    name: str
    type: str  # as announced; after fetching, as found in the bytes
    size: int  # octets; 0 while unknown
    state: MediaState
    digest: str = ""  # sha256 of the bytes, once kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A file that we keep: its bytes and what they are, found by looking at them."""

    digest: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One of our posts that shows messages: the last of them is at `up_to`. `posted_at` is by Slack's own clock."""

    ref: PostRef
    conversation: ConversationId
    up_to: int
    posted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What the chat answers to a post: its name there, its moment by the chat's own clock, an address that opens it."""

    ref: PostRef
    posted_at: datetime
    link: str


_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"GIF87a", "image/gif", "gif"),
    (b"GIF89a", "image/gif", "gif"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"II*\0", "image/tiff", "tiff"),
    (b"MM\0*", "image/tiff", "tiff"),
    (b"%PDF-", "application/pdf", "pdf"),
    (b"BEGIN:VCARD", "text/vcard", "vcf"),
    (b"#!AMR", "audio/amr", "amr"),
    (b"OggS", "audio/ogg", "ogg"),
    (b"ID3", "audio/mpeg", "mp3"),
    (b"\xff\xfb", "audio/mpeg", "mp3"),
    (b"\xff\xf3", "audio/mpeg", "mp3"),
)
_BOXES = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3g2a"), "video/3gpp"),
}
_CHUNKS = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_ENDINGS = {
    "audio/mp3": "mp3",
    "audio/mp4": "m4a",
    "audio/x-wav": "wav",
    "image/jpg": "jpg",
    "text/x-vcard": "vcf",
    "video/3gpp": "3gp",
    "video/quicktime": "mov",
}
UNKNOWN_TYPE = "application/octet-stream"


def media_type(content: bytes) -> str:
    """Say what a file is by its first bytes; what it was called or announced as proves nothing."""
    for start, kind, _ in _SIGNATURES:
        if content.startswith(start):
            return kind
    if content[:4] == b"RIFF":
        return _CHUNKS.get(content[8:12], UNKNOWN_TYPE)
    if content[:2] == b"BM" and content[6:10] == bytes(4) and len(content) > 26:
        return "image/bmp"
    if content[4:8] == b"ftyp":
        return _BOXES.get(content[8:12], "audio/mp4" if content[8:11] == b"M4A" else "video/mp4")
    return UNKNOWN_TYPE


def media_name(number: int, kind: str) -> str:
    """Name a file that came without a name: picture-1.jpg, file-2.pdf."""
    endings = {known: ending for _, known, ending in _SIGNATURES} | _ENDINGS
    ending = endings.get(kind, kind.rpartition("/")[2])
    return f"{'picture' if kind.startswith('image/') else 'file'}-{number}.{ending if kind != UNKNOWN_TYPE else 'bin'}"


SENDABLE_TYPES = ("image/jpeg", "image/gif")
CARD_TYPES = ("text/vcard", "text/x-vcard")
CONVERTIBLE_TYPES = ("image/png", "image/webp", "image/heic", "image/avif", "image/bmp", "image/tiff")


def encoded_size(text: str, contents: list[int]) -> int:
    """Measure a whole MMS as it travels: headers, text, and each file in base64 with its line ends; octets."""
    headers, part_headers = 400, 160
    files = sum(part_headers + -(-size // 57) * 78 for size in contents)
    return headers + len(text.encode("utf-8", "replace")) + files
