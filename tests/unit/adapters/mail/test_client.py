"""Every phase of handing a mail over: what its failure means, and what has then reached the server."""

import asyncio
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from adapters.mail import MailSettings, SmtpMail
from bridge.domain.command import SendMail
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient, Uncertain
from tests.unit.adapters.mail.relay import AUTHORITY, DOT, Fault, Relay
from tests.unit.adapters.mail.wishes import KEY, NOW, conversation, digest, hello, waiting


def door(relay: Relay, **changes: object) -> SmtpMail:
    settings = {"from": "Missed texts <texts@example.com>", "host": "127.0.0.1", "port": relay.port, "security": "none"}
    return SmtpMail(MailSettings.model_validate({**settings, **changes}), timezone="America/New_York")


async def still_due() -> SendMail | None:
    return hello()


async def no_longer_due() -> SendMail | None:
    return None


async def never_asked() -> SendMail | None:
    raise AssertionError("asked although nobody could be reached")


async def test_a_mail_is_handed_over_in_one_transaction_to_one_recipient() -> None:
    async with Relay() as relay:
        ref = await door(relay).send(hello(), KEY, still_due)

    assert ref == "<kf83hs0a1@example.com>"
    assert relay.said[1:3] == ["MAIL FROM:<texts@example.com>", "RCPT TO:<desk@example.com>"]
    assert relay.verbs == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
    assert message_from_bytes(relay.taken[0], policy=policy.default)["Message-ID"] == ref


async def test_the_wish_as_it_is_after_the_recipient_was_taken_is_what_is_sent() -> None:
    async with Relay() as relay:

        async def changed() -> SendMail | None:
            assert relay.verbs[-1] == "RCPT"
            return digest(conversation(waiting("only this one is left")))

        await door(relay).send(digest(conversation(waiting("Hello?"), waiting("Anyone?"))), KEY, changed)

    assert b"only this one is left" in relay.taken[0]
    assert b"Anyone?" not in relay.taken[0]


async def test_what_was_acknowledged_meanwhile_is_not_sent() -> None:
    async with Relay() as relay:
        ref = await door(relay).send(hello(), KEY, no_longer_due)

    assert ref is None
    assert relay.taken == []
    assert relay.verbs == ["EHLO", "MAIL", "RCPT", "QUIT"]


async def test_a_question_that_fails_sends_nothing_and_hangs_up() -> None:
    async def broken() -> SendMail | None:
        raise KeyError("the store")

    async with Relay() as relay:
        with pytest.raises(KeyError):
            await door(relay).send(hello(), KEY, broken)
        async with asyncio.timeout(5):
            await relay.left.wait()

    assert "DATA" not in relay.verbs


BEFORE_DATA: list[tuple[str, str | Fault, type[PortError]]] = [
    ("CONNECT", "421 too busy", Transient),
    ("CONNECT", "554 no mail here", Blocked),
    ("CONNECT", "HTTP/1.1 400 Bad Request", Transient),
    ("CONNECT", Fault.CUT, Transient),
    ("CONNECT", Fault.SILENT, Transient),
    ("EHLO", "421 going down", Transient),
    ("EHLO", "550 not you", Blocked),
    ("EHLO", Fault.CUT, Transient),
    ("MAIL", "451 try later", Transient),
    ("MAIL", "530 5.7.0 log in first", Blocked),
    ("MAIL", "553 5.7.1 not your address", Blocked),
    ("MAIL", Fault.CUT, Transient),
    ("MAIL", Fault.SILENT, Transient),
    ("RCPT", "450 4.2.1 greylisted", Transient),
    ("RCPT", "452 4.5.3 too many", Transient),
    ("RCPT", "550 5.1.1 unknown user", Permanent),
    ("RCPT", "554 5.7.1 Relay access denied", Blocked),
    ("RCPT", "530 5.7.0 log in first", Blocked),
    ("RCPT", "550 5.1.8 sender's domain does not exist", Blocked),
    ("RCPT", "299 whatever", Transient),
    ("RCPT", Fault.CUT, Transient),
    ("RCPT", Fault.SILENT, Transient),
]


@pytest.mark.parametrize(("verb", "answer", "kind"), BEFORE_DATA)
async def test_before_data_every_failure_is_certain(verb: str, answer: str | Fault, kind: type[PortError]) -> None:
    async with Relay({verb: answer}) as relay:
        with pytest.raises(kind):
            await door(relay, timeout=timedelta(milliseconds=200)).send(hello(), KEY, never_asked)

    assert relay.taken == []
    assert "DATA" not in relay.verbs


async def test_nobody_listening_is_certain_and_passes() -> None:
    async with Relay() as relay:
        mail = door(relay)

    with pytest.raises(Transient):
        await mail.send(hello(), KEY, never_asked)


INSIDE_DATA: list[tuple[str, str | Fault, type[PortError], int]] = [
    ("DATA", "421 going down", Transient, 0),
    ("DATA", "451 try later", Transient, 0),
    ("DATA", "554 no valid recipients", Permanent, 0),
    ("DATA", "250 what?", Uncertain, 0),
    ("DATA", Fault.CUT, Uncertain, 0),
    (DOT, "421 4.3.2 going down", Transient, 1),
    (DOT, "452 4.3.1 disk full", Transient, 1),
    (DOT, "552 5.3.4 too big", Permanent, 1),
    (DOT, "554 5.7.1 looks like spam", Permanent, 1),
    (DOT, "550 5.7.26 unauthenticated sender", Blocked, 1),
    (DOT, "nonsense", Uncertain, 1),
    (DOT, "252 perhaps", Uncertain, 1),
    (DOT, Fault.CUT, Uncertain, 1),
    (DOT, Fault.SILENT, Uncertain, 1),
]


@pytest.mark.parametrize(("verb", "answer", "kind", "taken"), INSIDE_DATA)
async def test_inside_data_only_a_reply_is_certain(
    verb: str, answer: str | Fault, kind: type[PortError], taken: int
) -> None:
    async with Relay({verb: answer}) as relay:
        with pytest.raises(kind):
            await door(relay, accept_timeout=timedelta(milliseconds=200)).send(hello(), KEY, still_due)

    assert len(relay.taken) == taken


async def test_a_server_that_hangs_up_after_accepting_has_accepted() -> None:
    async with Relay({"QUIT": Fault.CUT}) as relay:
        ref = await door(relay).send(hello(), KEY, still_due)

    assert ref == "<kf83hs0a1@example.com>"
    assert len(relay.taken) == 1


async def test_a_cancelled_handing_over_is_a_cancellation_and_hangs_up() -> None:
    async with Relay({DOT: Fault.SILENT}) as relay:
        sending = asyncio.create_task(door(relay).send(hello(), KEY, still_due))
        async with asyncio.timeout(5):
            await relay.fell_silent.wait()

            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            await relay.left.wait()


async def test_starttls_encrypts_before_login_and_mail() -> None:
    secure = {"security": "starttls", "ca_file": str(AUTHORITY), "username": "texts", "password": "sesame"}
    async with Relay({"EHLO": "250-relay.test\r\n250-AUTH PLAIN\r\n250 STARTTLS"}) as relay:
        await door(relay, **secure).send(hello(), KEY, still_due)

    assert relay.verbs == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]
    assert len(relay.taken) == 1


async def test_tls_at_once_encrypts_from_the_first_byte() -> None:
    async with Relay(tls_at_once=True) as relay:
        await door(relay, security="tls", ca_file=str(AUTHORITY)).send(hello(), KEY, still_due)

    assert len(relay.taken) == 1


REFUSED_ENCRYPTION: list[tuple[dict[str, str | Fault], type[PortError]]] = [
    ({"EHLO": "250 relay.test"}, Blocked),  # stripped by somebody in between
    ({"STARTTLS": "454 4.7.0 TLS not available"}, Transient),
    ({"STARTTLS": "502 5.5.1 what?"}, Blocked),
    ({"STARTTLS": Fault.CUT}, Transient),
    ({"STARTTLS": Fault.SILENT}, Transient),
]


@pytest.mark.parametrize(("answers", "kind"), REFUSED_ENCRYPTION)
async def test_nothing_is_said_in_the_clear_when_encryption_is_refused(
    answers: dict[str, str | Fault], kind: type[PortError]
) -> None:
    secure = {"security": "starttls", "ca_file": str(AUTHORITY), "username": "texts", "password": "sesame"}
    async with Relay(answers) as relay:
        with pytest.raises(kind):
            await door(relay, **secure, timeout=timedelta(milliseconds=500)).send(hello(), KEY, never_asked)

    assert set(relay.verbs) <= {"EHLO", "STARTTLS"}


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_vouches_for_is_refused(security: str) -> None:
    async with Relay(tls_at_once=security == "tls") as relay:
        with pytest.raises(Blocked, match="certificate"):
            await door(relay, security=security).send(hello(), KEY, never_asked)

    assert "MAIL" not in relay.verbs


async def test_a_server_without_tls_on_a_tls_port_is_refused() -> None:
    async with Relay() as relay:
        with pytest.raises(Blocked):
            await door(relay, security="tls", ca_file=str(AUTHORITY)).send(hello(), KEY, never_asked)


async def test_certificates_that_cannot_be_read_block_with_the_file_named() -> None:
    async with Relay() as relay:
        with pytest.raises(Blocked, match=r"test_client\.py"):
            await door(relay, security="tls", ca_file=__file__).send(hello(), KEY, never_asked)


LOGINS: list[tuple[str, str, type[PortError]]] = [
    ("250-relay.test\r\n250 AUTH PLAIN LOGIN", "535 5.7.8 wrong", Blocked),
    ("250-relay.test\r\n250 AUTH PLAIN", "454 4.7.0 try later", Transient),
    ("250-relay.test\r\n250 AUTH GSSAPI", "235 unused", Blocked),
    ("250 relay.test", "235 unused", Blocked),
]


@pytest.mark.parametrize(("greeting", "answer", "kind"), LOGINS)
async def test_a_login_that_fails_is_certain(greeting: str, answer: str, kind: type[PortError]) -> None:
    async with Relay({"EHLO": greeting, "AUTH": answer}) as relay:
        with pytest.raises(kind) as caught:
            await door(relay, username="texts", password="sesame").send(hello(), KEY, never_asked)

    assert "sesame" not in str(caught.value)
    assert "MAIL" not in relay.verbs


@pytest.mark.parametrize("to", ["desk@example.com\r\nRCPT TO:<x@example.com>", '"a b"@example.com', "desk", "a@b@c..d"])
async def test_an_address_that_is_none_is_refused_for_good_before_anything_is_said(to: str) -> None:
    wish = SendMail(to=to, name="", conversations=hello().conversations, frozen_at=NOW)
    async with Relay() as relay:
        with pytest.raises(Permanent) as caught:
            await door(relay).send(wish, KEY, never_asked)

    assert caught.value.reason is Reason.UNREACHABLE
    assert relay.said == []


async def test_a_mail_that_says_nothing_is_never_sent() -> None:
    async def empty() -> SendMail | None:
        return digest()

    async with Relay() as relay:
        with pytest.raises(Permanent):
            await door(relay).send(hello(), KEY, empty)

    assert relay.taken == []


async def test_whether_a_mail_was_taken_cannot_be_asked() -> None:
    async with Relay() as relay:
        with pytest.raises(Uncertain):
            await door(relay).find(hello(), KEY, NOW)
