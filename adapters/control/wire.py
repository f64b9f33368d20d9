"""Status, and orders for backups, as JSON, strictly both ways: what is missing or extra is an error, never a guess."""

from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from bridge.domain.backup import Backup, Contents
from bridge.domain.invariant import Invariant
from bridge.domain.phone import masked
from bridge.domain.query import StatusView, Trouble
from bridge.domain.visible import visible
from bridge.errors import BackupFailed, BridgeError, ConfigError, Mistake, WireError


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


_Form = TypeVar("_Form", bound=_Strict)


def _strictly(form: type[_Form], body: bytes) -> _Form:
    try:
        return form.model_validate_json(body)
    except ValidationError as error:
        raise WireError(f"what was said over the socket cannot be read: {error.error_count()} mistakes") from error
