"""How the daemon's log looks: one line per event, as JSON for machines or in columns for people.

Phone numbers are masked by their types; here is the net below: numbers and secrets that slipped into other text are
masked too, whatever cannot be seen is escaped, and tracebacks show no variables.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bridge.domain.phone import masked

LogFormat = Literal["console", "json"]

_QUIET = ("slack_bolt", "slack_sdk", "aiohttp.access", "httpx", "httpcore", "asyncio", "mail.log")
_TOKEN = re.compile(r"\b(?:xox[a-z]|xapp)-[\w.-]+")
_QUERY = re.compile(r"(\b(?:https?|wss?)://[^\s?\"'<>]+)\?[^\s\"'<>]*")  # addresses of media carry their right in it
_HIDDEN = "[secret]"
_SHORTEST_SECRET = 6  # a shorter one would blank ordinary words

Hide = Callable[[str], str]


def configure(log_format: LogFormat, level: str | int = "info", *, secrets: Iterable[str] = ()) -> None:
    """Send every log record of the process to stderr in this form, from this level on, without these secrets."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(log_format, secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper() if isinstance(level, str) else level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[*_described(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def formatter(log_format: LogFormat, secrets: Iterable[str] = ()) -> logging.Formatter:
    """Make what turns a record, of ours or of any library, into a line of this form, without these secrets."""
    hide = partial(_hidden, secrets=_any_of(secrets))
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_described(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendered(log_format, hide)],
    )


def _described() -> list[Processor]:
    return [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _rendered(log_format: LogFormat, hide: Hide) -> list[Processor]:
    net: list[Processor] = [structlog.processors.format_exc_info, partial(_masked, hide=hide)]
    if log_format == "json":
        return [*net, structlog.processors.JSONRenderer()]
    columns = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, pad_event_to=36
    )
    return [*net, _escaped, columns]


def _masked(_logger: WrappedLogger, _method: str, event: EventDict, *, hide: Hide) -> EventDict:
    return {key: _safe(value, hide) for key, value in event.items()}


def _safe(value: object, hide: Hide) -> object:
    """Return the value as JSON can carry it, with nothing in it that the log must not show."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {hide(str(key)): _safe(inner, hide) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe(inner, hide) for inner in value]
    return hide(str(value))


def _hidden(text: str, *, secrets: re.Pattern[str] | None) -> str:
    if secrets:
        text = secrets.sub(_HIDDEN, text)
    return masked(_QUERY.sub(r"\1?…", _TOKEN.sub(_HIDDEN, text)))


def _any_of(secrets: Iterable[str]) -> re.Pattern[str] | None:
    """Match any of the secrets, the longest first, so that one within another leaves no rest."""
    long_enough = sorted({secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, long_enough))) if long_enough else None


def _escaped(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Escape what does not print, so that no text can move the cursor, colour or reorder the line."""
    return {key: _visible(value, keep="\n" if key == "exception" else "") for key, value in event.items()}


def _visible(value: object, keep: str) -> object:
    if not isinstance(value, str):
        return value if isinstance(value, bool | int | float) or value is None else _visible(repr(value), keep)
    return "".join(c if c.isprintable() or c in keep else c.encode("unicode_escape").decode() for c in value)
