"""What the command line says: when all is well, when something must be changed, and how the house is."""

from datetime import datetime

from bridge.domain.duration import shortly

NOTHING_TO_DO = "Nothing needs you."
STOPPED = "Stopped."
VIOLATED = "Not as it must be"


def mistakes(path: str, count: int) -> str:
    return f"{path} cannot be used: {count} mistake{'s' if count != 1 else ''}."


def good(path: str, dids: int, carriers: int, people: int) -> str:
    parts = (_counted(dids, "number", "numbers"), _counted(carriers, "carrier", "carriers"))
    return f"{path} is good: {', '.join(parts)}, {_counted(people, 'person', 'people')}."


def sandbox_ready(address: str) -> str:
    return f"The sandbox is open: {address}\nPress Ctrl-C to close it; nothing is kept."


def store_busy(reason: str) -> str:
    return _with_remedy(reason, "Stop the other daemon first; `sms-bridge status` tells whether it runs.")


def cannot_listen(reason: str) -> str:
    return _with_remedy(reason, "Free the address, or change listen in [bridge].")


def schema_mismatch(reason: str) -> str:
    return _with_remedy(reason, "Start the release that wrote the database, or name another file in [store].")


def store_damaged(reason: str) -> str:
    return _with_remedy(reason, "`sms-bridge restore FILE` puts a backup there and moves aside what is there now.")


def unexpected(reason: str) -> str:
    return _with_remedy(reason, "This should not happen; please report it to the developers.")


def no_daemon(reason: str) -> str:
    return _with_remedy(reason, "Start it with `sms-bridge run`; its log says why it does not answer.")


def unreadable_answer(reason: str) -> str:
    return _with_remedy(reason, "The daemon is of another release than this command: use its own, or restart it.")


def moved_table(name: str, count: int, checksum: str, *, is_equal: bool) -> str:
    return f"{name:<16} {count:>9,}  {checksum}  {'equal' if is_equal else 'NOT EQUAL'}"


def moved(verdict: str, source: str, target: str) -> str:
    """Say how a move has ended."""
    match verdict:
        case "moved":
            return f"Moved: {target} names a store that holds exactly what that of {source} holds."
        case "moved before":
            return f"Nothing to do: the store of {target} holds exactly what that of {source} holds."
        case "not empty":
            return f"Not moved: the store of {target} is not empty. Nothing was changed; name an empty one."
    return f"Not moved: what was written differs from {source}. Nothing of it was kept; please report it."


def heading(now: datetime, timezone: str) -> str:
    return f"{now:%Y-%m-%d %H:%M:%S} {timezone}"


def waited(since: datetime | None, now: datetime) -> str:
    """Say how long the oldest has waited; nothing where nothing waits."""
    return f"the oldest for {shortly(now - since)}" if since else ""


def label(count: str) -> str:
    """Name a number of the status by its key."""
    return _LABELS.get(count) or count.replace("_", " ").replace("/", " ").replace(".", " ")


def since(moment: datetime, now: datetime) -> str:
    """Tell when something began: the time, and the day where it was not today."""
    return f"{moment:%H:%M}" if moment.date() == now.date() else f"{moment:%b %d %H:%M}"


def times(count: int) -> str:
    return f"{count:,} times since"


def needs_you(count: int) -> str:
    return f"{_counted(count, 'thing needs', 'things need')} you"


_LABELS = {"unacknowledged": "unacknowledged texts", "waiting": "waiting to go out"}


def _with_remedy(reason: str, remedy: str) -> str:
    reason = reason.strip().rstrip(".")
    return f"{reason[:1].upper()}{reason[1:]}. {remedy}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
