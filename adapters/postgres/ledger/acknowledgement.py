"""The table `acknowledgement`: who took responsibility up to which message, each under its cause."""

from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger.columns import Row
from bridge.domain.acknowledgement import Acknowledgement, Means
from bridge.domain.ids import ConversationId, PostRef

_PUT = """
    INSERT INTO acknowledgement (key, conversation, post, person, means, up_to, at)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (key) DO UPDATE
    SET conversation = excluded.conversation, post = excluded.post, person = excluded.person, means = excluded.means,
        up_to = excluded.up_to, at = excluded.at
"""
_SELECT = "SELECT key, conversation, post, person, means, up_to, at FROM acknowledgement"
_GET = f"{_SELECT} WHERE key = %s"
_LATEST = f"{_SELECT} WHERE conversation = %s ORDER BY up_to DESC, at LIMIT 1"
_SINCE = f"{_SELECT} WHERE conversation = %s AND at >= %s ORDER BY at"
_LOWER = "UPDATE acknowledgement SET up_to = %s WHERE conversation = %s AND up_to > %s"
_REACTIONS_ON = f"{_SELECT} WHERE post = %s AND means = 'reaction' ORDER BY at"


class PostgresAcknowledgements:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def put(self, acknowledgement: Acknowledgement) -> None:
        it = acknowledgement
        self._execute(_PUT, (it.key, it.conversation, it.post, it.by, it.means.value, it.up_to, it.at))

    def get(self, key: str) -> Acknowledgement | None:
        row = self._execute(_GET, (key,)).fetchone()
        return _acknowledgement(row) if row else None

    def latest(self, conversation: ConversationId) -> Acknowledgement | None:
        row = self._execute(_LATEST, (conversation,)).fetchone()
        return _acknowledgement(row) if row else None

    def since(self, conversation: ConversationId, moment: datetime) -> list[Acknowledgement]:
        return list(map(_acknowledgement, self._execute(_SINCE, (conversation, moment))))

    def lower(self, conversation: ConversationId, up_to: int) -> None:
        self._execute(_LOWER, (up_to, conversation, up_to))

    def reactions_on(self, post: PostRef) -> list[Acknowledgement]:
        return list(map(_acknowledgement, self._execute(_REACTIONS_ON, (post,))))


def _acknowledgement(row: Row) -> Acknowledgement:
    key, conversation, post, person, means, up_to, at = row
    return Acknowledgement(
        key=key,
        conversation=conversation,
        post=post,
        by=person,
        means=Means(means),
        up_to=up_to,
        at=at,
    )
