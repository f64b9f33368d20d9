"""The table `erasure`: what is to be deleted of somebody; his conversations bear its name, and by it all is found."""

from collections.abc import Sequence

from psycopg import Connection

from adapters.postgres.ledger.columns import Row, read_address
from adapters.postgres.ledger.entry import SELECT, read_entry
from bridge.domain.erasure import Erasure, Stage
from bridge.domain.ids import ChannelRef, ConversationId, EventKey, PersonRef, PostRef
from bridge.domain.outbox import OutboxEntry

_BEGIN = """
    INSERT INTO erasure (
        id, address, ending, channel, person, ordered_at, stage, reached, texts, files, posts, remaining
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_IS_ERASED = "UPDATE conversation SET erasure = %s WHERE id = ANY(%s::text[])"
_SELECT = """
    SELECT id, address, ending, channel, person, ordered_at, stage, reached, texts, files, posts, remaining FROM erasure
"""
_GET = f"{_SELECT} WHERE id = %s"
_PUT = """
    UPDATE erasure SET address = %s, stage = %s, reached = %s, texts = %s, files = %s, posts = %s, remaining = %s
    WHERE id = %s
"""
_UNDER_WAY = f"{_SELECT} WHERE stage <> 'done' ORDER BY ordered_at, id LIMIT 1"
_CONVERSATIONS = "SELECT id FROM conversation WHERE erasure = %s ORDER BY number"
# By what a wish is about: a conversation, a message, one of our posts.
_IS_ABOUT = """
    kind <> 'delete-post' AND kind <> 'mark-reply' AND (
        EXISTS (SELECT 1 FROM conversation WHERE conversation.id = entry.subject AND erasure = %(id)s)
        OR EXISTS (
            SELECT 1 FROM message JOIN conversation ON conversation.number = message.conversation
            WHERE message.id = entry.subject AND erasure = %(id)s
        )
        OR EXISTS (
            SELECT 1 FROM post JOIN conversation ON conversation.number = post.conversation
            WHERE post.ref = entry.subject AND erasure = %(id)s
        )
    )
"""
_UNFINISHED = f"""
    {SELECT} WHERE state IN ('ready', 'trying', 'asked') AND {_IS_ABOUT}
    UNION ALL
    {SELECT} WHERE state = 'held' AND {_IS_ABOUT}
    LIMIT %(most)s
"""
_REACHED = (
    "SELECT max(position) FROM (SELECT position FROM entry WHERE position > %s ORDER BY position LIMIT %s) AS next"
)
_FINISHED = f"""
    SELECT position FROM entry
    WHERE position > %(after)s AND position <= %(reached)s AND state IN ('sent', 'failed', 'cancelled') AND {_IS_ABOUT}
"""
_DROP_ATTEMPTS = "DELETE FROM attempt WHERE entry = ANY(%s::bigint[])"
_BLANK_SMS = """
    UPDATE entry SET detail = '', finished_at = NULL WHERE position = ANY(%s::bigint[]) AND kind = 'send-sms'
"""
_DROP = "DELETE FROM entry WHERE position = ANY(%s::bigint[]) AND kind <> 'send-sms'"
_BLANK = (
    "DELETE FROM participant WHERE conversation IN (SELECT number FROM conversation WHERE erasure = %s)",
    "DELETE FROM acknowledgement WHERE conversation IN (SELECT id FROM conversation WHERE erasure = %s)",
    """
    UPDATE conversation SET participants = '[]', thread = NULL, link = '', owner = NULL, earlier_thread = NULL,
        earlier_link = NULL, steered_by = NULL
    WHERE erasure = %s
    """,
)
_POSTS = """
    SELECT ref FROM post WHERE conversation IN (SELECT number FROM conversation WHERE erasure = %s)
    ORDER BY posted_at DESC, ref DESC LIMIT %s
"""


class PostgresErasures:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def begin(self, erasure: Erasure, conversations: Sequence[ConversationId]) -> None:
        it = erasure
        whose = (it.id, it.address.value if it.address else "", it.ending, it.channel, it.by, it.ordered_at)
        self._execute(_BEGIN, (*whose, it.stage.value, it.reached, it.texts, it.files, it.posts, it.remaining))
        self._execute(_IS_ERASED, (it.id, list(conversations)))

    def get(self, id: EventKey) -> Erasure | None:
        return self._one(_GET, id)

    def put(self, erasure: Erasure) -> None:
        it = erasure
        far = (it.stage.value, it.reached, it.texts, it.files, it.posts, it.remaining)
        self._execute(_PUT, (it.address.value if it.address else "", *far, it.id))

    def under_way(self) -> Erasure | None:
        return self._one(_UNDER_WAY)

    def conversations(self, id: EventKey) -> list[ConversationId]:
        return [ConversationId(found) for (found,) in self._execute(_CONVERSATIONS, (id,))]

    def unfinished(self, id: EventKey, limit: int) -> list[OutboxEntry]:
        return list(map(read_entry, self._execute(_UNFINISHED, {"id": id, "most": limit})))

    def forget_entries(self, id: EventKey, after: int, limit: int) -> int | None:
        ((reached,),) = self._execute(_REACHED, (after, limit)).fetchall()
        if reached is None:
            return None
        within = {"id": id, "after": after, "reached": reached}
        finished = [position for (position,) in self._execute(_FINISHED, within)]
        for query in (_DROP_ATTEMPTS, _BLANK_SMS, _DROP):
            self._execute(query, (finished,))
        return int(reached)

    def blank(self, id: EventKey) -> None:
        for query in _BLANK:
            self._execute(query, (id,))

    def posts(self, id: EventKey, limit: int) -> list[PostRef]:
        return [PostRef(ref) for (ref,) in self._execute(_POSTS, (id, limit))]

    def _one(self, query: str, *asked: str) -> Erasure | None:
        row = self._execute(query, asked).fetchone()
        if not row:
            return None
        id, address, ending, channel, person, ordered_at, stage, reached, texts, files, posts, remaining = row
        return Erasure(
            id=EventKey(id),
            address=read_address(address) if address else None,
            ending=ending,
            channel=ChannelRef(channel),
            by=PersonRef(person),
            ordered_at=ordered_at,
            stage=Stage(stage),
            reached=reached,
            texts=texts,
            files=files,
            posts=posts,
            remaining=remaining,
        )
