"""Every target by its name, and the saved corpus of each."""

from collections.abc import Callable
from pathlib import Path

from fuzz import configuration, domain, slack, twilio

Target = Callable[[bytes], None]

CORPUS = Path(__file__).parent / "corpus"

TARGETS: dict[str, Target] = {
    "twilio-form": twilio.form,
    "twilio-listing": twilio.listed,
    "twilio-signature": twilio.seal,
    "slack-payload": slack.payload,
    "slack-history": slack.read_back,
    "slack-signature": slack.signed,
    "configuration": configuration.configuration,
    "said": domain.said,
    "written": domain.written,
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
