"""Status as JSON, strictly both ways: what is missing, extra or of another type is an error, never a guess."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from bridge.domain.query import StatusView, Trouble
from bridge.domain.visible import visible
from bridge.errors import WireError


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


def written(status: StatusView) -> bytes:
    """Write a status as JSON; details of failures, which may quote strangers, become fit for a terminal."""
    whole = _Status(
        now=status.now,
        counts=dict(status.counts),
        oldest_unacknowledged=status.oldest_unacknowledged,
        oldest_waiting=status.oldest_waiting,
        listeners={name: visible(state) for name, state in status.listeners.items()},
        troubles=tuple(
            _Trouble(key=visible(each.key), what=visible(each.what), since=each.since, count=each.count)
            for each in status.troubles
        ),
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
    )
