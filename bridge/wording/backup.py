"""What is said about backups: what was written or put back, what stands in the way, and what to do about it."""

from bridge.domain.backup import Backup, Contents, Restored

Told = tuple[str, str]
"""What is wrong, and the remedy."""


CUT_SHORT = "its last page is cut short"


def written(backup: Backup) -> str:
    size = f"{backup.octets:,} octets, checked, in {backup.seconds:.1f} s"
    return f"{backup.file} is written: {_contents(backup.contents)}; {size}."


def put_back(restored: Restored, path: str) -> str:
    aside = f" What was there before is {restored.aside}." if restored.aside else ""
    return (
        f"{path} is {restored.file} now: {_contents(restored.contents)}.{aside}\n"
        "Start the daemon: it reads back what came since, sends nothing again by itself, and asks in the threads "
        "about replies that it cannot look up."
    )


def declared() -> str:
    return "Noted: the database was restored. The next start looks everything up before it says it again."


def whole(path: str, octets: int, seconds: float) -> str:
    return f"{path} is whole: {octets:,} octets, checked in {seconds:.1f} s."


def _contents(contents: Contents) -> str:
    return (
        f"{contents.conversations:,} conversations, {contents.messages:,} messages, "
        f"{contents.waiting:,} entries that wait to go out"
    )


def not_a_file_store() -> Told:
    return (
        "is a PostgreSQL database, which has tools of its own.",
        "Use pg_dump and pg_restore; after a restore, say so with `sms-bridge restored` before any daemon starts.",
    )


def exists() -> Told:
    return "exists already.", "Name another file, or replace it with --force."


def no_folder() -> Told:
    return "cannot be written: its folder does not exist.", "Make the folder, or name another file."


def not_a_file() -> Told:
    return "is no ordinary file.", "Name a file."


def belongs_to_the_store() -> Told:
    return "belongs to the database itself.", "Name another file."


def no_right(user: str, reason: str) -> Told:
    return (
        f"cannot be written by {user}: {reason}.",
        "While the daemon runs, it is the daemon that writes: name a folder that its user may write to.",
    )


def not_read(reason: str) -> Told:
    return f"cannot be read: {reason}.", "Name a backup, and run this as the daemon's user."


def no_backup() -> Told:
    return "is no backup of this program.", "Name a file that `sms-bridge backup` has written."


def too_new(version: int, known: int) -> Told:
    return (
        f"was written by a newer release (schema {version}, this one knows {known}).",
        "Restore it with that release.",
    )


def damaged(reason: str) -> Told:
    return f"is damaged: {reason}.", "Take an older backup; nothing was changed."


def no_room(file: str, reason: str) -> str:
    return f"{file} cannot be written now: {reason}. Nothing that was there before is changed; make room and try again."


def interrupted(file: str) -> str:
    return f"{file} was not written, because the daemon stops. Try again when it runs, or has stopped."


def copy_damaged(path: str, reason: str) -> str:
    return f"{path} is damaged ({reason}), so that no backup of it can be made: restore an older one"
