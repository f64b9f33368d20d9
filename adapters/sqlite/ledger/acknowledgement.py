"""The table `acknowledgement`: who took responsibility up to which message, each under its cause."""

from datetime import datetime
from sqlite3 import Connection
from typing import Any

from adapters.sqlite.ledger.columns import moment, read_moment
from bridge.domain.acknowledgement import Acknowledgement, Means
from bridge.domain.ids import ConversationId, PostRef

_PUT = """
    INSERT OR REPLACE INTO acknowledgement (key, conversation, post, person, means, up_to, at)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_SELECT = "SELECT key, conversation, post, person, means, up_to, at FROM acknowledgement"
_GET = f"{_SELECT} WHERE key = ?"
_LATEST = f"{_SELECT} WHERE conversation = ? ORDER BY up_to DESC, at LIMIT 1"
_SINCE = f"{_SELECT} WHERE conversation = ? AND at >= ? ORDER BY at"
_LOWER = "UPDATE acknowledgement SET up_to = ? WHERE conversation = ? AND up_to > ?"
_REACTIONS_ON = f"{_SELECT} WHERE post = ? AND means = 'reaction' ORDER BY at"


class SqliteAcknowledgements:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute

    def put(self, acknowledgement: Acknowledgement) -> None:
        it = acknowledgement
        self._execute(_PUT, (it.key, it.conversation, it.post, it.by, it.means.value, it.up_to, moment(it.at)))

    def get(self, key: str) -> Acknowledgement | None:
        row = self._execute(_GET, (key,)).fetchone()
        return _acknowledgement(row) if row else None

    def latest(self, conversation: ConversationId) -> Acknowledgement | None:
        row = self._execute(_LATEST, (conversation,)).fetchone()
        return _acknowledgement(row) if row else None

    def since(self, conversation: ConversationId, moment_: datetime) -> list[Acknowledgement]:
        return list(map(_acknowledgement, self._execute(_SINCE, (conversation, moment(moment_)))))

    def lower(self, conversation: ConversationId, up_to: int) -> None:
        self._execute(_LOWER, (up_to, conversation, up_to))

    def reactions_on(self, post: PostRef) -> list[Acknowledgement]:
        return list(map(_acknowledgement, self._execute(_REACTIONS_ON, (post,))))


def _acknowledgement(row: tuple[Any, ...]) -> Acknowledgement:
    key, conversation, post, person, means, up_to, at = row
    return Acknowledgement(
        key=key,
        conversation=conversation,
        post=post,
        by=person,
        means=Means(means),
        up_to=up_to,
        at=read_moment(at),
    )
