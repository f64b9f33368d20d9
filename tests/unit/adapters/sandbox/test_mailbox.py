"""The simulated mail server: what it takes, what it refuses, where it breaks on demand, and what lies in the inbox."""

import asyncio
import shutil
import smtplib
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from adapters.sandbox.clock import MovableClock
from adapters.sandbox.faults import Fault
from adapters.sandbox.mailbox import MailWorld

DESK, ANNA = "desk@example.com", "anna@example.com"
PNG = b"\x89PNG\r\n" + b"0" * 20


@pytest.fixture
async def world() -> AsyncIterator[MailWorld]:
    world = MailWorld(MovableClock(), mailboxes=[DESK, ANNA], size_limit=50_000)
    await world.start()
    yield world
    await world.aclose()


def _mail(subject: str = "3 texts wait", text: str = "Anna: hello") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Missed texts <texts@bridge.test>"
    mail["To"] = DESK
    mail["Subject"] = subject
    mail["Message-ID"] = "<digest-1@bridge.test>"
    mail.set_content(text)
    return mail


async def _send(world: MailWorld, mail: EmailMessage, to: str = DESK, timeout: float = 5) -> str:
    _, answer = await aiosmtplib.send(
        mail, recipients=[to], hostname=world.host, port=world.port, start_tls=False, timeout=timeout
    )
    return answer


class Line:
    """A raw connection, one command at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def answer(self) -> str:
        """Return the last line of the next reply; "" when the connection is gone."""
        async with asyncio.timeout(5):
            while True:
                try:
                    line = (await self._reader.readline()).decode().rstrip()
                except ConnectionResetError:
                    return ""
                if line[3:4] != "-":
                    return line

    async def say(self, command: str) -> str:
        self._writer.write(f"{command}\r\n".encode())
        return await self.answer()

    async def until_data(self) -> None:
        for command in ("EHLO bridge.test", "MAIL FROM:<texts@bridge.test>", f"RCPT TO:<{DESK}>"):
            assert (await self.say(command)).startswith("250")


@asynccontextmanager
async def _line(world: MailWorld) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection(world.host, world.port)
    line = Line(reader, writer)
    try:
        await line.answer()
        yield line
    finally:
        writer.close()


async def test_a_mail_lies_in_the_inbox_as_its_reader_sees_it(world: MailWorld) -> None:
    mail = _mail("Drei Grüße")
    mail.add_alternative('<p>Anna: hello <img src="cid:photo-1"></p>', subtype="html")
    html = mail.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(PNG, "image", "png", cid="<photo-1>")
    mail.add_attachment(b"BEGIN:VCARD", maintype="text", subtype="vcard", filename="anna.vcf")

    await _send(world, mail)

    (read,) = world.inbox(DESK)
    assert (read.subject, read.message_id) == ("Drei Grüße", "<digest-1@bridge.test>")
    assert (read.envelope_from, read.envelope_to) == ("texts@bridge.test", DESK)
    assert read.text == "Anna: hello\n"
    assert read.html == '<p>Anna: hello <img src="cid:photo-1"></p>\n'
    assert [(each.cid, each.content) for each in read.pictures] == [("photo-1", PNG)]
    assert read.html_with_pictures is not None
    assert 'src="data:image/png;base64,iVBORw0K' in read.html_with_pictures
    assert "cid:" not in read.html_with_pictures
    assert read.attachments == ("anna.vcf",)
    assert read.at == MovableClock().now()


async def test_a_dot_and_a_line_of_998_characters_arrive_unchanged(world: MailWorld) -> None:
    async with _line(world) as line:
        await line.until_data()
        await line.say("DATA")

        answer = await line.say(f"Subject: x\r\n\r\n..\r\n..dots\r\n{'a' * 998}\r\n.")

        assert answer.startswith("250")
        assert world.inbox(DESK)[0].raw == b"Subject: x\r\n\r\n.\r\n.dots\r\n" + b"a" * 998 + b"\r\n"


async def test_an_unknown_recipient_is_refused(world: MailWorld) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await _send(world, _mail(), to="nobody@example.com")

    assert refused.value.recipients[0].code == 550


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param("a" * 999, "500", id="a line of 999 characters"),
        pytest.param("a" * 5000, "500", id="a very long line"),
        pytest.param("\r\n".join(["a" * 900] * 60), "552", id="a mail over the limit"),
    ],
)
async def test_a_mail_is_refused_after_its_dot(world: MailWorld, body: str, code: str) -> None:
    async with _line(world) as line:
        await line.until_data()
        await line.say("DATA")

        answer = await line.say(f"Subject: x\r\n\r\n{body}\r\n.")

        assert answer.startswith(code)
        assert world.inbox(DESK) == []


async def test_the_same_message_id_twice_is_delivered_twice(world: MailWorld) -> None:
    await _send(world, _mail())
    await _send(world, _mail())

    assert [mail.message_id for mail in world.inbox(DESK)] == ["<digest-1@bridge.test>"] * 2


async def test_the_null_sender_is_empty(world: MailWorld) -> None:
    async with _line(world) as line:
        for command in ("EHLO bridge.test", "MAIL FROM:<>", f"RCPT TO:<{ANNA.upper()}>", "DATA", "Subject: x\r\n\r\n."):
            await line.say(command)

        assert [mail.envelope_from for mail in world.inbox(ANNA)] == [""]


@pytest.mark.parametrize(
    ("phase", "fault", "reply"),
    [
        ("smtp.mail", Fault.LIMIT, "451"),
        ("smtp.mail", Fault.ERROR, "550"),
        ("smtp.mail", Fault.REFUSE, ""),
        ("smtp.rcpt", Fault.LIMIT, "450"),
        ("smtp.rcpt", Fault.ERROR, "550"),
        ("smtp.rcpt", Fault.CUT, ""),
        ("smtp.data", Fault.LIMIT, "451"),
        ("smtp.data", Fault.ERROR, "554"),
        ("smtp.data", Fault.REFUSE, ""),
        ("smtp.data", Fault.GARBAGE, "welcome"),
        ("smtp.data", Fault.CUT, ""),  # after 354, before the dot
        ("smtp.dot", Fault.LIMIT, "452"),
        ("smtp.dot", Fault.ERROR, "554"),
        ("smtp.dot", Fault.REFUSE, ""),
    ],
)
async def test_a_failure_before_acceptance_delivers_nothing(
    world: MailWorld, phase: str, fault: Fault, reply: str
) -> None:
    world.faults.next(phase, fault)

    answer = await _failed_answer(world)

    assert answer.startswith(reply)
    assert bool(answer) == bool(reply)
    assert world.inbox(DESK) == []
    assert await _send(world, _mail())


async def _failed_answer(world: MailWorld) -> str:
    async with _line(world) as line:
        commands = ["EHLO bridge.test", "MAIL FROM:<a@bridge.test>", f"RCPT TO:<{DESK}>", "DATA", "Subject: x\r\n\r\n."]
        for command in commands:
            answer = await line.say(command)
            if not answer.startswith(("250", "354")):
                break
    return answer


@pytest.mark.parametrize(
    ("fault", "reply"), [(Fault.CUT, ""), (Fault.LATE_ERROR, "452"), (Fault.GARBAGE, "welcome to the hotel network")]
)
async def test_a_reply_lost_after_the_dot_has_delivered_all_the_same(
    world: MailWorld, fault: Fault, reply: str
) -> None:
    world.faults.next("smtp.dot", fault)

    answer = await _failed_answer(world)

    assert answer.startswith(reply)
    assert bool(answer) == bool(reply)
    assert len(world.inbox(DESK)) == 1


async def test_a_server_silent_after_the_dot_has_delivered_all_the_same(world: MailWorld) -> None:
    world.faults.next("smtp.dot", Fault.SILENT)

    with pytest.raises(aiosmtplib.SMTPReadTimeoutError):
        await _send(world, _mail(), timeout=0.3)

    assert len(world.inbox(DESK)) == 1


@pytest.mark.parametrize("phase", ["smtp.connect", "smtp.mail", "smtp.rcpt", "smtp.data"])
async def test_a_server_silent_earlier_has_delivered_nothing(world: MailWorld, phase: str) -> None:
    world.faults.next(phase, Fault.SILENT)

    with pytest.raises((aiosmtplib.SMTPTimeoutError, TimeoutError)):
        await _send(world, _mail(), timeout=0.3)

    assert world.inbox(DESK) == []


@pytest.mark.parametrize(("fault", "code"), [(Fault.LIMIT, 421), (Fault.ERROR, 554)])
async def test_a_server_may_refuse_at_the_door(world: MailWorld, fault: Fault, code: int) -> None:
    world.faults.next("smtp.connect", fault)

    with pytest.raises(aiosmtplib.SMTPException) as refused:
        await _send(world, _mail())

    assert str(code) in str(refused.value)


async def test_a_server_may_hang_up_at_the_door(world: MailWorld) -> None:
    world.faults.next("smtp.connect", Fault.REFUSE)

    with pytest.raises(aiosmtplib.SMTPException):
        await _send(world, _mail())

    assert world.inbox(DESK) == []


async def test_a_server_that_is_down_refuses_connections_and_comes_back_on_its_port(world: MailWorld) -> None:
    port = world.port
    async with _line(world) as line:
        await world.down()
        with pytest.raises(aiosmtplib.SMTPConnectError):
            await _send(world, _mail())
        cut = await line.answer()
        await world.up()

        assert cut == ""
        assert world.port == port
        assert await _send(world, _mail())


@pytest.fixture
async def guarded() -> AsyncIterator[MailWorld]:
    world = MailWorld(MovableClock(), mailboxes=[DESK], credentials={"texts@bridge.test": "a secret"})
    await world.start()
    yield world
    await world.aclose()


async def test_a_server_with_credentials_takes_mail_only_after_signing_in(guarded: MailWorld) -> None:
    client = aiosmtplib.SMTP(hostname=guarded.host, port=guarded.port, start_tls=False)
    async with client:
        with pytest.raises(aiosmtplib.SMTPResponseException) as anonymous:
            await client.mail("texts@bridge.test")
        with pytest.raises(aiosmtplib.SMTPAuthenticationError) as wrong:
            await client.auth_plain("texts@bridge.test", "wrong")
        await client.auth_plain("texts@bridge.test", "a secret")
        await client.send_message(_mail())

    assert (anonymous.value.code, wrong.value.code) == (530, 535)
    assert len(guarded.inbox(DESK)) == 1


async def test_signing_in_is_not_offered_where_nobody_has_to(world: MailWorld) -> None:
    async with aiosmtplib.SMTP(hostname=world.host, port=world.port, start_tls=False) as client:
        await client.ehlo()

    assert not client.supports_extension("auth")
    assert not client.supports_extension("starttls")


def _certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Make a self-signed certificate; return the server's context and one that trusts it."""
    key, certificate = str(folder / "key.pem"), str(folder / "certificate.pem")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate, key)
    return tls, ssl.create_default_context(cafile=certificate)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="a certificate is made with the openssl command")
async def test_with_a_certificate_handed_in_starttls_is_offered_and_signing_in_needs_it(tmp_path: Path) -> None:
    tls, trust = await asyncio.to_thread(_certificate, tmp_path)
    world = MailWorld(MovableClock(), mailboxes=[DESK], credentials={"texts": "a secret"}, tls=tls)
    await world.start()

    await aiosmtplib.send(
        _mail(),
        hostname=world.host,
        port=world.port,
        start_tls=True,
        tls_context=trust,
        username="texts",
        password="a secret",
    )

    assert len(world.inbox(DESK)) == 1
    await world.aclose()


async def test_an_ordinary_library_can_use_it_too(world: MailWorld) -> None:
    def send() -> dict[str, tuple[int, bytes]]:
        with smtplib.SMTP(world.host, world.port, timeout=5) as client:
            return client.send_message(_mail())

    assert await asyncio.to_thread(send) == {}
    assert len(world.inbox(DESK)) == 1


async def test_an_answer_to_a_digest_bounces_into_the_authors_inbox(world: MailWorld) -> None:
    await _send(world, _mail())
    (digest,) = world.inbox(DESK)

    reply = world.reply(DESK, digest, "I will call her.")

    _, bounce = world.inbox(DESK)
    assert (reply.author, reply.to, reply.bounce) == (DESK, "texts@bridge.test", bounce)
    assert bounce.envelope_from == ""
    assert bounce.text is not None
    assert "<texts@bridge.test>: connect to bridge.test: Connection refused" in bounce.text
    assert "I will call her." in bounce.text


async def test_whoever_waits_for_mail_is_woken(world: MailWorld) -> None:
    waiting = asyncio.create_task(world.wait_for(lambda: bool(world.inbox(ANNA))))

    await _send(world, _mail(), to=ANNA)

    await waiting


async def test_the_page_sees_the_newest_mail_first(world: MailWorld) -> None:
    await _send(world, _mail("first"))
    await _send(world, _mail("second"))

    desk, anna = world.snapshot()["inboxes"]

    assert (desk["address"], [mail["subject"] for mail in desk["mails"]]) == (DESK, ["second", "first"])
    assert (anna["address"], anna["mails"]) == (ANNA, [])
    assert world.mail(desk["mails"][1]["number"]) == world.inbox(DESK)[0]
