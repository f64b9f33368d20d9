"""What may be asked at the desk, and the views that answer. Asking changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bridge.domain.conversation import Conversation, Course
from bridge.domain.ids import ChannelRef, ConversationId, PersonRef
from bridge.domain.invariant import Invariant
from bridge.domain.length import Length
from bridge.domain.message import Media, Message
from bridge.domain.phone import PhoneNumber
from bridge.domain.phrase import Mark, Phrase
from bridge.domain.snippet import Snippet
from bridge.domain.standing import MEMBER, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStatus:
    """How is the house?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskMedia:
    """Which file stands behind this address of ours?"""

    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLines:
    """From which of our numbers may this person text?"""

    person: PersonRef
    standing: Standing = MEMBER
    channels: frozenset[ChannelRef]  # that he can see
    words: str = ""  # what he typed: perhaps a number, and the beginning of a text


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLength:
    """What would these words come to, if they were texted from this number?"""

    did: PhoneNumber
    text: str
    has_files: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPeers:
    """Whom does somebody mean who has typed this?"""

    words: str
    channels: frozenset[ChannelRef]  # that he can see


@dataclass(frozen=True, slots=True, kw_only=True)
class AskTalk:
    """Who takes part in this conversation, what has been decided on it, and what might be said in it?"""

    conversation: ConversationId
    person: PersonRef  # who asks
    called: str = ""  # what the chat calls him


@dataclass(frozen=True, slots=True, kw_only=True)
class AskTranscript:
    """What was said in this conversation, behind this position? It is read some messages at a time."""

    conversation: ConversationId
    person: PersonRef
    standing: Standing = MEMBER
    channels: frozenset[ChannelRef]  # that he can see
    after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AskErasure:
    """What would be deleted with those who take part in this conversation?"""

    conversation: ConversationId
    person: PersonRef
    standing: Standing = MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class AskHome:
    """What waits, for this person and for all others, as far as he can see?"""

    person: PersonRef
    channels: frozenset[ChannelRef]


@dataclass(frozen=True, slots=True, kw_only=True)
class AskFind:
    """What does this person find who has typed this?"""

    words: str
    channels: frozenset[ChannelRef]  # that he can see


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSearch:
    """Which kept texts hold all of these words; and if they are a number, whose is it?"""

    words: str  # as a person wrote them; nothing in them is an operator
    limit: int = 20
    before: int | None = None  # the position that the last answer ended with, for what is older


def is_up(state: str) -> bool:
    """Tell whether a listener's state is a good one: "up", or "up" with how."""
    return state == "up" or state.startswith("up ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that a person should know of and can mend."""

    key: str
    what: str
    since: datetime
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """The state of the house in one snapshot."""

    now: datetime
    counts: Mapping[str, int]  # conversations, messages, unacknowledged, waiting entries by destination kind …
    oldest_unacknowledged: datetime | None
    oldest_waiting: datetime | None
    listeners: Mapping[str, str] = field(default_factory=dict)  # name → "up", or what is wrong
    troubles: tuple[Trouble, ...] = ()
    violated: tuple[Invariant, ...] = ()  # as this daemon's auditor last saw it


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaView:
    """`media` is None for an address that never was, or has expired."""

    media: Media | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One of our numbers, as it is offered to a person."""

    number: PhoneNumber
    label: str
    channel: ChannelRef
    is_his: bool  # whether he is assigned to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Somebody who can be texted; `name` is empty where we know none."""

    number: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinesView:
    lines: tuple[Line, ...]
    groups: bool  # whether any of them can text several people together
    to: Peer | None = None  # the number that was typed
    text: str = ""  # what was typed after it


@dataclass(frozen=True, slots=True, kw_only=True)
class LengthView:
    """`length` is None for a number that is not (or no longer) ours."""

    length: Length | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeersView:
    peers: tuple[Peer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkView:
    """Those who take part in a conversation, whose it is, and its course; nobody, if there is none such."""

    people: tuple[Peer, ...]
    owner: PersonRef | None = None
    course: Course = Course.OPEN
    is_waiting: bool = False
    line: Line | None = None  # our number, if it still is one
    snippets: tuple[Snippet, ...] = ()  # with their fields filled in
    is_erasable: bool = False  # by whoever has asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A file of a text, as a transcript names it."""

    name: str
    type: str
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One text, word by word; `by` is a person outside, or one of us. `mark` says how far one of ours has come."""

    at: datetime
    by: Peer | PersonRef
    text: str
    is_kept: bool
    enclosures: tuple[Enclosure, ...] = ()
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptView:
    """A part of a conversation, oldest first; `refusal` says why whoever asked does not get it."""

    people: tuple[Peer, ...] = ()
    label: str = ""
    number: str = ""
    timezone: str = "UTC"
    utterances: tuple[Utterance, ...] = ()
    after: int | None = None  # ask for what follows with this; None where there is nothing more
    refusal: Phrase = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What is kept of one person outside, and what would stay of it."""

    peer: Peer
    conversations: int
    groups: int  # of these
    is_configured: bool  # his name stands in the configuration
    has_opted_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureView:
    """What may be deleted; nothing, for whoever may not have it deleted."""

    holdings: tuple[Holding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A conversation that waits, with the beginning of its text that has waited longest."""

    who: str
    label: str
    excerpt: str
    since: datetime
    link: str  # opens the thread; empty while it is not shown yet
    owner: PersonRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeView:
    """What one person sees on our page; the longest waiting come first."""

    now: datetime
    mine: tuple[Waiting, ...]
    team: tuple[Waiting, ...]
    lines: tuple[Line, ...]  # that he is assigned to
    received_today: int
    sent_today: int
    muted_until: datetime | None = None
    can_mute: bool = False  # whether anything is sent to this person


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A text that was found, and the conversation in which it stands."""

    message: Message
    conversation: Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchView:
    """The texts that were found, the newest first."""

    hits: tuple[Hit, ...] = ()
    before: int | None = None  # ask for what is older with this; None where there is nothing more
    conversations: tuple[Conversation, ...] = ()  # with the number that was asked for, the last opened first
    is_complete: bool = True  # False while older texts wait to be indexed: after an upgrade, a move or a flood


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A text that is shown as found; `by` is whoever of us wrote it. A conversation found by its number has no text."""

    who: str
    label: str
    excerpt: str
    by: PersonRef | None
    at: datetime
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindView:
    """What was found, conversations by their number first, then texts, the newest first."""

    found: tuple[Found, ...]
    is_all: bool  # that there is
    is_complete: bool  # False while some texts are not in the index yet


Inquiry = AskTalk | AskTranscript | AskErasure  # about one conversation
Query = AskStatus | AskMedia | AskLines | AskLength | AskPeers | Inquiry | AskHome | AskFind
View = (
    StatusView
    | MediaView
    | LinesView
    | LengthView
    | PeersView
    | TalkView
    | TranscriptView
    | ErasureView
    | HomeView
    | FindView
)
