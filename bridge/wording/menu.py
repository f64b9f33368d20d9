"""The menu of a conversation's first post, and the forms that it opens."""

from datetime import datetime

from bridge.domain.conversation import Course
from bridge.domain.ids import PersonRef
from bridge.domain.phrase import Action, Mention, Moment, Phrase

OWNER, CHOICE, WHEN, AT, NOTE = "owner", "choice", "when", "at", "note"  # the fields of the forms

LABELS = {
    Action.ASSIGN: "Assign…",
    Action.NAME: "Name this number…",
    Action.REMIND: "Remind me…",
    Action.CLOSE: "Close",
    Action.REOPEN: "Reopen",
    Action.MORE: "More…",
}

ASSIGN_TITLE, ASSIGN = "Assign", "Assign"
OWNER_LABEL = "Who takes care of it"
OWNER_HINT = "Everybody may still answer. Nobody: whoever answers first has it."

MORE_TITLE, GO_ON = "This conversation", "Do it"
CHOICE_LABEL = "What is to become of it?"
CHOICES = {  # what a choice is called, and what it does, in up to 75 characters each
    Action.REOPEN: ("Let it wait again", "Its last text counts as unanswered from now on."),
    Action.MUTE: ("Mute", "New texts are shown here, but wait for nobody and go into no mail."),
    Action.UNMUTE: ("Unmute", "New texts wait for somebody again."),
    Action.BLOCK: ("Block as spam", "New texts are kept, but shown to nobody, and nothing goes out."),
    Action.EXPORT: ("Export this conversation", "You alone get it as a file, in a direct message from the app."),
    Action.DELETE: ("Delete data of this number", "Texts, files and posts go for good; you are asked once more."),
    Action.UNBLOCK: ("Unblock", "New texts are shown again; /sms find finds those of meanwhile."),
}

_COURSES = {
    Course.CLOSED: "Closed by ",
    Course.MUTED: "Muted by ",
    Course.BLOCKED: "Blocked by ",
}


def course(chosen: Course, by: PersonRef, at: datetime) -> Phrase:
    """Say what a person has decided on a conversation."""
    return (_COURSES[chosen], Mention(by), ", ", Moment(at))


def owned_by(person: PersonRef) -> Phrase:
    """Add whose it is to what a first post says of its state."""
    return (" · with ", Mention(person))


def not_yours() -> str:
    return "You are not among those who answer for this number."


def not_a_responder() -> str:
    return "This person does not answer for this number (responders in bridge.toml), or has left."


def nothing_chosen() -> str:
    return "Choose one of these."


def nothing_to_reopen() -> str:
    return "Nobody has texted here yet, so nothing can wait."


def newer_text() -> str:
    return "Not closed: a newer text has come. What you had seen is acknowledged."


def busy() -> str:
    return "We are busy at the moment, and nothing was changed. Please try again."


def unreadable() -> str:
    return "This could not be read, and nothing was changed. Your admin has been told."


REMIND_TITLE, REMIND = "Remind me", "Remind me"
WHEN_LABEL, AT_LABEL, NOTE_LABEL = "When", "Or at", "What about"
NOTE_HINT = "Everybody in the channel reads it."
NEVER = "Not any more"
_CLOCK = "%a, %b %-d, %-I:%M %p"


def whens(choices: list[tuple[str, datetime]]) -> list[str]:
    """Name moments in the person's own time."""
    return [f"{name}, {moment.strftime(_CLOCK)}" for name, moment in choices]


IN_AN_HOUR, IN_THREE_HOURS, TOMORROW, MONDAY = "In an hour", "In three hours", "Tomorrow", "On Monday"


def not_in_reach(days: int) -> str:
    return f"Choose a moment from now on, within {days} days."


def no_moment() -> str:
    return "Choose when."


MUTE_TITLE, MUTE = "Mute me", "Mute me"
FOR_AN_HOUR, UNTIL_TOMORROW, UNTIL_MONDAY = "For an hour, until", "Until tomorrow", "Until Monday"
MUTE_HINT = "No digest mails and no mentions. Where nobody else is left, you get them all the same."
BACK = "I am back"


def not_among_people() -> str:
    return "Nothing is sent to you that could be muted."
