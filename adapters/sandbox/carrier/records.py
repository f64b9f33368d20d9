"""What the carrier keeps: messages, their media, who said STOP, and the complaints it would show in its console.

Plain state; who may change it, and what follows from it, is decided by the other files of this folder.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from adapters.sandbox.bell import Bell
from adapters.sandbox.clock import MovableClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """One picture or file of a message."""

    sid: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(slots=True, kw_only=True)
class CarrierMessage:
    """One message as the carrier knows it; it changes as it travels, hence not frozen."""

    sid: str
    direction: str  # "inbound", "outbound-api" or "outbound-reply"
    from_: str
    to: str
    body: str
    segments: int
    status: str
    created: datetime
    updated: datetime
    sent: datetime | None = None
    media: list[Media] = field(default_factory=list)
    others: tuple[str, ...] = ()  # the further recipients of a group text
    status_callback: str | None = None
    error_code: int | None = None
    error_message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One line of the vendor's debugger: what it could not make of our side's answers."""

    code: int  # 11200 bad status, 11205 no connection, 12100 unreadable XML, 12300 wrong content type
    sid: str
    text: str


class Register:
    """Everything the carrier remembers about one account."""

    def __init__(self, clock: MovableClock, *, account_sid: str, auth_token: str, dids: tuple[str, ...]) -> None:
        self.clock = clock
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.dids = dids
        self.changes = Bell()
        self.messages: dict[str, CarrierMessage] = {}  # by sid, oldest first
        self.blocked: set[tuple[str, str]] = set()  # (our DID, the phone that said STOP to it)
        self.alerts: list[Alert] = []
        self._made = 0

    def new_sid(self, prefix: str) -> str:
        """Return a fresh identifier such as SM and 32 hex digits; the same ones in every run."""
        self._made += 1
        return prefix + hashlib.sha256(f"{self.account_sid}/{self._made}".encode()).hexdigest()[:32]

    def keep(self, message: CarrierMessage) -> None:
        self.messages[message.sid] = message
        self.changes.ring()

    def alert(self, code: int, sid: str, text: str) -> None:
        self.alerts.append(Alert(code=code, sid=sid, text=text))
        self.changes.ring()

    def media(self, sid: str) -> Media | None:
        """Find a medium of any message by its sid."""
        return next((media for each in self.messages.values() for media in each.media if media.sid == sid), None)
