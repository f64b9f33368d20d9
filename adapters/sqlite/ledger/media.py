"""The tables `media` and `media_grant`: files under the digest of their bytes, and who may fetch them from outside."""

from collections.abc import Callable
from datetime import datetime
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment
from bridge.domain.message import Media

_KEEP = "INSERT INTO media (digest, type, kept_at, content) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING"
_GET = "SELECT digest, type, content FROM media WHERE digest = ?"
_GRANT = "INSERT OR REPLACE INTO media_grant (token, digest, until) VALUES (?, ?, ?)"
_GRANTED = """
    SELECT media.digest, type, content FROM media_grant JOIN media USING (digest) WHERE token = ? AND until > ?
"""
_FORGET_GRANTS = "DELETE FROM media_grant WHERE until <= ?"
_FORGET_FILES = """
    DELETE FROM media WHERE NOT EXISTS (SELECT 1 FROM attachment WHERE digest = media.digest AND digest <> '')
"""


class SqliteMediaShelf:
    __slots__ = ("_execute", "_now")

    def __init__(self, connection: Connection, now: Callable[[], datetime]) -> None:
        self._execute = connection.execute
        self._now = now

    def keep(self, media: Media, now: datetime) -> None:
        self._execute(_KEEP, (media.digest, media.type, moment(now), media.content))

    def get(self, digest: str) -> Media | None:
        return _media(self._execute(_GET, (digest,)).fetchone())

    def grant(self, token: str, digest: str, until: datetime) -> None:
        self._execute(_GRANT, (token, digest, moment(until)))

    def granted(self, token: str, now: datetime) -> Media | None:
        return _media(self._execute(_GRANTED, (token, moment(now))).fetchone())

    def forget(self) -> None:
        self._execute(_FORGET_GRANTS, (moment(self._now()),))
        self._execute(_FORGET_FILES)


def _media(row: tuple[str, str, bytes] | None) -> Media | None:
    if row is None:
        return None
    digest, type, content = row
    return Media(digest=digest, type=type, content=content)
