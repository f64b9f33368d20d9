"""A digest: one mail to one person about the texts that nobody has acknowledged, frozen when it was found due."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bridge.domain.conversation import Conversation
from bridge.domain.dialplan import Did
from bridge.domain.ids import DigestId, MessageId
from bridge.domain.message import Attachment, Message
from bridge.domain.phone import PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """`new` is mailed to this person for the first time; `still_open` was in an earlier mail and is open yet."""

    id: DigestId
    recipient: str  # the address
    name: str
    new: tuple[MessageId, ...]
    still_open: tuple[MessageId, ...]
    frozen_at: datetime


class OpenLine(NamedTuple):
    """An unacknowledged text, as far as it takes to tell when it is due and to whom."""

    message: MessageId
    did: PhoneNumber
    since: datetime  # when it came, or was reopened


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenText:
    """One unacknowledged text, with all that a mail needs to show it."""

    message: Message
    conversation: Conversation
    attachments: tuple[Attachment, ...]
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenConversation:
    """The unacknowledged texts of one conversation, oldest first."""

    conversation: Conversation
    did: Did | None  # None when the number has left the configuration meanwhile
    names: tuple[str, ...]
    texts: tuple[OpenText, ...]
