"""Twilio's list of messages: its pages, and each message in it as the noun that a webhook would have made of it.

Pure, like `wire`, from which it has the keys.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from adapters.twilio import codes, wire
from bridge.domain.command import SendSms
from bridge.domain.delivery import DeliveryReceipt, DeliveryStatus
from bridge.domain.event import File, InboundSms
from bridge.domain.ids import CarrierRef
from bridge.domain.phone import address
from bridge.errors import Transient, WireError

Resource = Mapping[str, object]
"""One message of the list, as its JSON was read."""

_INBOUND, _OURS = "inbound", "outbound-api"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCKS_APART = timedelta(minutes=2)

_TRIAL = "Sent from your Twilio trial account - "
_TYPOGRAPHY = str.maketrans(
    dict.fromkeys("‘’‚‛′", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | {"…": "...", "\u200b": None, "\ufeff": None}
)


def page(answer: object) -> tuple[list[Resource], str]:
    """Read one page: its messages, and the address of the next ("" after the last).

    Raises Transient for an answer that is no page: something else replied, or only half of it came.
    """
    messages = answer.get("messages") if isinstance(answer, Mapping) else None
    if not isinstance(answer, Mapping) or not isinstance(messages, list):
        raise Transient("the carrier's list cannot be read")
    if not all(isinstance(each, Mapping) for each in messages):
        raise Transient("the carrier's list holds something that is no message")
    return messages, text(answer, "next_page_uri")


def inbound(name: str, resource: Resource, files: tuple[File, ...]) -> InboundSms:
    """Read a text that came; the list does not name the others of a group. Raises WireError."""
    return InboundSms(
        key=wire.message_key(name, text(resource, "sid")),
        did=wire.our_number(text(resource, "to")),
        sender=address(text(resource, "from")),
        text=text(resource, "body"),
        files=files,
        said_at=_came_at(resource),
    )


def receipt(name: str, resource: Resource) -> DeliveryReceipt:
    """Read what became of a text of ours. Raises WireError."""
    sid, word = text(resource, "sid"), text(resource, "status")
    return DeliveryReceipt(
        key=wire.status_key(name, sid, word),
        token=None,
        ref=CarrierRef(sid),
        status=wire.status(word),
        detail=codes.explained(text(resource, "error_code"), text(resource, "error_message")),
        at=_moment(resource, "date_updated"),
    )


def files(answer: object, api_url: str) -> tuple[File, ...]:
    """Read the list of a text's files; like `page`, raises Transient for an answer that is none."""
    media = answer.get("media_list") if isinstance(answer, Mapping) else None
    if not isinstance(media, list) or not all(isinstance(each, Mapping) for each in media):
        raise Transient("the list of the text's files cannot be read")
    addresses = [f"{api_url}{text(each, 'uri').removesuffix('.json')}" for each in media]
    kinds = [text(each, "content_type") for each in media]
    announced = [wire.announced(1 + at, addresses[at], kinds[at]) for at in range(len(media))]
    return tuple(announced[: wire.MOST_FILES])


def is_inbound(resource: Resource, since: datetime | None = None) -> bool:
    """Tell a text that came, at or after `since` if that is given; one without a readable time may have."""
    came_at = _came_at(resource)
    return text(resource, "direction") == _INBOUND and _is_since(came_at, since)


def is_progress(resource: Resource, since: datetime) -> bool:
    """Tell a text of ours that has left, failed or arrived, and changed at or after `since`."""
    if text(resource, "direction") != _OURS or not _is_since(_moment(resource, "date_updated"), since):
        return False
    try:
        return wire.status(text(resource, "status")) is not DeliveryStatus.QUEUED
    except WireError:
        return True


def is_match(resource: Resource, sms: SendSms, since: datetime) -> bool:
    """Tell whether a listed message may be this SMS, sent at or after `since` by a clock that may differ from ours."""
    return (
        text(resource, "direction") == _OURS
        and text(resource, "from") == sms.did.value
        and text(resource, "to") == sms.to[0].value
        and _is_since(_moment(resource, "date_created"), since - _CLOCKS_APART)
        and _plain(text(resource, "body")) == _plain(sms.text)
    )


def is_alike(resource: Resource, sms: SendSms) -> bool:
    """Tell whether it says the same to the same person, whenever and from wherever."""
    return (
        not text(resource, "direction").startswith(_INBOUND)
        and text(resource, "to") == sms.to[0].value
        and _plain(text(resource, "body")) == _plain(sms.text)
    )


def told_at(resource: Resource) -> datetime:
    """Return the moment by which a listed message takes its place among others."""
    when = _came_at(resource) if is_inbound(resource) else _moment(resource, "date_updated")
    return when or _LONG_AGO


def text(resource: Resource, field: str) -> str:
    """Return a field as text; numbers are written out, what is missing or null is empty, half a character U+FFFD."""
    value = resource.get(field)
    if not isinstance(value, str | int):
        return ""
    written = str(value)
    return written if written.isascii() else written.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _is_since(when: datetime | None, since: datetime | None) -> bool:
    return when is None or since is None or when >= since.replace(microsecond=0)


def _came_at(resource: Resource) -> datetime | None:
    return _moment(resource, "date_sent") or _moment(resource, "date_created")


def _moment(resource: Resource, field: str) -> datetime | None:
    return wire.http_date(text(resource, field))


def _plain(written: str) -> str:
    """Undo what carriers change in a text: typographic signs, spaces, the greeting of a trial account."""
    return " ".join(written.translate(_TYPOGRAPHY).removeprefix(_TRIAL).split())
