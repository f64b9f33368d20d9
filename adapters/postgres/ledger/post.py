"""The table `post`: which of our posts shows messages up to where."""

from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger.columns import Row
from bridge.domain.ids import ConversationId, PostRef
from bridge.domain.message import Post

_SAVE = """
    INSERT INTO post (ref, conversation, up_to, posted_at)
    VALUES (%s, (SELECT number FROM conversation WHERE id = %s), %s, %s)
    ON CONFLICT (ref) DO UPDATE
    SET conversation = excluded.conversation, up_to = excluded.up_to, posted_at = excluded.posted_at
"""
_GET = "SELECT ref, id, up_to, posted_at FROM post JOIN conversation ON number = post.conversation WHERE ref = %s"
_DROP = "DELETE FROM post WHERE ref = %s"
_SHOWN_AT = """
    SELECT up_to FROM post
    WHERE conversation = (SELECT number FROM conversation WHERE id = %s) AND posted_at <= %s
    ORDER BY up_to DESC LIMIT 1
"""


class PostgresPosts:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def save(self, post: Post) -> None:
        self._execute(_SAVE, (post.ref, post.conversation, post.up_to, post.posted_at))

    def get(self, ref: PostRef) -> Post | None:
        row = self._execute(_GET, (ref,)).fetchone()
        if not row:
            return None
        ref, conversation, up_to, posted_at = row
        return Post(ref=ref, conversation=conversation, up_to=up_to, posted_at=posted_at)

    def drop(self, ref: PostRef) -> None:
        self._execute(_DROP, (ref,))

    def shown_at(self, conversation: ConversationId, moment: datetime) -> int:
        row = self._execute(_SHOWN_AT, (conversation, moment)).fetchone()
        return int(row[0]) if row else 0
