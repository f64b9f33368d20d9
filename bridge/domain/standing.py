"""What somebody is in the workspace, by which it is decided whether he may speak for us."""

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"  # of another company, in a shared channel
    GONE = "gone"  # deactivated, or nobody that the chat shows us


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a person belongs, and to which of the groups that we know of."""

    place: Place = Place.MEMBER
    groups: frozenset[str] = frozenset()


MEMBER = Standing()
