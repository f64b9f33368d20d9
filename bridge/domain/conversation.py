"""A conversation: everything between one of our numbers and one set of people, shown as one thread; their consent."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.domain.ids import ConversationId, PersonRef, ThreadRef
from bridge.domain.phone import Address, PhoneNumber


def conversation_cause(did: PhoneNumber, participants: tuple[Address, ...]) -> str:
    """Write what identifies a conversation: our number and the others, in an order that is the same whoever wrote."""
    return " ".join(("conversation", did.value, *sorted(address.value for address in participants)))


class Course(StrEnum):
    """What people have decided on a conversation."""

    OPEN = "open"
    CLOSED = "closed"  # until the next text
    MUTED = "muted"  # its texts are shown, and wait for nobody
    BLOCKED = "blocked"  # its texts are kept, and neither shown nor answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """`covered` is the position of the last message that an acknowledgement covers; 0 when none is.

    `owner` is whoever has taken it on as his, or was given it; None while it is the pool's. `steered_by` set its course
    at `steered_at`; None where nobody ever has. A text before `reopened_at` waits anew from then on. Of one that is
    erased nothing is shown or sent any more, whatever of it is still there; the next text of the same people opens
    another.
    """

    id: ConversationId
    did: PhoneNumber
    participants: tuple[Address, ...]
    opened_at: datetime
    thread: ThreadRef | None = None
    link: str = ""  # opens the thread in Slack
    earlier_thread: ThreadRef | None = None  # in another channel, where one goes on that began there
    earlier_link: str | None = None  # opens that; empty where the earlier thread is gone; None where there was none
    covered: int = 0
    waiting_since: datetime | None = None  # when the oldest unacknowledged text came
    owner: PersonRef | None = None
    course: Course = Course.OPEN
    steered_by: PersonRef | None = None
    steered_at: datetime | None = None
    reopened_at: datetime | None = None
    is_erased: bool = False

    @property
    def is_group(self) -> bool:
        return len(self.participants) > 1


class ConsentState(StrEnum):
    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


class Keyword(StrEnum):
    """What a text means by itself to the network, whatever its words are to people."""

    STOP = "stop"
    START = "start"
    HELP = "help"


_STOP_IN_THE_US = ("STOP", "STOPALL", "STOP ALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "OPT OUT")
_STOP = frozenset((*_STOP_IN_THE_US, "OPT-OUT", "ARRET", "REMOVE", "TD"))
_START = frozenset(("START", "UNSTOP", "YES"))
_HELP = frozenset(("HELP", "INFO"))


_AROUND = " \t\r\n.!,;:?…\"'“”‘’«»"


def keyword(text: str) -> Keyword | None:
    """Read the text as a keyword: the whole of it, in any case, trailing punctuation apart; never a part of it."""
    text = text.strip(_AROUND)
    if len(text) > 24:
        return None
    plain = "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))
    word = " ".join(plain.upper().split())
    if word in _STOP:
        return Keyword.STOP
    if word in _START:
        return Keyword.START
    return Keyword.HELP if word in _HELP else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Whether one person may be texted from one of our numbers, since when, and which message said so."""

    did: PhoneNumber
    address: Address
    state: ConsentState
    since: datetime
