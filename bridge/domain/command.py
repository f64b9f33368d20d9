"""Wishes going out, complete: what a door needs in order to fulfil one, and nothing that it would have to look up."""

from dataclasses import dataclass
from datetime import datetime

from bridge.domain.digest import OpenConversation
from bridge.domain.ids import ChannelRef, MediaRef, PostRef, ThreadRef
from bridge.domain.message import Media
from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.phrase import Button, Mark, Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A conversation's first post: it is edited in place as the state changes."""

    title: str  # who: name and number
    subtitle: Phrase  # to which of our numbers
    text: str  # the first text, as it may be shown
    footing: Phrase = ()  # what is to be said about the text
    state: Phrase  # waiting since, or who took it and when
    is_waiting: bool
    buttons: tuple[Button, ...] = ()
    menu: tuple[Button, ...] = ()  # what is done more rarely


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text from a phone, as it may be shown; `heading` names who said it where that is not plain from the thread.

    `more` are texts that came after it, and are shown together with it.
    """

    text: str
    heading: str = ""
    footing: Phrase = ()
    more: tuple["Said", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What we ourselves say in a thread, with the buttons that help."""

    phrase: Phrase
    buttons: tuple[Button, ...] = ()


Content = Card | Said | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class PostToThread:
    """Say something in a thread; without a thread, open one in the channel.

    `may_repeat` asks for the words that it may be a repetition, because nobody could say whether it was said before.
    """

    channel: ChannelRef
    thread: ThreadRef | None
    content: Content
    may_repeat: bool = False
    in_channel: bool = False  # shown there too, so that a thread which was quiet is noticed


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadFile:
    channel: ChannelRef
    thread: ThreadRef
    name: str
    media: Media


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendPost:
    """Change one of our own posts."""

    post: PostRef
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePost:
    """Take away one of our own posts, with the files that it shows."""

    post: PostRef


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPost:
    """Set the one mark that a person's post carries; it replaces every other mark of ours."""

    post: PostRef
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSms:
    """`media_tokens` name files at our own media address (`PUBLIC_URL/media/TOKEN`): unguessable, and expiring."""

    did: PhoneNumber
    to: tuple[Address, ...]
    text: str
    media_tokens: tuple[str, ...] = ()
    as_mms: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMail:
    """One digest: everything that is open for one person, the new first."""

    to: str
    name: str
    conversations: tuple[OpenConversation, ...]
    pictures: tuple[tuple[str, Media], ...] = ()  # (attachment key, picture) shown inline
    frozen_at: datetime
    chat_silent_since: datetime | None = None  # since when texts cannot be shown where people work
    is_everybody_off: bool = False  # all who are assigned to one of the numbers have muted themselves
    notices: tuple[str, ...] = ()  # trouble that an admin should know of


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchMedia:
    """Bring a file of a message into the house."""

    ref: MediaRef
    limit: int  # octets


@dataclass(frozen=True, slots=True, kw_only=True)
class FitPictures:
    """Make the pictures of one reply such that phones take them and that together they fit into one message."""

    pictures: tuple[Media, ...]
    room: int  # octets that they may take up together as they travel


Command = PostToThread | UploadFile | AmendPost | DeletePost | MarkPost | SendSms | SendMail | FetchMedia | FitPictures
