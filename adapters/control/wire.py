"""Status, orders for backups, and names as JSON, strictly both ways: what is missing or extra is an error."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from bridge.domain.backup import Backup, Contents
from bridge.domain.contact import LONGEST_NAME, Entry, Imported, Named, Outranked, Page, Source, usable
from bridge.domain.invariant import Invariant
from bridge.domain.phone import Address, PhoneNumber, address, masked
from bridge.domain.query import StatusView, Trouble
from bridge.domain.visible import visible
from bridge.errors import BackupFailed, BridgeError, ConfigError, Mistake, WireError

_MOST_ROWS = 1000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Trouble(_Strict):
    key: str
    what: str
    since: AwareDatetime
    count: int


class _Status(_Strict):
    now: AwareDatetime
    counts: dict[str, int]
    oldest_unacknowledged: AwareDatetime | None
    oldest_waiting: AwareDatetime | None
    listeners: dict[str, str]
    troubles: tuple[_Trouble, ...]
    violated: tuple[Invariant, ...]


def written(status: StatusView) -> bytes:
    """Write a status as JSON; details of failures, which may quote strangers, become fit for a terminal."""
    whole = _Status(
        now=status.now,
        counts=dict(status.counts),
        oldest_unacknowledged=status.oldest_unacknowledged,
        oldest_waiting=status.oldest_waiting,
        listeners={name: visible(state) for name, state in status.listeners.items()},
        troubles=tuple(
            _Trouble(key=masked(visible(each.key)), what=visible(each.what), since=each.since, count=each.count)
            for each in status.troubles
        ),
        violated=status.violated,
    )
    return whole.model_dump_json().encode()


def read(body: bytes) -> StatusView:
    """Read a status; WireError if another release, or something else, wrote it."""
    try:
        status = _Status.model_validate_json(body)
    except ValidationError as error:
        raise WireError(f"the daemon's answer is not a status: {error.error_count()} mistakes") from error
    return StatusView(
        now=status.now,
        counts=status.counts,
        oldest_unacknowledged=status.oldest_unacknowledged,
        oldest_waiting=status.oldest_waiting,
        listeners=status.listeners,
        troubles=tuple(
            Trouble(key=each.key, what=each.what, since=each.since, count=each.count) for each in status.troubles
        ),
        violated=status.violated,
    )


class _Order(_Strict):
    file: str
    force: bool


class _Contents(_Strict):
    conversations: int
    messages: int
    waiting: int


class _Backup(_Strict):
    file: str
    contents: _Contents
    octets: int
    seconds: float


class _Refusal(_Strict):
    """Either something that somebody must change, with its place and remedy, or what stands in the way for now."""

    place: str = ""
    what: str
    remedy: str = ""


def written_order(file: Path, *, force: bool) -> bytes:
    return _Order(file=str(file), force=force).model_dump_json().encode()


def read_order(body: bytes) -> tuple[Path, bool]:
    """Read which file a backup is to become, and whether it may replace one; WireError if that cannot be told."""
    order = _strictly(_Order, body)
    return Path(order.file), order.force


def written_backup(backup: Backup) -> bytes:
    return _Backup.model_validate(asdict(backup)).model_dump_json().encode()


def read_backup(body: bytes) -> Backup:
    backup = _strictly(_Backup, body)
    contents = Contents(**backup.contents.model_dump())
    return Backup(file=backup.file, contents=contents, octets=backup.octets, seconds=backup.seconds)


def written_refusal(error: BridgeError) -> bytes:
    refusal = _Refusal(what=str(error))
    if isinstance(error, ConfigError):
        (mistake, *_) = error.mistakes
        refusal = _Refusal(place=mistake.place, what=mistake.what, remedy=mistake.remedy)
    return refusal.model_dump_json().encode()


def read_refusal(body: bytes) -> BridgeError:
    """Read why no backup was written, as the error that the daemon met."""
    refusal = _strictly(_Refusal, body)
    if not refusal.place:
        return BackupFailed(refusal.what)
    return ConfigError((Mistake(place=refusal.place, what=refusal.what, remedy=refusal.remedy),))


class _Named(_Strict):
    line: int
    number: Annotated[str, Field(pattern=r"^\+[1-9][0-9]{6,14}$")]
    name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]


class _Rows(_Strict):
    rows: Annotated[tuple[_Named, ...], Field(max_length=_MOST_ROWS)]
    cards: Annotated[int, Field(ge=0, le=_MOST_ROWS)]


class _Outranked(_Strict):
    line: int
    number: str
    name: str
    shown: str
    is_ours: bool


class _Imported(_Strict):
    new: int
    changed: int
    unchanged: int
    cards: int
    outranked: tuple[_Outranked, ...]


class _Entry(_Strict):
    address: str
    name: str
    source: Source | None
    is_shown: bool


class _Page(_Strict):
    entries: tuple[_Entry, ...]
    last: str | None


class _After(_Strict):
    address: str | None


def written_rows(people: Sequence[Named], cards: int) -> bytes:
    rows = tuple(_Named(line=one.line, number=one.address.value, name=one.name) for one in people)
    return _Rows(rows=rows, cards=cards).model_dump_json().encode()


def read_rows(body: bytes) -> tuple[tuple[Named, ...], int]:
    """Read some names that are to be kept, and how many open threads may say them; a name is made fit to be shown."""
    order = _strictly(_Rows, body)
    rows = ((one, usable(one.name)) for one in order.rows)
    named = (Named(line=one.line, address=PhoneNumber(one.number), name=name) for one, name in rows if name)
    return tuple(named), order.cards


def written_imported(came: Imported) -> bytes:
    told = tuple(
        _Outranked(line=one.line, number=one.address.value, name=one.name, shown=one.shown, is_ours=one.is_ours)
        for one in came.outranked
    )
    counts = {name: getattr(came, name) for name in ("new", "changed", "unchanged", "cards")}
    return _Imported(**counts, outranked=told).model_dump_json().encode()


def read_imported(body: bytes) -> Imported:
    came = _strictly(_Imported, body)
    told = tuple(
        Outranked(line=one.line, address=_number(one.number), name=one.name, shown=one.shown, is_ours=one.is_ours)
        for one in came.outranked
    )
    return Imported(new=came.new, changed=came.changed, unchanged=came.unchanged, cards=came.cards, outranked=told)


def _number(written: str) -> PhoneNumber:
    try:
        return PhoneNumber(written)
    except ValueError as error:
        raise WireError(f"what was said over the socket is {error}") from error


def written_after(address: Address | None) -> bytes:
    return _After(address=address.value if address else None).model_dump_json().encode()


def read_after(body: bytes) -> Address | None:
    after = _strictly(_After, body).address
    return None if after is None else address(after)


def written_page(page: Page) -> bytes:
    entries = tuple(
        _Entry(address=one.address.value, name=one.name, source=one.source, is_shown=one.is_shown)
        for one in page.entries
    )
    return _Page(entries=entries, last=page.last.value if page.last else None).model_dump_json().encode()


def read_page(body: bytes) -> Page:
    page = _strictly(_Page, body)
    entries = tuple(
        Entry(address=address(one.address), name=one.name, source=one.source, is_shown=one.is_shown)
        for one in page.entries
    )
    return Page(entries=entries, last=None if page.last is None else address(page.last))


_Form = TypeVar("_Form", bound=_Strict)


def _strictly(form: type[_Form], body: bytes) -> _Form:
    try:
        return form.model_validate_json(body)
    except ValidationError as error:
        raise WireError(f"what was said over the socket cannot be read: {error.error_count()} mistakes") from error
