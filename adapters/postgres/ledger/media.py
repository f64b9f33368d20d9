"""The tables `media` and `media_grant`: files under the digest of their bytes, and who may fetch them from outside."""

from collections.abc import Callable
from datetime import datetime, timedelta

from psycopg import Connection

from adapters.postgres.ledger.columns import Row
from bridge.domain.message import Media

# A file that is kept again counts as new, so that `forget` does not drop it under the hands of whoever attaches it.
_KEEP = """
    INSERT INTO media (digest, type, kept_at, content) VALUES (%s, %s, %s, %s)
    ON CONFLICT (digest) DO UPDATE SET kept_at = greatest(media.kept_at, excluded.kept_at)
"""
_GET = "SELECT digest, type, content FROM media WHERE digest = %s"
_GRANT = """
    INSERT INTO media_grant (token, digest, until) VALUES (%s, %s, %s)
    ON CONFLICT (token) DO UPDATE SET digest = excluded.digest, until = excluded.until
"""
_GRANTED = """
    SELECT media.digest, type, content FROM media_grant JOIN media USING (digest) WHERE token = %s AND until > %s
"""
_FORGET_GRANTS = "DELETE FROM media_grant WHERE until <= %s"
_FORGET_FILES = """
    DELETE FROM media
    WHERE kept_at <= %s AND NOT EXISTS (SELECT 1 FROM attachment WHERE digest = media.digest AND digest <> '')
"""

_GRACE = timedelta(minutes=1)  # longer than any transaction that keeps a file and has not attached it yet


class PostgresMediaShelf:
    __slots__ = ("_execute", "_now")

    def __init__(self, connection: Connection[Row], now: Callable[[], datetime]) -> None:
        self._execute = connection.execute
        self._now = now

    def keep(self, media: Media, now: datetime) -> None:
        self._execute(_KEEP, (media.digest, media.type, now, media.content))

    def get(self, digest: str) -> Media | None:
        return _media(self._execute(_GET, (digest,)).fetchone())

    def grant(self, token: str, digest: str, until: datetime) -> None:
        self._execute(_GRANT, (token, digest, until))

    def granted(self, token: str, now: datetime) -> Media | None:
        return _media(self._execute(_GRANTED, (token, now)).fetchone())

    def forget(self) -> None:
        now = self._now()
        self._execute(_FORGET_GRANTS, (now,))
        self._execute(_FORGET_FILES, (now - _GRACE,))


def _media(row: Row | None) -> Media | None:
    if row is None:
        return None
    digest, type, content = row
    return Media(digest=digest, type=type, content=content)
