"""Twilio's door: posted forms, pages of its list, and the signature that stands before both."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx

from adapters.twilio import listing, signature, wire
from adapters.twilio.form import Form
from bridge.domain.command import SendSms
from bridge.domain.event import CarrierEvent
from bridge.domain.phone import PhoneNumber
from bridge.errors import Transient, Uncertain, WireError
from fuzz.promises import can_be_kept, promise

_NAME = "main"
_MOST_FIELDS = 200
_SINCE = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
_SMS = SendSms(did=PhoneNumber("+14155550100"), to=(PhoneNumber("+12125550101"),), text="On our way")

_TOKEN, _SHARED_KEY = "token-of-the-fuzzer", "key-of-the-fuzzer"
_SEAL = signature.Seal([_TOKEN], _SHARED_KEY)
_ADDRESS = b"https://sms.example.com/carriers/main/message"


def form(data: bytes) -> None:
    """Read the first line as a posted form, and the rest as the query of the address that was called."""
    body, _, rest = data.partition(b"\n")
    query = rest.decode("utf-8", "surrogateescape")
    parsed, again = Form.parse(body), Form.parse(body)
    promise((parsed is None) == (body.count(b"&") >= _MOST_FIELDS), "only too many fields are no form")
    if parsed is None or again is None:
        return
    promise(parsed.signed() == again.signed(), "equal forms are signed alike")
    promise(wire.unread_key(_NAME, body) == wire.unread_key(_NAME, body), "equal octets have equal keys")
    _read(lambda: wire.inbound(_NAME, parsed), lambda: wire.inbound(_NAME, again))
    _read(lambda: wire.receipt(_NAME, parsed, query), lambda: wire.receipt(_NAME, again, query))


def answered(data: bytes) -> None:
    """Read the first line as status and Retry-After of an answer, and the rest as its body."""
    head, _, body = data.partition(b"\n")
    status, _, pause = head.decode("latin-1").partition(" ")
    code = int(status) if status.isascii() and status.isdigit() and len(status) == 3 else 500
    headers = {"retry-after": pause, "content-type": "text/html" if body.startswith(b"<") else "application/json"}
    response = httpx.Response(
        code, content=body, headers=[(name.encode(), one.encode("latin-1")) for name, one in headers.items()]
    )
    ref = wire.reference(wire.answer(response))
    promise(ref is None or (ref.isascii() and ref.isalnum()), "a reference is a plain word")
    fault = wire.fault(response)
    promise(can_be_kept(str(fault)), "why it failed can be kept")
    promise(
        code not in (408, 500, 502, 503, 504) or isinstance(fault, Uncertain), "what may have happened is asked about"
    )
    if isinstance(fault, Transient) and fault.retry_after is not None:
        promise(timedelta() <= fault.retry_after <= timedelta(hours=1), "a pause is no longer than an hour")


def listed(data: bytes) -> None:
    """Read an answer of the carrier's as a page of its list, and as the list of a text's files."""
    answer = wire.answer(httpx.Response(200, content=data))
    try:
        files = listing.files(answer, "https://api.twilio.com")
        promise(can_be_kept(files) and len(files) <= wire.MOST_FILES, "files can be kept, and are not too many")
    except Transient:
        pass
    try:
        resources, onward = listing.page(answer)
    except Transient:
        return
    promise(can_be_kept(onward), "the address of the next page is text")
    for resource in resources:
        _resource(resource)


def _resource(resource: listing.Resource) -> None:
    _read(lambda: listing.inbound(_NAME, resource, ()), lambda: listing.inbound(_NAME, resource, ()))
    _read(lambda: listing.receipt(_NAME, resource), lambda: listing.receipt(_NAME, resource))
    listing.is_inbound(resource, _SINCE)
    listing.is_progress(resource, _SINCE)
    is_match, is_alike = listing.is_match(resource, _SMS, _SINCE), listing.is_alike(resource, _SMS)
    promise(is_alike or not is_match, "what may be this SMS says at least the same")
    promise(listing.told_at(resource).tzinfo is not None, "a moment has its time zone")


def _read(read: Callable[[], CarrierEvent], again: Callable[[], CarrierEvent]) -> None:
    """Insist that it is an event or a WireError, and the same event twice."""
    try:
        event = read()
    except WireError:
        return
    promise(event.key.startswith(f"twilio:{_NAME}:") and not event.key.endswith(":"), "an event has a name")
    promise(event == again(), "equal input is an equal event")
    promise(can_be_kept(event), "an event can be kept")


def seal(data: bytes) -> None:
    """Check line by line: the signature, its settings, the query that was called; the rest is the body."""
    given, settings, query, body = (*data.split(b"\n", 3), b"", b"", b"")[:4]
    written = query.decode("utf-8", "surrogateescape")
    address = _ADDRESS + b"?" + query
    parsed = Form.parse(body)
    signed = parsed.signed() if parsed else b""
    right = _made(_TOKEN, address + signed, "sha1")
    strong = _made(_SHARED_KEY, address + signed, "sha256")
    claimed, wishes = given.decode("utf-8", "surrogateescape"), settings.decode("utf-8", "surrogateescape")

    promise(_SEAL.fits([_ADDRESS, address], signed, right), "what is genuine is let in")
    promise(_SEAL.fits([address], signed, claimed) == (given == right.encode()), "what is not genuine is not let in")
    promise(
        not _SEAL.fits([address], signed, claimed, wishes) or given == strong.encode(),
        "the caller's settings weaken nothing",
    )
    promise(not _SEAL.fits([address], signed, right, wishes), "an algorithm's secret serves that algorithm alone")
    digest = signature.body_digest(written)
    made = hashlib.sha256(body).hexdigest()
    promise(digest is None or signature.is_body(body, digest) == (digest == made), "a body is known by its digest")
    promise(signature.body_digest(f"bodySHA256={made}") == made, "the digest in an address is found")


def _made(secret: str, message: bytes, algorithm: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), message, algorithm)).decode()
