"""The phones of the public: what each of them has sent and seen, in order. This is the truth about lost and doubled.

A phone knows nothing of sids' states or receipts; a message that never arrived is not on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.sandbox.carrier.records import Media


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneMessage:
    """One bubble on a phone's screen."""

    did: str  # the number of ours it came from or went to
    direction: str  # "sent" or "received", as the phone's owner would say
    text: str
    media: tuple[Media, ...]
    at: datetime
    sid: str | None  # None: the carrier's own words (answers to STOP, START, HELP)


class Phone:
    """One handset."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.messages: list[PhoneMessage] = []

    def show(self, message: PhoneMessage) -> None:
        self.messages.append(message)

    def received(self, did: str | None = None) -> list[PhoneMessage]:
        """Return what arrived here (from one of our numbers, if named), oldest first."""
        return [each for each in self.messages if each.direction == "received" and did in (None, each.did)]

    def texts(self, did: str | None = None) -> list[str]:
        """Return the words that arrived here, oldest first."""
        return [each.text for each in self.received(did)]


class Phones:
    """Every phone that ever took part, by number."""

    def __init__(self) -> None:
        self._phones: dict[str, Phone] = {}

    def __getitem__(self, number: str) -> Phone:
        return self._phones.setdefault(number, Phone(number))

    def all(self) -> Sequence[Phone]:
        return tuple(self._phones.values())
