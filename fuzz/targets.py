"""Every target by its name, and the saved corpus of each."""

from collections.abc import Callable
from pathlib import Path

from fuzz import configuration, control, domain, edge, mail, slack, store, twilio

Target = Callable[[bytes], None]

CORPUS = Path(__file__).parent / "corpus"

TARGETS: dict[str, Target] = {
    "twilio-form": twilio.form,
    "twilio-listing": twilio.listed,
    "twilio-answer": twilio.answered,
    "twilio-signature": twilio.seal,
    "slack-payload": slack.payload,
    "slack-history": slack.read_back,
    "slack-thread": slack.thread,
    "slack-answer": slack.answered,
    "slack-signature": slack.signed,
    "mail-address": mail.addressed,
    "mail-refusal": mail.refused,
    "http-request": edge.request,
    "control-status": control.status,
    "configuration": configuration.configuration,
    "column": store.column,
    "said": domain.said,
    "written": domain.written,
    "card": domain.card,
}


def corpus(name: str) -> list[Path]:
    """List the saved inputs of a target."""
    return sorted(path for path in (CORPUS / name).iterdir() if path.is_file())


def is_kept(name: str, path: Path) -> bool:
    """Tell whether a target keeps its promises on this input."""
    try:
        TARGETS[name](path.read_bytes())
    except Exception:  # noqa: BLE001 - whatever a target raises, it raises for a broken promise
        return False
    return True
