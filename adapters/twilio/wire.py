"""Twilio's forms, translated into our nouns, and its failures, turned into one of our four kinds.

Pure: no network, no clock. What came by the list instead of a webhook is read by `listing`, with the same keys; who
sent a form was settled before it comes here.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qs

import httpx

from adapters.twilio import codes
from adapters.twilio.form import Form
from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus
from bridge.domain.event import File, InboundSms
from bridge.domain.ids import CarrierRef, EntryToken, EventKey, MediaRef
from bridge.domain.message import UNKNOWN_TYPE, media_name
from bridge.domain.phone import Address, PhoneNumber, address
from bridge.domain.visible import visible
from bridge.errors import Blocked, Permanent, PortError, Reason, Transient, Uncertain, WireError

MOST_FILES = 10

_SID = re.compile(r"[A-Za-z0-9]{2,64}", re.ASCII)  # SM or MM and 32 digits; compatible services have others
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}", re.ASCII)
_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,60}", re.ASCII)

# With the carrier is *queued*; *sent* means on the network, and that the carrier says in its own time.
STATUSES = {
    "accepted": DeliveryStatus.QUEUED,
    "scheduled": DeliveryStatus.QUEUED,
    "queued": DeliveryStatus.QUEUED,
    "sending": DeliveryStatus.QUEUED,
    "sent": DeliveryStatus.SENT,
    "partially_delivered": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.DELIVERED,
    "undelivered": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
}


def inbound(name: str, form: Form) -> InboundSms:
    """Read the webhook of a text that came; raises WireError."""
    key, did, sender = message_key(name, form.get("MessageSid")), our_number(form.get("To")), address(form.get("From"))
    return InboundSms(
        key=key, did=did, sender=sender, others=_others(form, did, sender), text=form.get("Body"), files=_files(form)
    )


def receipt(name: str, form: Form, query: str) -> DeliveryReceipt:
    """Read a status callback; the entry's token stands in the address that we gave. Raises WireError."""
    sid, word = form.get("MessageSid"), form.get("MessageStatus") or form.get("SmsStatus")
    return DeliveryReceipt(
        key=status_key(name, sid, word),
        token=_token(query),
        ref=CarrierRef(sid),
        status=status(word),
        detail=codes.explained(form.get("ErrorCode"), form.get("ErrorMessage")),
        at=None,
    )


def message_key(name: str, sid: str) -> EventKey:
    """Name a message by its SID; raises WireError for what is none."""
    if not _SID.fullmatch(sid):
        raise WireError("the message has no SID of a form that we know")
    return EventKey(f"twilio:{name}:{sid}")


def status_key(name: str, sid: str, word: str) -> EventKey:
    """Name the fact that a message has reached a status."""
    return EventKey(f"{message_key(name, sid)}/{word}")


def unread_key(name: str, body: bytes) -> EventKey:
    """Name a payload that we cannot read by its octets, so that its repetition is recognised."""
    return EventKey(f"twilio:{name}:unread/{hashlib.sha256(body).hexdigest()[:32]}")


def reference(answer: object) -> CarrierRef | None:
    """Return the reference in the answer to a send, or None if it carries none."""
    sid = answer.get("sid") if isinstance(answer, Mapping) else None
    return CarrierRef(sid) if isinstance(sid, str) and _SID.fullmatch(sid) else None


def our_number(written: str) -> PhoneNumber:
    number = address(written)
    if not isinstance(number, PhoneNumber):
        raise WireError("the number that was texted is not in the form +14155550100")
    return number


def status(word: str) -> DeliveryStatus:
    if word not in STATUSES:
        raise WireError("the status is none that we know")
    return STATUSES[word]


def announced(number: int, url: str, kind: str) -> File:
    """Describe a file that came with a text; `number` counts from 1."""
    kind = kind if _TYPE.fullmatch(kind) else UNKNOWN_TYPE
    return File(ref=MediaRef(url), name=media_name(number, kind), type=kind)


def _token(query: str) -> EntryToken | None:
    try:
        tokens = parse_qs(query, max_num_fields=20).get("entry", [])
    except ValueError:
        return None
    return EntryToken(tokens[0]) if len(tokens) == 1 and _TOKEN.fullmatch(tokens[0]) else None


def _others(form: Form, did: PhoneNumber, sender: Address) -> tuple[Address, ...]:
    """Read the rest of a group text: fields that the vendor does not document, seen numbered and not."""
    alone = form.get("OtherRecipients")
    others = dict.fromkeys(address(each) for each in (alone, *_numbered(form, "OtherRecipients")) if each)
    return tuple(other for other in others if other not in (did, sender))


def _files(form: Form) -> tuple[File, ...]:
    urls = enumerate(_numbered(form, "MediaUrl"))
    return tuple(announced(at + 1, url, form.get(f"MediaContentType{at}")) for at, url in urls)


def _numbered(form: Form, name: str) -> Iterator[str]:
    """Return name0, name1, … until one is missing or empty, or there are as many as an MMS takes."""
    for number in range(MOST_FILES):
        value = form.get(f"{name}{number}")
        if not value:
            return
        yield value


_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_NO_ADDRESS = (httpx.UnsupportedProtocol, httpx.InvalidURL)
_UNKNOWN_OUTCOME = frozenset({408, 409, 425})
_SURELY_REFUSED = frozenset({400, 404, 410, 413, 415, 422})
_LOGIN = frozenset({401, 402, 403, 407})
_LONGEST_PAUSE, _SHORTEST_PAUSE = timedelta(hours=1), timedelta(seconds=1)
_UNTOLD_PAUSE = timedelta(seconds=30)  # after a 429 that does not say for how long


def fault(failure: Exception | httpx.Response) -> PortError:
    """Say which of our four kinds a failed send is, for everything that the library raises or the carrier answers.

    Only what certainly never reached the carrier, or was refused by it in so many words, counts as not done.
    """
    if isinstance(failure, httpx.Response):
        return _refusal(failure)
    what = type(failure).__name__
    if isinstance(failure, _NEVER_LEFT):
        return Transient(f"no connection to the carrier ({what})")
    if isinstance(failure, _NO_ADDRESS):
        return Blocked(f"the carrier's address cannot be used ({what})", "check api_url")
    return Uncertain(f"no answer from the carrier ({what})")


def _refusal(response: httpx.Response) -> PortError:
    status, (code, message) = response.status_code, _complaint(response)
    if status == 429:
        pause = _pause(response)
        asked = _UNTOLD_PAUSE if pause is None else max(pause, _SHORTEST_PAUSE)
        return Transient("the carrier has too many requests from us", asked)
    if not 400 <= status < 500 or status in _UNKNOWN_OUTCOME:
        return Uncertain(f"the carrier answered {status}, and nothing that says what it did")
    if (known := codes.failure(code, _pause(response))) is not None:
        return known
    if status in _LOGIN:
        return Blocked(f"the carrier answered {status}: {message}", "check account_sid and auth_token, or the API key")
    if code or (status in _SURELY_REFUSED and not _is_page(response)):
        return Permanent(f"{code or status}: {message}", Reason.REJECTED)
    return Uncertain(f"something between us and the carrier answered {status}")


def _complaint(response: httpx.Response) -> tuple[int, str]:
    """Return code and message of the vendor's error; 0 and the standard's phrase where there is none."""
    read = answer(response)
    code, message = (read.get("code"), read.get("message")) if isinstance(read, dict) else (None, None)
    told = visible(message)[:200] if isinstance(message, str) else response.reason_phrase
    return code if isinstance(code, int) else 0, told


def answer(response: httpx.Response) -> object:
    """Read the JSON of an answer; None for whatever is none."""
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError):
        return None


def _is_page(response: httpx.Response) -> bool:
    """Tell a web page, which only something between us and the carrier would answer with."""
    return str(response.headers.get("content-type", "")).startswith("text/html")


def _pause(response: httpx.Response) -> timedelta | None:
    """Read Retry-After, in seconds or as a date; at most an hour, and None where it makes no sense."""
    written = response.headers.get("retry-after", "").strip()
    if written.isascii() and written.isdecimal():
        return min(timedelta(seconds=int(written)), _LONGEST_PAUSE) if len(written) < 10 else _LONGEST_PAUSE
    until, now = http_date(written), http_date(response.headers.get("date", ""))
    return min(max(until - now, timedelta()), _LONGEST_PAUSE) if until and now else None


def http_date(written: str) -> datetime | None:
    """Read a date as mail and HTTP write it; None for anything else."""
    try:
        read = parsedate_to_datetime(written)
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
