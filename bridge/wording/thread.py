"""The notes that we put into a thread: what happened to a reply, what is asked, what somebody has decided."""

from bridge.domain.ids import PersonRef
from bridge.domain.notice import Case, Notice
from bridge.domain.phone import spoken
from bridge.domain.phrase import Action, Button, Mention, Moment, Phrase, Quote
from bridge.domain.toll import Barrier, Cap
from bridge.errors import Reason
from bridge.wording.barrier import barred
from bridge.wording.post import goes_on

UNSUPPORTED_BY_CARRIER = "Message failed to send because file type is not supported by carrier!"
ONE_OF_A_GROUP = "one of a group"
ANY_PICTURE = "any picture"  # the reason of a file that is refused although pictures are converted


_REASONS = {
    Reason.INVALID_NUMBER: "the carrier says that this is not a valid number.",
    Reason.UNREACHABLE: "the phone could not be reached. It may be switched off or out of coverage.",
    Reason.LANDLINE: "this number cannot receive texts; it may be a landline.",
    Reason.OPTED_OUT: "this person has texted STOP. Only a START from that phone lifts it.",
    Reason.FILTERED: "the carrier's spam filter stopped it.",
    Reason.TOO_LONG: "it is too long.",
    Reason.TOO_LARGE: "it is too large for the carrier.",
    Reason.UNSUPPORTED_MEDIA: "the carrier does not take this type of file.",
    Reason.MEDIA_UNREACHABLE: "the carrier could not fetch the file from us. Please tell your admin.",
    Reason.NOT_REPLIABLE: "this sender cannot be answered.",
    Reason.GONE: "it no longer exists.",
    Reason.MOVED: "its thread is in another channel.",
    Reason.REJECTED: "the carrier refused it.",
    Reason.NOTE: "it is a note for colleagues.",
    Reason.WITHDRAWN: "its author has taken it back.",
    Reason.FOREIGN: "it is somebody's own.",
    Reason.OUTSIDE: "whoever wrote it does not answer for this number.",
}


def because(reason: str) -> str:
    """Say a reason in words."""
    return _REASONS.get(Reason(reason), "the carrier refused it.") if reason else "the carrier refused it."


def note(notice: Notice) -> tuple[Phrase, tuple[Button, ...]]:
    """Say what happened, and offer what helps."""
    buttons = BUTTONS.get(notice.case, ()) if notice.about else ()
    return _PHRASES[notice.case](notice), tuple(
        Button(action=action, label=label, value=notice.about, is_primary=number == 0)
        for number, (action, label) in enumerate(buttons)
    )


_WITHOUT_OR_CANCEL = ((Action.SEND_WITHOUT_FILES, "Send without the file"), (Action.CANCEL, "Cancel"))
BUTTONS = {
    Case.SEND_FAILED: ((Action.RETRY, "Retry"),),
    Case.SEND_UNCLEAR: ((Action.ARRIVED, "It arrived"), (Action.SEND_AGAIN, "Send again")),
    Case.ASK_LONG: ((Action.SEND_NOW, "Send"), (Action.CANCEL, "Cancel")),
    Case.ASK_LATE: ((Action.SEND_NOW, "Send now"), (Action.CANCEL, "Don't send")),
    Case.ASK_RESTORED: ((Action.SEND_NOW, "Send now"), (Action.CANCEL, "Don't send")),
    Case.OVER_LIMIT: ((Action.SEND_NOW, "Send now"), (Action.CANCEL, "Don't send")),
    Case.PLANNED: ((Action.SEND_NOW, "Send now"), (Action.CANCEL, "Don't send")),
    Case.OVERTAKEN: ((Action.SEND_NOW, "Send now"), (Action.CANCEL, "Don't send")),
    Case.UNSUPPORTED_FILE: _WITHOUT_OR_CANCEL,
    Case.FILE_TOO_LARGE: _WITHOUT_OR_CANCEL,
    Case.FILE_UNREADABLE: _WITHOUT_OR_CANCEL,
    Case.FILE_UNREACHABLE: _WITHOUT_OR_CANCEL,
    Case.CONTACT_CARD: ((Action.SAVE_CONTACT, "Save contact"),),
}


def _by(notice: Notice) -> Phrase:
    return (Mention(notice.person), ": ") if notice.person else ()


def _failed(notice: Notice) -> Phrase:
    if not notice.reason:
        return (*_by(notice), "this reply was not delivered. The carrier says: ", Quote(notice.detail))
    carrier = (" (", Quote(notice.detail), ")") if notice.detail else ()
    return (*_by(notice), f"this reply was not delivered: {because(notice.reason)}", *carrier)


def _unclear(notice: Notice) -> Phrase:
    return (
        *_by(notice),
        "the carrier did not say whether this reply went out, and it cannot be looked up. "
        "It is not sent again by itself; later replies wait until one of you decides.",
    )


def _waits(notice: Notice) -> Phrase:
    return (
        *_by(notice),
        "the carrier takes no texts at the moment. This reply waits (⏳), and is sent as soon as it can be.",
    )


def _opted_out(notice: Notice) -> Phrase:
    stopped = f"not sent. {spoken(notice.address)} has texted STOP; only a START from that phone lifts it."
    if notice.reason != ONE_OF_A_GROUP:
        return (*_by(notice), stopped)
    others: Phrase = (" To reach the others, write to them one by one: ", Quote(notice.detail)) if notice.detail else ()
    return (*_by(notice), stopped, " This is a group text, and nobody got it.", *others)


def _not_repliable(notice: Notice) -> Phrase:
    return (*_by(notice), "not sent. This sender is not a phone number and cannot be answered.")


def _no_number(notice: Notice) -> Phrase:
    return (*_by(notice), "not sent. The number that this conversation belongs to is no longer configured.")


def _too_long(notice: Notice) -> Phrase:
    return (*_by(notice), f"not sent. It needs {notice.detail} segments, and this number sends only single ones.")


def _ask_long(notice: Notice) -> Phrase:
    return (*_by(notice), f"this reply needs {notice.detail} segments, each billed as a text. Send it?")


def _ask_late(notice: Notice) -> Phrase:
    when: Phrase = (" of ", Moment(notice.at)) if notice.at else ()
    return (*_by(notice), "the reply", *when, " was found only now, after an interruption. Is it still to be sent?")


def _ask_restored(notice: Notice) -> Phrase:
    when: Phrase = (" of ", Moment(notice.at)) if notice.at else ()
    return (
        *_by(notice),
        "our records were restored from a backup, and the carrier does not show the reply",
        *when,
        ". Is it still to be sent?",
    )


def _barred(notice: Notice) -> Phrase:
    return (*_by(notice), f"not sent. {barred(notice.address, Barrier(notice.reason))}")


_LIMITS = {
    Cap.ACCOUNT: "all of us together may send {} texts an hour",
    Cap.PERSON: "one person may send {} texts an hour",
    Cap.STRANGERS: "one person may write to {} numbers a day from which no text has come lately",
    Cap.PARTICIPANT: "{} texts an hour may go to one number",
}


def _over_limit(notice: Notice) -> Phrase:
    when: Phrase = (", at the earliest at ", Moment(notice.at)) if notice.at else ()
    limit = _LIMITS[Cap(notice.reason)].format(notice.detail)
    return (
        *_by(notice),
        f"held. To keep a misused account from running up a bill, {limit}. "
        'What is held in this thread (⏸) goes out only when one of you presses "Send now"',
        *when,
        ".",
    )


def _empty(notice: Notice) -> Phrase:
    return (*_by(notice), "there was nothing in it that can be texted, so nothing was sent.")


def _unsupported(notice: Notice) -> Phrase:
    fit = "jpg, jpeg, gif, png, webp, heic, avif, bmp and tiff" if notice.reason == ANY_PICTURE else "jpg, jpeg and gif"
    return (
        *_by(notice),
        f"{UNSUPPORTED_BY_CARRIER} ",
        Quote(notice.detail),
        f" cannot be texted; {fit} can. The words of the reply are kept.",
    )


def _file_too_large(notice: Notice) -> Phrase:
    return (*_by(notice), "not sent. ", Quote(notice.detail), " The words of the reply are kept.")


def _file_unreadable(notice: Notice) -> Phrase:
    return (
        *_by(notice),
        "not sent. ",
        Quote(notice.detail),
        " could not be read as a picture: it is damaged, or far too large. The words of the reply are kept.",
    )


def _files_shrunk(notice: Notice) -> Phrase:
    return ("Made smaller to fit: ", Quote(notice.detail))


def _file_unreachable(notice: Notice) -> Phrase:
    return (*_by(notice), "not sent. ", Quote(notice.detail), " could not be fetched from Slack.")


def _stopped(notice: Notice) -> Phrase:
    return (f"{spoken(notice.address)} texted STOP. Replies are not sent any more, until START comes from that phone.",)


def _started(notice: Notice) -> Phrase:
    return (f"{spoken(notice.address)} texted START. Replies are sent again.",)


def _help_asked(notice: Notice) -> Phrase:
    return (f"{spoken(notice.address)} texted HELP. The carrier answers that by itself where it is set up to.",)


def _group(notice: Notice) -> Phrase:
    return (
        "This is a group text, and the carrier cannot send to a group: "
        f"a reply goes only to whoever wrote last, now {spoken(notice.address)}.",
    )


def _group_all(notice: Notice) -> Phrase:
    return (f"This is a group text: a reply goes to all {notice.reason} of them: ", Quote(notice.detail))


def _picture_late(notice: Notice) -> Phrase:
    return ("A file that came with this text cannot be fetched yet. It will be put here as soon as it can.",)


def _picture_refused(notice: Notice) -> Phrase:
    return (f"A file that came with this text could not be fetched: {notice.detail}",)


def _contact_card(notice: Notice) -> Phrase:
    more: Phrase = ("\nThere are more in the file; these are the first.",) if notice.reason else ()
    return ("In this contact card:\n", Quote(notice.detail), *more)


def _contact_saved(notice: Notice) -> Phrase:
    by: Phrase = (Mention(notice.person), " saved") if notice.person else ("Saved",)
    return (*by, ":\n", Quote(notice.detail))


_DECIDED = {
    Action.RETRY: "is trying again to send this reply.",
    Action.ARRIVED: "says that this reply arrived.",
    Action.SEND_AGAIN: "had this reply sent again.",
    Action.SEND_NOW: "had this reply sent.",
    Action.SEND_WITHOUT_FILES: "had this reply sent without the file.",
    Action.CANCEL: "decided not to send this reply.",
    Action.SAVE_CONTACT: "saved who is in this contact card.",
}


def _decided(notice: Notice) -> Phrase:
    return (*((Mention(notice.person), " ") if notice.person else ()), _DECIDED[Action(notice.detail)])


def _blocked(notice: Notice) -> Phrase:
    return (
        *_by(notice),
        "this reply was not sent, because this conversation is blocked. "
        "Unblock it first: More… in the menu of its first post.",
    )


def _assigned(notice: Notice) -> Phrase:
    return (*_by(notice), "this is with you now, says ", Mention(PersonRef(notice.detail)), ".")


def _given_back(notice: Notice) -> Phrase:
    since: Phrase = (" since ", Moment(notice.at)) if notice.at else ()
    return ("Waiting", *since, ", and ", *_owner(notice), " has not answered: it is anybody's again.")


def _planned(notice: Notice) -> Phrase:
    return (*_by(notice), "this goes out ", *_moment(notice), ", unless somebody texts here before.")


def _overtaken(notice: Notice) -> Phrase:
    return (
        *_by(notice),
        "your text planned for ",
        *_moment(notice),
        " has not gone out, because somebody has texted here meanwhile. Is it still to be sent?",
    )


def _left_as_planned(notice: Notice) -> Phrase:
    return (*_by(notice), "this went out as planned, ", *_moment(notice), ".")


def _reminder(notice: Notice) -> Phrase:
    about: Phrase = (": ", Quote(notice.detail)) if notice.detail else (".",)
    return (*((Mention(notice.person), ", ") if notice.person else ()), "you wanted to be reminded of this", *about)


def _moment(notice: Notice) -> Phrase:
    return (Moment(notice.at),) if notice.at else ("later",)


def _owner(notice: Notice) -> Phrase:
    return (Mention(notice.person),) if notice.person else ("its owner",)


def _heard(notice: Notice) -> Phrase:
    return (*_by(notice), "the carrier has said since what became of this reply. Nothing is to be decided any more.")


def _edited_late(notice: Notice) -> Phrase:
    if notice.detail:
        return (*_by(notice), "this reply was on its way when it was changed: the phone gets the old words.")
    return (*_by(notice), "this reply had gone out when it was changed: the phone has the old words.")


def _deleted_late(notice: Notice) -> Phrase:
    if notice.detail:
        return (*_by(notice), "a reply was deleted here that was on its way: the phone may get it.")
    return (*_by(notice), "a reply was deleted here that had gone out: the phone has it.")


_PHRASES = {
    Case.EDITED_LATE: _edited_late,
    Case.DELETED_LATE: _deleted_late,
    Case.DECIDED: _decided,
    Case.BLOCKED: _blocked,
    Case.ASSIGNED: _assigned,
    Case.GIVEN_BACK: _given_back,
    Case.PLANNED: _planned,
    Case.OVERTAKEN: _overtaken,
    Case.LEFT_AS_PLANNED: _left_as_planned,
    Case.REMINDER: _reminder,
    Case.MOVED_ON: lambda notice: goes_on(notice.detail),
    Case.HEARD: _heard,
    Case.SEND_FAILED: _failed,
    Case.SEND_UNCLEAR: _unclear,
    Case.SEND_WAITS: _waits,
    Case.OPTED_OUT: _opted_out,
    Case.NOT_REPLIABLE: _not_repliable,
    Case.NO_NUMBER: _no_number,
    Case.TOO_LONG: _too_long,
    Case.ASK_LONG: _ask_long,
    Case.ASK_LATE: _ask_late,
    Case.ASK_RESTORED: _ask_restored,
    Case.BARRED: _barred,
    Case.OVER_LIMIT: _over_limit,
    Case.EMPTY_REPLY: _empty,
    Case.UNSUPPORTED_FILE: _unsupported,
    Case.FILE_TOO_LARGE: _file_too_large,
    Case.FILE_UNREADABLE: _file_unreadable,
    Case.FILES_SHRUNK: _files_shrunk,
    Case.FILE_UNREACHABLE: _file_unreachable,
    Case.STOPPED: _stopped,
    Case.STARTED: _started,
    Case.HELP_ASKED: _help_asked,
    Case.GROUP_ANSWERS_ONE: _group,
    Case.GROUP_ANSWERS_ALL: _group_all,
    Case.PICTURE_LATE: _picture_late,
    Case.PICTURE_REFUSED: _picture_refused,
    Case.CONTACT_CARD: _contact_card,
    Case.CONTACT_SAVED: _contact_saved,
}


def too_large(size: int, limit: int) -> str:
    """Say a size against its limit."""
    return f"The whole message would be {size / 1000:,.0f} kB, and this network takes at most {limit / 1000:,.0f} kB."


def too_many(count: int, most: int) -> str:
    """Say a number of files against its limit."""
    return f"There are {count} files, and the carrier takes at most {most} in one message."


def smaller(files: list[tuple[str, int, int]]) -> str:
    """Say of each file what it is called, and how large it was and is."""
    return ", ".join(f"{name} {_amount(before)} → {_amount(after)}" for name, before, after in files)


def cannot_shrink(name: str, size: int, limit: int) -> str:
    """Say the size of a picture that cannot be made small enough, against the limit."""
    return f"{name} ({_amount(size)}) cannot be made small enough: this network takes at most {_amount(limit)} in all."


def _amount(octets: int) -> str:
    return f"{octets / 1e6:,.1f} MB" if octets >= 1_000_000 else f"{octets / 1000:,.0f} kB"
