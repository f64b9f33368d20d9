"""What the admin is told: each trouble in one sentence, ending in what to do."""

from bridge.domain.phone import spoken


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


def worker_died(kind: str) -> str:
    return f"A step ({kind}) ended the daemon several times and is set aside. Please report it to the developers."


def no_carrier(name: str) -> tuple[str, str]:
    return f"carrier {name} is not configured", f"Put [carriers.{name}] back into bridge.toml."


def waiting(destination: str, detail: str) -> str:
    return f"{destination} has not taken something for several tries ({detail}). It is kept and tried again."


def not_read_back(source: str, detail: str) -> str:
    return f"What {source} has that we may have missed cannot be read back ({detail}). It is tried again every minute."


def listener_down(name: str, state: str) -> str:
    return f"{name} has been unreachable for a minute: {state}"


def restored(unsure: int) -> str:
    waiting = f" {unsure} things that waited in it are looked up before they are said." if unsure else ""
    return (
        f"The database was restored from a backup.{waiting} What came since is read back. Look into the threads for "
        "questions about replies; an acknowledgement by button, or a decision, made since is not known any more."
    )
