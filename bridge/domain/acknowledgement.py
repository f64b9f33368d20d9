"""An acknowledgement: a person took responsibility for the messages up to one point."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.domain.ids import ConversationId, PersonRef, PostRef


class Means(StrEnum):
    REACTION = "reaction"
    REPLY = "reply"
    BUTTON = "button"
    MUTE = "mute"  # nobody's: it came while the conversation was muted or blocked


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """Named by its cause: a reaction is state (post, person, emoji) that comes and goes, a reply or a press stays.

    `conversation` is None while the post it stands on is not known yet as one of ours, and so is `post` of a reaction
    that was taken away; `up_to` is the position of the last message that it covers.
    """

    key: str
    conversation: ConversationId | None
    post: PostRef | None
    by: PersonRef
    means: Means
    up_to: int
    at: datetime
