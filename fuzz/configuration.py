"""The configuration: whatever stands in `bridge.toml` is read, or refused in words."""

import tempfile
from functools import cache
from pathlib import Path

from bridge.errors import ConfigError
from config.read import read
from config.settings import dial_plan
from fuzz.promises import promise

_SECRETS = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SMTP_PASSWORD", "TWILIO_AUTH_TOKEN")


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Make the folder in which the file lies; it goes when the process ends."""
    return tempfile.TemporaryDirectory(prefix="fuzz-")


def configuration(data: bytes) -> None:
    """Read the file with every secret at hand, and as a command that needs none of them."""
    path = Path(_folder().name, "bridge.toml")
    path.write_bytes(data)
    credentials = {"CREDENTIALS_DIRECTORY": str(path.parent)}
    _read(path, credentials | dict.fromkeys(_SECRETS, "secret-of-the-fuzzer"), needs_secrets=True)
    _read(path, credentials, needs_secrets=False)


def _read(path: Path, environ: dict[str, str], *, needs_secrets: bool) -> None:
    try:
        settings = read(path, environ, needs_secrets=needs_secrets)
    except ConfigError as error:
        promise(bool(error.mistakes), "a refusal tells what is wrong")
        for mistake in error.mistakes:
            promise(mistake.place.startswith(str(path)), "a mistake has its place")
            promise(mistake.what.endswith(".") and mistake.what.isprintable(), "a mistake is told in a sentence")
            promise(mistake.remedy.isprintable(), "a remedy can be shown")
        return
    promise(len(dial_plan(settings, {}).dids) == len(settings.dids), "of what was read the house can be planned")
