"""The dial plan: which of our numbers speaks where, who answers for it, and by when. Built from the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

from bridge.domain.ids import ChannelRef, PersonRef
from bridge.domain.phone import Address, PhoneNumber
from bridge.domain.snippet import Snippet
from bridge.domain.toll import Limits, region_of

NOTES = ("//", "\U0001f512", "note:")  # what a reply begins with that is meant for colleagues


class LongText(StrEnum):
    """What becomes of a reply that needs more than one segment."""

    SEGMENTS = "segments"  # one message; the carrier joins the segments
    SPLIT = "split"  # numbered texts of at most 160 characters
    MMS = "mms"  # one MMS
    REFUSE = "refuse"  # said in the thread, not sent


class Meaning(StrEnum):
    """What a reaction says beyond taking a text on."""

    MINE = "mine"
    DONE = "done"
    NO_ANSWER = "no answer needed"


MEANINGS = {"eyes": Meaning.MINE, "white_check_mark": Meaning.DONE, "no_entry_sign": Meaning.NO_ANSWER}


class Replies(StrEnum):
    """Which replies of people in a number's threads are meant for the other end."""

    SEND = "send"  # every one, but for notes
    MENTION = "mention"  # those that mention the app
    OFF = "off"  # none: the number is one-way


class Owning(StrEnum):
    """By what a conversation becomes somebody's."""

    REPLY = "reply"  # he answers it first, or says that it is his
    CLAIM = "claim"  # he says that it is his
    ASSIGNED = "assigned"  # nothing of this: it is that of the number's first assigned person


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What a carrier can do; asked instead of tried."""

    groups: bool  # sends one text to several people as a group
    media: bool  # sends MMS
    receipts: bool  # reports what became of an SMS
    lists: bool  # can list what it sent and received, with text
    max_characters: int  # longest text that it takes in one message
    max_files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who answers for numbers: named once, referred to by name."""

    name: str
    email: str
    slack: PersonRef | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """One of our numbers, bound to a Slack channel."""

    number: PhoneNumber
    label: str
    carrier: str
    channel: ChannelRef
    assigned: tuple[Person, ...]
    acknowledge_within: timedelta
    retention: timedelta
    long_text: LongText = LongText.SEGMENTS
    max_mms_bytes: int = 500_000  # the whole encoded message, not the file alone
    replies: Replies = Replies.SEND
    echo_after: timedelta = timedelta(hours=3)  # of quiet a new text is shown in the channel too; 0: never
    responders: frozenset[str] = frozenset()  # people and groups; empty: those of the plan
    converts: bool = True  # pictures of replies are made fit, instead of refused


@dataclass(frozen=True, kw_only=True)
class DialPlan:
    """All of our numbers and people, and the rules that hold for all of them."""

    dids: tuple[Did, ...]
    people: tuple[Person, ...] = ()
    admins: tuple[Person, ...] = ()
    contacts: Mapping[Address, str] = field(default_factory=dict)
    abilities: Mapping[str, Abilities] = field(default_factory=dict)  # by the carrier's name
    digest_window: timedelta = timedelta(minutes=1)
    digest_interval: timedelta = timedelta(minutes=10)
    late_after: timedelta = timedelta(minutes=15)
    ask_over_segments: int = 3
    retention: timedelta = timedelta(days=30)
    timezone: str = "UTC"
    notes: tuple[str, ...] = NOTES
    hold: timedelta = timedelta()  # for which a reply waits, so that its author can think again
    offers_undo: bool = False  # to the author, as long as a reply waits
    responders: frozenset[str] = frozenset()  # the people and groups who answer; empty: every member
    guests: bool = False  # whether guests of the workspace may
    strangers: bool = False  # whether people of other companies may
    mentions: bool = False  # whoever had a conversation last, when it goes on after a quiet
    owning: Owning = Owning.REPLY
    give_back: timedelta = timedelta()  # after which an owner loses a conversation that waits for him; 0: never
    meanings: Mapping[str, Meaning] = field(default_factory=dict)  # of reactions, by the emoji's name
    snippets: tuple[Snippet, ...] = ()
    limits: Limits = field(default_factory=Limits)

    @cached_property
    def _by_number(self) -> dict[PhoneNumber, Did]:
        return {did.number: did for did in self.dids}

    @cached_property
    def regions(self) -> frozenset[str]:
        """Where texts may go: as configured, or where our own numbers are."""
        return self.limits.regions or frozenset(region_of(did.number) for did in self.dids)

    def did(self, number: Address) -> Did | None:
        """Return our number, or None for one that is not (or no longer) ours."""
        return self._by_number.get(number) if isinstance(number, PhoneNumber) else None

    def name_of(self, address: Address) -> str | None:
        """Return the contact's name, if we know one."""
        return self.contacts.get(address)
