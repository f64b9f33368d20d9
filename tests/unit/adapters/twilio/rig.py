"""One account with its secrets, payloads from the files, an intake that remembers, and a second hand at signing."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from adapters.twilio import TwilioSettings
from bridge.domain.event import Event, RawEvent
from bridge.errors import WireError
from bridge.ports import Answer

ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "12345"
PUBLIC_URL = "https://sms.example.com"
PAYLOADS = Path(__file__).parents[3] / "payloads" / "twilio"


def payload(name: str) -> bytes:
    """Return the body in a payload file, without the line that says where it came from."""
    provenance, body = (PAYLOADS / f"{name}.form").read_bytes().splitlines()
    assert provenance.startswith(b"#")
    return body


def settings(**more: object) -> TwilioSettings:
    return TwilioSettings.model_validate({"account_sid": ACCOUNT, "auth_token": TOKEN, **more})


def fields_of(body: bytes) -> dict[str, str]:
    """Parse a form, each octet one character."""
    return dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1"))


def sign(url: str, fields: Mapping[str, str], key: str = TOKEN, algorithm: str = "sha1") -> bytes:
    """Sign as the vendor's page describes it, for forms without repeated names, each octet one character."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(key.encode(), text.encode("latin-1"), getattr(hashlib, algorithm)).digest())


class RecordingIntake:
    """Takes everything, and answers as told."""

    def __init__(self, answer: Answer = Answer.ACCEPTED) -> None:
        self.answer = answer
        self.heard: list[tuple[RawEvent, Event | WireError]] = []
        self.arrived = asyncio.Event()

    async def accept(self, raw: RawEvent, read: Event | WireError) -> Answer:
        self.heard.append((raw, read))
        self.arrived.set()
        return self.answer

    @property
    def events(self) -> list[Event | WireError]:
        return [event for _, event in self.heard]
