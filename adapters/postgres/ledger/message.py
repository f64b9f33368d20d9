"""The tables `message` and `attachment`: what was said, and the files that came with it."""

from collections.abc import Sequence
from datetime import datetime

from psycopg import Connection

from adapters.postgres.ledger.columns import Row, read_address, read_number
from adapters.postgres.ledger.conversation import COLUMNS, read_conversation
from bridge.domain.conversation import Conversation
from bridge.domain.digest import OpenLine
from bridge.domain.ids import ConversationId, MessageId, PersonRef, PostRef
from bridge.domain.message import Attachment, Direction, MediaState, Message
from bridge.domain.phone import Address, PhoneNumber
from bridge.errors import Reason

# Under the lock of the conversation (see `lock`), so that positions within it rise in the order of the commits.
_LOCK = "SELECT number, did, pg_advisory_xact_lock(hashtextextended(id, 0)) FROM conversation WHERE id = %s"
_SAVE = """
    INSERT INTO message (
        id, conversation, did, direction, author, text, media, said_at, received_at, post, refusal, is_open
    ) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING position
"""
_SELECT = """
    SELECT message.id, conversation.id, direction, author, text, media, said_at, received_at, position, post, refusal,
        is_kept
    FROM message JOIN conversation ON number = message.conversation
"""
IN_CONTEXT = f"""
    SELECT message.id, conversation.id, direction, author, text, media, said_at, received_at, position, post, refusal,
        is_kept, {COLUMNS}
    FROM message JOIN conversation ON number = message.conversation
"""
_IN_CONTEXT = f"{IN_CONTEXT} WHERE message.id = %s"
_GET = f"{_SELECT} WHERE message.id = %s"
_AT = f"{_SELECT} WHERE position = %s"
# One step into the index for each state, instead of a walk along the conversation.
_LAST_SENDER = """
    SELECT author FROM message WHERE position = (
        SELECT greatest(
            (SELECT max(position) FROM message WHERE conversation = number AND is_open AND position < %(before)s),
            (SELECT max(position) FROM message WHERE conversation = number AND NOT is_open AND position < %(before)s)
        ) FROM conversation WHERE id = %(conversation)s
    )
"""
_LAST_HEARD = f"""
    {_SELECT} WHERE position = (
        SELECT greatest(
            (SELECT max(position) FROM message WHERE conversation = number AND is_open),
            (SELECT max(position) FROM message WHERE conversation = number AND NOT is_open)
        ) FROM conversation WHERE id = %s
    )
"""
_LAST_BEFORE = """
    SELECT received_at FROM message WHERE position = (
        SELECT greatest(
            (SELECT max(position) FROM message WHERE conversation = number AND is_open AND position < %(before)s),
            (SELECT max(position) FROM message WHERE conversation = number AND NOT is_open AND position < %(before)s),
            (
                SELECT max(position) FROM message
                WHERE conversation = number AND is_open IS NULL AND position < %(before)s
            )
        ) FROM conversation WHERE id = %(conversation)s
    )
"""
_CLOSE = "UPDATE message SET is_open = false WHERE conversation = %s AND is_open AND position <= %s"
_REOPEN = "UPDATE message SET is_open = true WHERE conversation = %s AND NOT is_open AND position > %s"
_OLDEST_OPEN = "SELECT min(received_at) FROM message WHERE conversation = %s AND is_open"
_OPEN_BEFORE = """
    SELECT message.id, message.did, greatest(received_at, reopened_at)
    FROM message JOIN conversation ON number = message.conversation
    WHERE is_open AND greatest(received_at, reopened_at) <= %s ORDER BY received_at, position
"""
_ATTACH = """
    INSERT INTO attachment (message, number, ref, name, type, size, state, digest)
    VALUES ((SELECT position FROM message WHERE id = %s), %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (message, number) DO UPDATE
    SET ref = excluded.ref, name = excluded.name, type = excluded.type, size = excluded.size, state = excluded.state,
        digest = excluded.digest
"""
_ATTACHMENTS = """
    SELECT number, ref, name, type, size, state, digest FROM attachment
    WHERE message = (SELECT position FROM message WHERE id = %s) ORDER BY number
"""
# Whenever a text changes, a trigger of the database takes its words out of the index.
_REWORD = "UPDATE message SET text = %s, refusal = %s WHERE is_kept AND id = %s"
_SET_POST = "UPDATE message SET post = %s WHERE id = %s"
_LONGEST_WAITING = f"""
    SELECT message.id, conversation.id, direction, author, text, media, said_at, received_at, position, post, refusal,
        is_kept, {COLUMNS}
    FROM (
        SELECT *, (SELECT min(position) FROM message WHERE conversation = number AND is_open) AS first
        FROM conversation WHERE waiting_since IS NOT NULL ORDER BY waiting_since, number LIMIT %s
    ) AS conversation JOIN message ON position = first
    ORDER BY waiting_since, number
"""
_COUNTS_SINCE = """
    SELECT count(*) FILTER (WHERE direction = 'in'), count(*) FILTER (WHERE direction = 'out' AND refusal IS NULL)
    FROM message WHERE is_kept AND received_at >= %s AND did = %s
"""
_FORGET = """
    UPDATE message SET text = '', is_kept = false WHERE position IN (
        SELECT position FROM message WHERE is_kept AND did = %s AND received_at < %s ORDER BY received_at LIMIT %s
        FOR NO KEY UPDATE SKIP LOCKED
    ) RETURNING position
"""
# One step into the index for each state, as above.
_AFTER = f"""
    {_SELECT} WHERE position IN (
        (
            SELECT position FROM message
            WHERE conversation = (SELECT number FROM conversation WHERE id = %(conversation)s)
            AND is_open AND position > %(after)s ORDER BY position LIMIT %(most)s
        ) UNION ALL (
            SELECT position FROM message
            WHERE conversation = (SELECT number FROM conversation WHERE id = %(conversation)s)
            AND NOT is_open AND position > %(after)s ORDER BY position LIMIT %(most)s
        ) UNION ALL (
            SELECT position FROM message
            WHERE conversation = (SELECT number FROM conversation WHERE id = %(conversation)s)
            AND is_open IS NULL AND position > %(after)s ORDER BY position LIMIT %(most)s
        )
    ) ORDER BY position LIMIT %(most)s
"""
_ERASE = """
    UPDATE message SET text = '', author = CASE direction WHEN 'in' THEN '' ELSE author END, is_kept = false
    WHERE position = ANY(%s::bigint[])
"""
_FILES = "SELECT count(*) FROM attachment WHERE message = ANY(%s::bigint[]) AND state <> 'forgotten'"
_FORGET_FILES = """
    UPDATE attachment SET state = 'forgotten', ref = '', name = '', digest = '' WHERE message = ANY(%s::bigint[])
"""

_LAST = 2**63 - 1  # above every position
_WIDTH = 12  # columns of a message


class PostgresMessages:
    __slots__ = ("_execute",)

    def __init__(self, connection: Connection[Row]) -> None:
        self._execute = connection.execute

    def save(self, message: Message) -> int:
        """Keep it; a second one of that id, or one of no known conversation, is an error of ours."""
        it = message
        locked = self._execute(_LOCK, (it.conversation,)).fetchone()
        if not locked:
            raise LookupError(f"no conversation {it.conversation}")
        number, did, _ = locked
        author = it.author if isinstance(it.author, str) else it.author.value
        refusal = it.refusal and it.refusal.value
        is_open = True if it.direction is Direction.INBOUND else None
        what = (it.id, number, did, it.direction.value, author, it.text, it.media, it.said_at, it.received_at)
        ((position,),) = self._execute(_SAVE, (*what, it.post, refusal, is_open)).fetchall()
        return int(position)

    def reword(self, id: MessageId, text: str, refusal: Reason | None) -> None:
        self._execute(_REWORD, (text, refusal and refusal.value, id))

    def set_post(self, id: MessageId, post: PostRef) -> None:
        self._execute(_SET_POST, (post, id))

    def longest_waiting(self, limit: int) -> list[tuple[Message, Conversation]]:
        rows = self._execute(_LONGEST_WAITING, (limit,))
        return [(read_message(row[:_WIDTH]), read_conversation(row[_WIDTH:])) for row in rows]

    def counts_since(self, moment: datetime, dids: Sequence[PhoneNumber]) -> tuple[int, int]:
        counts = [row for did in dids for row in self._execute(_COUNTS_SINCE, (moment, did.value))]
        return sum(incoming for incoming, _ in counts), sum(outgoing for _, outgoing in counts)

    def get(self, id: MessageId) -> Message | None:
        row = self._execute(_GET, (id,)).fetchone()
        return read_message(row) if row else None

    def in_context(self, id: MessageId) -> tuple[Message, Conversation] | None:
        row = self._execute(_IN_CONTEXT, (id,)).fetchone()
        return read_in_context(row) if row else None

    def at(self, position: int) -> Message | None:
        row = self._execute(_AT, (position,)).fetchone()
        return read_message(row) if row else None

    def last_sender(self, conversation: ConversationId, before: int | None) -> Address | None:
        limits = {"conversation": conversation, "before": _LAST if before is None else before}
        row = self._execute(_LAST_SENDER, limits).fetchone()
        return read_address(row[0]) if row else None

    def last_heard(self, conversation: ConversationId) -> Message | None:
        row = self._execute(_LAST_HEARD, (conversation,)).fetchone()
        return read_message(row) if row else None

    def last_before(self, conversation: ConversationId, position: int) -> datetime | None:
        limits = {"conversation": conversation, "before": position}
        row = self._execute(_LAST_BEFORE, limits).fetchone()
        return row[0] if row else None

    def cover(self, conversation: ConversationId, up_to: int) -> datetime | None:
        locked = self._execute(_LOCK, (conversation,)).fetchone()
        if not locked:
            return None
        number = locked[0]
        self._execute(_CLOSE, (number, up_to))
        self._execute(_REOPEN, (number, up_to))
        row = self._execute(_OLDEST_OPEN, (number,)).fetchone()
        return row[0] if row else None

    def open_before(self, moment: datetime) -> list[OpenLine]:
        rows = self._execute(_OPEN_BEFORE, (moment,))
        return [OpenLine(id, read_number(did), received_at) for id, did, received_at in rows]

    def attach(self, attachment: Attachment) -> None:
        it = attachment
        row = (it.message, it.number, it.ref, it.name, it.type, it.size, it.state.value, it.digest)
        self._execute(_ATTACH, row)

    def attachments(self, message: MessageId) -> tuple[Attachment, ...]:
        return tuple(_attachment(message, row) for row in self._execute(_ATTACHMENTS, (message,)))

    def forget(self, did: PhoneNumber, before: datetime, limit: int) -> int:
        forgotten = [position for (position,) in self._execute(_FORGET, (did.value, before, limit))]
        self._execute(_FORGET_FILES, (forgotten,))
        return len(forgotten)

    def after(self, conversation: ConversationId, position: int, limit: int) -> list[Message]:
        within = {"conversation": conversation, "after": position, "most": limit}
        return list(map(read_message, self._execute(_AFTER, within)))

    def erase(self, positions: Sequence[int]) -> int:
        listed = list(positions)
        ((files,),) = self._execute(_FILES, (listed,)).fetchall()
        for query in (_ERASE, _FORGET_FILES):
            self._execute(query, (listed,))
        return int(files)


def read_message(row: Row) -> Message:
    id, conversation, direction, author, text, media, said_at, received_at, position, post, refusal, is_kept = row
    is_inbound = direction == "in"
    return Message(
        id=id,
        conversation=conversation,
        direction=Direction.INBOUND if is_inbound else Direction.OUTBOUND,
        author=read_address(author) if is_inbound else PersonRef(author),
        text=text,
        media=media,
        said_at=said_at,
        received_at=received_at,
        position=position,
        post=post,
        refusal=Reason(refusal) if refusal else None,
        is_kept=is_kept,
    )


def read_in_context(row: Row) -> tuple[Message, Conversation]:
    return read_message(row[:_WIDTH]), read_conversation(row[_WIDTH:])


def _attachment(message: MessageId, row: Row) -> Attachment:
    number, ref, name, type, size, state, digest = row
    return Attachment(
        message=message,
        number=number,
        ref=ref,
        name=name,
        type=type,
        size=size,
        state=MediaState(state),
        digest=digest,
    )
