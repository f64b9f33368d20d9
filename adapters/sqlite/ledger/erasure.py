"""The table `erasure`: what is to be deleted of somebody; his conversations bear its name, and by it all is found."""

from collections.abc import Sequence
from sqlite3 import Connection

from adapters.sqlite.ledger.columns import moment, read_address, read_moment
from adapters.sqlite.ledger.entry import COLUMNS, read_entry
from bridge.domain.erasure import Erasure, Stage
from bridge.domain.ids import ChannelRef, ConversationId, EventKey, PersonRef, PostRef
from bridge.domain.outbox import OutboxEntry

_BEGIN = """
    INSERT INTO erasure (
        id, address, ending, channel, person, ordered_at, stage, reached, texts, files, posts, remaining
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_IS_ERASED = "UPDATE conversation SET erasure = ? WHERE id = ?"
_SELECT = """
    SELECT id, address, ending, channel, person, ordered_at, stage, reached, texts, files, posts, remaining FROM erasure
"""
_GET = f"{_SELECT} WHERE id = ?"
_PUT = """
    UPDATE erasure SET address = ?, stage = ?, reached = ?, texts = ?, files = ?, posts = ?, remaining = ? WHERE id = ?
"""
_UNDER_WAY = f"{_SELECT} WHERE stage <> 'done' ORDER BY ordered_at, id LIMIT 1"
_CONVERSATIONS = "SELECT id FROM conversation WHERE erasure = ? ORDER BY number"
# By what a wish is about: a conversation, a message, one of our posts.
_IS_ABOUT = """
    kind <> 'delete-post' AND kind <> 'mark-reply' AND (
        EXISTS (SELECT 1 FROM conversation WHERE conversation.id = entry.subject AND erasure = :id)
        OR EXISTS (
            SELECT 1 FROM name
            JOIN message ON message.position = name.number
            JOIN conversation ON conversation.number = message.conversation
            WHERE name.name = entry.subject AND name.noun = 'm' AND erasure = :id
        )
        OR EXISTS (
            SELECT 1 FROM post JOIN conversation ON conversation.number = post.conversation
            WHERE post.ref = entry.subject AND erasure = :id
        )
    )
"""
_UNFINISHED = f"""
    SELECT {COLUMNS} FROM entry WHERE (state = 'ready' OR state = 'trying' OR state = 'asked') AND {_IS_ABOUT}
    UNION ALL
    SELECT {COLUMNS} FROM entry WHERE state = 'held' AND {_IS_ABOUT}
    LIMIT :limit
"""
_REACHED = "SELECT max(position) FROM (SELECT position FROM entry WHERE position > ? ORDER BY position LIMIT ?)"
_FINISHED = f"""
    SELECT position, id, kind FROM entry
    WHERE position > :after AND position <= :reached AND state IN ('sent', 'failed', 'cancelled') AND {_IS_ABOUT}
"""
_DROP_ATTEMPTS = "DELETE FROM attempt WHERE entry = ?"
_BLANK_SMS = "UPDATE entry SET detail = '', finished_at = NULL WHERE position = ?"
_DROP = "DELETE FROM entry WHERE position = ?"
_DROP_NAME = "DELETE FROM name WHERE name = ? AND noun = 'e'"
_BLANK = (
    "DELETE FROM participant WHERE conversation IN (SELECT number FROM conversation WHERE erasure = ?)",
    "DELETE FROM acknowledgement WHERE conversation IN (SELECT id FROM conversation WHERE erasure = ?)",
    """
    UPDATE conversation SET participants = '[]', thread = NULL, link = '', owner = NULL, earlier_thread = NULL,
        earlier_link = NULL, steered_by = NULL
    WHERE erasure = ?
    """,
)
_POSTS = """
    SELECT ref FROM post WHERE conversation IN (SELECT number FROM conversation WHERE erasure = ?)
    ORDER BY posted_at DESC, ref DESC LIMIT ?
"""


class SqliteErasures:
    __slots__ = ("_execute", "_execute_many")

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute
        self._execute_many = connection.executemany

    def begin(self, erasure: Erasure, conversations: Sequence[ConversationId]) -> None:
        it = erasure
        whose = (it.id, it.address.value if it.address else "", it.ending, it.channel, it.by, moment(it.ordered_at))
        self._execute(_BEGIN, (*whose, it.stage.value, it.reached, it.texts, it.files, it.posts, it.remaining))
        self._execute_many(_IS_ERASED, [(it.id, id) for id in conversations])

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
        return list(map(read_entry, self._execute(_UNFINISHED, {"id": id, "limit": limit})))

    def forget_entries(self, id: EventKey, after: int, limit: int) -> int | None:
        (reached,) = self._execute(_REACHED, (after, limit)).fetchone()
        if reached is None:
            return None
        within = {"id": id, "after": after, "reached": reached}
        for position, entry, kind in self._execute(_FINISHED, within).fetchall():
            self._execute(_DROP_ATTEMPTS, (position,))
            if kind == "send-sms":
                self._execute(_BLANK_SMS, (position,))
            else:
                self._execute(_DROP, (position,))
                self._execute(_DROP_NAME, (entry,))
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
            ordered_at=read_moment(ordered_at),
            stage=Stage(stage),
            reached=reached,
            texts=texts,
            files=files,
            posts=posts,
            remaining=remaining,
        )
