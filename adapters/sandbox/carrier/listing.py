"""Listing messages: filters, newest first, in pages that new arrivals do not shift."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from adapters.sandbox.carrier.records import CarrierMessage

_SIZE, _LARGEST = 50, 1000


class BadFilter(ValueError):
    """A date or page size that cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list, with the relative addresses around it."""

    messages: Sequence[CarrierMessage]
    number: int
    size: int
    start: int
    uri: str
    first_uri: str
    next_uri: str | None


def page(messages: Iterable[CarrierMessage], query: Mapping[str, str], path: str) -> Page:
    """Cut the page that the query asks for; `messages` come oldest first.

    Filters are `To`, `From`, `DateSent`, `DateSent<` and `DateSent>`, both bounds inclusive; a bare date means its
    midnight UTC. A message not sent yet counts by the moment it was created.
    """
    size = _size(query.get("PageSize", str(_SIZE)))
    found = [each for each in messages if _matches(each, query)][::-1]
    number = int(query.get("Page", "0"))
    start = _after(found, query.get("PageToken"))
    shown = found[start : start + size]
    more = start + size < len(found)
    return Page(
        messages=shown,
        number=number,
        size=size,
        start=number * size,
        uri=_address(path, query, {}),
        first_uri=_address(path, query, {"PageSize": str(size), "Page": "0"}),
        next_uri=_address(
            path, query, {"PageSize": str(size), "Page": str(number + 1), "PageToken": f"PA{shown[-1].sid}"}
        )
        if more
        else None,
    )


def _size(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise BadFilter("PageSize")
    return min(int(text), _LARGEST)


def _after(found: Sequence[CarrierMessage], token: str | None) -> int:
    if token is None:
        return 0
    return next((place + 1 for place, each in enumerate(found) if f"PA{each.sid}" == token), len(found))


def _address(path: str, query: Mapping[str, str], changed: Mapping[str, str]) -> str:
    kept = {name: value for name, value in query.items() if name not in ("Page", "PageToken", "PageSize")}
    return f"{path}?{urlencode(kept | dict(changed or query))}"


def _matches(message: CarrierMessage, query: Mapping[str, str]) -> bool:
    sent = (message.sent or message.created).replace(microsecond=0)
    if query.get("To", message.to) != message.to or query.get("From", message.from_) != message.from_:
        return False
    earliest, end = _day(query["DateSent"]) if "DateSent" in query else (sent, sent + timedelta(seconds=1))
    since = _moment(query["DateSent>"]) if "DateSent>" in query else sent
    until = _moment(query["DateSent<"]) if "DateSent<" in query else sent
    return earliest <= sent < end and since <= sent <= until


def _day(text: str) -> tuple[datetime, datetime]:
    start = _moment(text)
    return start, start + (timedelta(days=1) if len(text) == len("2026-03-02") else timedelta(seconds=1))


def _moment(text: str) -> datetime:
    try:
        if len(text) == len("2026-03-02"):
            return datetime.combine(date.fromisoformat(text), time(), UTC)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadFilter(text) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
