"""What a text comes to by its length: how it is cut, how it travels, what it costs, and whether its author is asked."""

from dataclasses import dataclass
from enum import StrEnum

from bridge.domain.dialplan import DialPlan, Did, LongText
from bridge.domain.segment import Segments, split

SPLIT_AT = 160  # characters


class Becomes(StrEnum):
    """What is done with a text as long as this."""

    SMS = "sms"
    MMS = "mms"
    ASKED = "asked"  # held until its author says that it is to go out
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """The length of a text, measured as it would leave from one of our numbers."""

    segments: Segments  # of the whole text
    pieces: int  # messages that it is cut into
    cost: int  # texts that are billed, unless it travels as MMS
    becomes: Becomes

    @classmethod
    def of(cls, text: str, did: Did, plan: DialPlan, *, has_files: bool) -> "Length":
        whole = Segments.of(text)
        pieces = cut(text, did, plan, has_files=has_files)
        cost = sum(Segments.of(piece).count for piece in pieces)
        becomes = Becomes.ASKED if cost > plan.ask_over_segments else Becomes.SMS
        if has_files or (did.long_text is LongText.MMS and whole.count > 1):
            becomes = Becomes.MMS
        if did.long_text is LongText.REFUSE and whole.count > 1:
            becomes = Becomes.REFUSED
        return cls(segments=whole, pieces=len(pieces), cost=cost, becomes=becomes)


def cut(text: str, did: Did, plan: DialPlan, *, has_files: bool) -> list[str]:
    """Cut a text into the messages that leave the house, as the number's `long_text` says."""
    is_split = did.long_text is LongText.SPLIT and not has_files
    return split(text, SPLIT_AT if is_split else plan.abilities[did.carrier].max_characters)
