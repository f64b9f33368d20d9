"""Texts as the carrier's webhooks bring them: complete signed requests, each with a mark that the world recognises.

The mark stands in the text: ~RUN.NUMBER.NANOSECONDS~, the moment by the machine's monotonic clock.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from urllib.parse import quote_plus, urlsplit

ACCOUNT = "AC" + "b" * 32
AUTH_TOKEN = "a-token-that-signs"
PUBLIC_URL = "http://127.0.0.1:1"  # what is signed; it need not be where we really listen
PATH = "/carriers/main/message"
MARK = re.compile(r"~([0-9a-z]+)\.([0-9]+)\.([0-9]+)~")

_WORDS = "Hello, this is about the delivery for tomorrow: the back door will be open from seven on, please ring twice. "
_SAME = {
    "AccountSid": ACCOUNT,
    "ApiVersion": "2010-04-01",
    "FromCity": "NEW YORK",
    "FromCountry": "US",
    "FromState": "NY",
    "FromZip": "10001",
    "NumMedia": "0",
    "NumSegments": "2",
    "SmsStatus": "received",
    "ToCity": "SAN FRANCISCO",
    "ToCountry": "US",
    "ToState": "CA",
    "ToZip": "94102",
}
_OTHER = ("Body", "From", "MessageSid", "SmsMessageSid", "SmsSid", "To")


def did(number: int) -> str:
    """Return the n-th of our numbers."""
    return f"+1{415 + number // 100}55501{number % 100:02d}"


def sender(number: int) -> str:
    """Return the n-th of the phones that text us."""
    return f"+1{212 + number // 100}55501{number % 100:02d}"


def _templates() -> tuple[str, str]:
    """Prepare the form, and what is signed of it, with places for whatever differs from text to text."""
    fields = {**{name: value.replace("%", "%%") for name, value in _SAME.items()}, **{n: f"%({n})s" for n in _OTHER}}
    form = {n: v if n in _OTHER else quote_plus(_SAME[n]).replace("%", "%%") for n, v in fields.items()}
    posted = "&".join(f"{name}={value}" for name, value in form.items())
    return posted, "".join(f"{name}{fields[name]}" for name in sorted(fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class Phones:
    """Many phones that text to some of our numbers, in turn; `url` is where the requests really go."""

    url: str
    run: str
    senders: int = 50
    dids: int = 1
    characters: int = 160
    _form: str = field(init=False)
    _signed: str = field(init=False)
    _head: str = field(init=False)

    def __post_init__(self) -> None:
        form, signed = _templates()
        host = urlsplit(self.url).netloc
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: TwilioProxy/1.1\r\nAccept: */*\r\n"
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
            "X-Twilio-Signature: %s\r\nI-Twilio-Idempotency-Token: %s\r\nContent-Length: %d\r\n\r\n"
        )
        object.__setattr__(self, "_form", form)
        object.__setattr__(self, "_signed", PUBLIC_URL + PATH + signed)
        object.__setattr__(self, "_head", head)

    def request(self, number: int, said_at: int) -> bytes:
        """Write the request of one text; the same number and run give the same message."""
        mark = f"~{self.run}.{number}.{said_at}~"
        text = (_WORDS * 2)[: self.characters - len(mark)] + mark
        sid = "SM" + hashlib.md5(f"{self.run}/{number}".encode(), usedforsecurity=False).hexdigest()
        values = {"Body": text, "From": sender(number % self.senders), "To": did(number % self.dids)}
        values |= dict.fromkeys(("MessageSid", "SmsMessageSid", "SmsSid"), sid)
        signed = hmac.digest(AUTH_TOKEN.encode(), (self._signed % values).encode(), "sha1")
        body = self._form % {name: quote_plus(value) for name, value in values.items()}
        return (self._head % (base64.b64encode(signed).decode(), sid, len(body)) + body).encode()
