"""What may have to be said in a thread, beyond the texts themselves: which case it is, and the facts of the case."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from bridge.domain.ids import PersonRef


class Case(StrEnum):
    SEND_FAILED = "send-failed"
    SEND_UNCLEAR = "send-unclear"
    SEND_WAITS = "send-waits"
    OPTED_OUT = "opted-out"
    NOT_REPLIABLE = "not-repliable"
    BARRED = "barred"
    OVER_LIMIT = "over-limit"
    NO_NUMBER = "no-number"
    TOO_LONG = "too-long"
    ASK_LONG = "ask-long"
    ASK_LATE = "ask-late"
    ASK_RESTORED = "ask-restored"
    EMPTY_REPLY = "empty-reply"
    UNSUPPORTED_FILE = "unsupported-file"
    FILE_TOO_LARGE = "file-too-large"
    FILE_UNREADABLE = "file-unreadable"
    FILES_SHRUNK = "files-shrunk"
    FILE_UNREACHABLE = "file-unreachable"
    STOPPED = "stopped"
    STARTED = "started"
    HELP_ASKED = "help-asked"
    GROUP_ANSWERS_ONE = "group-answers-one"
    GROUP_ANSWERS_ALL = "group-answers-all"
    PICTURE_LATE = "picture-late"
    PICTURE_REFUSED = "picture-refused"
    CONTACT_CARD = "contact-card"
    CONTACT_SAVED = "contact-saved"
    EDITED_LATE = "edited-late"
    DELETED_LATE = "deleted-late"
    BLOCKED = "blocked"
    ASSIGNED = "assigned"
    GIVEN_BACK = "given-back"
    MOVED_ON = "moved-on"
    PLANNED = "planned"
    OVERTAKEN = "overtaken"
    LEFT_AS_PLANNED = "left-as-planned"
    REMINDER = "reminder"
    DECIDED = "decided"
    HEARD = "heard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One case with its facts; `about` is what its buttons decide on: mostly the token of an entry."""

    case: Case
    about: str = ""
    person: PersonRef | None = None  # whose reply it concerns
    address: str = ""  # whom it concerns at the other end
    at: datetime | None = None
    reason: str = ""
    detail: str = ""

    def packed(self) -> str:
        """Write it as JSON, for the outbox."""
        facts = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(facts, default=lambda moment: moment.isoformat(), ensure_ascii=False)

    @classmethod
    def unpacked(cls, written: str) -> "Notice":
        """Read what `packed` wrote."""
        facts = json.loads(written)
        at = facts.pop("at", None)
        return cls(**(facts | {"case": Case(facts["case"])}), at=datetime.fromisoformat(at) if at else None)
