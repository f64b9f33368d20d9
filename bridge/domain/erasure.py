"""An erasure: all that is kept of one person outside is deleted, step by step, at an admin's word."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bridge.domain.ids import ChannelRef, EventKey, PersonRef
from bridge.domain.phone import Address
from bridge.domain.word import digits_of

_TYPED = 4  # digits that confirm which number is meant


class Stage(StrEnum):
    """What is being done; each is done to its end, some rows at a time, before the next begins."""

    CALMING = "calming"  # what waits is dropped, and what is under way is waited for
    TEXTS = "texts"
    REQUESTS = "requests"
    ENTRIES = "entries"
    OVERWRITING = "overwriting"
    POSTS = "posts"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """Named by the fact that ordered it. Of the number itself only `ending` is left when it is done."""

    id: EventKey
    address: Address | None
    ending: str
    channel: ChannelRef  # where it was ordered, and is reported
    by: PersonRef
    ordered_at: datetime
    stage: Stage = Stage.CALMING
    reached: int = 0  # how far this stage has come
    texts: int = 0
    files: int = 0
    posts: int = 0  # of ours, deleted where people work
    remaining: int = 0  # of ours, that could not be


def confirmation(address: Address) -> str:
    """Return what somebody must type who means this address: its last digits, or the whole of a sender's name."""
    return digits_of(address)[-_TYPED:] or address.value


def confirms(typed: str, address: Address) -> bool:
    """Tell whether this was typed."""
    return typed.strip().casefold() == confirmation(address).strip().casefold()
