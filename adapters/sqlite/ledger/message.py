"""The tables `message` and `attachment`: what was said, and the files that came with it."""

from collections.abc import Sequence
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from adapters.sqlite.ledger.columns import moment, read_address, read_moment, read_number
from adapters.sqlite.ledger.conversation import COLUMNS, read_conversation
from bridge.domain.conversation import Conversation
from bridge.domain.digest import OpenLine
from bridge.domain.ids import ConversationId, MessageId, PersonRef, PostRef
from bridge.domain.message import Attachment, Direction, MediaState, Message
from bridge.domain.phone import Address, PhoneNumber
from bridge.errors import Reason

_SAVE = """
    INSERT INTO message (
        id, conversation, did, direction, author, text, media, said_at, received_at, post, refusal, is_open
    ) SELECT ?, number, did, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM conversation WHERE id = ?
"""
_NAME = """
    INSERT INTO name (name, noun, number) VALUES (?, 'm', (SELECT coalesce(max(position), 0) + 1 FROM message))
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
_POSITION = "(SELECT number FROM name WHERE name = ? AND noun = 'm')"
_WHERE = "SELECT number FROM name WHERE name = ? AND noun = 'm'"
_GET = f"{_SELECT} WHERE position = {_POSITION}"
_IN_CONTEXT = f"{IN_CONTEXT} WHERE position = {_POSITION}"
_AT = f"{_SELECT} WHERE position = ?"
_NUMBER = "SELECT number FROM conversation WHERE id = ?"
# One step into the index for each state, instead of a walk along the conversation.
_LAST_SENDER = """
    SELECT author FROM message WHERE position = (SELECT max(last) FROM (
        SELECT max(position) AS last FROM message WHERE conversation = :number AND is_open = 1 AND position < :before
        UNION ALL
        SELECT max(position) FROM message WHERE conversation = :number AND is_open = 0 AND position < :before
    ))
"""
_LAST_HEARD = f"""
    {_SELECT} WHERE position = (SELECT max(last) FROM (
        SELECT max(position) AS last FROM message WHERE conversation = :number AND is_open = 1
        UNION ALL
        SELECT max(position) FROM message WHERE conversation = :number AND is_open = 0
    ))
"""
_LAST_BEFORE = """
    SELECT received_at FROM message WHERE position = (SELECT max(last) FROM (
        SELECT max(position) AS last FROM message WHERE conversation = :number AND is_open = 1 AND position < :before
        UNION ALL
        SELECT max(position) FROM message WHERE conversation = :number AND is_open = 0 AND position < :before
        UNION ALL
        SELECT max(position) FROM message WHERE conversation = :number AND is_open IS NULL AND position < :before
    ))
"""
_CLOSE = "UPDATE message SET is_open = 0 WHERE conversation = ? AND is_open = 1 AND position <= ?"
_REOPEN = "UPDATE message SET is_open = 1 WHERE conversation = ? AND is_open = 0 AND position > ?"
_OLDEST_OPEN = "SELECT min(received_at) FROM message WHERE conversation = ? AND is_open = 1"
_OPEN_BEFORE = """
    SELECT message.id, message.did, max(received_at, coalesce(reopened_at, '')) AS since
    FROM message JOIN conversation ON number = message.conversation
    WHERE is_open = 1 AND received_at <= ?1 AND coalesce(reopened_at, '') <= ?1 ORDER BY received_at, position
"""
_ATTACH = """
    INSERT OR REPLACE INTO attachment (message, number, ref, name, type, size, state, digest)
    VALUES ((SELECT number FROM name WHERE name = ? AND noun = 'm'), ?, ?, ?, ?, ?, ?, ?)
"""
_ATTACHMENTS = """
    SELECT number, ref, name, type, size, state, digest FROM attachment
    WHERE message = (SELECT number FROM name WHERE name = ? AND noun = 'm') ORDER BY number
"""
_REWORD = """
    UPDATE message SET text = ?, refusal = ?, is_indexed = 0
    WHERE is_kept = 1 AND position = (SELECT number FROM name WHERE name = ? AND noun = 'm')
"""
_SET_POST = "UPDATE message SET post = ? WHERE position = (SELECT number FROM name WHERE name = ? AND noun = 'm')"
_LONGEST_WAITING = f"""
    SELECT message.id, conversation.id, direction, author, text, media, said_at, received_at, position, post, refusal,
        is_kept, {COLUMNS}
    FROM (
        SELECT *, (SELECT min(position) FROM message WHERE conversation = number AND is_open = 1) AS first
        FROM conversation WHERE waiting_since IS NOT NULL ORDER BY waiting_since, number LIMIT ?
    ) AS conversation JOIN message ON position = first
    ORDER BY waiting_since, number
"""
_COUNTS_SINCE = """
    SELECT coalesce(sum(direction = 'in'), 0), coalesce(sum(direction = 'out' AND refusal IS NULL), 0) FROM message
    WHERE is_kept = 1 AND received_at >= ? AND did = ?
"""
_FORGET = """
    UPDATE message SET text = '', is_kept = 0 WHERE position IN (
        SELECT position FROM message WHERE is_kept = 1 AND did = ? AND received_at < ? ORDER BY received_at LIMIT ?
    ) RETURNING position
"""
# A row without words, under a number that no message has, says that what was taken out is to be overwritten.
_TAKE_OUT = "DELETE FROM message_words WHERE rowid = ?"
_MARK = "INSERT OR REPLACE INTO message_words (rowid, words) VALUES (0, '')"
# One step into the index for each state, as above.
_AFTER = f"""
    {_SELECT} WHERE position IN (
        SELECT position FROM (
            SELECT position FROM message
            WHERE conversation = :number AND is_open = 1 AND position > :after ORDER BY position LIMIT :limit
        )
        UNION ALL
        SELECT position FROM (
            SELECT position FROM message
            WHERE conversation = :number AND is_open = 0 AND position > :after ORDER BY position LIMIT :limit
        )
        UNION ALL
        SELECT position FROM (
            SELECT position FROM message
            WHERE conversation = :number AND is_open IS NULL AND position > :after ORDER BY position LIMIT :limit
        )
    ) ORDER BY position LIMIT :limit
"""
_ERASE = """
    UPDATE message SET text = '', author = CASE direction WHEN 'in' THEN '' ELSE author END, is_kept = 0
    WHERE position = ?
"""
_FILES = "SELECT count(*) FROM attachment WHERE message = ? AND state <> 'forgotten'"
_FORGET_FILES = "UPDATE attachment SET state = 'forgotten', ref = '', name = '', digest = '' WHERE message = ?"


_LAST = 2**63 - 1  # above every position
_WIDTH = 12  # columns of a message


class SqliteMessages:
    __slots__ = ("_execute", "_execute_many")

    def __init__(self, connection: Connection) -> None:
        self._execute = connection.execute
        self._execute_many = connection.executemany

    def save(self, message: Message) -> int:
        """Keep it; a second one of that id, or one of no known conversation, is an error of ours."""
        it = message
        is_inbound = it.direction is Direction.INBOUND
        author = it.author if isinstance(it.author, str) else it.author.value
        refusal = it.refusal and it.refusal.value
        said_at, received_at = moment(it.said_at), moment(it.received_at)
        self._execute(_NAME, (it.id,))
        what = (it.id, it.direction.value, author, it.text, it.media, said_at, received_at)
        saved = self._execute(_SAVE, (*what, it.post, refusal, 1 if is_inbound else None, it.conversation))
        if not saved.rowcount or saved.lastrowid is None:
            raise LookupError(f"no conversation {it.conversation}")
        return saved.lastrowid

    def reword(self, id: MessageId, text: str, refusal: Reason | None) -> None:
        if self._execute(_REWORD, (text, refusal and refusal.value, id)).rowcount:
            self._take_out(self._execute(_WHERE, (id,)).fetchall())

    def set_post(self, id: MessageId, post: PostRef) -> None:
        self._execute(_SET_POST, (post, id))

    def longest_waiting(self, limit: int) -> list[tuple[Message, Conversation]]:
        rows = self._execute(_LONGEST_WAITING, (limit,))
        return [(read_message(row[:_WIDTH]), read_conversation(row[_WIDTH:])) for row in rows]

    def counts_since(self, moment_: datetime, dids: Sequence[PhoneNumber]) -> tuple[int, int]:
        counts = [self._execute(_COUNTS_SINCE, (moment(moment_), did.value)).fetchone() for did in dids]
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
        limits = {"number": self._number(conversation), "before": _LAST if before is None else before}
        row = self._execute(_LAST_SENDER, limits).fetchone()
        return read_address(row[0]) if row else None

    def last_heard(self, conversation: ConversationId) -> Message | None:
        row = self._execute(_LAST_HEARD, {"number": self._number(conversation)}).fetchone()
        return read_message(row) if row else None

    def last_before(self, conversation: ConversationId, position: int) -> datetime | None:
        limits = {"number": self._number(conversation), "before": position}
        row = self._execute(_LAST_BEFORE, limits).fetchone()
        return read_moment(row[0]) if row else None

    def cover(self, conversation: ConversationId, up_to: int) -> datetime | None:
        number = self._number(conversation)
        self._execute(_CLOSE, (number, up_to))
        self._execute(_REOPEN, (number, up_to))
        (oldest,) = self._execute(_OLDEST_OPEN, (number,)).fetchone()
        return read_moment(oldest) if oldest else None

    def open_before(self, moment_: datetime) -> list[OpenLine]:
        rows = self._execute(_OPEN_BEFORE, (moment(moment_),))
        return [OpenLine(id, read_number(did), read_moment(since)) for id, did, since in rows]

    def attach(self, attachment: Attachment) -> None:
        it = attachment
        row = (it.message, it.number, it.ref, it.name, it.type, it.size, it.state.value, it.digest)
        self._execute(_ATTACH, row)

    def attachments(self, message: MessageId) -> tuple[Attachment, ...]:
        return tuple(_attachment(message, row) for row in self._execute(_ATTACHMENTS, (message,)))

    def forget(self, did: PhoneNumber, before: datetime, limit: int) -> int:
        forgotten = self._execute(_FORGET, (did.value, moment(before), limit)).fetchall()
        self._execute_many(_FORGET_FILES, forgotten)
        self._take_out(forgotten)
        return len(forgotten)

    def after(self, conversation: ConversationId, position: int, limit: int) -> list[Message]:
        within = {"number": self._number(conversation), "after": position, "limit": limit}
        return list(map(read_message, self._execute(_AFTER, within)))

    def erase(self, positions: Sequence[int]) -> int:
        listed = [(position,) for position in positions]
        files = sum(int(self._execute(_FILES, one).fetchone()[0]) for one in listed)
        for query in (_ERASE, _FORGET_FILES):
            self._execute_many(query, listed)
        self._take_out(listed)
        return files

    def _take_out(self, positions: list[tuple[int]]) -> None:
        """Let these be found by no word any more."""
        if self._execute_many(_TAKE_OUT, positions).rowcount > 0:
            self._execute(_MARK)

    def _number(self, conversation: ConversationId) -> int | None:
        row = self._execute(_NUMBER, (conversation,)).fetchone()
        return row[0] if row else None


def read_message(row: tuple[Any, ...]) -> Message:
    id, conversation, direction, author, text, media, said_at, received_at, position, post, refusal, is_kept = row
    is_inbound = direction == "in"
    return Message(
        id=id,
        conversation=conversation,
        direction=Direction.INBOUND if is_inbound else Direction.OUTBOUND,
        author=read_address(author) if is_inbound else PersonRef(author),
        text=text,
        media=media,
        said_at=read_moment(said_at),
        received_at=read_moment(received_at),
        position=position,
        post=post,
        refusal=Reason(refusal) if refusal else None,
        is_kept=bool(is_kept),
    )


def read_in_context(row: tuple[Any, ...]) -> tuple[Message, Conversation]:
    return read_message(row[:_WIDTH]), read_conversation(row[_WIDTH:])


def _attachment(message: MessageId, row: tuple[Any, ...]) -> Attachment:
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
