"""What the send API refuses before anything is sent, with the vendor's code, status and sentence.

The checks that need no network; the media are fetched by `pictures`.
"""

import re
from collections.abc import Container
from dataclasses import dataclass, field
from urllib.parse import urlsplit

MAX_BODY = 1600
MAX_MEDIA = 10

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_NORTH_AMERICAN = re.compile(r"\+1[2-9]\d\d[2-9]\d{6}")
# Area codes that look domestic and are not: the Caribbean and the Atlantic islands under +1.
_ISLANDS = frozenset(
    "242 246 264 268 284 345 441 473 649 658 664 721 758 767 784 809 829 849 868 869 876".split()  # noqa: SIM905 - a table
)

# The vendor's magic numbers for test credentials: what each is refused with, as sender and as recipient.
MAGIC_SENDERS = {"+15005550001": 21212, "+15005550007": 21606, "+15005550008": 21611}
MAGIC_RECIPIENTS = {
    "+15005550001": 21211,
    "+15005550002": 21612,
    "+15005550003": 21408,
    "+15005550004": 21610,
    "+15005550009": 21614,
}

SENTENCES = {
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource {} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21211: (400, "Invalid 'To' Phone Number: {}"),
    21212: (400, "Invalid From Number (caller ID): {}"),
    21266: (400, "'To' and 'From' number cannot be the same: {}"),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {}"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number provided ({}) is not a valid message-capable phone number for this account."),
    21608: (400, "The number {} is unverified. Trial accounts cannot send messages to unverified numbers."),
    21609: (400, "Invalid 'StatusCallback' URL: {}"),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages: {}"),
    21612: (400, "The 'To' phone number {} is not currently reachable using the 'From' phone number"),
    21614: (400, "'To' number is not a valid mobile number: {}"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
    21620: (400, "Invalid media URL(s): {}"),
    21623: (400, "Number of media files exceeds allowed limit."),
    21701: (400, "The Messaging Service resource does not exist."),
    11751: (400, "Media Message - Media exceeds messaging provider size limit: {}"),
    12300: (400, "Invalid Content-Type: {}"),
}


class Refused(Exception):
    """The API says no; nothing was sent."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code = code
        self.status, sentence = SENTENCES[code]
        self.sentence = sentence.format(detail)
        super().__init__(self.sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendForm:
    """The fields of one send, as given."""

    to: str
    from_: str
    body: str
    media_urls: tuple[str, ...]
    status_callback: str
    service: str


@dataclass(slots=True, kw_only=True)
class Rules:
    """What this account may do; switches, hence not frozen."""

    dids: Container[str]
    blocked: Container[tuple[str, str]]
    refused_numbers: dict[str, int] = field(default_factory=dict)  # To -> the code its refusal carries
    refused_senders: dict[str, int] = field(default_factory=dict)  # likewise by From
    regions: tuple[str, ...] = ("+1",)  # enabled prefixes; the islands under +1 are never part of them


def check(form: SendForm, rules: Rules) -> None:
    """Raise Refused with the first rule that this send breaks."""
    _check_from(form, rules)
    _check_to(form, rules)
    _check_content(form)
    if form.status_callback and not _callable(form.status_callback):
        raise Refused(21609, form.status_callback)
    if (form.from_, form.to) in rules.blocked:
        raise Refused(21610)


def _check_from(form: SendForm, rules: Rules) -> None:
    if not form.from_:
        raise Refused(21701 if form.service else 21603)
    if form.from_ in rules.refused_senders:
        raise Refused(rules.refused_senders[form.from_], form.from_)
    if not _is_number(form.from_):
        raise Refused(21212, form.from_)
    if form.from_ not in rules.dids:
        raise Refused(21606, form.from_)


def _check_to(form: SendForm, rules: Rules) -> None:
    if not form.to:
        raise Refused(21604)
    if form.to in rules.refused_numbers:
        raise Refused(rules.refused_numbers[form.to], form.to)
    if not _is_number(form.to):
        raise Refused(21211, form.to)
    if form.to == form.from_:
        raise Refused(21266, form.to)
    if not form.to.startswith(rules.regions) or (form.to.startswith("+1") and form.to[2:5] in _ISLANDS):
        raise Refused(21408, form.to)


def _check_content(form: SendForm) -> None:
    if not form.body and not form.media_urls:
        raise Refused(21602)
    if len(form.body) > MAX_BODY:
        raise Refused(21617)
    if len(form.media_urls) > MAX_MEDIA:
        raise Refused(21623)


def _is_number(number: str) -> bool:
    return bool((_NORTH_AMERICAN if number.startswith("+1") else _E164).fullmatch(number))


def _callable(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "_" not in (parts.hostname or "")
