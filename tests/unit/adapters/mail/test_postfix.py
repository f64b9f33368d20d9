"""The same promises against the server that most of the world runs."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes, policy

import pytest

from adapters.mail import MailSettings, SmtpMail
from bridge.domain.command import SendMail
from bridge.errors import Blocked, Permanent, Reason
from tests.unit.adapters.mail.postfix import postfix
from tests.unit.adapters.mail.relay import AUTHORITY, Relay
from tests.unit.adapters.mail.wishes import KEY, NOW, attachment, body, conversation, digest, hello, picture, waiting

pytestmark = pytest.mark.server


@pytest.fixture
async def sink() -> AsyncIterator[Relay]:
    async with Relay() as relay:
        yield relay


@pytest.fixture
async def settings(sink: Relay) -> AsyncIterator[MailSettings]:
    with postfix(sink.port) as port:
        yield MailSettings.model_validate(
            {"from": "Missed texts <texts@example.com>", "host": "localhost", "port": port, "ca_file": AUTHORITY}
        )


async def test_a_digest_passes_a_real_server_over_starttls_unharmed(settings: MailSettings, sink: Relay) -> None:
    wish = digest(
        conversation(waiting("Grüße 🙂\n.\nfrom the phone", files=[attachment(picture())])), pictures=[picture()]
    )

    async def still_due() -> SendMail | None:
        return wish

    ref = await SmtpMail(settings, timezone="America/New_York").send(wish, KEY, still_due)
    async with asyncio.timeout(30):
        await sink.took.wait()

    raw = sink.taken[0].removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    arrived = message_from_bytes(raw, policy=policy.default)
    assert "with ESMTPS id" in arrived["Received"]  # the S: over TLS
    assert arrived["Message-ID"] == ref == "<kf83hs0a1@example.com>"
    assert arrived["Auto-Submitted"] == "auto-generated"
    assert arrived["Subject"] == "1 unanswered text, oldest 12 min: Ada Moss"
    assert "  | Grüße 🙂\n  | .\n  | from the phone" in body(arrived, "plain")
    assert picture().content in [part.get_content() for part in arrived.walk() if part["Content-ID"]]


async def test_a_real_server_refuses_a_stranger_for_good_and_a_foreign_domain_for_all(settings: MailSettings) -> None:
    async def never_asked() -> SendMail | None:
        raise AssertionError

    mail = SmtpMail(settings, timezone="UTC")
    stranger = SendMail(to="nobody@example.com", name="", conversations=hello().conversations, frozen_at=NOW)
    abroad = SendMail(to="desk@example.org", name="", conversations=hello().conversations, frozen_at=NOW)

    with pytest.raises(Permanent) as refused:
        await mail.send(stranger, KEY, never_asked)
    with pytest.raises(Blocked):
        await mail.send(abroad, KEY, never_asked)

    assert refused.value.reason is Reason.UNREACHABLE
