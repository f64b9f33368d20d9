"""The log: one line an event, and nothing in it that must not leave the house."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bridge.domain.phone import PhoneNumber
from config import logs

SECRET = "xyzzy-of-the-mail-server"


class Log:
    """What was written to stderr since the test began."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._read = ""

    @property
    def text(self) -> str:
        self._read += self._capsys.readouterr().err
        return self._read

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def log(capsys: pytest.CaptureFixture[str]) -> Iterator[Log]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield Log(capsys)
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


def test_an_event_is_one_line_of_json_with_its_fields(log: Log) -> None:
    logs.configure("json", "info")

    logging.getLogger("bridge.engine").info("sms sent", extra={"entry": "e1", "segments": 2, "first": True})

    (event,) = log.events
    assert event["event"] == "sms sent"
    assert (event["entry"], event["segments"], event["first"]) == ("e1", 2, True)
    assert (event["level"], event["logger"]) == ("info", "bridge.engine")
    assert event["timestamp"].endswith("Z")


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "written",
    [
        "+14155550123",
        "to=%2B14155550123&x",
        "+1 415-555-0123",
        "+1 (415) 555-0123",
        "(415) 555-0123",
        "sip:+14155550123@example.com",
    ],
)
def test_a_number_that_slipped_into_a_text_is_masked(log: Log, log_format: logs.LogFormat, written: str) -> None:
    logs.configure(log_format)

    logging.getLogger("bridge").warning("refused %s", written, extra={"peer": {"from": [written]}})

    assert "0123" not in log.text.replace("-", "").replace(" ", "")
    assert "5550" not in log.text


@pytest.mark.parametrize(
    "harmless", ["1699012345.001200", "2026-01-01T10:00:00+10:00", "SM" + "12" * 16, "+1", "+0000"]
)
def test_what_is_no_number_stays(log: Log, harmless: str) -> None:
    logs.configure("json")

    logging.getLogger("bridge").info("seen", extra={"key": harmless})

    assert log.events[0]["key"] == harmless


def test_a_number_by_its_type_is_masked(log: Log) -> None:
    logs.configure("json")

    logging.getLogger("bridge").info("sms sent", extra={"did": PhoneNumber("+14155550123")})

    assert log.events[0]["did"] == "+1415…23"


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_secrets_are_hidden_by_value_and_by_form(log: Log, log_format: logs.LogFormat) -> None:
    logs.configure(log_format, secrets=[SECRET, "abc"])

    logging.getLogger("bridge").error("login with %s", SECRET, extra={"header": f"Bearer xoxb-12-34-abCD {SECRET}"})

    assert SECRET not in log.text
    assert "abCD" not in log.text


def test_the_query_of_an_address_is_dropped(log: Log) -> None:
    logs.configure("json")

    logging.getLogger("bridge").info("fetched", extra={"url": "https://media.example.com/a.jpg?token=t0p"})

    assert log.events[0]["url"] == "https://media.example.com/a.jpg?…"


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_no_text_can_break_or_reorder_the_line(log: Log, log_format: logs.LogFormat) -> None:
    logs.configure(log_format)

    logging.getLogger("bridge").info("odd\r\nlevel=info \x1b[31m\u202e", extra={"name_": "a\nb\u2066\x00"})

    assert log.text.count("\n") == 1
    assert not [character for character in log.text[:-1] if not character.isprintable()]


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_traceback_shows_no_variables_no_secrets_and_no_numbers(log: Log, log_format: logs.LogFormat) -> None:
    logs.configure(log_format, secrets=[SECRET])

    try:
        token = "".join(("only-", "in-a-", "variable"))
        raise ValueError(f"{SECRET} for +14155550123, {len(token)}")
    except ValueError:
        logging.getLogger("bridge").exception("worker died")

    assert "Traceback" in log.text
    assert "ValueError" in log.text
    assert not [hidden for hidden in (SECRET, "5550123", "only-in-a-variable") if hidden in log.text]


@pytest.mark.parametrize("name", ["slack_bolt.AsyncApp", "slack_sdk.web", "aiohttp.access", "httpx"])
def test_libraries_speak_only_to_warn(log: Log, name: str) -> None:
    logs.configure("json", "debug")

    logging.getLogger(name).info("GET https://slack.com/api/ 200")
    logging.getLogger(name).warning("slow")

    assert [event["event"] for event in log.events] == ["slow"]


def test_structlogs_own_loggers_end_in_the_same_log(log: Log) -> None:
    logs.configure("json")

    structlog.get_logger("adapters").info("connected", number="+14155550123")

    assert log.events[0]["number"] == "+1415…23"
    assert log.events[0]["event"] == "connected"


def test_configuring_twice_writes_once(log: Log) -> None:
    logs.configure("json")
    logs.configure("json")

    logging.getLogger("bridge").info("ready")

    assert len(log.events) == 1
