"""What is said to one person alone, at once, about something that he has just done."""

from bridge.domain.phrase import Phrase
from bridge.domain.standing import Place

UNDO = "Undo"

_OUTSIDE = {
    Place.MEMBER: "",
    Place.GUEST: "Guests of this workspace cannot answer or acknowledge texts here.",
    Place.STRANGER: "People of other companies cannot answer or acknowledge texts here.",
    Place.GONE: "Your account in this workspace is not active, so nothing was done.",
}


def not_from_outside(place: Place) -> Phrase:
    return (f"{_OUTSIDE[place]} Nothing was sent.",)


def not_a_responder() -> Phrase:
    return (
        "You are not among those who answer for this number, so this does not count, and nothing was sent. "
        "Your admin can add you (responders in bridge.toml).",
    )


def leaves_in(seconds: int) -> Phrase:
    return (f"This goes out in {seconds} {'second' if seconds == 1 else 'seconds'}.",)


def taken_back() -> Phrase:
    return ("Taken back: nothing was sent.",)


def too_late() -> Phrase:
    return ("Too late: it is on its way, or has gone out.",)


def now_a_note() -> Phrase:
    return ("It stays here now, as a note.",)


def goes_out_now() -> Phrase:
    return ("It goes out to the phone.",)


def is_none_of_ours() -> Phrase:
    return ("This is no reply in one of our threads.",)


def is_one_way() -> Phrase:
    return ("This number is one-way: nothing goes out from here.",)


def only_its_author() -> Phrase:
    return ("Only who wrote it can change whether it is sent.",)


def is_deleted() -> Phrase:
    return ("All that is kept of this number is being deleted, so nothing was done.",)
