"""What the admin is told: each trouble in one sentence, ending in what to do."""

from datetime import timedelta

from bridge.domain.duration import shortly
from bridge.domain.invariant import Invariant
from bridge.domain.phone import spoken
from bridge.domain.toll import Cap


def unknown_did(number: str) -> str:
    return f"A text came for {spoken(number)}, which is not in bridge.toml. It is kept; add the number under [[dids]]."


def poison(source: str) -> str:
    return (
        f"A genuine request from {source} could not be understood. It is kept, raw; please report it to the developers."
    )


def blocked(destination: str, detail: str, remedy: str) -> str:
    return f"{destination} does not let us in ({detail}). Everything for it is kept and waits. {remedy}"


def not_shown(detail: str) -> str:
    return (
        f"Slack refuses to show a text ({detail}). It is kept, and in the digest; please report it to the developers."
    )


def digest_refused(recipient: str, detail: str) -> str:
    return f"The digest for {recipient} was refused by the mail server ({detail}). Check the address in bridge.toml."


def digest_unclear(recipient: str) -> str:
    return (
        f"The mail server fell silent twice while it took the digest for {recipient}. It is not sent a third time; "
        "please see in that mailbox whether it came."
    )


def worker_died(kind: str) -> str:
    return f"A step ({kind}) ended the daemon several times and is set aside. Please report it to the developers."


def no_carrier(name: str) -> tuple[str, str]:
    return f"carrier {name} is not configured", f"Put [carriers.{name}] back into bridge.toml."


def account_rests() -> str:
    return "the account does not answer; it is asked again every half minute"


def waiting(destination: str, detail: str) -> str:
    return f"{destination} has not taken something for several tries ({detail}). It is kept and tried again."


def crowd(destination: str, more_than: int) -> str:
    """Say that there is a flood, what becomes of it, and what one can do."""
    return (
        f"More than {more_than} things wait for {destination}, more than it takes in some minutes. All of them are "
        "kept and go out one after the other, so that others come late too. If strangers flood a number of yours, have "
        "the carrier block them."
    )


_LIMITS = {
    Cap.ACCOUNT: ("The account {} has reached {} texts an hour", "per_account"),
    Cap.PERSON: ("The member {} has reached {} texts an hour", "per_person"),
    Cap.STRANGERS: ("The member {} has written to {} numbers a day from which no text has come", "new_participants"),
    Cap.PARTICIPANT: ("The number {} has been sent {} texts an hour", "per_participant"),
}


def over_limit(cap: Cap, most: int, whose: str) -> str:
    reached, setting = _LIMITS[cap]
    return (
        f"{reached.format(whose, most)}; what exceeds that is held in its thread until somebody sends it. "
        f"See whether people wrote it; if so, raise {setting} under [limits]."
    )


def not_read_back(source: str, detail: str) -> str:
    return f"What {source} has that we may have missed cannot be read back ({detail}). It is tried again every minute."


def listener_down(name: str, state: str) -> str:
    return f"{name} has been unreachable for a minute: {state}"


def restored(unsure: int) -> str:
    waiting = f" What waited in it ({unsure}) is looked up before it is said." if unsure else ""
    return (
        f"The database was restored from a backup.{waiting} What came since is read back. Look into the threads for "
        "questions about replies; an acknowledgement by button, or a decision, made since is not known any more."
    )


def violated(invariant: Invariant, detail: str) -> str:
    """Say what the auditor found; only what concerns one machine has a detail that people can use."""
    return f"{_VIOLATED[invariant].format(detail=detail)} {_REMEDIES.get(invariant, _OURS)}"


def free(octets: int, percent: float) -> str:
    return f"{octets / 1_000_000:,.0f} MB, {percent:.0f} %"


def apart(source: str, ahead: timedelta) -> str:
    """Say how far the daemon's time is from somebody else's."""
    return f"{shortly(abs(ahead))} {'ahead of' if ahead > timedelta() else 'behind'} {source}"


WALL_CLOCK = "this machine's clock"
DATABASE = "the database"

_OURS = (
    'This should not happen: the log names an example ("violated"). '
    "Restart the daemon; if it comes back, report it to the developers."
)

_VIOLATED = {
    Invariant.REQUEST_UNSEEN: "A request could not be used, and nothing here tells of it.",
    Invariant.ATTEMPT_UNASKED: "Something may have been sent or not, and nobody has asked for minutes.",
    Invariant.ENTRY_UNTAKEN: "Something that is to go out has waited for a quarter of an hour without being tried.",
    Invariant.LANE_STUCK: "Something that is to go out waits, and nothing before it is under way.",
    Invariant.TEXT_UNSHOWN: "A text is in no thread, and nothing is under way to show it. It is kept.",
    Invariant.TEXT_UNMAILED: "A text that nobody has acknowledged in time is in no digest to somebody assigned to it.",
    Invariant.TEXT_MAILED_TWICE: "A text was mailed to somebody as new twice.",
    Invariant.SENT_WITHOUT_REFERENCE: "Something was sent, and we do not know what it is called there.",
    Invariant.REFERENCE_TWICE: "Two replies go by one name at the carrier: a receipt may be shown at the wrong one.",
    Invariant.NOT_READ_BACK: "What carrier {detail} has that we may have missed was not read back for half an hour.",
    Invariant.CLOCK_DRIFT: "Our time is {detail}.",
    Invariant.DISK_SPACE: "The disk with the database is nearly full: {detail} free.",
    Invariant.STORE_REFUSES: (
        "Texts could not be written down ({detail}). Carriers and Slack were told to come again, and are read back."
    ),
}

_REMEDIES = {
    Invariant.CLOCK_DRIFT: (
        "Let this machine keep its clock by NTP, then restart the daemon. "
        "Until then it counts on by itself, and digests are neither early nor late."
    ),
    Invariant.DISK_SPACE: "Make room there before it is full: then carriers would be told to come again.",
    Invariant.STORE_REFUSES: (
        "If it goes on, make room on the disk, or end what locks the database; no restart is needed."
    ),
}
