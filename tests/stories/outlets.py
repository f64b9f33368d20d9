"""Everything by which a running daemon tells its operator or a stranger something, looked through for canaries.

The bodies of digests and the threads are left out: they show numbers and texts on purpose, to those who must see them.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import httpx

from adapters.control import ControlClient
from adapters.control.wire import written
from adapters.sandbox.mailbox.mail import Mail
from bridge.errors import BridgeError
from bridge.wording.digest import warning_subject
from tests.canaries import CAGE

_PATHS = ("/healthz", "/", "/carriers/main/message", "/slack/events", "/media/none")
_HEADERS = ("Message-ID", "References", "Auto-Submitted", "X-Mailer", "User-Agent", "Received")


async def look_through(socket: Path, base_url: str, mails: Iterable[Mail]) -> None:
    """Look at the status, at answers to strangers, and at the mails; what does not answer now has said nothing."""
    with suppress(BridgeError, OSError, httpx.HTTPError):
        CAGE.look_at("status", written(await ControlClient(socket).status()).decode())
    with suppress(httpx.HTTPError):
        async with httpx.AsyncClient(trust_env=False, timeout=5) as stranger:
            for path in _PATHS:
                for answer in (
                    await stranger.get(base_url + path),
                    await stranger.post(base_url + path, content=b"a=1"),
                ):
                    CAGE.look_at("answer to a stranger", f"{dict(answer.headers)} {answer.text}")
    for mail in mails:
        CAGE.look_at("head of a mail", " ".join(mail.header(name) or "" for name in _HEADERS))
        if mail.subject.startswith(warning_subject("")):
            CAGE.look_at("warning", f"{mail.subject} {mail.text} {mail.html}")
